import type { edit } from "@kinora/contracts";
import { float32Tensor } from "@kinora/inference";
import { createStageClock, denoiseStage, progressEvent, readDenoiseRequest } from "@kinora/model-service";
import type { EditContext, PictureEdit } from "./pipelines/picture-edit.ts";

/** A request of either kind, and how it becomes a loop that edits. */
export interface EditRun<R> extends Pick<EditContext<R>, "host" | "request" | "signal"> {
  readonly prepare: (context: EditContext<R>) => Promise<PictureEdit>;
  /** Name of the file for the changed latents. */
  readonly file: string;
}

/** Edits a picture or a clip: gives progress events; returns the file of `latents` [N, C, h, w] and how long it took. */
export async function* runEdit<R extends edit.EditImageRequest | edit.EditClipRequest>({
  prepare,
  file,
  ...given
}: EditRun<R>) {
  const { host, request } = given;
  const clock = createStageClock();
  const { target, total } = readDenoiseRequest(request);
  yield progressEvent(0, total);
  const model = await host.models.get(target.model);
  const { size, range = Number.POSITIVE_INFINITY, options } = await prepare({ ...given, model, clock });
  const sample = yield* denoiseStage(options);
  const data = sample.map((value) => Math.max(-range, Math.min(range, value)));
  const key = `${target.outputPrefix}${file}.safetensors`;
  const latents = await host.artifacts.writeTensors(key, { latents: float32Tensor(data, size) });
  return { latents, timings: clock.timings() };
}
