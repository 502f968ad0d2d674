const { fround } = Math;

/** torch.linspace in float32: `count` values from `start` to `end`, counted from the nearer end. */
export function torchLinspace(start: number, end: number, count: number): Float32Array {
  const [first, last] = [fround(start), fround(end)];
  const step = fround(fround(last - first) / (count - 1));
  const half = Math.floor(count / 2);
  if (count === 1) return Float32Array.of(first);
  return Float32Array.from({ length: count }, (_, i) =>
    i < half ? first + step * i : last - step * (count - i - 1),
  );
}
