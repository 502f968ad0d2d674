import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSqliteJobStore, type JobLease, type JobStore, type LeaseOutcome } from "@kinora/jobs";
import { createLogger, createMetrics } from "@kinora/runtime";
import { createFilesystemStore, type ObjectStore } from "@kinora/storage";
import type { FastifyInstance } from "fastify";
import { createAccess } from "../../access/create-access.ts";
import { createKey } from "../../access/keys-file.ts";
import { type ArtifactRef, type JobResult, toJson } from "../../job-result.ts";
import { createModelCatalog } from "../../model-catalog.ts";
import type { ApiDeps } from "../api-ports.ts";
import { createApi } from "../create-api.ts";

/** How an API under test differs from the usual one. */
export interface ApiBenchOptions {
  /** Tenants that get a key each; none: loopback only. */
  readonly tenants?: readonly string[];
  readonly deps?: Partial<ApiDeps>;
  /** Folder of another bench: its jobs and files, as a second gateway sees them. */
  readonly shared?: ApiBench;
}

/** A real API over a real SQLite job store, a filesystem store and the tiny model. */
export interface ApiBench extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly deps: ApiDeps;
  readonly jobs: JobStore;
  readonly store: ObjectStore;
  readonly folder: string;
  /** Authorization headers by tenant. */
  readonly headers: Readonly<Record<string, { readonly authorization: string }>>;
  /** Log lines so far. */
  readonly log: readonly string[];
  /** Finishes every queued job with these bytes as its clip. */
  startFinisher(clip?: Uint8Array): void;
  /** Runs jobs by a function of the test. */
  startWorker(run: (lease: JobLease) => Promise<LeaseOutcome>): void;
  /** Stores bytes as a job's file. */
  storeFile(name: string, bytes: Uint8Array, mediaType: string): Promise<ArtifactRef>;
}

const MODEL = fileURLToPath(new URL("../../../../../packages/testing/fixtures/models/tiny", import.meta.url));

/** Opens a bench; `await using` closes it and deletes its folder. */
export async function openApiBench(options: ApiBenchOptions = {}): Promise<ApiBench> {
  const folder = options.shared?.folder ?? (await mkdtemp(join(tmpdir(), "kinora-api-")));
  const log: string[] = [];
  const logger = createLogger({
    service: "gateway",
    level: "debug",
    destination: { write: (line) => log.push(line) },
  });
  const jobs = createSqliteJobStore({ path: join(folder, "jobs.sqlite"), logger });
  const store = createFilesystemStore({ root: join(folder, "objects") });
  const { keysFile, headers } = await makeKeys(folder, options.tenants);
  const deps: ApiDeps = {
    jobs,
    store,
    logger,
    metrics: createMetrics({ service: "gateway" }),
    models: await createModelCatalog({
      modelsDir: await linkModel(folder),
      aliases: { "sora-2": "tiny" },
      defaultModel: "tiny",
    }),
    access: await createAccess({ keysFile, logger }),
    readiness: async () => ({ ready: true, checks: { jobs: "ok" } }),
    ...options.deps,
  };
  const app = createApi(deps);
  const startWorker = (run: (lease: JobLease) => Promise<LeaseOutcome>) =>
    void jobs.startWorker({ concurrency: 1, run });
  const storeFile = (name: string, bytes: Uint8Array, mediaType: string) =>
    putFile(store, `stages/test/${name}`, bytes, mediaType);
  return {
    app,
    deps,
    jobs,
    store,
    folder,
    headers,
    log,
    startWorker,
    storeFile,
    startFinisher: (clip = Buffer.from("not really a clip")) =>
      startWorker((lease) => finish(lease, jobs, (...file) => putFile(store, ...file), clip)),
    async [Symbol.asyncDispose]() {
      await app.close();
      await jobs.close();
      await store.close();
      if (!options.shared) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A models folder with the tiny model alone. */
async function linkModel(folder: string): Promise<string> {
  const modelsDir = join(folder, "models");
  await mkdir(modelsDir, { recursive: true });
  await symlink(MODEL, join(modelsDir, "tiny")).catch(() => undefined);
  return modelsDir;
}

async function makeKeys(folder: string, tenants: readonly string[] | undefined) {
  if (!tenants) return { keysFile: undefined, headers: {} };
  const keysFile = join(folder, "keys.jsonl");
  await writeFile(keysFile, "");
  const headers: Record<string, { authorization: string }> = {};
  for (const tenant of tenants) {
    headers[tenant] = { authorization: `Bearer ${(await createKey(keysFile, { tenant })).key}` };
  }
  return { keysFile, headers };
}

type PutFile = (key: string, bytes: Uint8Array, mediaType: string) => Promise<ArtifactRef>;

async function finish(
  lease: JobLease,
  jobs: JobStore,
  put: PutFile,
  clip: Uint8Array,
): Promise<LeaseOutcome> {
  const prefix = `stages/${lease.tenant}/${lease.id}/`;
  await jobs.update(lease, { progress: 40, stage: "animate" });
  const result: JobResult = {
    artifacts: {
      keyframe: await put(`${prefix}keyframe.png`, Buffer.from("a picture"), "image/png"),
      video: await put(`${prefix}clip.mp4`, clip, "video/mp4"),
      thumbnail: await put(`${prefix}thumbnail.webp`, Buffer.from("a thumbnail"), "image/webp"),
      spritesheet: await put(`${prefix}spritesheet.jpg`, Buffer.from("a spritesheet"), "image/jpeg"),
    },
    references: [prefix],
    warnings: [{ code: "unknown_words", message: "Not known: zebra.", values: ["zebra"] }],
    stageDurations: { animate: 1.5 },
    modelSeconds: { animate: 1.25 },
    latents: {},
    facts: {},
  };
  return { kind: "finish", state: "completed", patch: { progress: 100, result: toJson(result) } };
}

async function putFile(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<ArtifactRef> {
  await store.put(key, bytes, { mediaType });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { key, sha256, sizeBytes: bytes.byteLength, mediaType };
}
