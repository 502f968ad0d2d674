import type { Metrics } from "./create-metrics.ts";

/** Counts finished calls of a server. */
export interface RpcMetrics {
  /** `code` is "ok" or an error code of the table. */
  observe(method: string, code: string, seconds: number): void;
}

/** Registers `kinora_rpc_calls_total` and `kinora_rpc_seconds`; once per registry. */
export function createRpcMetrics(metrics: Metrics): RpcMetrics {
  const calls = metrics.counter({
    name: "kinora_rpc_calls_total",
    help: "Finished RPCs by method and error code.",
    labelNames: ["method", "code"],
  });
  const seconds = metrics.histogram({
    name: "kinora_rpc_seconds",
    help: "Seconds from the request of an RPC to its status.",
    labelNames: ["method"],
  });
  return {
    observe(method, code, elapsed) {
      calls.inc({ method, code });
      seconds.observe({ method }, elapsed);
    },
  };
}
