import { parseArgs } from "node:util";
import { AppError, errorMessage } from "@kinora/errors";
import { createKey, listKeys, revokeKey } from "./access/keys-file.ts";

const USAGE = `Keys of the gateway, in the file that KINORA_API_KEYS_FILE names (or --file FILE):
  create --tenant NAME [--days N] [--weight W]   prints a new key, once
  revoke ID                                      refused within five seconds
  list                                           ids, tenants and states; never the keys
`;

/** The command line behind `kinora keys`. Returns what it prints. */
async function run(argv: readonly string[]): Promise<string> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      file: { type: "string" },
      tenant: { type: "string" },
      days: { type: "string" },
      weight: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const [verb, id] = positionals;
  if (values.help || verb === undefined) return USAGE;
  const file = values.file ?? process.env["KINORA_API_KEYS_FILE"];
  if (file === undefined) throw refused("Set KINORA_API_KEYS_FILE, or give --file FILE.");
  if (verb === "list") return formatKeys(await listKeys(file));
  if (verb === "revoke" && id !== undefined) return `revoked ${(await revokeKey(file, id)).id}\n`;
  if (verb !== "create" || values.tenant === undefined) throw refused(USAGE);
  const days = optionalNumber("--days", values.days);
  const weight = optionalNumber("--weight", values.weight);
  const { key } = await createKey(file, {
    tenant: values.tenant,
    ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }),
    ...(weight === undefined ? {} : { weight }),
  });
  return `${key}\n`;
}

function formatKeys(keys: Awaited<ReturnType<typeof listKeys>>): string {
  const rows = keys.map((key) => {
    const state = key.revoked_at ? `revoked ${key.revoked_at}` : `expires ${key.expires_at ?? "never"}`;
    return `${key.id}  ${key.tenant}  created ${key.created_at}  ${state}  weight ${key.weight ?? 1}\n`;
  });
  return rows.join("") || "no keys\n";
}

function optionalNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw refused(`${option} must be a number above 0; got ${text}.`);
}

function refused(reason: string): AppError {
  return new AppError("invalid_request", { reason });
}

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${errorMessage(error).trimEnd()}\n`);
  process.exitCode = 1;
}
