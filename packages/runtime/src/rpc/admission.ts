import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import { errorToStatus } from "./error-metadata.ts";
import { callLogger, logFailure } from "./open-call.ts";
import { readMetadata, requestIdOf } from "./rpc-context.ts";

/** Asked with the text metadata of a call before any of its message is read; what it throws ends the call. */
export type Admit = (metadata: ReadonlyMap<string, string>) => Promise<unknown>;

/** Asks `gates`, by the paths of their methods, before grpc-js reads a message, which costs memory; others pass. */
export function admission(gates: ReadonlyMap<string, Admit>, logger: Logger): ServerInterceptor {
  return ({ path }, call) => {
    const admit = gates.get(path);
    if (!admit) return new ServerInterceptingCall(call);
    const startedAt = performance.now();
    const refuse = (thrown: unknown, metadata: ReadonlyMap<string, string>) => {
      const error = AppError.from(thrown);
      const own = callLogger(logger, { name: path.slice(1), metadata, requestId: requestIdOf(metadata) });
      logFailure(own, error, { thrown, elapsedMs: Math.round(performance.now() - startedAt) });
      call.sendStatus(errorToStatus(error));
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(received, pass) {
            const metadata = readMetadata(received);
            const ask = async () => await admit(metadata);
            ask().then(
              () => pass(received),
              (thrown: unknown) => refuse(thrown, metadata),
            );
          },
        });
      },
    });
  };
}
