"""Measurements of an exported model folder, each `python -m training.evaluate.<module>`; results: docs/models.md."""
