"""A portfolio measured, without a mandate, as a document."""

from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.exposure.expose import Exposure
from trimtab.report.documents.parts import ExposureFigures, exposure_figures
from trimtab.report.documents.review import CoverageFigures, PositionLine, coverage_figures, position_line
from trimtab.report.shape.fields import FLAT

__all__ = ["ExposureDocument", "exposure_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureDocument:
    """A portfolio's beta with its error.

    Parameters
    ----------
    benchmark
        Against what.
    coverage
        How much was measured.
    positions
        Each position.
    """

    SCHEMA: ClassVar = "trimtab.exposure/1"

    exposure: ExposureFigures = field(metadata=FLAT)
    benchmark: str
    coverage: CoverageFigures
    positions: tuple[PositionLine, ...]


def exposure_document(exposure: Exposure) -> ExposureDocument:
    """Document of `expose`: schema trimtab.exposure/1."""
    return ExposureDocument(
        exposure=exposure_figures(exposure),
        benchmark=exposure.benchmark,
        coverage=coverage_figures(exposure.coverage),
        positions=tuple(position_line(p, exposure.beta.speaks_of) for p in exposure.positions),
    )
