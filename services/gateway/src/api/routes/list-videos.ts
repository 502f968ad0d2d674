import Type from "typebox";
import { type AddRoute, principalOf } from "../api-context.ts";
import { refusals } from "../error-schema.ts";
import { invalid, parseInteger, parseString } from "../parse-value.ts";
import { showValue } from "../show-value.ts";
import { toVideoJson } from "../video-json.ts";

const DEFAULT_LIMIT = 20;
const LIMITS = { minimum: 1, maximum: 100 };

const querystring = Type.Object({
  after: Type.Optional(Type.String({ description: "The last id of the page before." })),
  limit: Type.Optional(Type.Integer({ ...LIMITS, default: DEFAULT_LIMIT })),
  order: Type.Optional(
    Type.Union([Type.Literal("asc"), Type.Literal("desc")], {
      default: "desc",
      description: "By creation time.",
    }),
  ),
});

/** GET /v1/videos: a page of clips, newest first unless asked otherwise. */
export const addListVideos: AddRoute = (app, { operations }) => {
  app.route<{ Querystring: Record<string, unknown> }>({
    method: "GET",
    url: "/v1/videos",
    schema: {
      operationId: "listVideos",
      tags: ["videos"],
      security: [{ key: [] }],
      summary: "Lists clips",
      querystring,
      response: { 200: { description: "A page.", ...Type.Ref("VideoList#") }, ...refusals(400) },
    },
    handler: async (request) => {
      const { records, hasMore } = await operations.list(
        principalOf(request).tenant,
        parseQuery(request.query),
      );
      return {
        object: "list",
        data: records.map(toVideoJson),
        first_id: records[0]?.id ?? null,
        last_id: records.at(-1)?.id ?? null,
        has_more: hasMore,
      };
    },
  });
};

function parseQuery({ after, limit, order = "desc", ...others }: Record<string, unknown>) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw invalid(
      unknown.slice(0, 60),
      `Unknown query ${showValue(unknown)}. Accepted: after, limit, order.`,
    );
  }
  if (order !== "asc" && order !== "desc") {
    throw invalid("order", `order must be asc or desc; got ${showValue(order)}.`);
  }
  return {
    order,
    limit:
      limit === undefined
        ? DEFAULT_LIMIT
        : parseInteger({ name: "limit", value: limit, encoding: "form" }, LIMITS),
    ...(after === undefined ? {} : { after: parseString({ name: "after", value: after, encoding: "form" }) }),
  } as const;
}
