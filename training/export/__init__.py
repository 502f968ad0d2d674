"""From checkpoints to a model folder of ONNX graphs, and back."""
