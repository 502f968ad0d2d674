import type { TaskEntry } from "./task-predictor-config.ts";

const TEMPORAL = "changes of time (slow motion, faster, reverse, loop)";
const WORN = "things to wear or hold";

/** What each task is for people; tasks of one kind have one phrase. */
const PHRASES: Readonly<Record<string, string>> = {
  recolour: "another colour",
  replace: "another subject",
  place: "another place",
  time: "time of day",
  weather: "weather",
  add: WORN,
  remove: WORN,
  action: "another action",
  style: "style",
  camera: "camera moves",
  slow_motion: TEMPORAL,
  faster: TEMPORAL,
  reverse: TEMPORAL,
  loop: TEMPORAL,
};

/** The edits that a family makes of pictures or of clips, as a refusal lists them. */
export function describeEdits(tasks: readonly TaskEntry[], what: "picture" | "clip"): string {
  const phrases = tasks
    .filter(({ clip_only }) => what === "clip" || !clip_only)
    .flatMap(({ name }) => PHRASES[name] ?? []);
  return [...new Set(phrases)].join(", ");
}
