import {
  create,
  createFileRegistry,
  type DescMessage,
  type DescService,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Client,
  type ClientDuplexStream,
  credentials,
  makeGenericClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";

/** The part of grpc.reflection that a client needs: all that this client knows beforehand. */
const REFLECTION_PROTO = {
  name: "reflection.proto",
  syntax: "proto3",
  messageType: [
    message("Request", [text("fileByFilename", 3), text("fileContainingSymbol", 4), text("listServices", 7)]),
    message("Response", [
      sub("files", 4, "Files"),
      sub("services", 6, "Services"),
      sub("error", 7, "Failure"),
    ]),
    message("Files", [{ ...text("descriptor", 1), type: "TYPE_BYTES", label: "LABEL_REPEATED" }]),
    message("Services", [{ ...sub("service", 1, "Service"), label: "LABEL_REPEATED" }]),
    message("Service", [text("name", 1)]),
    message("Failure", [{ ...text("code", 1), type: "TYPE_INT32" }, text("message", 2)]),
  ],
};

interface Answer {
  readonly files?: { readonly descriptor?: readonly string[] };
  readonly services?: { readonly service: readonly { readonly name: string }[] };
  readonly error?: { readonly message: string };
}

/** A client that learns everything about a server from its reflection. */
export class ReflectionClient {
  readonly #call: ClientDuplexStream<JsonObject, Answer>;
  readonly #client: Client;
  readonly #files = new Map<string, FileDescriptorProto>();

  constructor(address: string, version: "v1" | "v1alpha") {
    const registry = createFileRegistry(
      fromJson(FileDescriptorProtoSchema, REFLECTION_PROTO),
      () => undefined,
    );
    this.#client = new Client(address, credentials.createInsecure());
    this.#call = this.#client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      encodeWith(registry.getMessage("Request")),
      decodeWith(registry.getMessage("Response")) as (bytes: Buffer) => Answer,
    );
  }

  /** Full names of the services. */
  async services(): Promise<string[]> {
    const { services } = await this.#ask({ listServices: "*" });
    return services?.service.map(({ name }) => name) ?? [];
  }

  /** The description of a service, put together from every file that it needs. */
  async describe(serviceName: string): Promise<DescService> {
    const [file] = await this.#fetch({ fileContainingSymbol: serviceName });
    if (file === undefined) throw new Error(`No file holds ${serviceName}.`);
    const service = createFileRegistry(file, (name) => this.#files.get(name)).getService(serviceName);
    if (service === undefined) throw new Error(`${file.name} does not hold ${serviceName}.`);
    return service;
  }

  /** The files received so far. */
  get files(): readonly FileDescriptorProto[] {
    return [...this.#files.values()];
  }

  close(): void {
    this.#call.end();
    this.#client.close();
  }

  /** Asks for one file, and for its imports until none is missing. */
  async #fetch(request: JsonObject): Promise<FileDescriptorProto[]> {
    const { files } = await this.#ask(request);
    const received = (files?.descriptor ?? []).map((base64) =>
      fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, "base64")),
    );
    for (const file of received) this.#files.set(file.name, file);
    for (const name of received.flatMap(({ dependency }) => dependency)) {
      if (!this.#files.has(name)) await this.#fetch({ fileByFilename: name });
    }
    return received;
  }

  async #ask(request: JsonObject): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#call.once("data", resolve);
      this.#call.once("error", reject);
      this.#call.write(request);
    });
    if (answer.error !== undefined) throw new Error(answer.error.message);
    return answer;
  }
}

/** A grpc-js service definition that speaks protobuf JSON, made from a description alone. */
export function jsonServiceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [
      method.name,
      {
        path: `/${service.typeName}/${method.name}`,
        requestStream: false,
        responseStream: method.methodKind === "server_streaming",
        requestSerialize: encodeWith(method.input),
        requestDeserialize: decodeWith(method.input),
        responseSerialize: encodeWith(method.output),
        responseDeserialize: decodeWith(method.output),
      },
    ]),
  );
}

/** A stock grpc-js client of a service that is known from reflection only; messages are protobuf JSON. */
export interface ReflectedStub {
  unary(method: string, request: object): Promise<unknown>;
  /** All messages of a server stream. */
  stream(method: string, request: object): Promise<unknown[]>;
  close(): void;
}

/** Makes a client of `service` at `address`, without metadata. */
export function createReflectedStub(service: DescService, address: string): ReflectedStub {
  const Stub = makeGenericClientConstructor(jsonServiceDefinition(service), service.typeName);
  const client = new Stub(address, credentials.createInsecure());
  const methodOf = (name: string) => {
    const method = client[name];
    if (method === undefined) throw new Error(`The stub lacks ${name}.`);
    return method.bind(client) as (...args: unknown[]) => unknown;
  };
  return {
    unary: (method, request) =>
      new Promise((resolve, reject) => {
        methodOf(method)(request, (error: Error | null, response: unknown) =>
          error === null ? resolve(response) : reject(error),
        );
      }),
    stream: (method, request) => collect(methodOf(method)(request) as AsyncIterable<unknown>),
    close: () => client.close(),
  };
}

async function collect(messages: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

function encodeWith(schema: DescMessage | undefined) {
  const desc = present(schema);
  return (json: JsonObject) => Buffer.from(toBinary(desc, create(desc, fromJson(desc, json))));
}

function decodeWith(schema: DescMessage | undefined) {
  const desc = present(schema);
  return (bytes: Buffer) => toJson(desc, fromBinary(desc, bytes));
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The descriptor lacks a message. This is a bug.");
  return value;
}

function message(name: string, field: readonly JsonObject[]): JsonObject {
  return { name, field: [...field] };
}

function text(name: string, number: number): JsonObject {
  return { name, jsonName: name, number, type: "TYPE_STRING", label: "LABEL_OPTIONAL" };
}

function sub(name: string, number: number, typeName: string): JsonObject {
  return {
    name,
    jsonName: name,
    number,
    type: "TYPE_MESSAGE",
    typeName: `.${typeName}`,
    label: "LABEL_OPTIONAL",
  };
}
