/** A clip to fill in between key frames. Key frame i is output frame i * stride. */
export interface FramePlanOptions {
  readonly keyFrameCount: number;
  /** Output frames for each key frame. */
  readonly stride: number;
  readonly numFrames: number;
}

/** Four things, one for each of the key frames i-1, i, i+1 and i+2. */
export type Window<T> = readonly [T, T, T, T];

/** How one output frame is made. */
export interface PlannedFrame {
  /** Index of the output frame. */
  readonly frame: number;
  /** The key frame that this output frame is; such a frame is copied. */
  readonly keyFrame: number | undefined;
  /** Indices of the key frames i-1, i, i+1, i+2; beyond an edge the edge's index stands. */
  readonly window: Window<number>;
  /** Whether a window's entry is a key frame (true) or lies beyond an edge (false). */
  readonly known: Window<boolean>;
  /** Where the frame lies: 0 at key frame i, 1 at i+1, between 1 and 2 beyond the last key frame. */
  readonly position: number;
}

const OFFSETS = [-1, 0, 1, 2] as const;

/**
 * Plans every frame of a clip, in order: frame 0 is key frame 0 at position 0, every other frame has a position in
 * (0, 1], and frames after the last key frame are extrapolated from the last two at positions in (1, 2].
 * Throws RangeError for counts below 1, and for a clip that reaches more than one stride past the last key frame.
 */
export function planFrames(options: FramePlanOptions): PlannedFrame[] {
  assertPlannable(options);
  return Array.from({ length: options.numFrames }, (_, frame) => planFrame(frame, options));
}

function planFrame(frame: number, { keyFrameCount, stride }: FramePlanOptions): PlannedFrame {
  const lastBase = Math.max(keyFrameCount - 2, 0);
  const base = Math.min(Math.max(Math.ceil(frame / stride) - 1, 0), lastBase);
  const wanted = OFFSETS.map((offset) => base + offset);
  const isKeyFrame = frame % stride === 0 && frame / stride < keyFrameCount;
  return {
    frame,
    keyFrame: isKeyFrame ? frame / stride : undefined,
    window: window(wanted.map((index) => Math.min(Math.max(index, 0), keyFrameCount - 1))),
    known: window(wanted.map((index) => index >= 0 && index < keyFrameCount)),
    position: (frame - base * stride) / stride,
  };
}

function window<T>(values: T[]): Window<T> {
  return values as [T, T, T, T];
}

function assertPlannable({ keyFrameCount, stride, numFrames }: FramePlanOptions): void {
  for (const [name, value] of Object.entries({ keyFrameCount, stride, numFrames })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be an integer of 1 or more, got ${value}.`);
    }
  }
  const longest = keyFrameCount * stride + 1;
  if (numFrames > longest) {
    throw new RangeError(
      `${keyFrameCount} key frames at stride ${stride} make at most ${longest} frames, not ${numFrames}.`,
    );
  }
}
