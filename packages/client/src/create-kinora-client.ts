import {
  create as createMessage,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { image, video } from "@kinora/contracts";
import { createRpcClient, type RpcClient } from "@kinora/runtime";
import { readDownload, saveDownload, type VideoDownload } from "./download.ts";
import { type Images, readImages } from "./images.ts";
import { parseVideo, type Video, type VideoVariant, variantNumber } from "./video.ts";
import { watchVideo } from "./watch-video.ts";

/** Where the server is and who calls. */
export interface KinoraClientOptions {
  /** `HOST:PORT` of the server's public gRPC, for example `127.0.0.1:9090`. */
  readonly grpcAddress: string;
  /** A key of `kinora keys create`; needed when the server has a keys file. */
  readonly apiKey?: string | undefined;
}

/** A clip to make: a sentence, a picture, or both. What is left out takes the model's default. */
export interface CreateVideoRequest {
  readonly prompt?: string | undefined;
  /** Bytes of a JPEG, PNG or WebP picture: the clip's first frame. */
  readonly inputReference?: Uint8Array | undefined;
  readonly model?: string | undefined;
  /** 0 to 2^53 - 1; drawn by the server when left out. */
  readonly seed?: number | bigint | undefined;
  readonly numInferenceSteps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  /** The same key with the same request gives the same clip. */
  readonly idempotencyKey?: string | undefined;
}

/** A clip to change: one on the server, or an MP4. What is left out takes the model's default. */
export interface EditVideoRequest {
  /** A finished clip of the caller's. */
  readonly sourceVideoId?: string | undefined;
  /** Bytes of an MP4 (H.264), in its place. */
  readonly video?: Uint8Array | undefined;
  /** What should change, in words; with task `extend`, what happens next. */
  readonly prompt?: string | undefined;
  /** A change of time, in place of words; `extend`: the clip goes on as `prompt` says. */
  readonly task?: "slow_motion" | "faster" | "reverse" | "loop" | "extend" | undefined;
  readonly model?: string | undefined;
  readonly seed?: number | bigint | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Pictures to draw. What is left out takes the model's default. */
export interface GenerateImagesRequest {
  readonly prompt: string;
  readonly model?: string | undefined;
  /** How many, 1 to 10. */
  readonly n?: number | undefined;
  /** Width and height, for example `512x512`. */
  readonly size?: string | undefined;
  readonly outputFormat?: "png" | "jpeg" | "webp" | undefined;
  /** Of the whole batch. */
  readonly seed?: number | bigint | undefined;
  readonly numInferenceSteps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly negativePrompt?: string | undefined;
  readonly guidanceRescale?: number | undefined;
  /** The same key with the same request gives the same pictures. */
  readonly idempotencyKey?: string | undefined;
}

/** A picture to change: as told, by models that edit; made anew in part, by models that draw. */
export interface EditImageRequest extends GenerateImagesRequest {
  /** Bytes of a JPEG, PNG or WebP picture. */
  readonly image: Uint8Array;
  /** How much is made anew, above 0 to 1, for models that draw. */
  readonly strength?: number | undefined;
  /** How strongly the picture steers, for models that edit. */
  readonly imageGuidanceScale?: number | undefined;
}

/** Ends a call early. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Ignored by `watch`, which lasts as long as the clip takes. */
  readonly timeoutMs?: number | undefined;
}

/** Which file of a clip. */
export interface DownloadOptions extends CallOptions {
  /** `video` unless told. */
  readonly variant?: VideoVariant | undefined;
}

/** A connection to one Kinora server. Every failure of a call is an AppError with a code of docs/errors.md. */
export interface KinoraClient {
  /** Starts a clip and returns its record at once. */
  create(request: CreateVideoRequest, options?: CallOptions): Promise<Video>;
  /** Starts a clip that is another one, changed as told. */
  edit(request: EditVideoRequest, options?: CallOptions): Promise<Video>;
  /** Reads a clip's record. */
  get(id: string, options?: CallOptions): Promise<Video>;
  /** Asks to stop; a finished clip is returned unchanged. */
  cancel(id: string, options?: CallOptions): Promise<Video>;
  /** Yields the record now and on every change, to its last; goes on through a restart of the server. */
  watch(id: string, options?: CallOptions): AsyncIterable<Video>;
  /** Streams one file of a clip. `video_not_ready` until it is there. */
  download(id: string, options?: DownloadOptions): Promise<VideoDownload>;
  /** Downloads to `path`, whole or not at all; makes its folder. Returns the size in bytes. */
  save(id: string, path: string, options?: DownloadOptions): Promise<number>;
  /** Draws pictures; a caller who leaves cancels them, unless there is an idempotency key. */
  generateImages(request: GenerateImagesRequest, options?: CallOptions): Promise<Images>;
  /** Changes a picture, likewise. */
  editImage(request: EditImageRequest, options?: CallOptions): Promise<Images>;
  /** Ends the connection; calls in flight fail. */
  close(): void;
}

/** Room for a picture of the largest size that a server accepts. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Connects lazily: the first call opens the connection. */
export function createKinoraClient(options: KinoraClientOptions): KinoraClient {
  const server = { address: options.grpcAddress, maxMessageBytes: MAX_MESSAGE_BYTES };
  const rpc: RpcClient<typeof video.VideoService> = createRpcClient(video.VideoService, server);
  const pictures: RpcClient<typeof image.ImageService> = createRpcClient(image.ImageService, server);
  const metadata = options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` };
  const withKey = (call: CallOptions = {}) => ({ ...call, metadata });
  const download = async (id: string, { variant = "video", ...call }: DownloadOptions = {}) =>
    readDownload(rpc.download({ id, variant: variantNumber(variant) }, withKey(call)));
  return {
    create: async (request, call) =>
      parseVideo((await rpc.create(toMessage(video.CreateRequestSchema, request), withKey(call))).video),
    edit: async (request, call) =>
      parseVideo((await rpc.edit(toMessage(video.EditRequestSchema, request), withKey(call))).video),
    get: async (id, call) => parseVideo((await rpc.get({ id }, withKey(call))).video),
    cancel: async (id, call) => parseVideo((await rpc.cancel({ id }, withKey(call))).video),
    watch: (id, call) => watchVideo(() => rpc.watch({ id }, withKey({ signal: call?.signal })), call?.signal),
    download,
    save: async (id, path, call) => saveDownload(await download(id, call), path),
    generateImages: async (request, call) =>
      readImages(pictures.generate(toMessage(image.GenerateRequestSchema, request), withKey(call))),
    editImage: async (request, call) =>
      readImages(pictures.edit(toMessage(image.EditRequestSchema, request), withKey(call))),
    close() {
      rpc.close();
      pictures.close();
    },
  };
}

interface Seeded {
  readonly seed?: number | bigint | undefined;
}

/** A request as its message of the wire: what is left out is not sent, and every field must be one of the message's. */
function toMessage<Desc extends DescMessage, Request extends Seeded>(
  schema: Desc,
  { seed, ...rest }: Request & Record<Exclude<keyof Request, keyof MessageShape<Desc>>, never>,
): MessageShape<Desc> {
  const fields = { ...definedOnly(rest), ...(seed === undefined ? {} : { seed: BigInt(seed) }) };
  return createMessage(schema, fields as MessageInitShape<Desc>);
}

/** Left-out and undefined options mean the same to callers, but not to a message. */
function definedOnly(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
