import type { DescMethod } from "@bufbuild/protobuf";
import { AppError } from "@kinora/errors";
import { type OpenCall, type OpenCallOptions, openCall, type ServerCall } from "./open-call.ts";

/** What a call table admits. */
export interface CallTableOptions extends OpenCallOptions {
  /** Server-streaming calls that may run at once. */
  readonly capacity: number;
}

/** The calls in flight of one server: admission, and what a stop has to wait for. */
export class CallTable {
  readonly #options: CallTableOptions;
  readonly #open = new Set<OpenCall>();
  #streams = 0;
  #closed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: CallTableOptions) {
    this.#options = options;
  }

  /** Runs `work` as one call. Its result or error is the call's end; `draining` is thrown after `close`. */
  async run<T>(
    surface: ServerCall,
    method: DescMethod,
    work: (call: OpenCall) => Promise<T>,
  ): Promise<{ readonly call: OpenCall; readonly value?: T; readonly error?: AppError }> {
    const call = openCall(surface, method, this.#options);
    this.#open.add(call);
    try {
      const value = await this.#admitted(method, () => work(call));
      call.succeed();
      return { call, value };
    } catch (thrown) {
      return { call, error: call.fail(thrown) };
    } finally {
      this.#open.delete(call);
      if (this.#open.size === 0) this.#onEmpty?.();
    }
  }

  /** Refuses every later call. */
  close(): void {
    this.#closed = true;
  }

  /** Aborts the calls in flight. */
  abortAll(reason: AppError): void {
    for (const call of this.#open) call.abort(reason);
  }

  /** Resolves when no call is in flight. */
  async whenEmpty(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** A place is held until the handler has really ended, not only until its client has gone. */
  async #admitted<T>(method: DescMethod, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new AppError("draining");
    if (method.methodKind !== "server_streaming") return await work();
    const { capacity } = this.#options;
    const running = this.#streams;
    const service = method.parent.typeName;
    if (running >= capacity) throw new AppError("capacity_exhausted", { service, running, capacity });
    this.#streams += 1;
    try {
      return await work();
    } finally {
      this.#streams -= 1;
    }
  }
}
