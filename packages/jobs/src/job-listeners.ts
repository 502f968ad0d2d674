/** Who listens to which job within this process. */
export interface JobListeners {
  /** Listens to one job. Returns the way to stop. */
  add(id: string, changed: () => void): () => void;
  notify(id: string): void;
  notifyAll(): void;
  readonly empty: boolean;
  clear(): void;
}

/** An empty list of listeners. */
export function createJobListeners(): JobListeners {
  const byJob = new Map<string, Set<() => void>>();
  return {
    add: (id, changed) => {
      const listeners = byJob.get(id) ?? new Set();
      byJob.set(id, listeners.add(changed));
      return () => {
        listeners.delete(changed);
        if (listeners.size === 0 && byJob.get(id) === listeners) byJob.delete(id);
      };
    },
    notify: (id) => {
      for (const changed of byJob.get(id) ?? []) changed();
    },
    notifyAll: () => {
      for (const listeners of byJob.values()) for (const changed of listeners) changed();
    },
    get empty() {
      return byJob.size === 0;
    },
    clear: () => byJob.clear(),
  };
}
