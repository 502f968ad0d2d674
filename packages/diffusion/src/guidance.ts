import { torchLinspace } from "./torch-linspace.ts";

/**
 * Classifier-free guidance (Ho and Salimans, arXiv 2207.12598, eq. 6 as diffusers writes it):
 * unconditional + scale * (conditional - unconditional). All of one shape. Several scales hold for as many equal parts
 * of the predictions, one after another: the frames of a clip.
 */
export function guide(
  unconditional: Float32Array,
  conditional: Float32Array,
  scale: number | Float32Array,
): Float32Array {
  assertSameLength(unconditional, conditional);
  const scales = typeof scale === "number" ? Float32Array.of(scale) : scale;
  const size = unconditional.length / scales.length;
  const guided = new Float32Array(unconditional.length);
  for (let i = 0; i < guided.length; i++) {
    const base = unconditional[i] as number;
    const difference = Math.fround((conditional[i] as number) - base);
    guided[i] = base + Math.fround((scales[Math.floor(i / size)] as number) * difference);
  }
  return guided;
}

/** Scales that rise evenly from a clip's first frame to its last one (Stable Video Diffusion, arXiv 2311.15127). */
export function rampScales(first: number, last: number, count: number): Float32Array {
  return torchLinspace(first, last, count);
}

/** What a network predicted under fewer and more conditions. */
export interface EditPredictions {
  /** Neither picture nor text. */
  readonly unconditional: Float32Array;
  /** The picture without text. */
  readonly image: Float32Array;
  /** Picture and text. */
  readonly full: Float32Array;
}

/** How strongly an edit follows the picture it starts from, and the words. */
export interface EditScales {
  readonly imageScale: number;
  readonly textScale: number;
}

/**
 * Guidance with two scales (InstructPix2Pix, arXiv 2211.09800, eq. 3; Emu Edit, arXiv 2311.10089):
 * unconditional + imageScale * (image - unconditional) + textScale * (full - image).
 */
export function guideEdit(predictions: EditPredictions, scales: EditScales): Float32Array {
  const { unconditional, image, full } = predictions;
  assertSameLength(unconditional, image);
  assertSameLength(unconditional, full);
  return unconditional.map((base, i) => {
    const withImage = image[i] as number;
    return (
      base + scales.imageScale * (withImage - base) + scales.textScale * ((full[i] as number) - withImage)
    );
  });
}

/** How far guidance is rescaled. */
export interface RescaleOptions {
  /** phi: 0 leaves the guided prediction, 1 gives it the conditional one's deviation; `guidance_rescale` in diffusers. */
  readonly rescale: number;
  /** Samples that lie one after another in the predictions, each rescaled by itself; 1 if absent. */
  readonly batchSize?: number;
}

/**
 * Rescaled guidance (Lin et al., arXiv 2305.08891, eq. 15 and 16): the guided prediction with the standard deviation
 * of the conditional one, mixed with the guided one as it is; against overexposed pictures.
 */
export function rescaleGuidance(
  guided: Float32Array,
  conditional: Float32Array,
  { rescale, batchSize = 1 }: RescaleOptions,
): Float32Array {
  assertSameLength(guided, conditional);
  const { fround } = Math;
  const size = guided.length / batchSize;
  const [phi, rest] = [fround(rescale), fround(1 - rescale)];
  const ratios = Array.from({ length: batchSize }, (_, k) => {
    const part = (values: Float32Array): Float32Array => values.subarray(k * size, (k + 1) * size);
    return fround(deviationOf(part(conditional)) / deviationOf(part(guided)));
  });
  return guided.map((value, i) => {
    const rescaled = fround(value * (ratios[Math.floor(i / size)] as number));
    return fround(phi * rescaled) + fround(rest * value);
  });
}

/** torch.std: of a sample, so divided by one less than its size. */
function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.fround(Math.sqrt(squares / (values.length - 1)));
}

function assertSameLength(left: Float32Array, right: Float32Array): void {
  if (left.length !== right.length) {
    throw new RangeError(`Guidance needs predictions of one size, got ${left.length} and ${right.length}.`);
  }
}
