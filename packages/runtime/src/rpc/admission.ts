import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { AppError } from "@kinora/errors";
import type { Logger } from "../logger/create-logger.ts";
import { errorToStatus } from "./error-metadata.ts";
import { readMetadata } from "./rpc-context.ts";

/** Asked with the text metadata of a call before any of its message is read; what it throws ends the call. */
export type Admit = (metadata: ReadonlyMap<string, string>) => Promise<unknown>;

/** Asks `gates`, by the paths of their methods, before grpc-js reads a message, which costs memory; others pass. */
export function admission(gates: ReadonlyMap<string, Admit>, logger: Logger): ServerInterceptor {
  return ({ path }, call) => {
    const admit = gates.get(path);
    if (!admit) return new ServerInterceptingCall(call);
    const refuse = (thrown: unknown) => {
      const error = AppError.from(thrown);
      logger.info({ method: path, code: error.code }, "rpc call not admitted");
      call.sendStatus(errorToStatus(error));
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, pass) {
            admit(readMetadata(metadata)).then(() => pass(metadata), refuse);
          },
        });
      },
    });
  };
}
