import { expect, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";

test("metrics of our own and of the process, labelled with the service", async () => {
  const metrics = createMetrics({ service: "encoder" });
  metrics
    .counter({ name: "kinora_clips_total", help: "Clips.", labelNames: ["model"] })
    .inc({ model: "pocket" });
  metrics.gauge({ name: "kinora_places", help: "Places." }).set(2);
  metrics.histogram({ name: "kinora_stage_seconds", help: "Stages.", buckets: [1, 2] }).observe(1.5);
  const text = await metrics.text();
  expect(text).toContain('kinora_clips_total{model="pocket",service="encoder"} 1');
  expect(text).toContain('kinora_places{service="encoder"} 2');
  expect(text).toContain('kinora_stage_seconds_bucket{le="2",service="encoder"} 1');
  expect(text).toContain('kinora_stage_seconds_bucket{le="1",service="encoder"} 0');
  expect(text).toMatch(/process_resident_memory_bytes\{service="encoder"\} \d+/);
  expect(metrics.contentType).toContain("text/plain");
});

test("two registries do not meet", async () => {
  const [first, second] = [createMetrics({ service: "a" }), createMetrics({ service: "b" })];
  first.gauge({ name: "kinora_places", help: "Places." }).set(1);
  second.gauge({ name: "kinora_places", help: "Places." }).set(2);
  expect(await first.text()).not.toContain('service="b"');
});
