"""Betas alone, betas to several benchmarks at once, and the beta between two series, as documents."""

from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.beta.estimate import Betas
from trimtab.beta.partial import PartialBetas
from trimtab.desk.answers.between import BetaBetween
from trimtab.errors import Reason
from trimtab.report.documents.beta import AssetBeta, asset_beta
from trimtab.report.documents.parts import Told, date_text, finite, told
from trimtab.report.shape.fields import FLAT

__all__ = [
    "BetaBetweenDocument",
    "BetasDocument",
    "PartialBetasDocument",
    "betas_document",
    "between_document",
    "partial_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BetasDocument:
    """Betas of assets to one benchmark, without the prices that they were measured from.

    Parameters
    ----------
    benchmark, as_of, method, risk_free
        Against what, when and how they were measured.
    speaks_of
        What the betas are a statement about.
    betas
        One for each asset.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.betas/1"

    benchmark: str
    as_of: str | None
    method: str
    risk_free: str
    speaks_of: Told
    betas: tuple[AssetBeta, ...]
    notes: tuple[str, ...]


def betas_document(betas: Betas) -> BetasDocument:
    """Document of `estimate_betas`: schema trimtab.betas/1."""
    return BetasDocument(
        benchmark=betas.benchmark,
        as_of=date_text(betas.as_of),
        method=betas.method,
        risk_free=betas.risk_free,
        speaks_of=told(betas.speaks_of),
        betas=tuple(asset_beta(e, betas) for e in betas.estimates),
        notes=betas.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialBeta:
    """One asset's beta to one benchmark, the others held still.

    Parameters
    ----------
    asset, benchmark
        Symbols.
    value, stderr
        Slope and its standard error; null if refused.
    n_obs
        Joint returns used.
    r_squared
        Share of the asset's variance that all benchmarks explain together; null if refused.
    reason
        Why there is no value.
    """

    asset: str
    benchmark: str
    value: float | None
    stderr: float | None
    n_obs: int
    r_squared: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialBetasDocument:
    """Betas of assets to several benchmarks at once.

    Parameters
    ----------
    benchmarks, as_of
        Against what, and when.
    betas
        One for each asset and benchmark.
    """

    SCHEMA: ClassVar = "trimtab.partial-betas/1"

    benchmarks: tuple[str, ...]
    as_of: str | None
    betas: tuple[PartialBeta, ...]


def partial_document(partial: PartialBetas) -> PartialBetasDocument:
    """Document of `partial_betas`: schema trimtab.partial-betas/1."""
    errors = partial.stderrs()
    return PartialBetasDocument(
        benchmarks=partial.benchmarks,
        as_of=date_text(partial.as_of),
        betas=tuple(
            PartialBeta(
                asset=asset,
                benchmark=benchmark,
                value=finite(float(partial.values[i, k])),
                stderr=finite(float(errors[i, k])),
                n_obs=int(partial.n_obs[i]),
                r_squared=finite(float(partial.r_squared[i])),
                reason=partial.reasons[i],
            )
            for i, asset in enumerate(partial.assets)
            for k, benchmark in enumerate(partial.benchmarks)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBetweenDocument:
    """The beta of one series on another.

    Parameters
    ----------
    benchmark
        The series it is measured against.
    given
        What the series were taken as: prices or returns.
    rows, benchmark_rows, overlap
        Values of each series, and stamps at which both have one.
    set_aside
        Returns that were left out because the two do not cover the same interval.
    as_of
        The last day used; null where the series have no dates.
    speaks_of
        What the beta is a statement about.
    beta
        The estimate, or the reason why there is none.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.beta-between/1"

    benchmark: str
    given: str
    rows: int
    benchmark_rows: int
    overlap: int
    set_aside: int
    as_of: str | None
    speaks_of: Told
    beta: AssetBeta = field(metadata=FLAT)
    notes: tuple[str, ...]


def between_document(between: BetaBetween) -> BetaBetweenDocument:
    """Document of `beta_between`: schema trimtab.beta-between/1."""
    betas = between.betas
    return BetaBetweenDocument(
        benchmark=betas.benchmark,
        given=between.given,
        rows=between.rows,
        benchmark_rows=between.benchmark_rows,
        overlap=between.overlap,
        set_aside=between.set_aside,
        as_of=date_text(between.estimate.last),
        speaks_of=told(betas.speaks_of),
        beta=asset_beta(between.estimate, betas),
        notes=betas.notes,
    )
