"""Use case: cash flows to come in today's money, and a hedge's price against the risk that it removed."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from trimtab.desk.ask.learned import Performance
from trimtab.errors import InputError
from trimtab.market.daycount import date_of, years_between
from trimtab.performance.hedge_review import HedgeReview
from trimtab.performance.present_value import Compounding, HedgeValue, hedge_value, present_value

__all__ = ["Present", "Worth", "hedge_worth", "present_worth", "worth_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Cash flows in today's money.

    Parameters
    ----------
    value
        Net present value, in the money of the flows; positive = received.
    total
        Their plain sum.
    rate, compounding
        What they were discounted with.
    as_of, count, past
        The day, flows counted, and flows up to that day, which are not.
    """

    value: float
    total: float
    rate: float
    compounding: Compounding
    as_of: dt.date
    count: int
    past: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What was asked to be put in today's money; None where it was not asked for.

    Parameters
    ----------
    flows
        Cash flows to come.
    hedge, nav, years, risk_aversion
        The hedge's price against the risk it removed, going on as it was for so many years with so much money.
    """

    flows: Present | None
    hedge: HedgeValue | None
    nav: float | None
    years: int
    risk_aversion: float


def worth_now(
    done: Performance,
    *,
    flows: tuple[tuple[dt.date, float], ...] | None,
    nav: float | None,
    rate: float,
    compounding: str,
    years: int,
    risk_aversion: float,
) -> Worth:
    """Put cash flows, and the hedge of a performance review, in the money of its last day.

    Parameters
    ----------
    done
        The review; its hedge is weighed if `nav` is given.
    flows
        (date, money); positive = received.
    nav, years, risk_aversion
        As for `hedge_worth`.
    rate, compounding
        Yearly, "annual" or "continuous".

    Raises
    ------
    InputError
        If a hedge is to be weighed and none was reviewed, or compounding is neither.
    """
    if compounding not in ("annual", "continuous"):
        raise InputError(
            expected="--compounding annual or continuous", found=f"{compounding!r}", try_next="choose one of the two"
        )
    how: Compounding = "annual" if compounding == "annual" else "continuous"
    if nav is not None and done.hedge is None:
        raise InputError(
            expected="a hedge to weigh", found="none", try_next="give --hedge-file and --planned-book-beta"
        )
    day = date_of(done.last)
    return Worth(
        flows=None if flows is None else present_worth(flows, as_of=day, rate=rate, compounding=how),
        hedge=None
        if nav is None or done.hedge is None
        else hedge_worth(done.hedge, nav=nav, years=years, risk_aversion=risk_aversion, rate=rate, compounding=how),
        nav=nav,
        years=years,
        risk_aversion=risk_aversion,
    )


def present_worth(
    flows: tuple[tuple[dt.date, float], ...], *, as_of: dt.date, rate: float, compounding: Compounding = "annual"
) -> Present:
    """Discount dated cash flows to a day; times are actual days / 365.

    Parameters
    ----------
    flows
        (date, money); positive = received.
    as_of
        The day; flows up to it have been paid and are left out.
    rate, compounding
        Yearly rate, and how it compounds.

    Examples
    --------
    >>> flows = ((dt.date(2025, 1, 1), -100.0), (dt.date(2026, 1, 1), 105.0))
    >>> round(present_worth(flows, as_of=dt.date(2025, 1, 1), rate=0.05).value, 10)
    100.0
    """
    ahead = [(day, money) for day, money in flows if day > as_of]
    if not ahead:
        raise InputError(
            expected=f"cash flows after {as_of}",
            found=f"{len(flows)}, all of them past",
            try_next="give an earlier --as-of, or later flows",
        )
    years = [years_between(as_of, day) for day, _ in ahead]
    money = [m for _, m in ahead]
    return Present(
        value=present_value(money, years, rate, compounding=compounding),
        total=float(np.sum(money)),
        rate=rate,
        compounding=compounding,
        as_of=as_of,
        count=len(ahead),
        past=len(flows) - len(ahead),
    )


def hedge_worth(
    review: HedgeReview, *, nav: float, years: int, risk_aversion: float, rate: float, compounding: Compounding
) -> HedgeValue:
    """Weigh what a hedge cost a year, roll and funding included, against the variance that it removed.

    Parameters
    ----------
    review
        Of the hedge that was.
    nav
        Money hedged.
    years
        For which the programme goes on as it was.
    risk_aversion
        A; 2 to 4 is usual.
    rate, compounding
        Of discounting.
    """
    if years < 1 or not nav > 0:
        raise InputError(
            expected="a positive NAV and one year or more", found=f"{nav} and {years}", try_next="correct them"
        )
    yearly = (review.yearly_cost - review.yearly_roll - review.yearly_funding) * nav
    return hedge_value(
        yearly_costs=np.full(years, yearly),
        variance_before=review.unhedged_volatility**2,
        variance_after=review.volatility**2,
        nav=nav,
        risk_aversion=risk_aversion,
        rate=rate,
        compounding=compounding,
    )
