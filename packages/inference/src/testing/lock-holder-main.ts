import { createComputeLock } from "../compute-lock.ts";

// A process that takes the lock at its argument and never gives it back.
const lock = createComputeLock(process.argv[2] ?? "");
await lock.acquire();
process.send?.("held");
setInterval(() => {}, 1000);
