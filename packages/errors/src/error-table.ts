/** Whose mistake an error is: decides the log level and what a user can do. */
export type Blame = "caller" | "destination" | "us";

/** The gRPC status codes that the table uses, by their standard numbers. */
export const GRPC_STATUS = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** How one error code travels. */
export interface ErrorRow {
  /** HTTP status of the REST answer. Never 409 or 5xx for a caller's mistake: SDKs retry those. */
  readonly http: number;
  /** gRPC status number. */
  readonly grpc: (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS];
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  readonly blame: Blame;
  /** What it means and what would be right; `{name}` stands for a field of the error. */
  readonly message: string;
}

const row = (http: number, grpc: keyof typeof GRPC_STATUS, blame: Blame, message: string): ErrorRow => ({
  http,
  grpc: GRPC_STATUS[grpc],
  retryable: grpc === "UNAVAILABLE" || grpc === "RESOURCE_EXHAUSTED" || grpc === "ABORTED",
  blame,
  message,
});

/** Every error that leaves a process. docs/errors.md is generated from it. */
export const ERROR_TABLE = {
  invalid_request: row(400, "INVALID_ARGUMENT", "caller", "{reason}"),
  malformed_json: row(400, "INVALID_ARGUMENT", "caller", "The body is not valid JSON: {reason}"),
  malformed_multipart: row(
    400,
    "INVALID_ARGUMENT",
    "caller",
    "The multipart body could not be read: {reason}",
  ),
  unsupported_media_type: row(
    415,
    "INVALID_ARGUMENT",
    "caller",
    "Content-Type {type} is not accepted; send application/json or multipart/form-data.",
  ),
  unknown_field: row(
    400,
    "INVALID_ARGUMENT",
    "caller",
    "Unknown field {field}. Accepted fields: {accepted}.",
  ),
  unsupported_parameter: row(
    400,
    "INVALID_ARGUMENT",
    "caller",
    "Model {model} does not support {field}. {hint}",
  ),
  invalid_prompt: row(400, "INVALID_ARGUMENT", "caller", "{reason}"),
  invalid_image: row(400, "INVALID_ARGUMENT", "caller", "{reason}"),
  invalid_video: row(400, "INVALID_ARGUMENT", "caller", "{reason}"),
  edit_not_understood: row(
    400,
    "INVALID_ARGUMENT",
    "caller",
    "The instruction {instruction} is not understood. Edits that can be made: {edits}.",
  ),
  model_not_found: row(400, "NOT_FOUND", "caller", "There is no model {model}. Models here: {models}."),
  payload_too_large: row(413, "INVALID_ARGUMENT", "caller", "{what} is too large; the limit is {limit}."),
  authentication_required: row(
    401,
    "UNAUTHENTICATED",
    "caller",
    "Send a key in the header Authorization: Bearer KEY.",
  ),
  invalid_api_key: row(401, "UNAUTHENTICATED", "caller", "The API key is not known, revoked or expired."),
  forbidden_origin: row(
    403,
    "PERMISSION_DENIED",
    "caller",
    "Without KINORA_API_KEYS_FILE only local requests are answered; {header} {value} is not local.",
  ),
  not_found: row(404, "NOT_FOUND", "caller", "There is nothing at {path}."),
  method_not_allowed: row(
    405,
    "UNIMPLEMENTED",
    "caller",
    "{method} is not allowed at {path}. Allowed: {allowed}.",
  ),
  video_not_found: row(404, "NOT_FOUND", "caller", "There is no video {id}."),
  video_not_ready: row(
    404,
    "FAILED_PRECONDITION",
    "caller",
    "Video {id} has no {variant} yet: its status is {status}.",
  ),
  image_not_found: row(404, "NOT_FOUND", "caller", "There is no image {id}."),
  idempotency_mismatch: row(
    422,
    "INVALID_ARGUMENT",
    "caller",
    "Idempotency-Key {key} was used with another request.",
  ),
  rate_limit_exceeded: row(
    429,
    "RESOURCE_EXHAUSTED",
    "caller",
    "Too many jobs are waiting ({queued} of {limit}). Try again in {retryAfterS} s.",
  ),
  capability_missing: row(
    501,
    "UNIMPLEMENTED",
    "destination",
    "{capability} is not available here: {reason}",
  ),
  cancelled: row(499, "CANCELLED", "caller", "The work was cancelled."),
  deadline_exceeded: row(504, "DEADLINE_EXCEEDED", "us", "{what} did not finish within {timeoutMs} ms."),
  capacity_exhausted: row(
    503,
    "RESOURCE_EXHAUSTED",
    "us",
    "{service} is busy: {running} of {capacity} places taken.",
  ),
  unavailable: row(503, "UNAVAILABLE", "us", "{what} cannot be reached: {reason}"),
  draining: row(503, "UNAVAILABLE", "us", "This process is shutting down."),
  engine_crashed: row(
    503,
    "UNAVAILABLE",
    "us",
    "The engine process died during {operation} ({reason}); it has been started again.",
  ),
  lease_lost: row(
    503,
    "ABORTED",
    "us",
    "Another worker took over job {id}; this one stops at epoch {epoch}.",
  ),
  stage_crashed: row(500, "INTERNAL", "us", "Stage {stage} was started {starts} times and never finished."),
  model_invalid: row(500, "FAILED_PRECONDITION", "destination", "Model {model}: {reason}"),
  device_unavailable: row(
    500,
    "FAILED_PRECONDITION",
    "destination",
    "KINORA_DEVICE={device} was asked for but {reason}",
  ),
  artifact_corrupt: row(500, "DATA_LOSS", "us", "Object {key} does not match its digest: {reason}"),
  tensor_file_invalid: row(500, "DATA_LOSS", "us", "{what} is not a valid tensor file: {reason}"),
  object_not_found: row(404, "NOT_FOUND", "us", "There is no object {key}."),
  object_exists: row(412, "FAILED_PRECONDITION", "us", "Object {key} exists already."),
  storage_failed: row(503, "UNAVAILABLE", "destination", "The object store failed: {reason}"),
  media_failed: row(500, "INTERNAL", "us", "{tool} failed: {reason}"),
  config_invalid: row(500, "FAILED_PRECONDITION", "destination", "{reason}"),
  internal: row(500, "INTERNAL", "us", "Something went wrong on our side."),
} as const satisfies Record<string, ErrorRow>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof ERROR_TABLE;
