import { describe, expect, it } from "vitest";
import { guide, guideEdit, rampScales, rescaleGuidance } from "./guidance.ts";
import { createTorchGenerator } from "./noise.ts";

const unconditional = Float32Array.of(0, 1, -2);
const image = Float32Array.of(1, 1, 0);
const full = Float32Array.of(3, -1, 1);

describe("guide", () => {
  it("moves from the unconditional prediction past the conditional one", () => {
    expect(guide(unconditional, full, 2)).toEqual(Float32Array.of(6, -3, 4));
  });

  it("is the conditional prediction at scale 1 and the unconditional one at 0", () => {
    expect(guide(unconditional, full, 1)).toEqual(full);
    expect(guide(unconditional, full, 0)).toEqual(unconditional);
  });

  it("takes a scale for each part of the predictions", () => {
    const scales = Float32Array.of(0, 1, 3);
    expect(guide(unconditional, full, scales)).toEqual(Float32Array.of(0, -1, 7));
  });

  it("refuses predictions of different sizes", () => {
    expect(() => guide(unconditional, Float32Array.of(1), 2)).toThrow(/3 and 1/);
  });
});

it.each([
  [1, 3, [1, 1.3333334, 1.6666667, 2, 2.3333333, 2.6666667, 3]],
  [1.1, 2.7, [1.1, 1.4200001, 1.74, 2.06, 2.3800001, 2.7]],
])("rises from %d to %d as torch.linspace does", (first, last, expected) => {
  expect(rampScales(first, last, expected.length)).toEqual(Float32Array.from(expected));
});

describe("guideEdit", () => {
  it("weighs picture and words apart", () => {
    const guided = guideEdit({ unconditional, image, full }, { imageScale: 1.5, textScale: 4 });
    expect(guided).toEqual(Float32Array.of(9.5, -7, 5));
  });

  it("is the full prediction when both scales are 1", () => {
    expect(guideEdit({ unconditional, image, full }, { imageScale: 1, textScale: 1 })).toEqual(full);
  });

  it("refuses predictions of different sizes", () => {
    const predictions = { unconditional, image, full: Float32Array.of(1) };
    expect(() => guideEdit(predictions, { imageScale: 1, textScale: 1 })).toThrow(RangeError);
  });
});

describe("rescaleGuidance", () => {
  const { randn } = createTorchGenerator(3);
  const guided = randn(32).map((value) => Math.fround(value * 7.5) + 1);
  const conditional = randn(32);

  it("equals diffusers' rescale_noise_cfg, each sample of a batch by itself", () => {
    const rescaled = rescaleGuidance(guided, conditional, { rescale: 0.7, batchSize: 2 });
    const expected = { 0: 0.156241, 9: -0.4758206, 16: 1.1944723, 31: -0.0407648 };
    for (const [i, value] of Object.entries(expected)) expect(rescaled[Number(i)]).toBeCloseTo(value, 5);
    expect(rescaled.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(72.65287, 4);
  });

  it("leaves the guided prediction at 0", () => {
    expect(rescaleGuidance(guided, conditional, { rescale: 0 })).toEqual(guided);
  });

  it("refuses predictions of different sizes", () => {
    expect(() => rescaleGuidance(guided, unconditional, { rescale: 0.5 })).toThrow(/32 and 3/);
  });
});
