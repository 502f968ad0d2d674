import type { EngineSession, Feeds, TensorHandle } from "./engine.ts";
import type { Feed, PortMetadata } from "./engine-child/protocol.ts";
import { assertTensor, type Tensor } from "./tensor/tensor.ts";

/** Whether a feed lies in the child. */
export function isHandle(feed: Tensor | TensorHandle): feed is TensorHandle {
  return "handle" in feed;
}

/** The feeds as they cross the channel, checked against the graph. Throws for a mistake of our own code. */
export function checkFeeds(session: EngineSession, feeds: Feeds): Record<string, Feed> {
  const known = session.inputs.map(({ name }) => name);
  const extra = Object.keys(feeds).filter((name) => !known.includes(name));
  if (extra.length > 0)
    throw wrongFeeds(session, `has no input ${extra.join(", ")}; it has ${known.join(", ")}`);
  const checked: Record<string, Feed> = {};
  for (const port of session.inputs) {
    const feed = feeds[port.name];
    if (feed === undefined) throw wrongFeeds(session, `needs the input ${port.name}`);
    if (!fits(feed.dims, port)) {
      throw wrongFeeds(
        session,
        `takes ${port.name} as [${port.shape.join(", ")}], not [${feed.dims.join(", ")}]`,
      );
    }
    checked[port.name] = isHandle(feed) ? { handle: feed.handle } : assertTensor(feed);
  }
  return checked;
}

/** Throws unless the graph has all these outputs. */
export function checkOutputs(session: EngineSession, names: readonly string[]): void {
  const known = session.outputs.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) throw wrongFeeds(session, `has no output ${name}; it has ${known.join(", ")}`);
  }
}

/** ONNX Runtime describes an unknown shape like a scalar's, so that one is left for it to check. */
function fits(dims: readonly number[], { shape }: PortMetadata): boolean {
  if (shape.length === 0) return true;
  return (
    dims.length === shape.length &&
    shape.every((size, axis) => typeof size === "string" || size === dims[axis])
  );
}

function wrongFeeds(session: EngineSession, text: string): Error {
  return new Error(`${session.graphPath} ${text}. This is a bug.`);
}
