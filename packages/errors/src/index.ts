export { AppError, codeOf, type ErrorFields, errorMessage, isAbortError, isErrorCode } from "./app-error.ts";
export { type Blame, ERROR_TABLE, type ErrorCode, type ErrorRow, GRPC_STATUS } from "./error-table.ts";
