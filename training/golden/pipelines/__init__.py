"""Tiny pipelines of the real diffusers classes, and what diffusers makes of them: the goldens of foreign folders.

Needs training/requirements-golden.txt; `bash training/golden.sh` makes the environment and checks everything.
"""
