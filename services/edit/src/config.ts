import { modelServiceFields } from "@kinora/model-service";
import { type ConfigOf, defineConfig } from "@kinora/runtime";

/** Settings of the edit service. */
export const configDefinition = defineConfig({ ...modelServiceFields });

/** The edit service's parsed settings. */
export type Config = ConfigOf<typeof configDefinition>;
