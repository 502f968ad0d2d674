export { baseConfigFields } from "./config/base-config-fields.ts";
export {
  type ConfigDefinition,
  type ConfigField,
  type ConfigFields,
  type ConfigKind,
  type ConfigOf,
  type ConfigValues,
  defineConfig,
} from "./config/define-config.ts";
export { type ConfigRow, describeConfig, redactConfig } from "./config/describe-config.ts";
export { type Environment, parseConfig } from "./config/parse-config.ts";
export {
  type RpcListenOptions,
  rpcConfigFields,
  rpcListenOptions,
  rpcTlsConfigFields,
  rpcTlsFrom,
} from "./config/rpc-config-fields.ts";
export { createLifecycle, type Lifecycle, type LifecycleState } from "./lifecycle/lifecycle.ts";
export {
  type App,
  type ReadyDetails,
  type ReadyMessage,
  type RunProcessOptions,
  runProcess,
} from "./lifecycle/run-process.ts";
export {
  createLogger,
  type LogDestination,
  type Logger,
  type LoggerOptions,
} from "./logger/create-logger.ts";
export {
  createMetrics,
  type MetricOptions,
  type Metrics,
  SECONDS_BUCKETS,
} from "./metrics/create-metrics.ts";
export { createRpcMetrics, type RpcMetrics } from "./metrics/rpc-metrics.ts";
export {
  bindService,
  type RpcBinding,
  type RpcHandlers,
  type StreamHandler,
  type UnaryHandler,
} from "./rpc/bind-service.ts";
export { checkHealth, type HealthCheck } from "./rpc/check-health.ts";
export type { CallOptions } from "./rpc/client-call.ts";
export {
  assertSafeListenAddress,
  formatAddress,
  isLoopbackHost,
  type ListenAddress,
} from "./rpc/listen-address.ts";
export { createRpcClient, type RpcClient, type RpcClientOptions } from "./rpc/rpc-client.ts";
export { forwardedMetadata, type RpcContext } from "./rpc/rpc-context.ts";
export { createRpcServer, type RpcServer, type RpcServerOptions } from "./rpc/rpc-server.ts";
export type { RpcTls } from "./rpc/rpc-tls.ts";
export { abortError, throwIfAborted } from "./timing/abort-error.ts";
export { sleep } from "./timing/sleep.ts";
export { type TimeoutOptions, withTimeout } from "./timing/with-timeout.ts";
