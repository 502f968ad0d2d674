import { errorMessage } from "@kinora/errors";
import Type from "typebox";
import type { AddRoute } from "../api-context.ts";

/** GET /metrics: Prometheus text. The queue's gauges are read at each scrape; KEDA scales by them. */
export const addMetrics: AddRoute = (app, { deps: { jobs, metrics, logger } }) => {
  const queued = metrics.gauge({ name: "kinora_jobs_queued", help: "Jobs waiting for a worker." });
  const running = metrics.gauge({ name: "kinora_jobs_running", help: "Jobs in a worker's hands." });
  const oldest = metrics.gauge({
    name: "kinora_jobs_oldest_queued_seconds",
    help: "Age of the oldest job that waits; 0 when none does.",
  });
  app.route({
    method: "GET",
    url: "/metrics",
    schema: {
      operationId: "metrics",
      tags: ["operations"],
      summary: "Metrics in the Prometheus text format",
      response: { 200: { description: "Metrics.", content: { "text/plain": { schema: Type.String() } } } },
    },
    handler: async (_request, reply) => {
      try {
        const stats = await jobs.stats();
        queued.set(stats.queued);
        running.set(stats.running);
        oldest.set(stats.oldestQueuedMs / 1000);
      } catch (error) {
        // The process's own metrics matter most when the job store is away.
        logger.warn({ reason: errorMessage(error) }, "queue gauges not read");
      }
      return reply.type(metrics.contentType).send(await metrics.text());
    },
  });
};
