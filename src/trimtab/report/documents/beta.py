"""Betas of assets, how far each can be trusted, which method to use, and where a position's numbers come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from trimtab.beta.diagnostics import Diagnosis
from trimtab.beta.estimate import BetaEstimate, BetaReading, Betas
from trimtab.beta.validation.league import League
from trimtab.beta.validation.score import AssetScore, Score
from trimtab.beta.validation.verdict import Recommendation, Verdict
from trimtab.desk.answers.betas import Diagnosed
from trimtab.desk.moment.measure import Measured
from trimtab.errors import Reason
from trimtab.exposure.explain import Explanation
from trimtab.market.benchmark import Benchmark
from trimtab.market.prices import Flag
from trimtab.report.documents.parts import Failures, Reading, Told, date_text, failures_of, finite, reading_of, told
from trimtab.report.shape.fields import FLAT

__all__ = [
    "AssetBeta", "BetaDocument", "DiagnosisDocument", "ExplanationDocument", "LeagueDocument", "asset_beta",
    "beta_document", "diagnosed_document", "diagnosis_document", "explanation_document", "league_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetBeta:
    """One asset's beta, or the reason why there is none.

    Parameters
    ----------
    asset
        Symbol.
    value, stderr
        Slope on the benchmark and its standard error; null if refused.
    n_obs, n_eff
        Paired returns used; effective number under the weights.
    first, last
        Ends of the first and last interval used.
    method
        By which it was measured.
    flags
        What a reader should know.
    reason
        Why there is no value.
    fitted, forecast
        Either reading; null where the method does not give it.
    """

    asset: str
    value: float | None
    stderr: float | None
    n_obs: int
    n_eff: float
    first: str | None
    last: str | None
    method: str
    flags: tuple[Flag, ...]
    reason: Reason | None
    fitted: Reading | None
    forecast: Reading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaDocument:
    """Betas of assets to one benchmark.

    Parameters
    ----------
    benchmark, benchmark_detail
        Symbol, and what is known of it.
    as_of, method, risk_free
        When and how they were measured.
    speaks_of
        What the betas are a statement about.
    betas
        One for each asset.
    notes, failures
        What was decided and set aside on the way.
    """

    SCHEMA: ClassVar = "trimtab.beta/1"

    benchmark: str
    as_of: str | None
    method: str
    risk_free: str
    speaks_of: Told
    benchmark_detail: Benchmark
    betas: tuple[AssetBeta, ...]
    notes: tuple[str, ...]
    failures: Failures


def beta_document(measured: Measured) -> BetaDocument:
    """Document of `trimtab beta`: schema trimtab.beta/1."""
    betas = measured.betas
    return BetaDocument(
        benchmark=betas.benchmark,
        as_of=date_text(betas.as_of),
        method=betas.method,
        risk_free=betas.risk_free,
        speaks_of=told(betas.speaks_of),
        benchmark_detail=measured.benchmark,
        betas=tuple(asset_beta(e, betas) for e in betas.estimates),
        notes=measured.notes,
        failures=failures_of(measured.failures),
    )


def asset_beta(e: BetaEstimate, betas: Betas) -> AssetBeta:
    """Give one asset's beta in every reading that its method has."""
    fitted, forecast = betas.reading(BetaReading.FIT), betas.reading(BetaReading.FORECAST)
    return AssetBeta(
        asset=e.asset,
        value=e.value,
        stderr=e.stderr,
        n_obs=e.n_obs,
        n_eff=e.n_eff,
        first=date_text(e.first),
        last=date_text(e.last),
        method=e.method,
        flags=e.flags,
        reason=e.reason,
        fitted=None if fitted is None else reading_of(fitted[e.asset]),
        forecast=None if forecast is None else reading_of(forecast[e.asset]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDiagnosis:
    """What is to be known about one asset's beta; null where it cannot be told.

    Parameters
    ----------
    asset, n_obs
        Symbol, and paired returns judged.
    r_squared
        Share of variance explained, 0 to 1.
    lag_slope, lag_error, lead_slope, lead_error
        Answer to yesterday's and tomorrow's benchmark return beyond today's, with errors.
    autocorrelation, autocorrelation_error
        Of residuals at lag one.
    break_statistic, break_date, break_size
        Sup statistic of a change in beta, its likeliest date, and beta after that date less beta before it.
    influence, influence_date
        Largest change of beta from leaving out one day, and that day.
    disagreement
        Largest difference between two methods, in standard errors of the first.
    recommendation
        A method to use.
    estimates
        Beta by method.
    words
        Sentences; none if there is nothing to say.
    """

    asset: str
    n_obs: int
    r_squared: float | None
    lag_slope: float | None
    lag_error: float | None
    lead_slope: float | None
    lead_error: float | None
    autocorrelation: float | None
    autocorrelation_error: float | None
    break_statistic: float | None
    break_size: float | None
    influence: float | None
    disagreement: float | None
    recommendation: str | None
    break_date: str | None
    influence_date: str | None
    estimates: Mapping[str, float | None]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisDocument:
    """How far each beta to a benchmark can be trusted.

    Parameters
    ----------
    benchmark
        Symbol.
    assets
        One for each asset.
    """

    SCHEMA: ClassVar = "trimtab.diagnosis/1"

    benchmark: str
    assets: tuple[AssetDiagnosis, ...]


def diagnosis_document(benchmark: str, diagnoses: tuple[Diagnosis, ...]) -> DiagnosisDocument:
    """Document of `trimtab beta --diagnose`: schema trimtab.diagnosis/1; null where nothing can be told."""
    return DiagnosisDocument(benchmark=benchmark, assets=tuple(_diagnosis(d) for d in diagnoses))


def diagnosed_document(diagnosed: Diagnosed) -> DiagnosisDocument:
    """Document of `diagnose_betas`: schema trimtab.diagnosis/1."""
    return diagnosis_document(diagnosed.benchmark, diagnosed.assets)


def _diagnosis(d: Diagnosis) -> AssetDiagnosis:
    return AssetDiagnosis(
        asset=d.asset,
        n_obs=d.n_obs,
        r_squared=finite(d.r_squared),
        lag_slope=finite(d.lag_slope),
        lag_error=finite(d.lag_error),
        lead_slope=finite(d.lead_slope),
        lead_error=finite(d.lead_error),
        autocorrelation=finite(d.autocorrelation),
        autocorrelation_error=finite(d.autocorrelation_error),
        break_statistic=finite(d.break_statistic),
        break_size=finite(d.break_size),
        influence=finite(d.influence),
        disagreement=finite(d.disagreement),
        recommendation=d.recommendation,
        break_date=date_text(d.break_date),
        influence_date=date_text(d.influence_date),
        estimates={name: finite(value) for name, value in d.estimates},
        words=d.words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueHorizon:
    """Methods judged over one horizon.

    Parameters
    ----------
    verdict
        Who leads.
    removed_at_most
        Share of random baskets' variance that a hedge with the realised beta would have removed.
    scores
        Of each method, best first.
    """

    verdict: Verdict = field(metadata=FLAT)
    removed_at_most: float | None
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueDocument:
    """Methods judged out of sample on one's own prices.

    Parameters
    ----------
    benchmark, frequency, step, first, last, n_assets
        What was judged: against what, how often, from when to when, and how many assets.
    methods
        Who played.
    recommendation
        The method to use.
    horizons
        One for each horizon.
    assets
        Scores by asset.
    notes
        What was decided on the way, and what cannot be claimed.
    """

    SCHEMA: ClassVar = "trimtab.league/1"

    benchmark: str
    frequency: str
    step: str
    first: np.datetime64 | None
    last: np.datetime64 | None
    n_assets: int
    methods: tuple[str, ...]
    recommendation: Recommendation
    horizons: tuple[LeagueHorizon, ...]
    assets: tuple[AssetScore, ...]
    notes: tuple[str, ...]


def league_document(league: League) -> LeagueDocument:
    """Document of `trimtab league`: schema trimtab.league/1. What the data cannot say is null."""
    return LeagueDocument(
        benchmark=league.benchmark,
        frequency=league.frequency,
        step=league.step,
        first=league.first,
        last=league.last,
        n_assets=league.n_assets,
        methods=league.methods,
        recommendation=league.recommendation,
        horizons=tuple(
            LeagueHorizon(
                verdict=verdict,
                removed_at_most=finite(most),
                scores=tuple(s for s in league.scores if s.days == verdict.days),
            )
            for verdict, most in zip(league.verdicts, league.removed_at_most, strict=True)
        ),
        assets=league.assets,
        notes=league.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedInput:
    """One number that went in.

    Parameters
    ----------
    name, value, unit
        What it is.
    source
        Where it came from.
    date
        When it was observed; null for terms and stated numbers.
    """

    name: str
    value: float
    unit: str
    source: str
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationDocument:
    """How one position's figures came about.

    Parameters
    ----------
    asset, kind
        The position.
    formula
        In words.
    inputs
        Everything that went in.
    steps
        The arithmetic, line by line, with its numbers.
    flags
        What a reader should know.
    reason
        Why there is no figure.
    """

    SCHEMA: ClassVar = "trimtab.explain/1"

    asset: str
    kind: str
    formula: str
    inputs: tuple[ExplainedInput, ...]
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    reason: str | None


def explanation_document(e: Explanation) -> ExplanationDocument:
    """Document of `trimtab explain`: schema trimtab.explain/1."""
    return ExplanationDocument(
        asset=e.asset,
        kind=e.kind,
        formula=e.formula,
        inputs=tuple(
            ExplainedInput(name=i.name, value=i.value, unit=i.unit, source=i.source, date=date_text(i.date))
            for i in e.inputs
        ),
        steps=e.steps,
        flags=e.flags,
        reason=e.reason or None,
    )
