import { AppError } from "@kinora/errors";

/** The child died, or was killed because it did not answer: the call in flight is lost. */
export class EngineDied extends Error {
  override readonly name = "EngineDied";
}

/** The child refused a call; its text. */
export class EngineRefused extends Error {
  override readonly name = "EngineRefused";
}

/** `engine_crashed` for a child that died in the middle of `operation`. */
export function crashed(operation: string, error: EngineDied): AppError {
  return new AppError("engine_crashed", { operation, reason: error.message }, { cause: error });
}
