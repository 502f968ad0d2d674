import multipart from "@fastify/multipart";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { addApiDescription } from "./add-api-description.ts";
import { addErrorHandling, answerError } from "./add-error-handling.ts";
import { addHttpMetrics } from "./add-http-metrics.ts";
import { answerClientError } from "./answer-client-error.ts";
import { type ApiContext, credentialsOf } from "./api-context.ts";
import { apiCoreOf } from "./api-core.ts";
import type { ApiDeps, ApiLimits } from "./api-ports.ts";
import { parseJsonBody } from "./read-request-body.ts";
import { requestId } from "./request-id.ts";
import { addRoutes } from "./routes/add-routes.ts";

/** How often receipts of old answers are deleted. */
const SWEEP_MS = 10 * 60_000;

/**
 * The REST API: every route, its error handling, metrics and description. Does not listen; the
 * caller does, and closes it, which ends open event streams.
 */
export function createApi(deps: ApiDeps): FastifyInstance {
  const core = apiCoreOf(deps);
  const closing = new AbortController();
  const context: ApiContext = { ...core, deps, closing: closing.signal };
  const app = createServer(deps, core.limits);
  app.decorateRequest("principal", null);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ "x-request-id": request.id, "x-content-type-options": "nosniff" });
  });
  addErrorHandling(app);
  addHttpMetrics(app, deps.metrics);
  addBodyParsers(app, core.limits);
  addApiDescription(app);
  addAuthentication(app, deps);
  app.register(async (routes) => addRoutes(routes, context));
  app.addHook("preClose", async () => {
    closing.abort();
    setTimeout(() => app.server.closeAllConnections(), core.limits.closeGraceMs).unref();
  });
  app.addHook("onSend", async (_request, reply) => {
    // A connection that falls idle after the server began to close would hold it open.
    if (closing.signal.aborted) reply.header("connection", "close");
  });
  const timer = setInterval(() => {
    core.retriedPosts.sweep().catch((err: unknown) => deps.logger.warn({ err }, "receipts not swept"));
  }, SWEEP_MS).unref();
  app.addHook("onClose", async () => {
    clearInterval(timer);
    await core.retriedPosts.settled();
  });
  return app;
}

function createServer(deps: ApiDeps, limits: ApiLimits): FastifyInstance {
  const app = Fastify({
    loggerInstance: deps.logger,
    // One line per request is written by the metrics hook, with its route.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.jsonBytes,
    genReqId: requestId,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, maxHeaderSize: limits.headerBytes },
    forceCloseConnections: "idle",
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      reply.header("x-request-id", request.id);
      answerError(error, request, reply);
    },
  });
  // Requests are judged by validateVideoRequest and the routes, whose errors are those of the table.
  app.setValidatorCompiler(() => () => true);
  return app as unknown as FastifyInstance;
}

function addBodyParsers(app: FastifyInstance, limits: ApiLimits): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => parseJsonBody(body, limits),
  );
  app.register(multipart);
}

function addAuthentication(app: FastifyInstance, { access }: ApiDeps): void {
  app.addHook("onRequest", async (request) => {
    const credentials = credentialsOf(request);
    access.assertAllowed(credentials);
    if (request.routeOptions.url?.startsWith("/v1/")) {
      request.principal = await access.authenticate(credentials);
    }
  });
}
