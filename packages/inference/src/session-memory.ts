import { graphBytes } from "./graph-deadlines.ts";

/** Decides which sessions of a child are released when another one is to be loaded. */
export interface SessionMemory {
  /** Notes that a session is being used. */
  touch(session: number): void;
  /**
   * The loaded sessions to release, longest unused first, so that `session` has room beside the rest.
   * All of them where it is larger than the limit by itself: then it is loaded alone.
   */
  makeRoom(session: number, graphPath: string, loaded: ReadonlySet<number>): Promise<number[]>;
}

/** Creates a memory of `limitBytes`; undefined: there is no limit. A session counts as much as its files. */
export function createSessionMemory(limitBytes: number | undefined): SessionMemory {
  const sizes = new Map<number, number>();
  // A Map keeps the order of insertion: the longest unused session is its first.
  const uses = new Map<number, true>();
  return {
    touch(session) {
      uses.delete(session);
      uses.set(session, true);
    },
    async makeRoom(session, graphPath, loaded) {
      const size = await graphBytes(graphPath);
      sizes.set(session, size);
      if (limitBytes === undefined) return [];
      const released: number[] = [];
      let held = [...loaded].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
      for (const id of uses.keys()) {
        if (held + size <= limitBytes) break;
        if (id === session || !loaded.has(id)) continue;
        released.push(id);
        held -= sizes.get(id) ?? 0;
      }
      return released;
    },
  };
}
