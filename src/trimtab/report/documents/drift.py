"""A drift, and what lies ahead, as a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from trimtab.desk.ask.drift import DriftChain
from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.desk.ask.drift_skip import LeftOut
from trimtab.monitor.drift.causes import CAUSES, Cause, Drift, PositionDrift
from trimtab.monitor.drift.noise import AssetNoise, EstimateNoise, Verdict
from trimtab.report.documents.parts import BetaFigures, Readings, portfolio_beta, readings
from trimtab.report.shape.fields import FLAT

__all__ = ["DriftDocument", "drift_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionCauses:
    """One position's part in the change of portfolio beta.

    Parameters
    ----------
    asset, kind
        Symbol, and kind of instrument.
    start, end
        Contribution to portfolio beta; 0 where not held.
    causes
        Adds up to end - start.
    """

    asset: str
    kind: str
    start: float
    end: float
    causes: Mapping[Cause, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Significance:
    """Whether a change is beyond noise.

    Parameters
    ----------
    z
        The change over its error; null where there is no error.
    verdict
        beyond noise where |z| > 1.96.
    """

    z: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLink:
    """One step of a chain.

    Parameters
    ----------
    from_, to
        Its days.
    beta_start, beta_end
        Portfolio beta on them.
    low, high
        Ends of the 95% interval of `beta_end`.
    causes
        Parts of the change.
    noise
        Whether the part of changed betas is beyond noise.
    """

    from_: np.datetime64
    to: np.datetime64
    beta_start: float
    beta_end: float
    low: float
    high: float
    causes: Mapping[Cause, float]
    noise: Significance


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSignificance:
    """A beta that changed, and whether beyond noise."""

    noise: AssetNoise = field(metadata=FLAT)
    significance: Significance = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFigures:
    """The part of a drift that comes from changed betas, against its noise.

    Parameters
    ----------
    part, stderr
        Change of portfolio beta from changed betas, and its error if true betas did not change.
    method, observations
        Whose betas these are, and new rows of returns between the two estimates.
    aligned
        False where the two estimates could not be laid over one another and count as unrelated.
    assets
        One line per beta that was used at both points.
    """

    part: float | None
    stderr: float | None
    method: str
    observations: int
    aligned: bool
    significance: Significance = field(metadata=FLAT)
    assets: tuple[AssetSignificance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftDocument:
    """Why a portfolio's beta changed between two days, adding up exactly.

    Parameters
    ----------
    benchmark, base_currency, method
        Against what, in which money, and how betas were measured.
    from_, to
        First and last day.
    beta_start, beta_end, readings_start, readings_end
        Portfolio beta on them, and in either reading.
    change, residual
        The change, and what the causes leave over: rounding.
    causes
        Parts of the change.
    positions
        Parts of the change by position.
    links
        The steps of the chain.
    noise
        Of the change of betas from first to last day.
    ahead
        How fast beta drifts from here, and when it may leave its band; null if that was not asked for.
    left_out
        Positions that could not be measured on some day.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.drift/1"

    benchmark: str
    base_currency: str
    method: str
    from_: np.datetime64
    to: np.datetime64
    beta_start: BetaFigures
    beta_end: BetaFigures
    readings_start: Readings
    readings_end: Readings
    change: float
    residual: float
    causes: Mapping[Cause, float]
    positions: tuple[PositionCauses, ...]
    links: tuple[DriftLink, ...]
    noise: NoiseFigures
    ahead: Ahead | None
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def drift_document(chain: DriftChain, ahead: Ahead | None = None) -> DriftDocument:
    """Document of `trimtab drift`: schema trimtab.drift/1. What is not known is null."""
    first, last = chain.start, chain.end
    return DriftDocument(
        benchmark=first.benchmark,
        base_currency=first.base,
        method=chain.method,
        from_=first.as_of,
        to=last.as_of,
        beta_start=portfolio_beta(first.beta),
        beta_end=portfolio_beta(last.beta),
        readings_start=readings(first),
        readings_end=readings(last),
        change=chain.change,
        residual=chain.residual,
        causes=chain.by_cause(),
        positions=tuple(_position(p) for p in chain.positions),
        links=tuple(_link(link) for link in chain.links),
        noise=_noise(chain.overall),
        ahead=ahead,
        left_out=chain.left_out,
        notes=chain.notes,
    )


def _position(p: PositionDrift) -> PositionCauses:
    parts = dict(zip(CAUSES, p.by_cause.tolist(), strict=True))
    return PositionCauses(asset=p.asset, kind=p.kind, start=p.start, end=p.end, causes=parts)


def _link(link: Drift) -> DriftLink:
    return DriftLink(
        from_=link.start.as_of,
        to=link.end.as_of,
        beta_start=link.start.beta.value,
        beta_end=link.end.beta.value,
        low=link.end.beta.low,
        high=link.end.beta.high,
        causes=link.by_cause(),
        noise=Significance(z=link.noise.z, verdict=link.noise.verdict),
    )


def _noise(noise: EstimateNoise) -> NoiseFigures:
    return NoiseFigures(
        part=noise.part,
        stderr=noise.stderr,
        method=noise.method,
        observations=noise.observations,
        aligned=noise.aligned,
        significance=Significance(z=noise.z, verdict=noise.verdict),
        assets=tuple(
            AssetSignificance(noise=a, significance=Significance(z=a.z, verdict=a.verdict)) for a in noise.assets
        ),
    )
