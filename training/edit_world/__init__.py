"""Edits of the cartoon world: tasks, exact pairs, and the instructions that ask for them in two languages."""
