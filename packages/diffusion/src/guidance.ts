/**
 * Classifier-free guidance (Ho and Salimans, arXiv 2207.12598, eq. 6 as diffusers writes it):
 * unconditional + scale * (conditional - unconditional). All of one shape.
 */
export function guide(unconditional: Float32Array, conditional: Float32Array, scale: number): Float32Array {
  assertSameLength(unconditional, conditional);
  return unconditional.map(
    (base, i) => base + Math.fround(scale * Math.fround((conditional[i] as number) - base)),
  );
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

function assertSameLength(left: Float32Array, right: Float32Array): void {
  if (left.length !== right.length) {
    throw new RangeError(`Guidance needs predictions of one size, got ${left.length} and ${right.length}.`);
  }
}
