import { modelServiceFields } from "@kinora/model-service";
import { type ConfigOf, defineConfig } from "@kinora/runtime";

/** Settings of the encoder service. */
export const configDefinition = defineConfig({
  ...modelServiceFields,
  ffmpeg: {
    env: "KINORA_FFMPEG",
    description: "The ffmpeg to use. Unset: the one on PATH, then the one that npm installed.",
    kind: "path",
    optional: true,
  },
});

/** The encoder service's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
