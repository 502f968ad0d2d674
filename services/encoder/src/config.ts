import { mediaConfigFields } from "@kinora/media";
import { modelServiceFields } from "@kinora/model-service";
import { type ConfigOf, defineConfig } from "@kinora/runtime";

/** Settings of the encoder service. */
export const configDefinition = defineConfig({ ...modelServiceFields, ...mediaConfigFields });

/** The encoder service's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
