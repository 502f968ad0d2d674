import type { edit } from "@kinora/contracts";
import type { DenoiseOptions } from "@kinora/diffusion";
import type { DenoiserContext, ModelServiceHost, ServedModel } from "@kinora/model-service";

/** A request and what it runs on. */
export interface PictureEditContext extends DenoiserContext {
  readonly host: ModelServiceHost;
  readonly model: ServedModel;
  readonly request: edit.EditImageRequest;
}

/** A denoise loop that is ready to run. */
export interface PictureEdit {
  /** Shape of its sample: [N, C, h, w]. */
  readonly size: readonly number[];
  readonly options: DenoiseOptions;
}

/** What an instruction asks for, as InterpretResponse has it. */
export interface Interpretation {
  readonly task: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** 0 to 1. */
  readonly confidence: number;
}

/** How one kind of model folder edits. */
export interface Editor {
  /** What an instruction asks for. */
  readonly interpret: (model: ServedModel, instruction: string) => Promise<Interpretation>;
  /** Reads the picture and the instruction, and makes the loop that edits. */
  readonly prepareEdit: (context: PictureEditContext) => Promise<PictureEdit>;
}
