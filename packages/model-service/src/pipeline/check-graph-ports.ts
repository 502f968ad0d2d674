import { AppError } from "@kinora/errors";
import type { GraphPort, ModelFolder } from "@kinora/inference";
import type { ComponentConfig } from "./component-config.ts";
import { graphContract, type PortRule } from "./graph-contracts.ts";
import type { Pipeline } from "./pipeline.ts";

/**
 * Checks names, ranks and types of every graph's tensors against what the pipeline will feed and fetch, without
 * making a session. Throws `model_invalid` naming the graph, the tensor and what was expected.
 */
export function checkGraphPorts(
  folder: ModelFolder,
  pipeline: Pipeline,
  configs: ReadonlyMap<string, ComponentConfig>,
): void {
  for (const component of pipeline.graphs) {
    const contract = graphContract(pipeline, component, configs);
    if (!contract) continue;
    const ports = folder.ports(component);
    const check = { model: folder.name, graph: `${component}/model.onnx` };
    const { optional = {} } = contract;
    const present = Object.entries(optional).filter(([name]) =>
      ports.inputs.some((port) => port.name === name),
    );
    for (const [name, rule] of [...Object.entries(contract.inputs), ...present]) {
      assertPort(ports.inputs, { ...check, what: "an input", name, rule });
    }
    for (const [name, rule] of Object.entries(contract.outputs)) {
      assertPort(ports.outputs, { ...check, what: "an output", name, rule });
    }
    const known = Object.keys({ ...contract.inputs, ...optional });
    const extra = ports.inputs.find(({ name }) => !known.includes(name));
    if (extra) {
      const reason = `${check.graph} has an input ${extra.name}; expected only ${known.join(", ")}.`;
      throw new AppError("model_invalid", { model: folder.name, reason });
    }
  }
}

interface PortCheck {
  readonly model: string;
  readonly graph: string;
  readonly what: "an input" | "an output";
  readonly name: string;
  readonly rule: PortRule;
}

function assertPort(ports: readonly GraphPort[], { model, graph, what, name, rule }: PortCheck): void {
  const port = ports.find((each) => each.name === name);
  const rankFits = port?.shape === undefined || rule.ranks.includes(port.shape.length);
  if (port && rankFits && rule.types.includes(port.type)) return;
  const expected = `${rule.types.join(" or ")} of rank ${rule.ranks.join(" or ")}`;
  const found = port
    ? `it is ${port.type}${port.shape ? ` of rank ${port.shape.length}` : ""}`
    : `it has ${ports.map((each) => each.name).join(", ") || "none"}`;
  throw new AppError("model_invalid", {
    model,
    reason: `${graph} must have ${what} ${name}, ${expected}; ${found}.`,
  });
}
