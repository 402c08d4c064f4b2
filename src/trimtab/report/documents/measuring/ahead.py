"""Where a portfolio's beta is going, as a document of its own."""

from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.report.shape.fields import FLAT

__all__ = ["AheadDocument", "ahead_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadDocument:
    """How fast beta drifts from here, and when it may leave its band."""

    SCHEMA: ClassVar = "trimtab.ahead/1"

    ahead: Ahead = field(metadata=FLAT)


def ahead_document(ahead: Ahead) -> AheadDocument:
    """Document of `drift_ahead`: schema trimtab.ahead/1."""
    return AheadDocument(ahead=ahead)
