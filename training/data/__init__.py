"""Rendered data sets: memory-mapped arrays beside the attributes they show."""
