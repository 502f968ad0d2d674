import type { edit } from "@kinora/contracts";
import type { DenoiseOptions } from "@kinora/diffusion";
import type { OnComputed } from "@kinora/inference";
import type { DenoiserContext, ModelServiceHost, ServedModel } from "@kinora/model-service";

/** A request and what it runs on. */
export interface EditContext<R> extends DenoiserContext {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly request: R;
}

/** Of a picture. */
export type PictureEditContext = EditContext<edit.EditImageRequest>;

/** Of a clip. */
export type ClipEditContext = EditContext<edit.EditClipRequest>;

/** An instruction and what reads it. */
export interface InstructionContext {
  readonly host: Pick<ModelServiceHost, "engine">;
  readonly model: ServedModel;
  readonly instruction: string;
  readonly signal?: AbortSignal;
  readonly onComputed?: OnComputed;
}

/** A denoise loop that is ready to run. */
export interface PictureEdit {
  /** Shape of its sample: [N, C, h, w]; N are pictures, or a clip's key frames. */
  readonly size: readonly number[];
  /** The result is cut to this, both ways; not at all if absent. */
  readonly range?: number;
  readonly options: DenoiseOptions;
}

/** What an instruction asks for, as InterpretResponse has it. */
export interface Interpretation {
  readonly task: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** 0 to 1. */
  readonly confidence: number;
  /** Where the task is empty: the edits that can be made; of one that was read, what the model can show of it. */
  readonly hint?: string;
}

/** How one kind of model folder edits. */
export interface Editor {
  /** What an instruction asks for; a task of "" means that it was not understood. */
  readonly interpret: (context: InstructionContext) => Promise<Interpretation>;
  /** Reads the picture and the instruction, and makes the loop that edits. */
  readonly prepareEdit: (context: PictureEditContext) => Promise<PictureEdit>;
  /** The same for a clip's key frames; absent for models that edit pictures only. */
  readonly prepareClipEdit?: (context: ClipEditContext) => Promise<PictureEdit>;
}
