import { Socket } from "node:net";
import { parentPort } from "node:worker_threads";
import { FRAME_PIPE_FD } from "./protocol.ts";

/**
 * The engine child's second thread, which no model run blocks. It writes frames to the pipe while the next run
 * computes, and ends the process as soon as the parent's end of the pipe is closed, even in the middle of a run:
 * so the child dies with its parent however the parent dies.
 */
const pipe = new Socket({ fd: FRAME_PIPE_FD, readable: true, writable: true, allowHalfOpen: true });
const die = (): void => void process.kill(process.pid, "SIGKILL");
pipe.on("end", die).on("error", die).on("close", die).resume();
parentPort?.on("message", (frames: Uint8Array) => pipe.write(frames));
