import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { ErrorSchema } from "./error-schema.ts";
import { DeletedImageSchema, ImagesSchema } from "./image-schema.ts";
import { ModelListSchema, ModelSchema } from "./model-schema.ts";
import { DeletedVideoSchema, VideoListSchema, VideoSchema } from "./video-schema.ts";

/** Describes the API in OpenAPI 3.1, from the schemas of its routes; served at /openapi.json. */
export function addApiDescription(app: FastifyInstance): void {
  const shared = [
    ErrorSchema,
    VideoSchema,
    VideoListSchema,
    DeletedVideoSchema,
    ImagesSchema,
    DeletedImageSchema,
    ModelSchema,
    ModelListSchema,
  ];
  for (const schema of shared) app.addSchema(schema);
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Kinora",
        version: "1",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
        description:
          "A sentence, a picture, or both become a four-second clip; sentences and pictures become pictures. The " +
          "shapes are those of OpenAI's Videos and Images APIs, so that its SDKs work with another base URL.",
      },
      servers: [{ url: "/" }],
      tags: [
        { name: "videos", description: "Clips and their files." },
        { name: "images", description: "Pictures from words, and from pictures and words." },
        { name: "models", description: "What can make clips and pictures, and what each accepts." },
        { name: "operations", description: "Health, metrics and this description." },
      ],
      components: {
        securitySchemes: {
          key: {
            type: "http",
            scheme: "bearer",
            description: "A key of KINORA_API_KEYS_FILE, where one is set.",
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json["$id"] === "string" ? json["$id"] : `def-${index}`,
    },
  });
}
