import type { Metrics } from "@kinora/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Status under which a request is counted whose caller left first. */
const CLIENT_LEFT = 499;

/** Counts and times every request by route, and writes its one log line. */
export function addHttpMetrics(app: FastifyInstance, metrics: Metrics): void {
  const labelNames = ["route", "method", "status"] as const;
  const requests = metrics.counter({
    name: "kinora_http_requests_total",
    help: "Finished HTTP requests by route, method and status.",
    labelNames,
  });
  const seconds = metrics.histogram({
    name: "kinora_http_request_seconds",
    help: "Seconds from a request's head to the end of its answer, event streams included.",
    labelNames: ["route", "method"],
  });
  const observe = (request: FastifyRequest, reply: FastifyReply, status: number) => {
    // Paths that are no route share one label: a scanner must not make series.
    const route = request.routeOptions.url ?? "none";
    const method = route === "none" ? "any" : request.method;
    requests.inc({ route, method, status });
    seconds.observe({ route, method }, reply.elapsedTime / 1000);
    const elapsedMs = Math.round(reply.elapsedTime);
    const tenant = request.principal?.tenant;
    request.log.info({ route, method, status, elapsedMs, tenant }, "request answered");
  };
  app.addHook("onRequest", async (request, reply) => {
    // onResponse does not run for a caller who left before the end of the answer.
    reply.raw.once("close", () => {
      if (!reply.raw.writableFinished) observe(request, reply, CLIENT_LEFT);
    });
  });
  app.addHook("onResponse", async (request, reply) => observe(request, reply, reply.statusCode));
}
