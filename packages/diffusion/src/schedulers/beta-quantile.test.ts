import fc from "fast-check";
import { expect, it } from "vitest";
import { betaQuantile } from "./beta-quantile.ts";

it.each([
  [0, 0],
  [1e-9, 1.85588246249141e-15],
  [0.001, 1.855873851745199e-5],
  [0.1, 0.03958440558878085],
  [0.3, 0.23401700387523572],
  [0.5, 0.5],
  [0.77, 0.8461624142323502],
  [0.999, 0.9999814412614826],
  [1, 1],
])("of %d equals scipy's %d", (q, expected) => {
  expect(Math.abs(betaQuantile(q, 0.6) - expected)).toBeLessThanOrEqual(1e-13 * Math.max(expected, 1e-9));
});

it("rises", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (q) => {
      expect(betaQuantile(q + 0.001, 0.6)).toBeGreaterThan(betaQuantile(q, 0.6));
    }),
  );
});
