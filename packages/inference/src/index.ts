export { createEngine, type EngineOptions } from "./create-engine.ts";
export type {
  Engine,
  EngineInfo,
  EngineSession,
  Feeds,
  KeepOptions,
  KeepResult,
  OnComputed,
  Outputs,
  RunOptions,
  StreamOptions,
  TensorHandle,
} from "./engine.ts";
export type {
  Device,
  LoadOptions,
  PortMetadata,
  Provider,
  StreamLayout,
} from "./engine-child/protocol.ts";
export type { Deadlines } from "./graph-deadlines.ts";
export type { GraphPort, GraphPorts } from "./model/graph-ports.ts";
export {
  type JsonObject,
  type ModelFolder,
  type OpenModelOptions,
  openModelFolder,
} from "./model/model-folder.ts";
export { castTensor } from "./tensor/cast-tensor.ts";
export {
  type ElementType,
  elementCount,
  float32Tensor,
  int64Tensor,
  type Tensor,
  type TensorData,
  type TensorOf,
} from "./tensor/tensor.ts";
export {
  decodeTensors,
  encodeTensors,
  type FileElementType,
  type FileTensor,
  requireTensor,
  type TensorMap,
} from "./tensor/tensor-file.ts";
