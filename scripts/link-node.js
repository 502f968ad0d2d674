// Runs after npm install and npm ci, on whatever Node the host has: links the Node that came with the packages as
// node_modules/.bin/node. npm 10 takes that link away again when it drops the binaries of other platforms, which the
// lock file lists too.
import { existsSync, symlinkSync } from "node:fs";

const bin = new URL("../node_modules/.bin/", import.meta.url);
const target = `../node-${process.platform}-${process.arch}/bin/node`;

if (existsSync(new URL(target, bin)) && !existsSync(new URL("node", bin))) {
  symlinkSync(target, new URL("node", bin));
}
