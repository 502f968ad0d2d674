import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findFfmpeg } from "@kinora/media";
import type { Environment } from "@kinora/runtime";
import { ROOT } from "../stack/create-stack.ts";
import { check, type Finding } from "./finding.ts";

const INSTALL = "npm ci";
const OLDEST_NODE = "22.18";

/** Whether this Node runs the sources, the native modules load here, and there is an ffmpeg. */
export function checkModules(env: Environment): Promise<Finding[]> {
  const probe = (...module: ModuleProbe) => probeModule(module, env);
  return Promise.all([
    check(
      "node",
      `Node ${OLDEST_NODE} or newer, or ${INSTALL}, which brings one along`,
      async () => process.version,
    ),
    check("onnxruntime", INSTALL, () =>
      probe("packages/inference", `o=require("onnxruntime-node")`, BACKENDS),
    ),
    check("ffmpeg", "apt-get install ffmpeg, or set KINORA_FFMPEG to its path", async () => {
      const { path, source, version } = await findFfmpeg({ configured: env["KINORA_FFMPEG"] || undefined });
      return `${version} (${source}: ${path})`;
    }),
    check("sharp", INSTALL, () =>
      probe("packages/media", `s=require("sharp")`, "`libvips ${s.versions.vips}`"),
    ),
  ]);
}

const BACKENDS = "o.listSupportedBackends().filter(b=>b.bundled).map(b=>b.name).join(', ')";

/** The workspace that owns a module, code that loads it, an expression that describes it. */
type ModuleProbe = readonly [workspace: string, load: string, describe: string];

/** A native module that cannot load may end its process, so it is loaded in another one. */
async function probeModule([workspace, load, describe]: ModuleProbe, env: Environment): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["-e", `const ${load};console.log(${describe})`],
    { cwd: join(ROOT, workspace), env: { ...env, ORT_DISABLE_TELEMETRY: "1" } },
  ).catch((error: Error & { stderr?: string }) => {
    throw new Error(/^\w*Error.*$/m.exec(error.stderr ?? "")?.[0] ?? error.message, { cause: error });
  });
  return stdout.trim();
}
