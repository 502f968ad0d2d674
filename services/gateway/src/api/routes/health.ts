import Type from "typebox";
import type { AddRoute } from "../api-context.ts";

const Checks = Type.Object({
  status: Type.String(),
  checks: Type.Record(Type.String(), Type.String(), {
    description: "Part to ok, or to what is wrong with it.",
  }),
});

/** GET /livez and /readyz: whether the process runs, and whether it can answer well. */
export const addHealth: AddRoute = (app, { deps }) => {
  app.route({
    method: "GET",
    url: "/livez",
    schema: {
      operationId: "livez",
      tags: ["operations"],
      summary: "Whether the process runs",
      response: { 200: { description: "It does.", ...Type.Object({ status: Type.Literal("ok") }) } },
    },
    handler: async () => ({ status: "ok" }),
  });
  app.route({
    method: "GET",
    url: "/readyz",
    schema: {
      operationId: "readyz",
      tags: ["operations"],
      summary: "Whether requests can be answered well",
      response: {
        200: { description: "They can.", ...Checks },
        503: { description: "They cannot; the failing checks say why.", ...Checks },
      },
    },
    handler: async (_request, reply) => {
      const { ready, checks } = await deps.readiness();
      return reply.code(ready ? 200 : 503).send({ status: ready ? "ok" : "unavailable", checks });
    },
  });
};
