import type {
  Server,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";

/** grpc.health.v1 of one server. */
export interface HealthService {
  /** Sets the status of every service and of "", the server as a whole. */
  setServing(serving: boolean): void;
  /** Ends the watches, which would otherwise hold their connections open. */
  close(): void;
}

type WatchCall = ServerWritableStream<unknown, unknown>;

/** Adds grpc.health.v1 to `server`; NOT_SERVING until told otherwise. */
export function addHealthService(server: Server, serviceNames: readonly string[]): HealthService {
  const names = ["", ...serviceNames];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, "NOT_SERVING"])));
  const watches = new Set<WatchCall>();
  health.addToServer({
    addService(definition, implementation) {
      const watch = implementation["watch"] as (call: WatchCall) => void;
      const tracked = (call: WatchCall) => {
        watches.add(call);
        call.on("cancelled", () => watches.delete(call));
        watch(call);
      };
      server.addService(
        definition as ServiceDefinition,
        { ...implementation, watch: tracked } as UntypedServiceImplementation,
      );
    },
  });
  return {
    setServing(serving) {
      for (const name of names) health.setStatus(name, serving ? "SERVING" : "NOT_SERVING");
    },
    close() {
      for (const call of watches) call.end();
    },
  };
}
