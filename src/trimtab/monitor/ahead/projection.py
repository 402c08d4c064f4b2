r"""How far portfolio beta will be off, and when it is likely to leave its band, if nothing is traded.

One-factor moves: the benchmark moves by x ~ N(0, s_m^2) a day, asset j by beta_j x + e_j, e_j ~ N(0, s_j^2), all
independent. Volatilities and true betas stay as they are. Betas as they will be *estimated* wander too, by a random
walk of spread s_est a day, measured from the history of estimates at today's weights.

Closed form, local
    Portfolio beta B moves by its slopes: dB = g_m x + sum_j g_j e_j + charm dt + estimates, each slope by full
    revaluation with a small step. So B is a Brownian motion with spread sqrt(g_m^2 s_m^2 + sum g_j^2 s_j^2 + s_est^2):
    quantiles are normal, and the first exit from the band has a closed form (`trimtab.monitor.ahead.first_exit`),
    watched all the time.
Simulated, in full
    Paths of the same moves, compounded day by day. What is linear is exact; an option's value and delta are read from
    full revaluations on a grid of spots and days. Exit is looked at once a day. Where this and the closed form part,
    gamma or a long horizon matters, and the simulation is right.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.revalue import beta_of
from trimtab.exposure.valuation import Leg
from trimtab.monitor.ahead.delta import CALENDAR_DAYS
from trimtab.monitor.ahead.first_exit import exit_probability, median_exit
from trimtab.monitor.drift.shift import FrozenBook, Shifted
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = ["HORIZONS", "QUANTILES", "FactorRisk", "Horizon", "Projection", "project_beta"]

#: A day, a week, a month, in trading days.
HORIZONS = (1, 5, 21)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_STEP = 1e-4
#: -zeta(1/2) / sqrt(2 pi): how much wider a barrier is, in a day's spread, when it is looked at once a day.
_ONCE_A_DAY = 0.5826
_NODES = 33
#: Spots are laid out over so many standard deviations of the longest horizon.
_REACH = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRisk:
    """Volatilities of the one-factor model, per square-root trading day.

    Parameters
    ----------
    benchmark
        Of the benchmark (0.01 = 1% a day).
    residual
        Of what each asset does besides following the benchmark, by symbol.
    estimates
        Of portfolio beta through changing estimates at today's weights; 0 if not measured.
    """

    benchmark: float
    residual: dict[str, float]
    estimates: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Portfolio beta some trading days ahead.

    Parameters
    ----------
    days
        Trading days.
    quantiles
        Of simulated beta, at `QUANTILES`.
    local_quantiles
        The same in closed form.
    off
        Mean absolute distance of simulated beta from where it is now.
    outside
        Probability of being outside the band then, simulated.
    exited, exited_local
        Probability of having left the band by then: simulated (daily), and in closed form.
    """

    days: int
    quantiles: tuple[float, ...]
    local_quantiles: tuple[float, ...]
    off: float
    outside: float
    exited: float
    exited_local: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Where portfolio beta is going.

    Parameters
    ----------
    beta, lower, upper
        Now, and the band.
    daily_sd
        Spread of beta per square-root trading day: from the market, from single assets, from changing estimates.
    daily_drift
        Change of beta per trading day as time passes (charm).
    horizons
        One line each.
    median_exit_days, median_exit_local
        Trading days until it has left the band with probability one half: simulated (None if longer than the longest
        horizon), and in closed form (None if longer than ten years). 0 if it is outside now.
    paths, ruined
        Simulated paths, and those on which NAV was lost; these count as outside.
    seed
        Of the simulation.
    left_out
        Positions that were not measured.
    """

    beta: float
    lower: float
    upper: float
    daily_sd: tuple[float, float, float]
    daily_drift: float
    horizons: tuple[Horizon, ...]
    median_exit_days: float | None
    median_exit_local: float | None
    paths: int
    ruined: int
    seed: int
    left_out: tuple[str, ...]

    @property
    def sd(self) -> float:
        """Spread of beta per square-root trading day, all parts together."""
        return float(np.sqrt(sum(part * part for part in self.daily_sd)))


def project_beta(
    book: FrozenBook,
    *,
    risk: FactorRisk,
    lower: float,
    upper: float,
    horizons: tuple[int, ...] = HORIZONS,
    paths: int = 4000,
    seed: int = 0,
) -> Projection:
    """Project portfolio beta and its exit from a band.

    Parameters
    ----------
    book
        From `trimtab.monitor.drift.shift.freeze_book`.
    risk
        Volatilities.
    lower, upper
        The band.
    horizons
        Trading days, increasing.
    paths, seed
        Of the simulation.

    Raises
    ------
    InputError
        If the band or the horizons are not in order.
    NotEnoughDataError
        If a residual volatility is missing.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> from trimtab.monitor.drift.shift import freeze_book
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX", method="ols")
    >>> held = tt.portfolio("100 AAPL, 12000 USD")
    >>> risk = FactorRisk(benchmark=0.01, residual={"AAPL": 0.015})
    >>> book = freeze_book(held, tt.market_at(prices, base="USD"), betas)
    >>> found = project_beta(book, risk=risk, lower=0.6, upper=0.75, paths=500)
    >>> round(found.sd, 4), [round(line.exited_local, 2) for line in found.horizons]
    (0.0065, [0.0, 0.0, 0.02])
    """
    if not (lower < upper and horizons and horizons[0] >= 1 and list(horizons) == sorted(set(horizons)) and paths > 1):
        raise InputError(
            expected="a band wider than zero, increasing horizons of at least a day, and paths",
            found=f"[{lower}, {upper}], {horizons}, {paths}",
            try_next="give a band such as 0.05 and horizons such as 1,5,21",
        )
    # The benchmark has no residual: it is the factor.
    risk = replace(risk, residual={**risk.residual, book.betas.benchmark: 0.0})
    names = book.names()
    lacking = [n for n in names if n not in risk.residual]
    if lacking:
        raise NotEnoughDataError(
            expected="a residual volatility of every asset", found=f"none of {', '.join(lacking)}",
            try_next="give prices from which it can be measured",
        )  # fmt: skip
    sds, drift = _slopes(book, names, risk)
    simulated = _simulate(book, names, risk, horizons[-1], paths, seed)
    now = book.today.beta.value
    spread = float(np.sqrt(sum(part * part for part in sds)))
    wider = _ONCE_A_DAY * spread if lower < now < upper else 0.0
    common = {"start": now, "lower": lower - wider, "upper": upper + wider, "drift": drift, "sd": spread}
    # A path without NAV has no beta: it is outside from then on.
    out = ~((simulated >= lower) & (simulated <= upper))
    left = np.logical_or.accumulate(out, axis=1)
    lines = []
    for days in horizons:
        column = simulated[:, days - 1]
        finite_betas = column[np.isfinite(column)]
        lines.append(
            Horizon(
                days=days,
                quantiles=tuple(float(q) for q in np.quantile(finite_betas, QUANTILES)) if finite_betas.size else (),
                local_quantiles=tuple(
                    now + drift * days + normal_quantile(q) * spread * float(np.sqrt(days)) for q in QUANTILES
                ),
                off=float(np.mean(np.abs(finite_betas - now))) if finite_betas.size else float("nan"),
                outside=float(out[:, days - 1].mean()),
                exited=1.0 if not lower <= now <= upper else float(left[:, days - 1].mean()),
                exited_local=exit_probability(**common, days=float(days)),
            )
        )
    return Projection(
        beta=now,
        lower=lower,
        upper=upper,
        daily_sd=sds,
        daily_drift=drift,
        horizons=tuple(lines),
        median_exit_days=_median(left, inside=lower <= now <= upper),
        median_exit_local=median_exit(**common),
        paths=paths,
        ruined=int((~np.isfinite(simulated[:, -1])).sum()),
        seed=seed,
        left_out=book.left_out,
    )


def _median(left: NDArray[np.bool_], *, inside: bool) -> float | None:
    if not inside:
        return 0.0
    share = left.mean(axis=0)
    after = np.flatnonzero(share >= 0.5)
    return float(after[0] + 1) if after.size else None


def _slopes(book: FrozenBook, names: tuple[str, ...], risk: FactorRisk) -> tuple[tuple[float, float, float], float]:
    """Give the spread of beta per day by source, and its drift per trading day."""
    now = book.shifted().beta

    def slope(up: Shifted, down: Shifted) -> float:
        return (up.beta - down.beta) / (2 * _STEP)

    market = slope(book.shifted(benchmark=_STEP), book.shifted(benchmark=-_STEP)) * risk.benchmark
    single = [
        slope(book.shifted(own={n: _STEP}), book.shifted(own={n: -_STEP})) * risk.residual.get(n, 0.0) for n in names
    ]
    charm = (book.shifted(days=1).beta - now) * CALENDAR_DAYS
    return (abs(market), float(np.sqrt(sum(s * s for s in single))), risk.estimates), charm


def _simulate(book: FrozenBook, names: tuple[str, ...], risk: FactorRisk, days: int, paths: int, seed: int) -> Floats:
    """Simulate portfolio beta, shape (paths, days); NaN from where NAV is lost on."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0.0, risk.benchmark, (paths, days))
    growth: dict[str, Floats] = {}
    for name in names:
        noise = rng.normal(0.0, 1.0, (paths, days)) * risk.residual.get(name, 0.0)
        steps = np.maximum(0.0, 1.0 + book.loads[name] * common + noise)
        growth[name] = np.asarray(np.cumprod(steps, axis=1), dtype=np.float64)
    nav, money = np.zeros((paths, days)), np.zeros((paths, days))
    for place in range(len(book.positions)):
        value, exposure = _grown(book, place, growth, days, risk)
        nav += value
        money += exposure
    lost = np.logical_or.accumulate(~(nav > 0), axis=1)
    beta = np.where(lost, np.nan, money / np.where(lost, 1.0, nav))
    wander = np.cumsum(rng.normal(0.0, 1.0, (paths, days)) * risk.estimates, axis=1)
    walked: Floats = beta + wander
    return walked


def _grown(
    book: FrozenBook, place: int, growth: dict[str, Floats], days: int, risk: FactorRisk
) -> tuple[Floats | float, Floats | float]:
    """Give value and beta exposure of one position along all paths, shape (paths, days)."""
    line = book.today.positions[book.lines[place]]
    now = book.shifted().positions[place]
    if not line.weights:
        return now.value, now.beta_exposure
    if book.positions[place].instrument.written_on:
        worth, moves = _option(book, place, growth[line.weights[0][0]], days, risk)
        # Value and exposures of a foreign option are in proportion to its currency's rate.
        rate: Floats | float = growth[line.weights[1][0]] if len(line.weights) > 1 else 1.0
        return worth * rate, moves * rate
    if not book.fixed[place].is_linear:
        return _curved(book, place, growth)
    value: Floats | float = now.value
    exposure: Floats | float = 0.0
    for name, weight in line.weights:
        moved = growth[name]
        value = value + weight * (moved - 1.0)
        exposure = exposure + weight * book.loads[name] * moved
    return value, exposure


def _curved(book: FrozenBook, place: int, growth: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Revalue what pays in another currency along all paths: price and rate each enter in a straight line.

    An inverse contract is straight in one over the price. Four corners then say all of it.
    """
    one = book.fixed[place]
    price, settles = (one.valued.legs or ())[0], one.valued.settles
    inverse = one.position.instrument.inverse
    shape = next(iter(growth.values())).shape

    def grown(leg: Leg | None) -> Floats:
        name = None if leg is None else book.name_of(leg)
        return growth[name] if name in growth else np.ones(shape)

    def corner(by: float, rate: float) -> Floats:
        after = one.after(lambda leg: (by if leg.money is None else rate) - 1.0)
        exposure = sum((beta_of(leg, book.betas) or 0.0) * leg.delta_exposure for leg in after.legs)
        return np.array([after.value, exposure])

    by = grown(price)
    along, across = (1.0 / np.maximum(by, 1e-12) if inverse else by) - 1.0, grown(settles) - 1.0
    far = 0.5 if inverse else 2.0
    start, up, side, both = corner(1.0, 1.0), corner(far, 1.0), corner(1.0, 2.0), corner(far, 2.0)
    twist = both - up - side + start
    value, exposure = (
        start[k] + (up - start)[k] * along + (side - start)[k] * across + twist[k] * along * across for k in (0, 1)
    )
    return value, exposure


def _option(book: FrozenBook, place: int, moved: Floats, days: int, risk: FactorRisk) -> tuple[Floats, Floats]:
    """Read an option off full revaluations on a grid of spots and days, straight lines between."""
    name = book.today.positions[book.lines[place]].weights[0][0]
    daily = np.hypot(book.loads[name] * risk.benchmark, risk.residual.get(name, 0.0))
    # Spots beyond the reach are taken at its edge: one path in a billion.
    reach = min(_REACH * float(daily) * float(np.sqrt(days)), 3.0)
    spots = np.exp(np.linspace(-max(reach, 0.01), max(reach, 0.01), _NODES))
    laid = sorted({0, *(d for d in (1, 2, 3, 5, 8, 13, 21, 34, 63, 126, 252) if d < days), days})
    shifted = [
        book.shifted(own={name: float(spot) - 1.0}, days=day * CALENDAR_DAYS).positions[place]
        for day in laid
        for spot in spots
    ]
    # (n_days, n_spots, 2)
    tables = np.array([(s.value, s.beta_exposure) for s in shifted]).reshape(len(laid), _NODES, 2)
    value, exposure = np.empty_like(moved), np.empty_like(moved)
    for day in range(1, days + 1):
        upper = next(i for i, d in enumerate(laid) if d >= day)
        share = (laid[upper] - day) / (laid[upper] - laid[upper - 1])
        table = share * tables[upper - 1] + (1.0 - share) * tables[upper]
        at = moved[:, day - 1]
        value[:, day - 1] = np.interp(at, spots, table[:, 0])
        exposure[:, day - 1] = np.interp(at, spots, table[:, 1])
    return value, exposure
