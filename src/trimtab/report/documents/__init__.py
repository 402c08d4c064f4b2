"""Every answer as a document with a named schema: the same numbers that the tables show, unrounded.

Schemas grow by adding keys; a key that exists keeps its meaning, or the number after the slash goes up.

The documents of the first commands are named here too, and loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trimtab.report.shape.write import dumps

if TYPE_CHECKING:
    from trimtab.report.documents.beta import beta_document as beta_document
    from trimtab.report.documents.beta import diagnosis_document as diagnosis_document
    from trimtab.report.documents.beta import explanation_document as explanation_document
    from trimtab.report.documents.plan import demo_document as demo_document
    from trimtab.report.documents.plan import plan_document as plan_document
    from trimtab.report.documents.review import review_document as review_document

__all__ = [
    "beta_document", "demo_document", "diagnosis_document", "dumps", "explanation_document", "plan_document",
    "review_document",
]  # fmt: skip

_HOME = {
    "beta_document": "beta",
    "demo_document": "plan",
    "diagnosis_document": "beta",
    "explanation_document": "beta",
    "plan_document": "plan",
    "review_document": "review",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
