import { modelServiceFields } from "@kinora/model-service";
import { type ConfigOf, defineConfig } from "@kinora/runtime";

/** Settings of the t2i service. */
export const configDefinition = defineConfig({ ...modelServiceFields });

/** The t2i service's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
