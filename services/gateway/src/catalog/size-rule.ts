/** Width and height in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Which sizes a model draws. */
export interface SizeRule {
  /** Without a wish, this one. */
  readonly default: PictureSize;
  /** The only sizes, for models that say so. */
  readonly only?: readonly PictureSize[];
  /** Otherwise both sides are multiples of this, in pixels, */
  readonly multiple: number;
  /** and the picture has at most this many pixels. */
  readonly maxPixels: number;
}

const SIZE = /^(\d{1,5})x(\d{1,5})$/i;

/** "768x512" as numbers; undefined for anything else. */
export function parseSize(text: string): PictureSize | undefined {
  const [, width, height] = SIZE.exec(text) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}

/** Spells a size as the API does. */
export function showSize({ width, height }: PictureSize): string {
  return `${width}x${height}`;
}

/** Whether a model draws this size. */
export function acceptsSize(
  { only, multiple, maxPixels }: SizeRule,
  { width, height }: PictureSize,
): boolean {
  if (only) return only.some((size) => size.width === width && size.height === height);
  const isMultiple = (side: number) => side > 0 && side % multiple === 0;
  return isMultiple(width) && isMultiple(height) && width * height <= maxPixels;
}

/** What would be right, for refusals: "512x512", or a rule in words. */
export function describeSizes({ only, multiple, maxPixels }: SizeRule): string {
  if (only) return only.map(showSize).join(" or ");
  return `WIDTHxHEIGHT, both multiples of ${multiple}, of at most ${maxPixels} pixels`;
}

/**
 * The size in which a model works on a picture: its own where that is accepted, otherwise the
 * accepted one of about its aspect and about the model's own area.
 */
export function fitSize(rule: SizeRule, source: PictureSize): PictureSize {
  if (acceptsSize(rule, source)) return source;
  const aspect = source.width / source.height;
  if (rule.only) return nearestAspect(rule.only, aspect) ?? rule.default;
  const area = rule.default.width * rule.default.height;
  const toMultiple = (side: number) => Math.max(1, Math.round(side / rule.multiple)) * rule.multiple;
  const fitted = {
    width: toMultiple(Math.sqrt(area * aspect)),
    height: toMultiple(Math.sqrt(area / aspect)),
  };
  return acceptsSize(rule, fitted) ? fitted : rule.default;
}

function nearestAspect(sizes: readonly PictureSize[], aspect: number): PictureSize | undefined {
  const distance = ({ width, height }: PictureSize) => Math.abs(Math.log(width / height / aspect));
  return [...sizes].sort((a, b) => distance(a) - distance(b))[0];
}
