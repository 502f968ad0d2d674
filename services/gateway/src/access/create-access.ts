import { timingSafeEqual } from "node:crypto";
import { stat } from "node:fs/promises";
import { AppError, errorMessage } from "@kinora/errors";
import type { Logger } from "@kinora/runtime";
import { digestOf, keyId } from "./api-key.ts";
import { isMissing, type KeyRecord, readKeysFile } from "./keys-file.ts";
import { assertLocal } from "./local-only.ts";

/** Tenant of every request when no keys file is set. */
const LOCAL_TENANT = "local";

/** How long a changed keys file may go unnoticed. Revocation is promised within five seconds. */
const RECHECK_MS = 2000;

/** Who asks. */
export interface Principal {
  readonly tenant: string;
  /** Share of the tenant in fair queueing. */
  readonly weight: number;
  /** Undefined without a keys file. */
  readonly keyId: string | undefined;
}

/** The headers that decide who asks; in gRPC the metadata of the same names. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Decides who asks. */
export interface Access {
  /** Whether a key is needed; otherwise only local requests are answered. */
  readonly keysRequired: boolean;
  /** Throws `forbidden_origin` for a request from elsewhere when no keys are set; for every route. */
  assertAllowed(credentials: Credentials): void;
  /** Throws `authentication_required`, `invalid_api_key` or `forbidden_origin`. */
  authenticate(credentials: Credentials): Promise<Principal>;
}

/** Settings of createAccess. */
export interface AccessOptions {
  /** JSON lines or array of keys; undefined: loopback only, one tenant. */
  readonly keysFile?: string | undefined;
  readonly logger: Pick<Logger, "error" | "info">;
  /** Unix milliseconds; the machine's clock unless told. */
  readonly nowMs?: () => number;
}

/** Reads the keys file once (throws `config_invalid` when it cannot) and again within seconds of a change. */
export async function createAccess(options: AccessOptions): Promise<Access> {
  return options.keysFile === undefined ? localAccess() : keyAccess(options.keysFile, options);
}

function localAccess(): Access {
  const local: Principal = { tenant: LOCAL_TENANT, weight: 1, keyId: undefined };
  return {
    keysRequired: false,
    assertAllowed: assertLocal,
    async authenticate(credentials) {
      assertLocal(credentials);
      return local;
    },
  };
}

async function keyAccess(path: string, { logger, nowMs = Date.now }: AccessOptions): Promise<Access> {
  const keys = await openKeys(path, logger, nowMs);
  return {
    keysRequired: true,
    assertAllowed() {},
    async authenticate({ authorization }) {
      const key = bearerToken(authorization);
      const id = keyId(key);
      const record = (await keys()).get(id ?? "");
      if (!isRightKey(key, record) || !record || isOver(record, nowMs()))
        throw new AppError("invalid_api_key");
      return { tenant: record.tenant, weight: record.weight ?? 1, keyId: record.id };
    },
  };
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === "")
    throw new AppError("authentication_required");
  const token = /^Bearer +(\S{1,200})$/i.exec(authorization.trim())?.[1];
  if (token === undefined) throw new AppError("authentication_required");
  return token;
}

// An unknown id is compared too, so that its answer takes as long.
const NO_DIGEST = "0".repeat(64);

function isRightKey(key: string, record: KeyRecord | undefined): boolean {
  const same = timingSafeEqual(digestOf(key), Buffer.from(record?.sha256 ?? NO_DIGEST, "hex"));
  return same && record !== undefined;
}

function isOver({ revoked_at, expires_at }: KeyRecord, nowMs: number): boolean {
  return revoked_at !== undefined || (expires_at !== undefined && Date.parse(expires_at) <= nowMs);
}

type Keys = ReadonlyMap<string, KeyRecord>;

/** Keys by id; looks at the file's stamp at most once in RECHECK_MS, when a request asks. */
async function openKeys(
  path: string,
  logger: AccessOptions["logger"],
  nowMs: () => number,
): Promise<() => Promise<Keys>> {
  let stamp = await stampOf(path);
  let keys = await loadKeys(path).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError("config_invalid", { reason: `Keys file ${path}: ${errorMessage(cause)}.` }, { cause });
  });
  let checkedAtMs = nowMs();
  let checking: Promise<void> | undefined;

  async function recheck(): Promise<void> {
    const seen = await stampOf(path);
    if (seen === stamp) return;
    try {
      keys = await loadKeys(path);
      logger.info({ path, keys: keys.size }, "keys file read again");
    } catch (error) {
      // A file that is gone revokes everything; one that is broken keeps the last good keys.
      if (isMissing(error)) keys = new Map();
      logger.error({ path, err: error }, "keys file cannot be read");
    }
    stamp = seen;
  }

  return async () => {
    if (nowMs() - checkedAtMs >= RECHECK_MS) {
      checking ??= recheck().finally(() => {
        checkedAtMs = nowMs();
        checking = undefined;
      });
    }
    await checking;
    return keys;
  };
}

async function loadKeys(path: string): Promise<Keys> {
  return new Map((await readKeysFile(path)).map((record) => [record.id, record]));
}

async function stampOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info ? `${info.ino} ${info.mtimeMs} ${info.size}` : "missing";
}
