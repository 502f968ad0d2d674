/** What one check of `kinora doctor` found. */
export interface Finding {
  readonly subject: string;
  readonly ok: boolean;
  /** What is there, or what is wrong. */
  readonly detail: string;
  /** How to get what is missing. */
  readonly remedy?: string;
}

/** A check that answers with `detail` when all is well and throws when not. */
export async function check(subject: string, remedy: string, probe: () => Promise<string>): Promise<Finding> {
  try {
    return { subject, ok: true, detail: await probe() };
  } catch (error) {
    return { subject, ok: false, detail: firstLine(error), remedy };
  }
}

/** One line for people. */
export function renderFinding({ subject, ok, detail, remedy }: Finding): string {
  const line = `${ok ? "ok     " : "missing"}  ${subject.padEnd(16)} ${detail}`;
  return remedy === undefined ? line : `${line}\n         ${"".padEnd(16)} -> ${remedy}`;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n")[0] ?? "";
}
