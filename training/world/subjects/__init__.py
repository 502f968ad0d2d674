"""Drawings of the twelve subjects, each in local units: feet at y = 0, facing right."""
