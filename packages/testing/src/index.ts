export { type DecodedFrames, decodeFrames } from "./decode-frames.ts";
export { ffprobe, type Probe, type ProbedStream } from "./ffprobe.ts";
export { fixturePath } from "./fixture-path.ts";
export { freePort } from "./free-port.ts";
export {
  type GoldenCase,
  type GoldenTensor,
  goldenCases,
  goldenDistance,
  readGoldenCase,
  renameGoldens,
  type Tolerance,
} from "./golden-case.ts";
export { assertGoldenRun, assertNearGoldens, type GoldenRun, recordRuns } from "./golden-run.ts";
export { type FixtureConfig, type OpenOnFixtures, openOnFixtures } from "./open-on-fixtures.ts";
export {
  createReflectedStub,
  jsonServiceDefinition,
  type ReflectedStub,
  ReflectionClient,
} from "./reflection-client.ts";
export { type NodeProcess, type SpawnNodeOptions, spawnNode } from "./spawn-node.ts";
export { type RedisServer, startRedis } from "./start-redis.ts";
export { INSTALL_VERSITYGW, type S3Credentials, type S3Server, startS3 } from "./start-s3.ts";
export { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";
export { type WaitOptions, waitUntil } from "./wait-until.ts";
