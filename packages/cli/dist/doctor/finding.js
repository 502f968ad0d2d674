/** A check that answers with `detail` when all is well and throws when not. */
export async function check(subject, remedy, probe) {
    try {
        return { subject, ok: true, detail: await probe() };
    }
    catch (error) {
        return { subject, ok: false, detail: firstLine(error), remedy };
    }
}
/** One line for people. */
export function renderFinding({ subject, ok, detail, remedy }) {
    const line = `${ok ? "ok     " : "missing"}  ${subject.padEnd(16)} ${detail}`;
    return remedy === undefined ? line : `${line}\n         ${"".padEnd(16)} -> ${remedy}`;
}
function firstLine(error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.trim().split("\n")[0] ?? "";
}
//# sourceMappingURL=finding.js.map