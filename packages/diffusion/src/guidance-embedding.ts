const { fround } = Math;

/**
 * What a latent consistency model is told of its guidance scale in place of guidance itself: sines and cosines of
 * 1000 (scale - 1) (Luo et al., arXiv 2310.04378, section 4.2, as diffusers' get_guidance_scale_embedding).
 */
export function embedGuidanceScale(scale: number, dimension: number): Float32Array {
  const half = Math.floor(dimension / 2);
  const decay = fround(fround(Math.log(10000)) / (half - 1));
  const w = fround(fround(scale - 1) * 1000);
  const embedding = new Float32Array(dimension);
  for (let i = 0; i < half; i++) {
    const angle = fround(w * fround(Math.exp(fround(i * -decay))));
    embedding[i] = Math.sin(angle);
    embedding[half + i] = Math.cos(angle);
  }
  return embedding;
}
