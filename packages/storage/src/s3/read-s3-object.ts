import { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from "@aws-sdk/client-s3";
import { asksForRange, assertRange } from "../byte-range.ts";
import type { GetOptions, ObjectInfo } from "../object-store.ts";
import { guardedStream } from "../storage-error.ts";
import { isMissingKey, s3Error } from "./s3-error.ts";
import type { S3Target } from "./write-s3-object.ts";

/** Options of one request of the SDK. */
export function requestOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** The object's bytes, or the range's, in memory. */
export async function readS3Object(target: S3Target, key: string, options: GetOptions): Promise<Uint8Array> {
  const { Body } = await request(target, key, options);
  return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
}

/** The object's bytes, or the range's, as a stream that frees the connection when it ends or is destroyed. */
export async function openS3Object(
  target: S3Target,
  key: string,
  options: GetOptions,
): Promise<{ body: Readable; info: ObjectInfo }> {
  const answer = await request(target, key, options);
  const body = answer.Body instanceof Readable ? answer.Body : Readable.from([]);
  const info = {
    key,
    sizeBytes: wholeSize(answer),
    modifiedAtMs: answer.LastModified?.getTime() ?? 0,
  };
  return { body: guardedStream(body, options.signal), info };
}

/** What the server knows of the object; undefined when it is missing. */
export async function headS3Object(
  target: S3Target,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | undefined> {
  const command = new HeadObjectCommand({ Bucket: target.bucket, Key: target.bucketKey });
  try {
    const { ContentLength, LastModified } = await target.client.send(command, requestOptions(signal));
    return { key, sizeBytes: ContentLength ?? 0, modifiedAtMs: LastModified?.getTime() ?? 0 };
  } catch (error) {
    if (isMissingKey(error)) return undefined;
    throw error;
  }
}

async function request(target: S3Target, key: string, options: GetOptions): Promise<GetObjectCommandOutput> {
  assertRange(options);
  const range = asksForRange(options) ? `bytes=${options.start ?? 0}-${options.end ?? ""}` : undefined;
  const command = new GetObjectCommand({
    Bucket: target.bucket,
    Key: target.bucketKey,
    ...(range !== undefined && { Range: range }),
  });
  try {
    return await target.client.send(command, requestOptions(options.signal));
  } catch (error) {
    throw s3Error(error, key, options.start);
  }
}

/** For a range, the whole size stands behind the slash of `bytes 0-9/100`. */
function wholeSize(answer: GetObjectCommandOutput): number {
  const whole = answer.ContentRange?.split("/")[1];
  return whole === undefined ? (answer.ContentLength ?? 0) : Number(whole);
}
