import { modelServiceFields } from "@kinora/model-service";
import { type ConfigOf, defineConfig } from "@kinora/runtime";

/** Settings of the i2v service. */
export const configDefinition = defineConfig({ ...modelServiceFields });

/** The i2v service's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
