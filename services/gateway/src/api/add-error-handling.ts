import { AppError } from "@kinora/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toAppError, toErrorResponse } from "./error-response.ts";

/** Makes every refusal of this server, fastify's own included, the API's error envelope. */
export function addErrorHandling(app: FastifyInstance): void {
  const routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    routes.push({ methods: [method].flat(), pattern: pathPattern(url) });
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const allowed = [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap((r) => r.methods)),
    ];
    if (allowed.length === 0) {
      sendError(new AppError("not_found", { path: path.slice(0, 200) }), request, reply);
      return;
    }
    const names = allowed.sort().join(", ");
    reply.header("allow", names);
    const fields = { method: request.method, path: path.slice(0, 200), allowed: names };
    sendError(new AppError("method_not_allowed", fields), request, reply);
  });
}

/** Answers anything that was thrown, by fastify too, in the API's error envelope. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  sendError(toAppError(error, { contentType: request.headers["content-type"] }), request, reply);
}

/** Logs an error by whose it is and answers it. */
function sendError(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, body } = toErrorResponse(error);
  if (status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  else request.log.info({ code: error.code, param: error.param }, "request refused");
  reply.code(status).headers(headers).type("application/json; charset=utf-8").send(body);
}

function pathPattern(url: string): RegExp {
  const escaped = url
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${escaped.join("/")}$`);
}
