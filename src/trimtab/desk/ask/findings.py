"""What a book's beta hides, each with the share of NAV that its own scenario costs beyond beta."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from trimtab.desk.ask.fields import HoldingFields, numbers_of
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.moment.todays_book import TodaysBook
from trimtab.exposure.expose import Exposure
from trimtab.risk.drawdown import DrawdownReview
from trimtab.risk.hidden import Hidden, Kind
from trimtab.risk.liquidity import Exit

__all__ = ["find_hidden"]

#: The fall of the benchmark that most scenarios share.
FALL = 0.20
#: Part of an asset's variance that the benchmark explains, above which the asset *is* the benchmark.
_SAME = 0.97
#: Trading days.
_MONTH = 21
#: Shares of NAV that would be written as 0.0%.
_NOTHING = 5e-4

_Finding = tuple[Kind, float, str, str]


def find_hidden(
    exposure: Exposure,
    stress: Stress | None,
    book: TodaysBook | None,
    falls: DrawdownReview | None,
    exits: Sequence[Exit],
    fields: Mapping[str, HoldingFields],
) -> tuple[Hidden, ...]:
    """Turn measurements into findings; one whose scenario costs less than 0.05% beyond beta is left out.

    Parameters
    ----------
    exposure, stress, book, falls, exits, fields
        What was measured of the same book; None where it could not be.
    """
    makers: tuple[Callable[[], _Finding | None], ...] = (
        lambda: _error(exposure),
        lambda: _episode(stress) if stress else None,
        lambda: _regime(stress) if stress else None,
        lambda: _convergence(stress) if stress else None,
        lambda: _own_risk(book) if book else None,
        lambda: _drawdown(falls),
        lambda: _tail(book) if book else None,
        lambda: _convexity(exposure, stress) if stress else None,
        lambda: _one_position(book) if book else None,
        lambda: _currency(exposure),
        lambda: _rates(exposure, fields),
        lambda: _exit(exits),
        lambda: _not_measured(exposure),
    )
    losses = [made for made in (make() for make in makers) if made is not None and made[1] > _NOTHING]
    return tuple(Hidden(kind=kind, loss=loss, scenario=scenario, words=words) for kind, loss, scenario, words in losses)


def _error(exposure: Exposure) -> _Finding:
    reach = exposure.beta.high - exposure.beta.value
    return (
        Kind.ERROR, reach * FALL, f"a fall of {FALL:.0%}, beta at the upper end of its interval",
        f"Beta is {exposure.beta.value:.2f}, but the data allow {exposure.beta.low:.2f} to {exposure.beta.high:.2f}.",
    )  # fmt: skip


def _episode(stress: Stress) -> _Finding | None:
    if not stress.episodes:
        return None
    worst = min(stress.episodes, key=lambda e: e.beyond_beta)
    nav = stress.exposure.nav
    return (
        Kind.STRESS, -worst.beyond_beta / nav, f"{worst.episode.name} again: {worst.episode.what}",
        f"Today's book would have made {worst.share:+.1%}, where beta says {worst.by_beta / nav:+.1%}.",
    )  # fmt: skip


def _regime(stress: Stress) -> _Finding | None:
    changed_reviews = [
        (line.name, line.review) for line in stress.regimes if line.review is not None and line.review.changed
    ]
    if not changed_reviews:
        return None
    name, review = max(changed_reviews, key=lambda item: item[1].difference)
    return (
        Kind.REGIME, review.difference * FALL, f"a fall of {FALL:.0%} with the beta of stress",
        f"Over {stress.n_obs} past periods today's exposures had a beta of {review.stress.beta:.2f} in stress ({name}),"
        f" and of {review.calm.beta:.2f} on other days.",
    )  # fmt: skip


def _convergence(stress: Stress) -> _Finding | None:
    half = [p for p in stress.pushed if p.degree == 0.5]
    if not half:
        return None
    now, then = stress.pushed[0].portfolio_beta, half[0].portfolio_beta
    return (
        # A book with a negative beta is hurt by rises, and by a beta that becomes more negative.
        Kind.CONVERGENCE, (then - now) * (FALL if now >= 0 else -FALL),
        f"a {'fall' if now >= 0 else 'rise'} of {FALL:.0%}, correlations half-way to one",
        f"If correlations go half the way to one, beta goes from {now:.2f} to {then:.2f}.",
    )  # fmt: skip


def _own_risk(book: TodaysBook) -> _Finding:
    own = _own(book)
    yearly = float(np.std(own, ddof=2)) * book.periods_per_year**0.5
    share = float(np.var(own) / np.var(book.book)) if np.var(book.book) > 0 else 0.0
    return (
        Kind.OWN_RISK, 1.645 * yearly, "one bad year in twenty, the benchmark unchanged",
        f"{share:.0%} of the variance over {len(own)} past periods is the book's own: {yearly:.1%} a year that no "
        "hedge of beta removes.",
    )  # fmt: skip


def _drawdown(falls: DrawdownReview | None) -> _Finding | None:
    if falls is None or not falls.neutral:
        return None
    worst = falls.neutral[0]
    return (
        Kind.DRAWDOWN, worst.depth, "the worst stretch of the neutral part again",
        f"Hedged to zero beta, today's book would still have fallen {worst.depth:.1%}, over {worst.periods} periods.",
    )  # fmt: skip


def _tail(book: TodaysBook) -> _Finding | None:
    month = book.frequency.rows(_MONTH)
    if len(book.market) < max(20 * month, 60):
        return None
    slope = _slope(book)
    market = np.convolve(book.market, np.ones(month), mode="valid")
    own = np.convolve(book.book - slope * book.market, np.ones(month), mode="valid")
    worst = market <= np.quantile(market, 0.05)
    mean = float(own[worst].mean())
    return (
        Kind.TAIL, -mean, f"one of the benchmark's worst {month}-period stretches (a twentieth)",
        f"In those the book did {abs(mean):.1%} worse than beta x benchmark, on average.",
    )  # fmt: skip


def _convexity(exposure: Exposure, stress: Stress) -> _Finding | None:
    if not any(p.option is not None for p in exposure.positions):
        return None
    moved = [line for line in stress.shocks if line.shock.benchmark and not line.shock.currencies]
    if not moved:
        return None
    worst = min(moved, key=lambda line: line.profit - line.by_beta)
    lost = (worst.by_beta - worst.profit) / exposure.nav
    return (
        Kind.CONVEXITY, lost, worst.shock.name,
        f"Options bend: the book makes {worst.share:+.1%} there, where beta says {worst.by_beta / exposure.nav:+.1%}.",
    )  # fmt: skip


def _one_position(book: TodaysBook) -> _Finding | None:
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.array([np.corrcoef(column, book.market)[0, 1] ** 2 for column in book.returns.T])
    single = [i for i in range(len(book.assets)) if not explained[i] > _SAME]
    if not single:
        return None
    i = max(single, key=lambda j: abs(book.weights[j]))
    weight = float(book.weights[i])
    what = "halves" if weight > 0 else "rises by half"
    return (
        Kind.CONCENTRATION, 0.5 * abs(weight), f"{book.assets[i]} {what}, the benchmark stays",
        f"{book.assets[i]} is {weight:.1%} of NAV: if it {what}, that is {0.5 * abs(weight):.1%}.",
    )  # fmt: skip


def _currency(exposure: Exposure) -> _Finding | None:
    foreign: dict[str, float] = {}
    for p in exposure.positions:
        if p.currency != exposure.base and p.value is not None:
            foreign[p.currency] = foreign.get(p.currency, 0.0) + p.value / exposure.nav
    if not foreign:
        return None
    total = sum(abs(v) for v in foreign.values())
    named = ", ".join(f"{code} {share:.0%}" for code, share in sorted(foreign.items(), key=lambda i: -abs(i[1])))
    return (
        Kind.CURRENCY, 0.10 * total, "each foreign currency moves 10% against the book",
        f"Money in foreign currencies: {named} of NAV.",
    )  # fmt: skip


def _rates(exposure: Exposure, fields: Mapping[str, HoldingFields]) -> _Finding | None:
    lines = [p for p in exposure.positions if p.value is not None]
    names = [p.asset for p in lines]
    value = np.array([p.value for p in lines], dtype=np.float64) / exposure.nav
    years, spread = (numbers_of(fields, names, n) for n in ("duration", "spread_duration"))
    rates, credit = float(np.nansum(value * years)), float(np.nansum(value * spread))
    if not (rates or credit):
        return None
    return (
        Kind.RATES, max(0.0, 0.01 * rates + 0.02 * credit), "rates rise one point, credit spreads two",
        f"Duration is {rates:.1f} years of NAV, spread duration {credit:.1f}.",
    )  # fmt: skip


def _exit(exits: Sequence[Exit]) -> _Finding | None:
    week = [e for e in exits if e.days == 5 and e.conditions == "stressed"]
    if not week:
        return None
    return (
        Kind.EXIT, week[0].forced_cost_share, "all must be sold in 5 days of stress",
        f"Selling everything in 5 stressed days costs {week[0].forced_cost_share:.1%} of NAV, and takes up to"
        f" {week[0].largest_participation:.0%} of a position's volume.",
    )  # fmt: skip


def _not_measured(exposure: Exposure) -> _Finding | None:
    coverage = exposure.coverage
    if not coverage.missing:
        return None
    share = coverage.share
    hidden = exposure.gross / exposure.nav * (1.0 - share) / share if share > 0 else 1.0
    names = ", ".join(m.asset for m in coverage.missing[:5])
    return (
        Kind.NOT_MEASURED, hidden * FALL, f"what was not measured falls with the benchmark, {FALL:.0%}",
        f"{names}: about {hidden:.0%} of NAV has no beta here, and counts as none.",
    )  # fmt: skip


def _slope(book: TodaysBook) -> float:
    dev = book.market - book.market.mean()
    return float(dev @ book.book) / float(dev @ dev)


def _own(book: TodaysBook) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    own = book.book - _slope(book) * book.market
    centred: np.ndarray[tuple[int], np.dtype[np.float64]] = own - own.mean()
    return centred
