import Type from "typebox";

/** OpenAI's error envelope. */
export const ErrorSchema = Type.Object(
  {
    error: Type.Object({
      message: Type.String({ description: "What was wrong, and what would be right." }),
      type: Type.String({
        description:
          "invalid_request_error, authentication_error, permission_error, not_found_error, rate_limit_error or server_error.",
      }),
      param: Type.Union([Type.String(), Type.Null()], { description: "The field at fault." }),
      code: Type.String({ description: "A code of docs/errors.md." }),
    }),
  },
  { $id: "Error", title: "Error" },
);

const DESCRIPTIONS = {
  400: "The request is wrong; the message says what would be right.",
  401: "No key, or one that is not known, revoked or expired.",
  403: "Without a keys file only local requests are answered.",
  404: "There is no such thing, or not yet.",
  413: "Too large.",
  415: "Content-Type must be application/json or multipart/form-data.",
  416: "The range lies outside the file.",
  422: "The Idempotency-Key was used with another request.",
  429: "Too many videos are waiting; see Retry-After.",
  500: "Something went wrong on our side.",
  503: "Cannot be answered at the moment; see Retry-After.",
} as const;

/** Response schemas of refusals by status, for a route's description. */
export function refusals(...statuses: readonly (keyof typeof DESCRIPTIONS)[]): Record<number, object> {
  const all = [...statuses, 401, 403, 500, 503] as const;
  return Object.fromEntries(
    all.map((status) => [status, { description: DESCRIPTIONS[status], ...Type.Ref("Error#") }]),
  );
}
