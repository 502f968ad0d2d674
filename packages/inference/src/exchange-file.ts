import { randomUUID } from "node:crypto";
import { closeSync, openSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file without a name, in memory where the system has such a place: it is gone with the last who has it open. */
export interface ExchangeFile {
  readonly fd: number;
  close(): void;
}

/** Where Linux keeps files in memory; containers have it too, often with 64 MB. */
const SHARED_MEMORY = "/dev/shm";

/** Opens such a file for a host and the child that inherits it; undefined where none can be made. */
export function openExchangeFile(
  folders: readonly string[] = [SHARED_MEMORY, tmpdir()],
): ExchangeFile | undefined {
  // Windows neither removes a file that is open nor hands one to a child.
  if (process.platform === "win32") return undefined;
  for (const folder of folders) {
    const fd = openNameless(join(folder, `kinora-exchange-${randomUUID()}`));
    if (fd !== undefined) return { fd, close: () => closeSync(fd) };
  }
  return undefined;
}

function openNameless(path: string): number | undefined {
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    // There is no such folder, or it cannot be written to.
    return undefined;
  }
}
