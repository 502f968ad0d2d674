/** One channel of a picture, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** PyTorch's cubic convolution. */
const CUBIC = -0.75;

/**
 * Resizes as diffusers' `_resize_with_antialiasing` does: a Gaussian blur as wide as the reduction asks, then bicubic
 * interpolation with aligned corners.
 */
export function resizeAntialiased(plane: Plane, width: number, height: number): Plane {
  // One direction after the other: blur and interpolation of different directions may change places.
  const narrow = transpose(interpolateRows(blurRows(plane, plane.width / width), width));
  return transpose(interpolateRows(blurRows(narrow, plane.height / height), height));
}

/** Gaussian weights for a reduction by `factor`; a single middle one in effect where the picture grows. */
function gaussian(factor: number): Float64Array {
  const sigma = Math.fround(Math.max((factor - 1) / 2, 0.001));
  const wanted = Math.trunc(Math.max(2 * 2 * Math.max((factor - 1) / 2, 0.001), 3));
  const size = wanted % 2 === 0 ? wanted + 1 : wanted;
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - Math.floor(size / 2)) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Blurs along the rows; at the borders the picture is mirrored, its edge not repeated. Plain loops: it is hot. */
function blurRows({ width, height, data }: Plane, factor: number): Plane {
  const weights = gaussian(factor);
  const taps = weights.length;
  const reach = (taps - 1) / 2;
  const blurred = new Float32Array(data.length);
  const padded = new Float64Array(width + 2 * reach);
  const sources = Int32Array.from(padded, (_, i) => mirror(i - reach, width));
  for (let row = 0; row < height; row++) {
    const start = row * width;
    for (let i = 0; i < padded.length; i++) padded[i] = data[start + (sources[i] as number)] as number;
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let i = 0; i < taps; i++) sum += (weights[i] as number) * (padded[column + i] as number);
      blurred[start + column] = sum;
    }
  }
  return { width, height, data: blurred };
}

function mirror(index: number, length: number): number {
  if (index < 0) return -index;
  return index < length ? index : 2 * (length - 1) - index;
}

/** Bicubic interpolation along the rows; beyond the borders their last value stands. */
function interpolateRows({ width, height, data }: Plane, newWidth: number): Plane {
  const scale = newWidth > 1 ? Math.fround((width - 1) / (newWidth - 1)) : 0;
  const resized = new Float32Array(newWidth * height);
  for (let column = 0; column < newWidth; column++) {
    const position = Math.fround(scale * column);
    const left = Math.min(Math.floor(position), width - 1);
    const weights = cubicWeights(position - left);
    const sources = weights.map((_, i) => Math.min(Math.max(left + i - 1, 0), width - 1));
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum += (weights[i] as number) * (data[row * width + (sources[i] as number)] as number);
      }
      resized[row * newWidth + column] = sum;
    }
  }
  return { width: newWidth, height, data: resized };
}

/** Weights of the four neighbours at distance `t` behind the second one. */
function cubicWeights(t: number): number[] {
  const near = (x: number): number => ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
  const far = (x: number): number => ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

function transpose({ width, height, data }: Plane): Plane {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      turned[column * height + row] = data[row * width + column] ?? 0;
    }
  }
  return { width: height, height: width, data: turned };
}
