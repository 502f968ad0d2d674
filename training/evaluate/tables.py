"""Markdown tables for docs/models.md."""

from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table whose first column names the row."""
    print("\n| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def percent(share: float) -> str:
    """0.975 -> 97.5"""
    return f"{100 * share:.1f}"
