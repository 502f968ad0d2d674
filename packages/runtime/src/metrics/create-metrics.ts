import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Name, help and labels of one metric. */
export interface MetricOptions<Label extends string> {
  /** Prometheus name with its unit, for example "kinora_stage_seconds". */
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

/** A process's metrics in one registry of its own. */
export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label>;
  /** `buckets` are upper bounds in the metric's unit. */
  histogram<Label extends string = never>(
    options: MetricOptions<Label> & { readonly buckets?: readonly number[] },
  ): Histogram<Label>;
  /** Media type of `text`. */
  readonly contentType: string;
  /** All metrics in the Prometheus text format. */
  text(): Promise<string>;
}

/** Bounds in seconds for calls that take from a millisecond to ten minutes. */
export const SECONDS_BUCKETS = [
  0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600,
] as const;

/** Makes a registry with the process's own metrics (memory, CPU, event-loop delay) and label `service`. */
export function createMetrics(options: { readonly service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
  const base = { registers: [registry] };
  return {
    counter: (metric) => new Counter({ ...base, ...metric }),
    gauge: (metric) => new Gauge({ ...base, ...metric }),
    histogram: ({ buckets = SECONDS_BUCKETS, ...metric }) =>
      new Histogram({ ...base, ...metric, buckets: [...buckets] }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
