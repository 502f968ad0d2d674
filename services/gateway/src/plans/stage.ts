import type { types } from "@kinora/contracts";
import type { ObjectStore } from "@kinora/storage";
import type { ArtifactRef, JobFacts, JobWarning } from "../job-result.ts";
import type { ServiceClients, ServiceName } from "../worker/service-clients.ts";

/** Files by name, as stages hand them on: "embedding", "keyframe", "firstFrame", ... */
export type StageFiles = { readonly [name: string]: ArtifactRef };

/** What a finished stage says of itself. */
export interface StageOutcome {
  readonly files: StageFiles;
  readonly warnings: readonly JobWarning[];
  /** Seconds inside model runs, as the service measured them. */
  readonly modelSeconds: number;
  /** What it found out besides files. */
  readonly facts?: JobFacts;
}

/**
 * What a stage reports while it runs: progress, then exactly one outcome. Nothing is reported before its service
 * answered, since a stage that has begun counts as broken when it fails.
 */
export type StageEvent =
  | { readonly kind: "progress"; readonly completed: number; readonly total: number }
  | { readonly kind: "done"; readonly outcome: StageOutcome };

/** What a running stage has at hand. */
export interface StageContext {
  readonly clients: ServiceClients;
  /** For stages that rearrange files themselves. */
  readonly store: ObjectStore;
  readonly target: { readonly model: string; readonly outputPrefix: string };
  /** The files named in `inputs`. */
  readonly inputs: StageFiles;
  readonly signal: AbortSignal;
}

/** The folder that a stage runs, and the size of the pictures it works on; both are part of the cache key. */
export interface StageModel {
  readonly folder: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * One step of a plan: which service makes which files from which. Plans are lists of these; the
 * runner adds caching, retries, progress and cancellation.
 */
export interface Stage {
  /** Stable: part of the cache key and of the API's `stage` and `stage_durations`. */
  readonly name: string;
  /** The service that runs it, whose model runtime is part of the cache key; "gateway": it needs none. */
  readonly service: ServiceName | "gateway";
  readonly model: StageModel;
  /** Files it needs. */
  readonly inputs: readonly string[];
  /** Files it makes. */
  readonly outputs: readonly string[];
  /** Share of the job's progress bar, relative to the other stages of its plan. */
  readonly weight: number;
  /** Upper bound of its run time in ms. */
  readonly timeoutMs: number;
  /** All parameters that determine its bytes besides model and inputs; those at rest are left out. */
  readonly parameters: { readonly [name: string]: string | number };
  run(context: StageContext): AsyncIterable<StageEvent>;
}

/** What makes a job: the files it starts from, and the stages in order. */
export interface Plan {
  readonly name: string;
  readonly initialFiles: StageFiles;
  readonly stages: readonly Stage[];
  /** The stages that follow from what those found out. Throws when it follows that nothing can be done. */
  readonly next?: (facts: JobFacts) => readonly Stage[];
}

/** An artifact as it comes over the wire, as a reference for records. */
export function toArtifactRef(artifact: types.Artifact | undefined): ArtifactRef {
  if (!artifact) throw new Error("A stage result lacks its artifact. This is a bug.");
  return {
    key: artifact.key,
    sha256: artifact.sha256,
    sizeBytes: Number(artifact.sizeBytes),
    mediaType: artifact.mediaType,
  };
}

/** A file of a stage by name. */
export function fileOf(files: StageFiles, name: string): ArtifactRef {
  const ref = files[name];
  if (!ref) throw new Error(`The plan has no file ${name}. This is a bug.`);
  return ref;
}

/** A file of a stage by name, as it goes over the wire. */
export function toArtifact(files: StageFiles, name: string) {
  const ref = fileOf(files, name);
  return { key: ref.key, sha256: ref.sha256, sizeBytes: BigInt(ref.sizeBytes), mediaType: ref.mediaType };
}

/** The `event` oneof of every stage response, as protobuf-es types it. */
type WireEvent =
  | { readonly case: "progress"; readonly value: types.Progress }
  | { readonly case: "result"; readonly value: WireResult }
  | { readonly case: undefined; readonly value?: undefined };

/** What all stage results have in common. */
interface WireResult {
  readonly timings?: types.StageTimings | undefined;
  readonly warnings?: readonly types.Warning[];
}

type ResultOf<E extends WireEvent> = Extract<E, { case: "result" }>["value"];

/** Turns a service's response stream into stage events; `facts` go with the outcome. */
export async function* toStageEvents<E extends WireEvent>(
  responses: AsyncIterable<{ readonly event: E }>,
  filesOf: (result: ResultOf<E>) => StageFiles,
  facts?: JobFacts,
): AsyncIterable<StageEvent> {
  for await (const { event } of responses) {
    if (event.case === "progress") {
      yield { kind: "progress", completed: event.value.completed, total: event.value.total };
    } else if (event.case === "result") {
      const outcome = outcomeOf(event.value, filesOf(event.value as ResultOf<E>));
      yield { kind: "done", outcome: facts ? { ...outcome, facts } : outcome };
    }
  }
}

function outcomeOf({ timings, warnings = [] }: WireResult, files: StageFiles): StageOutcome {
  return {
    files,
    warnings: warnings.map(({ code, message, values }) => ({ code, message, values })),
    modelSeconds: timings?.modelS ?? 0,
  };
}
