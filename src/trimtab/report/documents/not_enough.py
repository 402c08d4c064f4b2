"""The page that beta is not enough, as a document."""

from typing import Any

from trimtab.report.documents.write import plain
from trimtab.risk.hidden import NotEnough

__all__ = ["not_enough_document"]


def not_enough_document(found: NotEnough | None) -> dict[str, Any] | None:
    """Give the page for a program: role, the five things, and what could not be told; None where not looked for."""
    if found is None:
        return None
    return {
        "role": found.role,
        "hidden": [plain(h) for h in found.hidden],
        "untold": [{"kind": u.kind.value, "why": u.why} for u in found.untold],
    }
