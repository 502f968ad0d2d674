/** Where a process stands; it only moves forward, and the last two are final. */
export type LifecycleState = "starting" | "ready" | "draining" | "stopped" | "failed";

const ORDER: Readonly<Record<LifecycleState, number>> = {
  starting: 0,
  ready: 1,
  draining: 2,
  stopped: 3,
  failed: 3,
};

/** The forward-only state of one process. */
export interface Lifecycle {
  readonly state: LifecycleState;
  /** Moves to a later state and gives true; gives false when the state is as late already. */
  advance(to: LifecycleState): boolean;
}

/** Makes a lifecycle in state `starting`; `onChange` hears every move. */
export function createLifecycle(onChange: (state: LifecycleState) => void = () => undefined): Lifecycle {
  let state: LifecycleState = "starting";
  return {
    get state() {
      return state;
    },
    advance(to) {
      if (ORDER[to] <= ORDER[state]) return false;
      state = to;
      onChange(to);
      return true;
    },
  };
}
