import type { JobRecord } from "@kinora/jobs";
import Type from "typebox";
import type { ApiLimits } from "./api-ports.ts";
import { isTerminal } from "./video-json.ts";

/** How a route that answers with one video describes it. */
export const VIDEO_ANSWER = {
  description: "The video as it stands.",
  headers: {
    "openai-poll-after-ms": { type: "integer", description: "When to ask again, while it is unfinished." },
  },
  ...Type.Ref("Video#"),
};

/** Path parameters of a route about one video. */
export const VIDEO_PARAMS = Type.Object({ id: Type.String({ description: "A video's id." }) });

/** The parameters as handlers read them. */
export interface VideoParams {
  readonly id: string;
}

/** Tells pollers when to ask again; empty for a video that is done. */
export function pollHeaders(record: JobRecord, { pollAfterMs }: Pick<ApiLimits, "pollAfterMs">) {
  return isTerminal(record) ? {} : { "openai-poll-after-ms": String(pollAfterMs) };
}
