"""A blended benchmark beside the prices it is made of: judged once, in one currency, cash at the given rate."""

from dataclasses import replace

from trimtab.desk.moment.one_currency import to_base
from trimtab.market.blend import add_blend
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.blend import Blend, parse_blend

__all__ = ["with_blend", "with_blends"]


def with_blend(
    prices: PriceTable,
    benchmark: str,
    *,
    base: str | None = None,
    fx: FxRates | None = None,
    risk_free: RiskFree | None = None,
) -> PriceTable:
    """Add the series of a blended benchmark to prices; a plain symbol, or a blend that stands there, changes nothing.

    Parameters
    ----------
    prices
        Up to the moment asked about: what is held in the blend is judged with them, and nothing later is looked at.
    benchmark
        A symbol, or a blend in words (`trimtab.model.blend`).
    base
        Currency that the blend is made in; None takes that of the prices it is made of.
    fx
        Dated rates.
    risk_free
        What cash in the blend earns.

    Raises
    ------
    InputError
        If the words of a blend cannot be read.
    UnknownSymbolError
        If it holds what has no prices.

    Examples
    --------
    >>> table = PriceTable.of({"A": [10.0, 11.0], "B": [20.0, 20.0]}, dates=["2024-01-02", "2024-01-03"])
    >>> with_blend(table, "0.5*A + 0.5*B").values[:, 2].round(9).tolist(), with_blend(table, "A") is table
    ([100.0, 105.0], True)
    """
    if benchmark in prices:
        return prices
    blend = parse_blend(benchmark)
    if blend is None or str(blend) in prices:
        return prices
    for symbol in blend.symbols:
        prices.column(symbol)  # by name, before anything is worked out
    judged_prices = judge_jumps(prices, blend.lead)
    parts = judged_prices.select(blend.symbols)
    parts = to_base(judged_prices.select(blend.symbols), base=_common(judged_prices, blend, base), fx=fx)
    made = add_blend(judged_prices, parts, blend, risk_free=risk_free)
    return replace(made, notes=(*made.notes, *_notes(blend, made, risk_free)))


def with_blends(
    prices: PriceTable,
    benchmarks: tuple[str, ...],
    *,
    base: str | None = None,
    fx: FxRates | None = None,
    risk_free: RiskFree | None = None,
) -> PriceTable:
    """Add the series of every blend among several benchmarks; see `with_blend`."""
    for benchmark in benchmarks:
        prices = with_blend(prices, benchmark, base=base, fx=fx, risk_free=risk_free)
    return prices


def _common(prices: PriceTable, blend: Blend, base: str | None) -> str | None:
    """Give the currency that a blend is made in; None where nobody says one, or its prices state several."""
    stated = {prices.currencies[prices.column(symbol)] for symbol in blend.symbols} - {None}
    return next(iter(stated)) if base is None and len(stated) == 1 else base


def _notes(blend: Blend, prices: PriceTable, risk_free: RiskFree | None) -> tuple[str, ...]:
    """Say what a reader of the series should know."""
    when = {"daily": "at each close", "monthly": "at the last close of each month"}.get(blend.rebalance)
    notes = [] if when is None else [f"{blend} is made of past closes, its weights set {when}"]
    if blend.has_cash and risk_free is None:
        notes.append(f"no risk-free rate is given: cash in {blend} earns nothing")
    if blend.rebalance == "none":
        column = prices.values[:, prices.column(str(blend))]
        first = prices.dates[int((column > 0).argmax())].astype("datetime64[D]")
        day = blend.pieces[0].start or first
        notes.append(f"the weights of {blend} are those of {day}, and drift from there")
    return tuple(notes)
