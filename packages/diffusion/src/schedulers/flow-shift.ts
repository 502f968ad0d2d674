/** How flow matching shifts its noise levels; the options under diffusers' names. */
export interface FlowShiftOptions {
  readonly shift: number;
  readonly use_dynamic_shifting: boolean;
  readonly time_shift_type: "exponential" | "linear";
}

/** Rounding of numpy's operations: none for doubles, Math.fround for float32. */
export type Round = (value: number) => number;

const exact: Round = (value) => value;

/** A noise level shifted towards 1: by the config's shift, or by `mu` when shifting is dynamic. */
export function shiftLevel(
  level: number,
  options: FlowShiftOptions,
  mu: number | undefined,
  round = exact,
): number {
  if (!options.use_dynamic_shifting || mu === undefined) return shiftStatic(level, options.shift, round);
  const factor = options.time_shift_type === "exponential" ? Math.exp(mu) : mu;
  const rest = round(round(1 / level) - 1);
  return round(factor / round(factor + rest));
}

/** Esser et al., arXiv 2403.03206, eq. 23, with `shift` for the root of the sizes' ratio. */
export function shiftStatic(level: number, shift: number, round = exact): number {
  return round(round(shift * level) / round(1 + round((shift - 1) * level)));
}

/** Stretches the levels so that the last one is `terminal` (LTX-Video). */
export function stretchLevels(levels: readonly number[], terminal: number, round = exact): number[] {
  const factor = round(round(1 - (levels.at(-1) as number)) / (1 - terminal));
  return levels.map((level) => round(1 - round(round(1 - level) / factor)));
}

/** Two points (tokens of a picture, `mu`) on whose line dynamic shifting lies; the options under diffusers' names. */
export interface DynamicShiftOptions {
  readonly base_shift: number;
  readonly max_shift: number;
  readonly base_image_seq_len: number;
  readonly max_image_seq_len: number;
}

/** `mu` for a picture of `imageSeqLen` tokens (Stable Diffusion 3.5, Flux). */
export function dynamicShift(imageSeqLen: number, options: DynamicShiftOptions): number {
  const { base_shift, max_shift, base_image_seq_len, max_image_seq_len } = options;
  const slope = (max_shift - base_shift) / (max_image_seq_len - base_image_seq_len);
  return base_shift + slope * (imageSeqLen - base_image_seq_len);
}

/** The same for schedulers whose config has no points, as diffusers' pipelines take it. */
export function defaultDynamicShift(imageSeqLen: number): number {
  const points = { base_shift: 0.5, max_shift: 1.16, base_image_seq_len: 256, max_image_seq_len: 4096 };
  return dynamicShift(imageSeqLen, points);
}
