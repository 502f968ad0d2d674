import { posix } from "node:path";
import { errorMessage } from "@kinora/errors";
import type { FolderFile } from "./folder-files.ts";
import { isInside, refuse } from "./manifest.ts";
import { type ExternalData, readExternalData } from "./onnx-external-data.ts";
import { ProtobufError } from "./protobuf-reader.ts";

/**
 * Checks every .onnx file of a folder: it is a whole graph, and its weights lie in it or in regular files of the
 * same folder. ONNX Runtime would open whatever path the graph names.
 */
export function checkGraphs(model: string, files: readonly FolderFile[]): void {
  const byPath = new Map(files.map((file) => [file.rel, file]));
  for (const file of files) {
    if (!file.rel.endsWith(".onnx")) continue;
    for (const data of externalDataOf(model, file)) checkExternal(model, file, { data, byPath });
  }
}

function externalDataOf(model: string, file: FolderFile): ExternalData[] {
  try {
    return readExternalData(file.path, file.sizeBytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    return refuse(model, `${file.rel} is not a whole ONNX graph: ${errorMessage(error)}.`);
  }
}

function checkExternal(
  model: string,
  graph: FolderFile,
  { data, byPath }: { data: ExternalData; byPath: ReadonlyMap<string, FolderFile> },
): void {
  const { location, offset, length } = data;
  if (!isInside(location)) {
    refuse(
      model,
      `${graph.rel} keeps weights in ${JSON.stringify(location)}, which is not a path inside its folder.`,
    );
  }
  const rel = posix.join(posix.dirname(graph.rel), location);
  const file = byPath.get(rel);
  if (file === undefined) refuse(model, `${rel} is missing; ${graph.rel} keeps weights in it.`);
  if (file.links > 1) {
    refuse(
      model,
      `${rel} has ${file.links} names (hard links); weights of ${graph.rel} must be a file of their own.`,
    );
  }
  const end = offset + (length ?? 0);
  if (!(offset >= 0) || !(end >= offset) || end > file.sizeBytes) {
    refuse(model, `${rel} has ${file.sizeBytes} bytes; ${graph.rel} keeps weights up to byte ${end} of it.`);
  }
}
