import { createLogger, parseConfig, runProcess } from "@kinora/runtime";
import { createApp } from "./app.ts";
import { configDefinition } from "./config.ts";

const config = parseConfig(configDefinition, process.env);
const logger = createLogger({
  service: "encoder",
  level: config.logLevel,
  pretty: config.logPretty,
  pii: config.logPii,
});

runProcess({
  logger,
  create: () => createApp(config, logger),
  drainTimeoutMs: config.drainTimeoutMs,
  exitWithParent: process.connected,
});
