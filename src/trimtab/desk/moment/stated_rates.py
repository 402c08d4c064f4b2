"""Rates and yields on the way between holdings and the moment: what holdings state, and what options are given."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from trimtab.market.rates.interest import Interest
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["stated_yields", "unrated_currencies", "with_funding", "with_multiples", "with_rates"]


def with_rates(portfolio: Portfolio, interest: Interest, day: dt.date) -> Portfolio:
    """Value options at the risk-free rate of their own currency on a day, where nothing nearer states one.

    The yearly rate r counts as log(1 + r), continuously compounded, for every maturity. A rate of another currency is
    never taken.

    Examples
    --------
    >>> from trimtab.market.rates.risk_free import RiskFree
    >>> from trimtab.model.notation import parse_portfolio
    >>> held = parse_portfolio("5 SPX 3800P Mar23, 1000 USD", as_of=dt.date(2022, 12, 28))
    >>> known = Interest(by_currency={"USD": RiskFree.constant(0.05)})
    >>> round(with_rates(held, known, dt.date(2022, 12, 28)).positions[0].stated.rate, 6)
    0.04879
    """
    return replace(portfolio, positions=tuple(_rated(p, interest, day) for p in portfolio.positions))


def with_funding(portfolio: Portfolio, funding: Mapping[str, float]) -> Portfolio:
    """Let perpetuals have the funding that is stated for them by symbol; it goes before that of the holdings."""
    if not funding:
        return portfolio
    positions = (
        replace(p, stated=replace(p.stated, funding=funding[p.symbol]))
        if p.instrument.pays_funding and p.symbol in funding
        else p
        for p in portfolio.positions
    )
    return replace(portfolio, positions=tuple(positions))


def with_multiples(portfolio: Portfolio, contracts: ContractTable) -> Portfolio:
    """Let funds that say no daily multiple have that of the contract table, in its currency.

    A fund is then measured alike whether it is held or may be traded: its multiple decides how its beta is estimated.
    """
    funds = {s.root: s for s in contracts.specs if s.leverage != 1}
    if not funds:
        return portfolio
    positions = []
    for p in portfolio.positions:
        spec, fund = funds.get(p.symbol), p.instrument
        if spec is not None and isinstance(fund, Spot) and fund.leverage == 1 and fund.currency == spec.currency:
            fund = replace(fund, leverage=spec.leverage)
        positions.append(replace(p, instrument=fund))
    return replace(portfolio, positions=tuple(positions))


def _rated(position: Position, interest: Interest, day: dt.date) -> Position:
    if not _needs_rate(position):
        return position
    rate = interest.continuous(position.instrument.currency, day)
    return position if rate is None else replace(position, stated=replace(position.stated, rate=rate))


def _needs_rate(position: Position) -> bool:
    option = position.instrument
    return bool(option.written_on) and not option.premium_in_coin and position.stated.rate is None


def unrated_currencies(portfolio: Portfolio) -> tuple[str, ...]:
    """Give the currencies of options that have no rate: they are valued at a rate of 0, which is to be said."""
    return tuple(dict.fromkeys(p.instrument.currency for p in portfolio.positions if _needs_rate(p)))


def stated_yields(portfolio: Portfolio) -> dict[str, float]:
    """Collect the dividend yields that holdings state, by what pays them; where two differ, there is none.

    A share states its own; an option or a future that of its underlying.
    """
    yields: dict[str, float | None] = {}
    for p in portfolio.positions:
        value = p.stated.dividend_yield
        for name in () if value is None else p.instrument.dividend_payers:
            yields[name] = value if yields.get(name, value) == value else None
    return {name: value for name, value in yields.items() if value is not None}
