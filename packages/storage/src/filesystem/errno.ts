/** Whether a Node system error carries one of these codes, for example "ENOENT". */
export function hasErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

/** Whether the error says that there is no file at a path, or that its folder is a file. */
export function isMissingFile(error: unknown): boolean {
  return hasErrno(error, "ENOENT", "ENOTDIR");
}
