r"""Measure a book as a whole, so that a plan is judged by what stands before it and what stands after it.

Equations
    tracking error   |beta - target| x volatility of the benchmark       what missing the target may cost a year
    gamma            sum_i beta_i^2 gamma_exposure_i / 100               change of beta exposure per +1%
    effective        1 / sum h_i^2, h = share of gross delta exposure    number of positions (concentration)
"""

from dataclasses import fields

from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.margin.build import MarginTerms
from trimtab.hedge.margin.measure import measure_accounts
from trimtab.hedge.standing.margin import margin_change, margin_lines
from trimtab.hedge.standing.records import BookTerms, Standing, StandingChange
from trimtab.hedge.standing.year import held_year
from trimtab.hedge.verdict import is_one_sided, judge
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Cash
from trimtab.model.mandate import Mandate

__all__ = ["change", "concentration", "greeks", "less", "measure_standing"]


def measure_standing(
    book: MeasuredBook,
    mandate: Mandate,
    terms: BookTerms,
    year: YearTerms,
    *,
    history: PriceTable,
    market_vol: float | None,
) -> Standing:
    """Measure the figures of a book.

    Parameters
    ----------
    book, mandate
        The book, measured, and what it is judged by.
    terms, year
        Costs of holding; rates, yields and the calendar.
    history
        Past prices in the base currency.
    market_vol
        Volatility of the benchmark per square-root year; None if it is not known.
    """
    exposure = book.exposure
    accounts = measure_accounts(
        book, MarginTerms(contracts=terms.contracts, share=terms.margin_share, margins=terms.margins)
    )
    lines = margin_lines(book, terms, accounts)
    margin = None if any(x.margin is None for x in lines) else sum(x.margin or 0.0 for x in lines)
    held = held_year(book, terms, year, history)
    gamma, vega, theta = greeks(exposure)
    effective, largest = concentration(exposure)
    no_margin = tuple(f"the margin of {n}" for x in lines if x.margin is None for n, _ in x.units)
    return Standing(
        probability_inside=judge(exposure, mandate).probability_inside,
        margin=margin,
        margins=lines,
        roll=held.roll,
        funding=None if margin is None else -margin * terms.funding_spread,
        borrow=held.borrow,
        carry=held.carry,
        dividends=held.dividends,
        decay=held.decay,
        tracking_error=_tracking(exposure.beta.value, mandate, market_vol),
        effective=effective,
        largest=largest,
        gamma=gamma,
        vega=vega,
        theta=theta,
        cash=float(sum(p.quantity for p in book.portfolio.positions if p.instrument == Cash(currency=exposure.base))),
        not_known=tuple(dict.fromkeys((*no_margin, *held.lacking))),
        accounts=accounts,
    )


def _tracking(beta: float, mandate: Mandate, market_vol: float | None) -> float | None:
    """Give the part of tracking error that comes from missing the target; of a maximum, from exceeding it."""
    if market_vol is None:
        return None
    off = max(0.0, beta - mandate.upper) if is_one_sided(mandate) else abs(beta - mandate.target)
    return off * market_vol


def greeks(x: Exposure) -> tuple[float, float | None, float | None]:
    """Give gamma, vega and theta of a book; None where an option's is not known."""
    gamma = sum(p.beta**2 * p.gamma_exposure for p in x.positions if p.beta is not None and p.gamma_exposure)
    options = [p.option for p in x.positions if p.option is not None]
    vegas, thetas = [o.vega for o in options], [o.theta for o in options]
    vega = None if None in vegas else sum(v for v in vegas if v is not None)
    theta = None if None in thetas else sum(t for t in thetas if t is not None)
    return gamma / 100.0, vega, theta


def concentration(x: Exposure) -> tuple[float, float]:
    """Give the effective number of positions, and the largest one's share of gross delta exposure."""
    sizes: dict[str, float] = {}
    for p in x.positions:
        if p.delta_exposure and not p.is_money:
            sizes[p.asset] = sizes.get(p.asset, 0.0) + p.delta_exposure
    gross = sum(abs(s) for s in sizes.values())
    if gross == 0:
        return 0.0, 0.0
    shares = [abs(s) / gross for s in sizes.values()]
    return 1.0 / sum(h * h for h in shares), max(shares)


def change(before: Standing, after: Standing) -> StandingChange:
    """Give after minus before of every figure; of margin also where the part that is not known stays as it is."""
    values: dict[str, float | None] = {}
    for f in fields(StandingChange):
        values[f.name] = less(getattr(after, f.name), getattr(before, f.name))
    values["margin"] = margin_change(before.margins, after.margins)
    return StandingChange(**values)  # type: ignore[arg-type]


def less(after: float | None, before: float | None) -> float | None:
    """Give after minus before; None where one is not known."""
    return None if after is None or before is None else after - before
