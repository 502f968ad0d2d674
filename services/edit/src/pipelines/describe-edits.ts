import type { TaskEntry } from "./task-predictor-config.ts";

/** What each task is for people; tasks of one kind have one phrase. */
const PHRASES: Readonly<Record<string, string>> = {
  recolour: "another colour",
  replace: "another subject",
  place: "another place",
  time: "time of day",
  weather: "weather",
  add: "things to wear or hold",
  remove: "things to wear or hold",
  action: "another action",
  style: "style",
  camera: "camera moves",
  slow_motion: "changes of time (slow motion, faster, reverse, loop)",
  faster: "changes of time (slow motion, faster, reverse, loop)",
  reverse: "changes of time (slow motion, faster, reverse, loop)",
  loop: "changes of time (slow motion, faster, reverse, loop)",
};

/** The edits that a family makes of pictures or of clips, as a refusal lists them. */
export function describeEdits(tasks: readonly TaskEntry[], what: "picture" | "clip"): string {
  const phrases = tasks
    .filter(({ clip_only }) => what === "clip" || !clip_only)
    .flatMap(({ name }) => PHRASES[name] ?? []);
  return [...new Set(phrases)].join(", ");
}
