import { Readable } from "node:stream";
import Type from "typebox";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { sseStream } from "../sse-stream.ts";
import { VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";
import { isTerminal } from "../video-json.ts";

/** GET /v1/videos/{id}/events: the record on every change, as server-sent events. */
export const addVideoEvents: AddRoute = (app, { closing, limits, operations }) => {
  app.route<{ Params: VideoParams }>({
    method: "GET",
    url: "/v1/videos/:id/events",
    exposeHeadRoute: false,
    schema: {
      operationId: "watchVideo",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Streams a clip's changes as server-sent events",
      description:
        "`video.<status>` when the status changed (the first event tells the status now), `video.progress` when " +
        "only the progress did, `video.deleted`. Data is the Video. Ends with the clip; 204 to a browser that " +
        "reconnects after the end.",
      params: VIDEO_PARAMS,
      produces: ["text/event-stream"],
      response: {
        200: { description: "Events.", content: { "text/event-stream": { schema: Type.String() } } },
        204: { description: "Nothing new will happen.", type: "null" },
        ...refusals(404),
      },
    },
    handler: async (request, reply) => {
      const { tenant } = principalOf(request);
      const { id } = request.params;
      const record = await operations.get(tenant, id);
      // An EventSource reconnects after any end; only 204 tells it to stop.
      if (isTerminal(record) && request.headers["last-event-id"] === String(record.version)) {
        return reply.code(204).send();
      }
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const signal = AbortSignal.any([gone.signal, closing]);
      const events = sseStream(operations.watch(tenant, id, signal), {
        heartbeatMs: limits.heartbeatMs,
        signal,
      });
      // The stream ends with its connection, so that closing the server need not wait for a keep-alive.
      reply.headers({ "cache-control": "no-store", "x-accel-buffering": "no", connection: "close" });
      reply.type("text/event-stream");
      return reply.send(Readable.from(events, { objectMode: false }));
    },
  });
};
