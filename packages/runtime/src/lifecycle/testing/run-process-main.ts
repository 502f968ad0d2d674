import { AppError } from "@kinora/errors";
import { createLogger } from "../../logger/create-logger.ts";
import { sleep } from "../../timing/sleep.ts";
import { type App, runProcess } from "../run-process.ts";

// A process of the tests; its argument says how it behaves. It writes each step to stdout.
const behaviour = process.argv[2] ?? "plain";
const say = (step: string) => void process.stdout.write(`step:${step}\n`);

const app: App = {
  async start() {
    say("start");
    if (behaviour === "slow-start") await sleep(500);
    if (behaviour === "start-fails") throw new Error("no engine");
    if (behaviour === "uncaught")
      setTimeout(() => {
        throw new Error("boom");
      }, 50);
    if (behaviour === "rejection") setTimeout(() => void Promise.reject(new Error("boom")), 50);
    setInterval(() => undefined, 1000);
    return { port: 1234 };
  },
  async drain() {
    say("drain");
    if (behaviour === "slow-drain") await sleep(60_000);
    if (behaviour === "drain-fails") throw new Error("lease store gone");
    await sleep(50);
  },
  async stop() {
    say("stop");
  },
};

runProcess({
  logger: createLogger({ service: "test" }),
  drainTimeoutMs: Number(process.argv[3] ?? 5000),
  exitWithParent: behaviour === "with-parent",
  create: async () => {
    if (behaviour === "bad-config") throw new AppError("config_invalid", { reason: "KINORA_X must be 1." });
    return app;
  },
});
