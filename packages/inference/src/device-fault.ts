import { AppError } from "@kinora/errors";
import type { Device } from "./engine-child/protocol.ts";

const NEEDS: Readonly<Partial<Record<Device, string>>> = {
  cuda:
    "It needs an NVIDIA GPU with its driver, CUDA 12, cuDNN 9, and libonnxruntime_providers_cuda.so beside " +
    "onnxruntime-node's libonnxruntime.so.1; the CUDA image has them.",
  webgpu: "It needs a GPU with a Vulkan driver on Linux, Metal on macOS or Direct3D 12 on Windows.",
};

/** `device_unavailable` for a device that ONNX Runtime could not start, with what it needs. */
export function deviceFault(device: Device, fault: string): AppError {
  const text = fault.replaceAll(/\s+/g, " ").trim();
  return new AppError("device_unavailable", {
    device,
    reason: `ONNX Runtime cannot start it: ${text.replace(/\.?$/, ".")} ${NEEDS[device] ?? ""}`.trim(),
  });
}
