import { InferenceSession } from "onnxruntime-node";
import type { Device, EngineCalls, Provider } from "./protocol.ts";

/** An ONNX graph of one addition (training/golden/engine_graphs.py prints it): enough to start a provider. */
const PROBE_GRAPH =
  "CAg6TwoQCgF4CgF5EgNzdW0iA0FkZBIDYWRkWhAKAXgSCwoJCAESBQoDEgFuWhAKAXkSCwoJCAESBQoDEgFuYhIKA3N1bRILCgkIARIFCgMSAW5CBAoAEBE=";

type Choice = Pick<EngineCalls["open"]["reply"], "provider" | "fallback">;

/**
 * The provider for a device. A provider that was named must work, or this throws why it does not; `auto` takes
 * CUDA where it works and otherwise the CPU, saying why. (ONNX Runtime itself does not fall back in Node.)
 */
export async function chooseProvider(device: Device): Promise<Choice> {
  if (device === "cpu") return { provider: "cpu" };
  const provider = device === "auto" ? "cuda" : device;
  const fault = await probe(provider);
  if (fault === undefined) return { provider };
  if (device === "auto") return { provider: "cpu", fallback: fault };
  throw new Error(fault);
}

/** Why a provider does not work here; undefined when it does. */
async function probe(provider: Provider): Promise<string | undefined> {
  try {
    const session = await InferenceSession.create(Buffer.from(PROBE_GRAPH, "base64"), {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    await session.release();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
