import { fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/**
 * grpc/health/v1/health.proto as its canonical descriptor, for reflection. The one that
 * grpc-health-check carries was rebuilt by protobufjs with unqualified type names and a misnamed map
 * entry, which strict clients refuse.
 */
export function healthDescriptor(): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, fromJson(FileDescriptorProtoSchema, HEALTH_PROTO));
}

const PACKAGE = "grpc.health.v1";

const HEALTH_PROTO: JsonObject = {
  name: "grpc/health/v1/health.proto",
  package: PACKAGE,
  syntax: "proto3",
  messageType: [
    { name: "HealthCheckRequest", field: [field("service", 1, { type: "TYPE_STRING" })] },
    {
      name: "HealthCheckResponse",
      field: [field("status", 1, reference("TYPE_ENUM", "HealthCheckResponse.ServingStatus"))],
      enumType: [
        {
          name: "ServingStatus",
          value: ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"].map((name, number) => ({
            name,
            number,
          })),
        },
      ],
    },
    { name: "HealthListRequest" },
    {
      name: "HealthListResponse",
      field: [
        {
          ...field("statuses", 1, reference("TYPE_MESSAGE", "HealthListResponse.StatusesEntry")),
          label: "LABEL_REPEATED",
        },
      ],
      nestedType: [
        {
          name: "StatusesEntry",
          options: { mapEntry: true },
          field: [
            field("key", 1, { type: "TYPE_STRING" }),
            field("value", 2, reference("TYPE_MESSAGE", "HealthCheckResponse")),
          ],
        },
      ],
    },
  ],
  service: [
    {
      name: "Health",
      method: [
        method("Check", "HealthCheckRequest", "HealthCheckResponse"),
        method("List", "HealthListRequest", "HealthListResponse"),
        { ...method("Watch", "HealthCheckRequest", "HealthCheckResponse"), serverStreaming: true },
      ],
    },
  ],
};

function field(name: string, number: number, type: JsonObject): JsonObject {
  return { name, jsonName: name, number, label: "LABEL_OPTIONAL", ...type };
}

function reference(type: string, name: string): JsonObject {
  return { type, typeName: `.${PACKAGE}.${name}` };
}

function method(name: string, input: string, output: string): JsonObject {
  return { name, inputType: `.${PACKAGE}.${input}`, outputType: `.${PACKAGE}.${output}` };
}
