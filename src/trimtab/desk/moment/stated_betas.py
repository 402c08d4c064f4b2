"""Betas that are stated, of a book and beside it: used while they hold, named where they expired."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from trimtab.beta.estimate import Betas
from trimtab.beta.override import Override, Proxy, apply_overrides, apply_proxies, with_names
from trimtab.errors import InputError, Reason
from trimtab.model.portfolio import Portfolio
from trimtab.model.stated_beta import StatedBeta

__all__ = ["gather_stated", "with_stated_betas"]

#: Calendar days before its end in which a statement is said to expire: time to ask its source again.
_SOON_DAYS = 31


def gather_stated(portfolio: Portfolio, beside: Iterable[StatedBeta] = ()) -> tuple[StatedBeta, ...]:
    """Give what is stated of each asset: by the rows of the holdings, and beside them.

    Raises
    ------
    InputError
        If two statements of one asset differ.
    """
    gathered: dict[str, StatedBeta] = {}
    in_rows = (p.stated.beta for p in portfolio.positions if p.stated.beta is not None)
    for one in (*in_rows, *beside):
        other = gathered.setdefault(one.asset, one)
        if other != one:
            raise InputError(
                expected=f"one beta stated of {one.asset}", found=f"two: {other}; and {one}",
                try_next="take one of them out of the holdings, the settings or the question",
            )  # fmt: skip
    return tuple(gathered.values())


def with_stated_betas(betas: Betas, stated: Iterable[StatedBeta], *, day: dt.date) -> tuple[Betas, tuple[str, ...]]:
    """Put stated betas and proxies in place of estimates, as far as they hold on a day.

    Returns
    -------
    The betas, and what is to be said of each statement. What expired is not used: an asset that has no other beta has
    none, with the reason ``stated_expired``.

    Raises
    ------
    InputError
        If the beta of the benchmark is stated, or the beta of a currency is needed and was not measured.
    """
    values, proxies, notes = [], [], []
    for one in stated:
        left = (one.expires - day).days
        if 0 <= left < _SOON_DAYS:
            when = "today" if left == 0 else f"in {left} day{'s' if left > 1 else ''}"
            notes.append(f"the beta stated of {one.asset} expires {when}, and is not used after that: state it anew")
        if one.expires < day:
            betas = _without(betas, one.asset)
            notes.append(f"the beta stated of {one.asset} expired on {one.expires} ({one.source}): it is not used")
        elif one.proxy is None:
            values.append(Override(asset=one.asset, value=one.value or 0.0, stderr=one.stderr or 0.0, who=one.source,
                                   why="stated", until=str(one.expires)))  # fmt: skip
            notes.append(
                f"the beta of {one.asset} is stated: {one.value:g} +- {one.stderr:g}, until {one.expires} "
                f"({one.source})"
            )
        else:
            proxies.append(Proxy(asset=one.asset, of=one.proxy, factor=one.factor, stderr=one.stderr))
            own = "its own error is not known" if one.stderr is None else f"own error {one.stderr:g}"
            notes.append(
                f"the beta of {one.asset} is that of {one.proxy} times {one.factor:g}, {own}, until {one.expires} "
                f"({one.source})"
            )
    if not values and not proxies:
        return betas, tuple(notes)
    changed = apply_proxies(apply_overrides(betas, values, as_of=str(day)), _checked(betas, proxies))
    return replace(changed, notes=(*betas.notes, *notes)), tuple(notes)


def _checked(betas: Betas, proxies: list[Proxy]) -> list[Proxy]:
    assets = {proxy.asset for proxy in proxies}
    for proxy in proxies:
        if proxy.asset == betas.benchmark:
            raise InputError(
                expected="proxies of assets", found=f"one of the benchmark {betas.benchmark}",
                try_next="leave it out: the benchmark's beta is 1 by definition",
            )  # fmt: skip
        if proxy.of in assets:
            raise InputError(
                expected=f"a proxy of {proxy.asset} that is measured, or whose beta is stated",
                found=f"{proxy.of}, which has a proxy itself", try_next="name what moves in the end, with one factor",
            )  # fmt: skip
    return proxies


def _without(betas: Betas, asset: str) -> Betas:
    """Say of an asset that has no beta of its own that what was stated of it expired."""
    if asset in betas:
        return betas

    def expired(reading: Betas) -> Betas:
        reading = with_names(reading, [asset])
        row = reading.row(asset)
        estimates = list(reading.estimates)
        estimates[row] = replace(estimates[row], value=None, stderr=None, reason=Reason.STATED_EXPIRED)
        return replace(reading, estimates=tuple(estimates))

    return betas.in_each_reading(expired)
