"""Use case: measure the beta of each asset in a price table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.estimate import BetaEstimate, BetaReading, Betas
from trimtab.beta.leadlag import lead_lag_assets
from trimtab.beta.method import Estimator, parse_method
from trimtab.beta.promises import broken_promises
from trimtab.beta.sample import FLAG_ROWS
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.one_currency import to_base
from trimtab.errors import Failure, Reason
from trimtab.market.asset_facts import AssetFacts
from trimtab.market.benchmark import Benchmark, ReturnKind, describe_benchmark, thin_note
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import Flag, PriceTable, code_of, reason_of
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.model.shown import Shown
from trimtab.progress import step

__all__ = ["Measured", "measure_betas"]

#: Flags that concern a stretch of prices: a beta has them only if the stretch lies in its window.
_CELL_FLAGS = {
    Flag.NOT_FINITE: Reason.NOT_FINITE,
    Flag.NOT_POSITIVE: Reason.NOT_POSITIVE,
    Flag.UNPARSABLE: Reason.UNPARSABLE,
    Flag.CONFLICT: Reason.CONFLICT,
    Flag.BAD_PRINT: Reason.BAD_PRINT,
    Flag.UNCONFIRMED_JUMP: Reason.UNCONFIRMED_JUMP,
    Flag.STALE: Reason.STALE,
}


#: Adds columns to prices in base currency, and names them.
Beside = Callable[[PriceTable], tuple[PriceTable, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Measured(Shown):
    """Betas, and what was set aside on the way to them.

    Parameters
    ----------
    betas
        The estimates.
    benchmark
        What they were measured against.
    prices
        The prices they were measured from: up to the moment, in base currency.
    failures
        Rows and cells that were set aside while reading prices.
    notes
        What was decided on the way, in words.
    """

    betas: Betas
    benchmark: Benchmark
    prices: PriceTable
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


@step("measuring betas")
def measure_betas(
    prices: PriceTable,
    *,
    benchmark: str,
    method: str | Estimator = "default",
    as_of: np.datetime64 | str | None = None,
    risk_free: RiskFree | None = None,
    base: str | None = None,
    fx: FxRates | None = None,
    beside: Beside | None = None,
    benchmark_returns: ReturnKind | None = None,
    reading: BetaReading | str | None = None,
    assets: AssetFacts | None = None,
) -> Measured:
    """Estimate the beta of every asset to the benchmark, with data up to `as_of` only.

    Parameters
    ----------
    prices
        Checked prices.
    benchmark
        Symbol of the benchmark, or a blend of several in its one form (`trimtab.model.blend`).
    method
        Such as ``welch|vasicek`` or ``ols(window=252)``; ``default`` for the default.
    as_of
        Last day that may be used; the table's last day by default.
    risk_free
        Subtracted from the returns of both sides.
    base
        Currency that prices are converted into before returns are taken; needed if the table states more than one.
    fx
        Dated rates for the conversion.
    beside
        Adds series that positions follow beside the prices in base currency (the same assets in another currency,
        exchange rates), and names them. They get a beta each, and enter nobody's prior.
    benchmark_returns
        Whether dividends are in the benchmark ("total") or not ("price"); None goes by its name.
    reading
        "fit" or "forecast": what is to stand in front; None takes what the method answers with.
    assets
        What is known of the assets beside their prices: kinds and stated multiples. They go before the table's own.
    """
    prices = replace(prices, facts=prices.facts.with_(assets)).until(as_of)
    prices = with_blend(prices, benchmark, base=base, fx=fx, risk_free=risk_free)
    judged_prices = judge_jumps(prices, benchmark)
    described = describe_benchmark(judged_prices, benchmark, returns=benchmark_returns)
    converted = to_base(judged_prices, base=base, fx=fx)
    converted, outside = (converted, ()) if beside is None else beside(converted)
    pairs = pair_returns(converted, benchmark=benchmark, risk_free=risk_free)
    pairs = replace(pairs, outside=frozenset(outside))
    betas = parse_method(method).estimate(pairs).answering(reading)
    flagged = _flagged(pairs)
    broken = broken_promises(pairs)
    for one in broken:
        flagged.setdefault(one.asset, []).append(Flag.MULTIPLE_CONTRADICTED)
    benchmark_notes = (described.note(), thin_note(judged_prices, benchmark))
    notes = (
        *converted.notes,
        *(note for note in benchmark_notes if note),
        *(one.note(benchmark) for one in broken),
        *betas.notes,
    )
    betas = betas.in_each_reading(lambda reading: _told(reading, converted, flagged, notes))
    return Measured(betas=betas, benchmark=described, prices=converted, failures=converted.failures, notes=notes)


def _flagged(pairs: PairedReturns) -> dict[str, list[Flag]]:
    """Flag the assets whose returns lead or lag the benchmark's."""
    late = zip(pairs.symbols, lead_lag_assets(pairs).tolist(), strict=True)
    return {asset: [Flag.LEAD_LAG] for asset, is_late in late if is_late and asset != pairs.benchmark}


def _told(betas: Betas, prices: PriceTable, flagged: Mapping[str, list[Flag]], notes: tuple[str, ...]) -> Betas:
    """Add to one reading what the prices say: causes, flags, notes."""
    breaks: dict[int, list[int]] = {}
    for row, column in prices.breaks.tolist():
        breaks.setdefault(column, []).append(row)
    estimates = tuple(
        _with_cause(prices, e).with_flags(*_series_flags(prices, e, breaks), *flagged.get(e.asset, ()))
        for e in betas.estimates
    )
    return replace(betas, estimates=estimates, notes=notes, frame=prices.frame)


def _with_cause(prices: PriceTable, estimate: BetaEstimate) -> BetaEstimate:
    """Name the cause where there are too few pairs because most prices were lost to one thing."""
    if estimate.reason is not Reason.TOO_FEW_PAIRS:
        return estimate
    if Flag.STAMPS_UNCLEAR in prices.flags[prices.column(estimate.asset)]:
        return replace(estimate, reason=Reason.STAMPS_UNCLEAR)
    codes = prices.why[:, prices.column(estimate.asset)]
    for cause in (Reason.NO_RATE, Reason.STALE, Reason.CONFLICT):
        if np.count_nonzero(codes == code_of(cause)) > max(1, len(codes) // 2):
            return replace(estimate, reason=cause)
    return estimate


def _series_flags(prices: PriceTable, estimate: BetaEstimate, breaks: Mapping[int, Sequence[int]]) -> tuple[Flag, ...]:
    """Give the flags of a price series that concern the window of its beta; `breaks` are rows by column."""
    column = prices.column(estimate.asset)
    if estimate.first is None or estimate.last is None:
        return prices.flags[column]
    stop = int(np.searchsorted(prices.dates, estimate.last, side="right"))
    start = max(0, int(np.searchsorted(prices.dates, estimate.first)) - 1, stop - FLAG_ROWS)
    codes = {reason_of(int(code)) for code in np.unique(prices.why[start:stop, column])}
    broken = any(start <= row < stop for row in breaks.get(column, ()))

    def concerns(flag: Flag) -> bool:
        if flag in _CELL_FLAGS:
            return _CELL_FLAGS[flag] in codes
        return broken or flag is not Flag.SPLIT_SUSPECTED

    return tuple(flag for flag in prices.flags[column] if concerns(flag))
