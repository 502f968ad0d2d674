import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fairTags, priorityOfTag } from "./fair-queue.ts";

describe("fair queue", () => {
  it("starts at the virtual time, or after the tenant's previous job", () => {
    expect(fairTags(10, undefined, { cost: 6, weight: 3 })).toEqual({ start: 10, finish: 12 });
    expect(fairTags(10, 12, { cost: 1 })).toEqual({ start: 12, finish: 13 });
    expect(fairTags(20, 12, { cost: 1 })).toEqual({ start: 20, finish: 21 });
  });

  it("refuses costs and weights that would break the order", () => {
    for (const job of [{ cost: Number.NaN }, { cost: -1 }, { cost: 1, weight: 0 }, { cost: 1, weight: -1 }]) {
      expect(() => fairTags(0, 0, job)).toThrow("This is a bug.");
    }
  });

  it("shares service by weight while everybody has work", () => {
    const tenant = fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      costs: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 30, maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(tenant, { minLength: 2, maxLength: 4 }), (tenants) => {
        const served = tenants.map(() => ({ jobs: 0, share: 0 }));
        for (const job of inOrder(tenants)) {
          const mine = served[job.tenant] ?? { jobs: 0, share: 0 };
          mine.jobs += 1;
          mine.share += job.share;
          if (mine.jobs === 30) return;
          // Two tenants differ by no more than one largest job of each (Goyal et al., theorem 1).
          const shares = served.map(({ share }) => share);
          const bound = tenants.map(({ costs, weight }) => Math.max(...costs) / weight);
          const [most, second] = bound.toSorted((a, b) => b - a);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(
            (most ?? 0) + (second ?? 0) + 1e-9,
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("maps tags to BullMQ priorities in order", () => {
    const tag = fc.double({ min: 0, max: 1e18, noNaN: true });
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(priorityOfTag(low)).toBeLessThanOrEqual(priorityOfTag(high));
        expect(Number.isInteger(priorityOfTag(a))).toBe(true);
        expect(priorityOfTag(a)).toBeGreaterThanOrEqual(1);
        expect(priorityOfTag(a)).toBeLessThan(2 ** 21);
      }),
    );
  });

  it("tells a long backlog of equal jobs apart", () => {
    for (const cost of [1, 8 * 65 * 512 * 512]) {
      for (const n of [1, 100, 10_000, 37_000]) {
        expect(priorityOfTag((n + 1) * cost)).toBeGreaterThan(priorityOfTag(n * cost));
      }
    }
  });
});

function inOrder(tenants: readonly { weight: number; costs: readonly number[] }[]) {
  return tenants
    .flatMap(({ weight, costs }, tenant) => {
      let finish: number | undefined;
      return costs.map((cost) => {
        const tags = fairTags(0, finish, { cost, weight });
        finish = tags.finish;
        return { tenant, share: cost / weight, finish };
      });
    })
    .toSorted((a, b) => a.finish - b.finish);
}
