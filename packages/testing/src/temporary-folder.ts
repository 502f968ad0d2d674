import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of one test; `await using` or `remove()` deletes it with all it holds. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes an empty folder under the system's temporary folder; `name` helps when looking at leftovers. */
export async function temporaryFolder(name = "test"): Promise<TemporaryFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), `kinora-${name}-`)));
  // A server that was just killed may still be writing: rm retries on ENOTEMPTY and EBUSY.
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}
