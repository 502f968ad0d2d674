"""The cartoon world the models learn from: attributes, captions and drawings."""
