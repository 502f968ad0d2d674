import { once } from "node:events";
import { createConnection } from "node:net";
import { freePort } from "./free-port.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A real redis-server of one test, with every write on disk before it is answered. */
export interface RedisServer extends AsyncDisposable {
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Ends the server (SIGTERM) and deletes its data. */
  stop(): Promise<void>;
  /** SIGKILLs the server; its data stays for `restart`. */
  kill9(): Promise<void>;
  /** Starts it again on the same port with the same data; a running one is stopped first. */
  restart(): Promise<void>;
}

/** Starts redis-server on a free port of 127.0.0.1 and waits until it answers PING. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await temporaryFolder("redis");
  const port = await freePort();
  let server = await launch(folder, port);
  const stop = async (): Promise<void> => {
    await server.end("SIGTERM");
    await folder.remove();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop,
    kill9: () => server.end("SIGKILL"),
    restart: async () => {
      await server.end("SIGTERM");
      server = await launch(folder, port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function launch(folder: TemporaryFolder, port: number): Promise<ServerProcess> {
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: folder.path,
    appendonly: "yes",
    appendfsync: "always",
    "maxmemory-policy": "noeviction",
    // The append-only file is the only copy: a snapshot would hide that a write was not logged.
    save: "",
    databases: 16,
  };
  const server = await startServerProcess("redis-server", {
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    missing: "redis-server is not on PATH. Install it, for example: apt-get install redis-server.",
  });
  await waitUntil(
    () => {
      if (server.exited) throw new Error(`redis-server ended:\n${server.output()}`);
      return answersPing(port);
    },
    { what: `redis-server on port ${port}` },
  );
  return server;
}

async function answersPing(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [reply] = await once(socket, "data");
    // While the append-only file is read, the answer is -LOADING.
    return String(reply).startsWith("+PONG");
  } finally {
    socket.destroy();
  }
}
