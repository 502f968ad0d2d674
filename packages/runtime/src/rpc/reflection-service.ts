import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { healthDescriptor } from "./health-descriptor.ts";

type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

/** Adds server reflection v1 and v1alpha for `services` and grpc.health.v1, imports included. */
export function addReflectionService(server: Server, services: readonly DescService[]): void {
  const files = new Set<DescFile>();
  for (const service of services) collectFiles(service.file, files);
  const ours = [...files].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  // Of a package definition, reflection reads nothing but the descriptors.
  const definition = {
    all: { fileDescriptorProtos: [...ours, Buffer.from(healthDescriptor())] },
  } as unknown as PackageDefinition;
  new ReflectionService(definition).addToServer(server);
}

function collectFiles(file: DescFile, into: Set<DescFile>): void {
  if (into.has(file)) return;
  into.add(file);
  for (const dependency of file.dependencies) collectFiles(dependency, into);
}
