"""Turns a diffusers pipeline folder into the folder of ONNX graphs that the services load.

Needs training/requirements-golden.txt. Run: python -m training.export.from_diffusers SOURCE TARGET
"""
