"""Makes an exported graph small and plain: a tensor per parameter, no equal constants, short names inside."""

import onnx


def tidy(graph: onnx.GraphProto) -> None:
    """Unshares parameters, merges equal Constant nodes, renames intermediate values; ports keep their names."""
    unshare_parameters(graph)
    merge_constants(graph)
    shorten_names(graph)


def unshare_parameters(graph: onnx.GraphProto) -> None:
    """Gives every parameter an initializer: of equal ones the exporter keeps the first, and Identity nodes."""
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            copy = onnx.TensorProto()
            copy.CopyFrom(tensors[node.input[0]])
            copy.name = node.output[0]
            graph.initializer.append(copy)
        else:
            kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)


def merge_constants(graph: onnx.GraphProto) -> None:
    """Keeps the first of equal Constant nodes, before all other nodes, and points every use at it."""
    first: dict[bytes, str] = {}
    same: dict[str, str] = {}
    constants, others = [], []
    for node in graph.node:
        if node.op_type != "Constant":
            others.append(node)
            continue
        value = node.attribute[0].SerializeToString()
        if value not in first:
            first[value] = node.output[0]
            constants.append(node)
        same[node.output[0]] = first[value]
    for node in others:
        node.input[:] = [same.get(name, name) for name in node.input]
    nodes = [*constants, *others]
    del graph.node[:]
    graph.node.extend(nodes)


def shorten_names(graph: onnx.GraphProto) -> None:
    """Numbers what only the graph itself refers to."""
    kept = {port.name for port in (*graph.input, *graph.output)} | {
        tensor.name for tensor in graph.initializer
    }
    short: dict[str, str] = {name: name for name in kept} | {"": ""}
    for index, node in enumerate(graph.node):
        node.name = f"n{index}"
        node.doc_string = ""
        for name in node.output:
            short.setdefault(name, f"v{len(short)}")
    for node in graph.node:
        node.input[:] = [short[name] for name in node.input]
        node.output[:] = [short[name] for name in node.output]
    del graph.value_info[:]
