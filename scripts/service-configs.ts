import { type ConfigDefinition, type ConfigRow, describeConfig } from "@kinora/runtime";
import { configDefinition as edit } from "../services/edit/src/config.ts";
import { configDefinition as encoder } from "../services/encoder/src/config.ts";
import { configDefinition as gateway } from "../services/gateway/src/config.ts";
import { configDefinition as i2v } from "../services/i2v/src/config.ts";
import { configDefinition as t2i } from "../services/t2i/src/config.ts";

/** The configuration schema of each service by the service's name. */
export const SERVICE_CONFIGS: Readonly<Record<string, ConfigDefinition>> = {
  gateway,
  t2i,
  i2v,
  edit,
  encoder,
};

/** One variable, with the services that read it. */
export interface VariableRow extends ConfigRow {
  readonly services: readonly string[];
}

/** Every variable of every service; two services that describe one differently give two rows. */
export function listVariables(): VariableRow[] {
  const rows = new Map<string, { row: ConfigRow; services: string[] }>();
  for (const [service, definition] of Object.entries(SERVICE_CONFIGS)) {
    for (const row of describeConfig(definition)) {
      const key = [row.env, row.description, row.default].join("\n");
      const known = rows.get(key);
      if (known === undefined) rows.set(key, { row, services: [service] });
      else known.services.push(service);
    }
  }
  return [...rows.values()].map(({ row, services }) => ({ ...row, services }));
}
