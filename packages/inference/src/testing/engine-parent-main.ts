import { graphFixture, spinFeeds, testEngine } from "./test-engine.ts";

// A process with an engine, to be killed: tells the child's pid, and computes for hours if its argument says so.
const engine = testEngine();
const spin = await engine.load(graphFixture("spin.onnx"));
if (process.argv[2] === "busy") void engine.run(spin, spinFeeds(10_000_000));
process.send?.({ childPid: engine.childPid });
