"""Answers of prices alone: betas of assets, how far each can be trusted, and the league of methods."""

from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.beta.diagnostics import Diagnosis, diagnose
from trimtab.beta.validation.league import League, Report
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.moment.asset_facts import with_multiples
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.measure import Measured, measure_betas
from trimtab.desk.moment.one_currency import to_base
from trimtab.desk.moment.validate import validate
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, LeagueQuestion
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.daycount import as_moment
from trimtab.market.prices import unknown_symbol
from trimtab.market.returns import pair_returns
from trimtab.model.shown import Shown

__all__ = ["Diagnosed", "betas_of", "diagnosis_of", "league_of"]

#: Paired returns that a diagnosis looks at unless another number is named.
DIAGNOSED = 504


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diagnosed(Shown):
    """How far the beta of each asset to a benchmark can be trusted."""

    benchmark: str
    assets: tuple[Diagnosis, ...]

    def __len__(self) -> int:
        """Count the assets."""
        return len(self.assets)

    def __iter__(self) -> Iterator[Diagnosis]:
        """Go through the assets."""
        return iter(self.assets)

    def __getitem__(self, which: int | str) -> Diagnosis:
        """Give one asset, by its place or its symbol."""
        if isinstance(which, int):
            return self.assets[which]
        chosen = next((one for one in self.assets if one.asset == which), None)
        if chosen is None:
            raise unknown_symbol(which, [one.asset for one in self.assets])
        return chosen


def betas_of(question: BetaQuestion, inputs: Inputs) -> Measured:
    """Measure the beta of each asset."""
    measuring = question.measuring
    return measure_betas(
        with_multiples(inputs.prices, question.multiples), benchmark=_benchmark(question.mandate),
        method=measuring.estimator(), as_of=as_moment(measuring.as_of),
        risk_free=inputs.risk_free, base=measuring.base, fx=inputs.fx,
        benchmark_returns=measuring.benchmark_returns, reading=measuring.reading,
    )  # fmt: skip


def diagnosis_of(question: DiagnosisQuestion, inputs: Inputs) -> Diagnosed:
    """Say of each asset how far its beta can be trusted."""
    measuring, benchmark = question.measuring, _benchmark(question.mandate)
    prices = with_blend(
        inputs.prices.until(as_moment(measuring.as_of)), benchmark, base=measuring.base, fx=inputs.fx,
        risk_free=inputs.risk_free,
    )  # fmt: skip
    judged_prices = judge_jumps(prices, benchmark)
    converted = to_base(judged_prices, base=measuring.base, fx=inputs.fx)
    pairs = pair_returns(converted, benchmark=benchmark, risk_free=inputs.risk_free)
    assets = diagnose(pairs, window=measuring.window or DIAGNOSED)
    return Diagnosed(benchmark=benchmark, assets=assets)


def league_of(question: LeagueQuestion, inputs: Inputs, progress: Report | None = None) -> League:
    """Judge methods out of sample."""
    measuring = question.measuring
    return validate(
        with_multiples(inputs.prices, question.multiples), benchmark=_benchmark(question.mandate),
        methods=question.methods or None, horizons=tuple(question.horizons), as_of=as_moment(measuring.as_of),
        risk_free=inputs.risk_free, base=measuring.base, fx=inputs.fx,
        progress=progress,
    )  # fmt: skip


def _benchmark(terms: MandateTerms) -> str:
    return usual(terms).mandate().benchmark
