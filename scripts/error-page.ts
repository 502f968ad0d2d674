import { ERROR_TABLE, type ErrorRow, GRPC_STATUS } from "@kinora/errors";

const GRPC_NAMES = new Map<number, string>(Object.entries(GRPC_STATUS).map(([name, code]) => [code, name]));

const INTRODUCTION = `# Errors

Generated from packages/errors/src/error-table.ts by \`npm run generate\`; edit the table, not this page.

Every error that leaves a Kinora process has one of these codes. REST answers
\`{"error": {"message", "type", "param", "code"}}\`; gRPC carries the code in the trailing metadata.
*Retry* says whether the same call may succeed later. *Blame* is who can mend it: the caller, the
destination (whoever runs this installation), or us. In a message, \`{name}\` stands for a value.
`;

/** docs/errors.md, whole. */
export function renderErrorPage(): string {
  const lines = Object.entries<ErrorRow>(ERROR_TABLE).map(
    ([code, row]) =>
      `| \`${code}\` | ${row.http} | ${grpcName(row)} | ${row.retryable ? "yes" : "no"} | ${row.blame} | ${row.message} |`,
  );
  const head = ["| code | HTTP | gRPC | retry | blame | message |", "|---|---|---|---|---|---|"];
  return `${INTRODUCTION}\n${[...head, ...lines].join("\n")}\n`;
}

function grpcName(row: ErrorRow): string {
  return GRPC_NAMES.get(row.grpc) ?? String(row.grpc);
}
