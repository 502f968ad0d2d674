import type { ReplyMessage } from "./engine-child/protocol.ts";
import { EngineRefused } from "./engine-failure.ts";

/** The calls that a child has yet to answer. */
export interface PendingCalls {
  /** Makes a call under a new id, and gives its reply. Rejects with EngineRefused and the child's text. */
  call(deadlineMs: number, send: (id: number) => void): Promise<never>;
  /** Takes the child's answer to a call. */
  settle(message: ReplyMessage): void;
  rejectAll(error: Error): void;
}

interface PendingCall {
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
}

/**
 * Calls are answered in their order, so the time that runs is always the first one's: `onLate` hears when it is not
 * answered in its deadline.
 */
export function createPendingCalls(onLate: (deadlineMs: number) => void): PendingCalls {
  const pending = new Map<number, PendingCall>();
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;

  const watchFirst = (): void => {
    clearTimeout(timer);
    const [first] = pending.values();
    if (first !== undefined) timer = setTimeout(() => onLate(first.deadlineMs), first.deadlineMs);
  };

  return {
    call(deadlineMs, send) {
      const id = ++lastId;
      return new Promise<never>((resolve, reject) => {
        pending.set(id, { resolve, reject, deadlineMs });
        if (pending.size === 1) watchFirst();
        send(id);
      }).finally(() => {
        pending.delete(id);
        watchFirst();
      });
    },
    settle(message) {
      const call = pending.get(message.id);
      if ("error" in message) call?.reject(new EngineRefused(message.error));
      else call?.resolve(message.reply as never);
    },
    rejectAll(error) {
      for (const call of pending.values()) call.reject(error);
    },
  };
}
