import { Socket } from "node:net";
import { LIFELINE_FD } from "./protocol.ts";

/**
 * The engine child's second thread, which no model run blocks. It ends the process as soon as the parent's end of
 * a pipe is closed, even in the middle of a run: so the child dies with its parent however the parent dies.
 */
const pipe = new Socket({ fd: LIFELINE_FD, readable: true, writable: false, allowHalfOpen: true });
const die = (): void => void process.kill(process.pid, "SIGKILL");
pipe.on("end", die).on("error", die).on("close", die).resume();
