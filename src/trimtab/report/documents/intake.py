"""What importing files did, as a document."""

from collections.abc import Sequence

from trimtab.desk.books.intake import Imported
from trimtab.report.documents.write import Document

__all__ = ["imports_document"]


def imports_document(imported: Sequence[Imported]) -> Document:
    """Document of `trimtab import`: schema trimtab.import/1."""
    return {"schema": "trimtab.import/1", "files": [_file(one) for one in imported]}


def _file(one: Imported) -> Document:
    found: Document = {
        "source": one.source,
        "outcome": one.outcome.value,
        "kind": None,
        "portfolio": one.portfolio,
        "entries": list(one.entries),
        "error": None
        if one.error is None
        else {"expected": one.error.expected, "found": one.error.found, "try_next": one.error.try_next},
    }
    preview = one.preview
    if preview is None:
        return found
    return found | {
        "kind": preview.kind.value,
        "new": preview.new,
        "same": preview.same,
        "corrected": preview.corrected,
        "aside": preview.aside,
        "columns": [{"header": header, "read_as": what or None} for header, what in preview.columns],
        "corrections": [{"where": c.where, "old": c.old, "new": c.new} for c in preview.corrections],
        "set_aside": [{"where": f.where, "reason": f.reason.value, "detail": f.detail} for f in preview.failures],
        "doubts": list(preview.doubts),
        "notes": list(preview.notes),
    }
