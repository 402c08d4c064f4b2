r"""How fast delta and portfolio beta drift: per 1% of the benchmark, per day, and per volatility point.

By full revaluation with small steps, x the benchmark's move (each underlying moves by its beta times x):

    per 1%           [ f(+h) - f(-h) ] / 2h x 1%,  h = 0.1%          gamma, through beta
    per day          f(one day later) - f(now)                       charm
    per vol point    [ f(+0.1 point) - f(-0.1 point) ] / 0.2         vanna

of each option's delta, and of each position's contribution to portfolio beta, which moves with weights and NAV as well.
Beside the first stands the analytic one from gamma, d delta = gamma beta S x 1%, to show that both agree.
Days until delta leaves a tolerance
    Delta moves like a Brownian motion with drift charm and spread gamma S s, s the daily volatility of the underlying:
    `median_exit` of +- tolerance. Local numbers, so a near expiry or a barrier far off is not seen.
"""

from dataclasses import dataclass

from trimtab.errors import InputError
from trimtab.exposure.expose import PositionExposure
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.frequency import TRADING_YEAR
from trimtab.monitor.ahead.first_exit import median_exit
from trimtab.monitor.drift.shift import FrozenBook, Shifted

__all__ = ["DeltaDrift", "PositionRates", "Rates", "delta_drift"]

#: Calendar days per trading day.
CALENDAR_DAYS = YEAR_DAYS / TRADING_YEAR
_STEP = 0.001
_VOL_STEP = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Rates at which one number drifts.

    Parameters
    ----------
    per_1pct
        Change per +1% of the benchmark.
    per_day
        Change per calendar day that passes.
    per_vol_point
        Change per volatility point (0.01) on every option.
    """

    per_1pct: float
    per_day: float
    per_vol_point: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRates:
    """How fast one position drifts.

    Parameters
    ----------
    asset, kind
        Symbol and kind.
    contribution
        Its part in portfolio beta now, and the rates of that part.
    rates
        Of the contribution.
    delta
        Delta of one unit of an option; None for everything else.
    delta_rates
        Rates of that delta.
    analytic_per_1pct
        Change of delta per +1% of the benchmark, from gamma.
    days_to_tolerance
        Median trading days until delta is off by the tolerance, either way; None if not an option, or beyond ten years.
    """

    asset: str
    kind: str
    contribution: float
    rates: Rates
    delta: float | None = None
    delta_rates: Rates | None = None
    analytic_per_1pct: float | None = None
    days_to_tolerance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaDrift:
    """How fast a book's beta drifts.

    Parameters
    ----------
    beta
        Portfolio beta now.
    rates
        Rates of portfolio beta.
    positions
        One line per measured position.
    tolerance
        On delta of one unit, as asked.
    left_out
        Positions that were not measured.
    """

    beta: float
    rates: Rates
    positions: tuple[PositionRates, ...]
    tolerance: float
    left_out: tuple[str, ...]


def delta_drift(book: FrozenBook, *, volatility: dict[str, float], tolerance: float = 0.1) -> DeltaDrift:
    """Give the rates at which deltas and portfolio beta drift.

    Parameters
    ----------
    book
        From `trimtab.monitor.drift.shift.freeze_book`.
    volatility
        Daily volatility of each underlying by symbol (0.01 = 1% a day), for the days until delta leaves its tolerance.
    tolerance
        On delta of one unit, positive.

    Raises
    ------
    InputError
        If the tolerance is not positive.

    Examples
    --------
    A share and cash have no gamma, but the share's weight grows as the market rises:

    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> from trimtab.monitor.drift.shift import freeze_book
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX", method="ols")
    >>> held = tt.portfolio("100 AAPL, 12000 USD")
    >>> found = delta_drift(freeze_book(held, tt.market_at(prices, base="USD"), betas), volatility={})
    >>> round(found.beta, 3), round(found.rates.per_1pct, 4), found.rates.per_day
    (0.668, 0.0043, 0.0)
    """
    if not tolerance > 0:
        raise InputError(
            expected="a positive tolerance on delta", found=f"{tolerance}", try_next="give for example 0.1"
        )
    now = book.shifted()
    moved = {
        "per_1pct": (book.shifted(benchmark=_STEP), book.shifted(benchmark=-_STEP), 0.01 / (2 * _STEP)),
        "per_day": (book.shifted(days=1), now, 1.0),
        "per_vol_point": (book.shifted(vol=_VOL_STEP), book.shifted(vol=-_VOL_STEP), 0.01 / (2 * _VOL_STEP)),
    }
    return DeltaDrift(
        beta=now.beta,
        rates=Rates(**{name: (up.beta - down.beta) * scale for name, (up, down, scale) in moved.items()}),
        positions=tuple(
            _position(book, place, now, moved, volatility, tolerance) for place in range(len(book.positions))
        ),
        tolerance=tolerance,
        left_out=book.left_out,
    )


def _position(
    book: FrozenBook,
    place: int,
    now: Shifted,
    moved: dict[str, tuple[Shifted, Shifted, float]],
    volatility: dict[str, float],
    tolerance: float,
) -> PositionRates:
    line = book.today.positions[book.lines[place]]

    def part(shifted: Shifted) -> float:
        return shifted.positions[place].beta_exposure / shifted.nav

    def delta(shifted: Shifted) -> float:
        return shifted.positions[place].delta or 0.0

    rates = Rates(**{name: (part(up) - part(down)) * scale for name, (up, down, scale) in moved.items()})
    if line.option is None:
        return PositionRates(asset=line.asset, kind=line.kind, contribution=part(now), rates=rates)
    deltas = Rates(**{name: (delta(up) - delta(down)) * scale for name, (up, down, scale) in moved.items()})
    per_unit = _delta_per_unit_move(line)
    symbol = line.weights[0][0] if line.weights else line.asset
    daily = volatility.get(symbol)
    days = None
    if daily is not None and per_unit is not None:
        charm = deltas.per_day * CALENDAR_DAYS
        spread = abs(per_unit) * daily
        days = median_exit(start=0.0, lower=-tolerance, upper=tolerance, drift=charm, sd=spread)
    return PositionRates(
        asset=line.asset,
        kind=line.kind,
        contribution=part(now),
        rates=rates,
        delta=delta(now),
        delta_rates=deltas,
        analytic_per_1pct=None if per_unit is None or line.beta is None else per_unit * line.beta * 0.01,
        days_to_tolerance=days,
    )


def _delta_per_unit_move(line: PositionExposure) -> float | None:
    """Give the change of one unit's delta per relative move of its underlying: gamma x S."""
    if line.option is None or line.fx is None or line.gamma_exposure is None:
        return None
    size = line.quantity * line.multiplier * line.fx * line.option.underlying_price
    return line.gamma_exposure / size if size else None
