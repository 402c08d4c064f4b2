"""What was measured, as tables for pages."""

from typing import Any

#: What the README shows.
SHORT = ("kills", "disks", "flips", "seeds", "damage")


def table(kept: dict[str, Any]) -> str:
    """Write everything that was measured, with the command and the day of each."""
    lines = ["| what | aim | measured | with |", "|---|---|---|---|"]
    for part, one in kept.items():
        load = f", load {one['load']}" if "load" in one else ""
        for what, aim, measured in one["rows"]:
            lines.append(f"| {what} | {aim} | {measured} | `measure {part}`, {one['day']}{load} |")
    return "\n".join(lines)


def short_table(kept: dict[str, Any]) -> str:
    """Write what was killed, filled up, flipped, simulated and damaged, and what came of it."""
    lines = ["| what was done to it | what came of it |", "|---|---|"]
    lines += [f"| {what} | {measured} |" for part in SHORT if part in kept for what, _, measured in kept[part]["rows"]]
    return "\n".join(lines)
