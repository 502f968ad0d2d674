import { toJson } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { t2i, types, video } from "@kinora/contracts";
import { createReflectedStub, type ReflectedStub, ReflectionClient } from "@kinora/testing";
import { afterEach, describe, expect, test } from "vitest";
import { bindService } from "./bind-service.ts";
import { closeAll, closeLater, runSteps, stepsBinding } from "./testing/steps-service.ts";

afterEach(closeAll);

const VIDEO = "kinora.video.v1.VideoService";
const STEPS = "kinora.t2i.v1.TextToImageService";

const videoBinding = bindService(video.VideoService, {
  create: async ({ seed }) => ({ video: { id: "video_1", seed: seed ?? 99n } }),
  get: async ({ id }) => ({ video: { id } }),
  cancel: async ({ id }) => ({ video: { id } }),
  edit: async ({ sourceVideoId }) => ({ video: { id: sourceVideoId } }),
  async *watch({ id }) {
    yield { video: { id, status: video.VideoStatus.QUEUED } };
    yield { video: { id, status: video.VideoStatus.COMPLETED } };
  },
  async *download() {
    yield { data: new Uint8Array([1, 2]), mediaType: "video/mp4" };
  },
});

function reflect(address: string, version: "v1" | "v1alpha"): ReflectionClient {
  const client = new ReflectionClient(address, version);
  closeLater(() => client.close());
  return client;
}

async function stub(reflection: ReflectionClient, address: string, service: string): Promise<ReflectedStub> {
  const client = createReflectedStub(await reflection.describe(service), address);
  closeLater(() => client.close());
  return client;
}

describe.each(["v1", "v1alpha"] as const)("reflection %s", (version) => {
  test("a client written only from it calls unary and streaming methods", async () => {
    const { address } = await runSteps({}, { services: [stepsBinding(), videoBinding] });
    const reflection = reflect(address, version);
    expect((await reflection.services()).sort()).toEqual(["grpc.health.v1.Health", STEPS, VIDEO].sort());
    const videos = await stub(reflection, address, VIDEO);
    expect(await videos.unary("Create", { seed: "0" })).toEqual({ video: { id: "video_1" } });
    expect(await videos.unary("Create", {})).toEqual({ video: { id: "video_1", seed: "99" } });
    expect(await videos.stream("Watch", { id: "v" })).toEqual([
      { video: { id: "v", status: "VIDEO_STATUS_QUEUED" } },
      { video: { id: "v", status: "VIDEO_STATUS_COMPLETED" } },
    ]);
    expect(await videos.stream("Download", {})).toEqual([{ data: "AQI=", mediaType: "video/mp4" }]);
    const steps = await stub(reflection, address, STEPS);
    expect(await steps.unary("Describe", { model: "pocket" })).toMatchObject({
      runtime: { model: "pocket" },
    });
    expect(await steps.stream("Generate", { numInferenceSteps: 2 })).toHaveLength(3);
  });

  test("the files are those of the contracts, imports included", async () => {
    const { address } = await runSteps({}, { services: [stepsBinding(), videoBinding] });
    const reflection = reflect(address, version);
    await reflection.describe(STEPS);
    await reflection.describe(VIDEO);
    const received = reflection.files.map((file) => toJson(FileDescriptorProtoSchema, file));
    const ours = [
      t2i.file_kinora_t2i_v1_t2i,
      types.file_kinora_types_v1_types,
      video.file_kinora_video_v1_video,
    ];
    const expected = ours.map(({ proto }) => toJson(FileDescriptorProtoSchema, proto));
    expect(received).toHaveLength(expected.length);
    expect(received).toEqual(expect.arrayContaining(expected));
  });

  test("health can be called from it too", async () => {
    const { address, server } = await runSteps();
    server.setServing(true);
    const health = await stub(reflect(address, version), address, "grpc.health.v1.Health");
    expect(await health.unary("Check", { service: STEPS })).toEqual({ status: "SERVING" });
    const { statuses } = (await health.unary("List", {})) as { statuses: unknown };
    expect(statuses).toEqual({ "": { status: "SERVING" }, [STEPS]: { status: "SERVING" } });
  });
});
