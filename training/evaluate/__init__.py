"""Measurements of an exported model folder: `python -m training.evaluate.<keyframes|motion|interpolation|decoder>`."""
