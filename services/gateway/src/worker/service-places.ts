import { abortError, throwIfAborted } from "@kinora/runtime";
import type { Stage } from "../plans/stage.ts";

/** After this time in line a stage tries its service anyway: it may have grown, or others may have left it. */
const PROBE_MS = 2_000;

/** A stage's place at its service, held until `leave`. */
export interface Place {
  /** The service took the stage. */
  admitted(): void;
  /** The service was full. True when another stage of this process will make room there. */
  refused(): boolean;
  leave(): void;
}

/**
 * The line before each service. How many stages a service takes is learned from its refusals, so that
 * a further one goes to it as soon as one before it ends, not when its pause happens to be over.
 */
export interface ServicePlaces {
  /** Resolves when the stage may try its service. Throws the signal's reason. */
  take(service: Stage["service"], signal: AbortSignal): Promise<Place>;
}

/** A line before every service, with no limit known. */
export function createServicePlaces(): ServicePlaces {
  const lines = new Map<Stage["service"], Line>();
  return {
    async take(service, signal) {
      const line = lines.get(service) ?? { running: 0, limit: Number.POSITIVE_INFINITY, waiting: [] };
      lines.set(service, line);
      if (line.running < line.limit || !(await isHandedOver(line, signal))) line.running += 1;
      return placeIn(line);
    },
  };
}

interface Line {
  running: number;
  limit: number;
  readonly waiting: (() => void)[];
}

/** Waits for the place of a stage that ends: true, and it counts as running already. False after PROBE_MS. */
async function isHandedOver(line: Line, signal: AbortSignal): Promise<boolean> {
  throwIfAborted(signal);
  const turn = Promise.withResolvers<boolean>();
  // Whoever comes first takes the waiter out of the line, so that no place is given to one who has gone.
  const end = (how: () => void) => () => {
    line.waiting.splice(line.waiting.indexOf(next), 1);
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
    how();
  };
  const next = end(() => turn.resolve(true));
  const aborted = end(() => turn.reject(abortError(signal)));
  const timer = setTimeout(
    end(() => turn.resolve(false)),
    PROBE_MS,
  );
  signal.addEventListener("abort", aborted, { once: true });
  line.waiting.push(next);
  return turn.promise;
}

function placeIn(line: Line): Place {
  let hasRoom = true;
  return {
    admitted() {
      line.limit = Math.max(line.limit, line.running);
    },
    refused() {
      hasRoom = false;
      line.limit = Math.max(1, line.running - 1);
      return line.running > 1;
    },
    leave() {
      const next = hasRoom ? line.waiting[0] : undefined;
      // The place goes straight to the next in line, so `running` stays.
      if (next) next();
      else line.running -= 1;
    },
  };
}
