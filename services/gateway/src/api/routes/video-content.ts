import type { ObjectStore } from "@kinora/storage";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { ArtifactRef } from "../../job-result.ts";
import { type AddRoute, principalOf } from "../api-context.ts";
import { parseByteRange } from "../byte-range.ts";
import { refusals } from "../error-schema.ts";
import { openArtifact } from "../open-artifact.ts";
import { VIDEO_PARAMS, type VideoParams } from "../video-answer.ts";
import { parseVariant, type Variant } from "../video-operations.ts";

const FILE_ENDINGS: Readonly<Record<Variant, string>> = {
  video: ".mp4",
  thumbnail: "-thumbnail.webp",
  spritesheet: "-spritesheet.jpg",
  keyframe: "-keyframe.png",
};

const querystring = Type.Object({
  variant: Type.Optional(
    Type.Union(
      Object.keys(FILE_ENDINGS).map((variant) => Type.Literal(variant)),
      { default: "video", description: "keyframe is there as soon as its stage is done." },
    ),
  ),
});

const binary = (description: string) => ({
  description,
  content: Object.fromEntries(
    ["video/mp4", "image/webp", "image/jpeg", "image/png"].map((type) => [
      type,
      { schema: { type: "string", format: "binary" } },
    ]),
  ),
});

/** GET and HEAD /v1/videos/{id}/content: the bytes of one file of a clip. */
export const addVideoContent: AddRoute = (app, { deps, operations }) => {
  const handler = async (request: ContentRequest, reply: FastifyReply) => {
    const { id } = request.params;
    const variant = parseVariant(request.query.variant ?? "video");
    const artifact = await operations.locate(principalOf(request).tenant, id, variant);
    const filename = `${id}${FILE_ENDINGS[variant]}`;
    return sendFile(request, reply, { store: deps.store, artifact, filename });
  };
  const schema = {
    tags: ["videos"],
    security: [{ key: [] }],
    summary: "Downloads a file of a clip",
    description: "Until the file is there: 404 with code video_not_ready and x-should-retry: false.",
    params: VIDEO_PARAMS,
    querystring,
    response: {
      200: binary("The whole file."),
      206: binary("The range asked for."),
      304: { description: "The caller has these bytes: If-None-Match.", type: "null" },
      416: { description: "The range lies outside the file.", type: "null" },
      ...refusals(400, 404),
    },
  };
  const route = { url: "/v1/videos/:id/content", exposeHeadRoute: false, handler };
  app.route<ContentQuery>({ ...route, method: "GET", schema: { ...schema, operationId: "getVideoContent" } });
  app.route<ContentQuery>({
    ...route,
    method: "HEAD",
    schema: { ...schema, operationId: "headVideoContent" },
  });
};

interface ContentQuery {
  Params: VideoParams;
  Querystring: { variant?: unknown };
}

type ContentRequest = FastifyRequest<ContentQuery>;

interface FileSource {
  readonly store: ObjectStore;
  readonly artifact: ArtifactRef;
  readonly filename: string;
}

function fileHeaders({ artifact: { sha256, mediaType }, filename }: FileSource): Record<string, string> {
  return {
    etag: `"${sha256}"`,
    "accept-ranges": "bytes",
    "content-type": mediaType,
    "content-disposition": `attachment; filename="${filename}"`,
    // The bytes never change, but the video may be deleted: revalidate by ETag.
    "cache-control": "private, no-cache",
  };
}

async function sendFile(request: ContentRequest, reply: FastifyReply, file: FileSource) {
  const { sizeBytes, sha256 } = file.artifact;
  const etag = `"${sha256}"`;
  if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).headers({ etag }).send();
  const condition = request.headers["if-range"];
  const wanted = condition === undefined || condition === etag ? request.headers.range : undefined;
  const range = parseByteRange(wanted, sizeBytes);
  if (range === "unsatisfiable") {
    return reply.code(416).header("content-range", `bytes */${sizeBytes}`).send();
  }
  // Opened before any header is set: a failure to open is answered as an error of its own.
  const body =
    request.method === "HEAD"
      ? undefined
      : await openArtifact(file.store, file.artifact, range === "all" ? {} : range);
  reply.headers(fileHeaders(file));
  if (range === "all") return reply.header("content-length", sizeBytes).send(body);
  return reply
    .code(206)
    .header("content-range", `bytes ${range.start}-${range.end}/${sizeBytes}`)
    .header("content-length", range.end - range.start + 1)
    .send(body);
}

function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => ["*", etag, `W/${etag}`].includes(part.trim()));
}
