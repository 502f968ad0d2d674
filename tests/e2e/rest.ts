import { waitUntil } from "@kinora/testing";

/** What the tests read of a Video object. */
export interface VideoJson {
  readonly id: string;
  readonly status: string;
  readonly stage: string | null;
  readonly progress: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly warnings: readonly { readonly code: string; readonly values: readonly string[] }[];
  readonly stage_durations: Readonly<Record<string, number>>;
}

/** Posts a JSON body to /v1/videos; throws unless it is accepted. */
export async function postVideo(baseUrl: string, body: Record<string, unknown>): Promise<VideoJson> {
  const response = await fetch(`${baseUrl}/v1/videos`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = await response.json();
  if (!response.ok) throw new Error(`POST /v1/videos answered ${response.status}: ${JSON.stringify(json)}`);
  return json as VideoJson;
}

/** Reads a video; undefined while the gateway cannot be reached. */
export async function getVideo(baseUrl: string, id: string): Promise<VideoJson | undefined> {
  const response = await fetch(`${baseUrl}/v1/videos/${id}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as VideoJson) : undefined;
}

/** Polls until `accept` is true of the video. */
export async function waitForVideo(
  baseUrl: string,
  id: string,
  accept: (video: VideoJson) => boolean,
  timeoutMs = 180_000,
): Promise<VideoJson> {
  let last: VideoJson | undefined;
  try {
    await waitUntil(
      async () => {
        last = await getVideo(baseUrl, id);
        return last !== undefined && accept(last);
      },
      { what: `video ${id}`, timeoutMs, intervalMs: 20 },
    );
  } catch (error) {
    throw new Error(`Video ${id} stayed ${JSON.stringify(last)}`, { cause: error });
  }
  if (!last) throw new Error("waitUntil ended without a video. This is a bug.");
  return last;
}

/** Whether a video never changes again. */
export function isTerminal({ status }: VideoJson): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** Waits for the end and throws unless the video is completed. */
export async function waitForCompletion(baseUrl: string, id: string): Promise<VideoJson> {
  const video = await waitForVideo(baseUrl, id, isTerminal);
  if (video.status !== "completed") throw new Error(`Video ${id} ended ${JSON.stringify(video)}`);
  return video;
}

/** The bytes of one variant. */
export async function getContent(baseUrl: string, id: string, variant = "video"): Promise<Uint8Array> {
  const response = await fetch(`${baseUrl}/v1/videos/${id}/content?variant=${variant}`);
  if (!response.ok) throw new Error(`${variant} answered ${response.status}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}
