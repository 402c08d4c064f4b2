"""Sort what is held into venue accounts: which venue each position stands at, and what it follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.of import option_in
from trimtab.exposure.kinds.option import FixedOption
from trimtab.exposure.measured import MeasuredBook
from trimtab.exposure.options.model import OptionTerms, option_terms
from trimtab.exposure.revalue import beta_of, fix
from trimtab.exposure.valuation import Valuation
from trimtab.exposure.value import value_position
from trimtab.hedge.margin.account import Account
from trimtab.hedge.margin.behind import Place, is_coin, with_collateral
from trimtab.hedge.margin.lines import Line, OptionLine
from trimtab.hedge.margin.option_units import option_units
from trimtab.model.contract import ContractSpec, ContractTable
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Position

__all__ = ["NOT_NAMED", "SECURITIES", "USUAL_SHARE", "MarginTerms", "accounts_of", "usual_margin"]

#: The account of shares, and of options and short sales beside them, where nobody names another.
SECURITIES = "securities account"
#: Where a contract's venue is neither stated nor in the contract table.
NOT_NAMED = "venue not named"

#: Initial margin of futures as a share of exposure, where nothing else is known.
USUAL_SHARE = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTerms:
    """What margin is worked out with.

    Parameters
    ----------
    contracts
        Venues of contracts, their own margins, and the rules of venues.
    share
        Initial margin of futures where nothing is known, as a share of exposure.
    margins
        Initial margin per contract by symbol or family, base currency.
    """

    contracts: ContractTable
    share: float
    margins: tuple[tuple[str, float], ...] = ()


def usual_margin(contracts: ContractTable) -> MarginTerms:
    """Give the terms with the usual assumption where nothing is known of a future's margin."""
    return MarginTerms(contracts=contracts, share=USUAL_SHARE)


def accounts_of(book: MeasuredBook, terms: MarginTerms) -> tuple[Account, ...]:
    """Give the venue accounts of a book, in the order of its positions; empty where nothing of it is on margin.

    Parameters
    ----------
    book
        What is held, measured.
    terms
        Rules and margins.
    """
    accounts: dict[Place, Account] = {}
    lines: dict[Place, list[Line]] = {}
    valuations = book.valuations or (None,) * len(book.positions)
    for i, (position, valued) in enumerate(zip(book.positions, valuations, strict=True)):
        place = _place(position, book, terms.contracts)
        if place is None:
            continue
        place = _one_account(place, accounts, terms.contracts)
        account = accounts.get(place) or _empty(place, book, terms.contracts)
        line = _line(position, valued or value_position(position, book.market), book.fixed_lines[i], book, terms)
        if isinstance(line, str):
            accounts[place] = replace(account, lacking=account.lacking or line)
        else:
            accounts[place] = account
            lines.setdefault(place, []).append(line)
    whole = {place: replace(account, lines=tuple(lines.get(place, ()))) for place, account in accounts.items()}
    kept = {place: _beyond_model(account) for place, account in whole.items() if _is_on_margin(account)}
    return with_collateral(kept, book, terms.contracts)


def _one_account(place: Place, accounts: Mapping[Place, Account], contracts: ContractTable) -> Place:
    """Give the place under which an account is kept already: several exchanges with the same rules are one venue."""
    rules = contracts.rules_at(place[0])
    if rules is None:
        return place
    return next((p for p in accounts if p[1] == place[1] and rules.is_called(p[0])), place)


def _is_on_margin(account: Account) -> bool:
    """Tell whether an account can ask for anything: options that are all bought, and paid for, cannot."""
    return bool(account.lacking) or any(line.option is None or line.units < 0 for line in account.lines)


def _empty(place: Place, book: MeasuredBook, contracts: ContractTable) -> Account:
    venue, currency = place
    return Account(
        venue=venue, currency=currency, lines=(), collateral=(), shares=(), rules=contracts.rules_at(venue),
        benchmark=book.betas.benchmark, lacking="", no_rules=_no_rules(venue), unplaced="", notes=(),
    )  # fmt: skip


def _no_rules(venue: str) -> str:
    if venue == NOT_NAMED:
        return "no venue is named: say it in a column venue of the holdings, or give the broker's figures per contract"
    return (
        f"{venue} has no margin rules: give them as a file (--contracts venue.toml), or the broker's figures per "
        "contract (columns initial_margin and maintenance_margin)"
    )


def _place(position: Position, book: MeasuredBook, contracts: ContractTable) -> Place | None:
    """Say at which venue, and in which collateral, a position is margined; None if it needs none."""
    instrument = position.instrument
    venue = position.stated.venue or _listed_at(position, contracts)
    if instrument.settles_daily:
        return venue or NOT_NAMED, instrument.paid_in
    if instrument.strike is not None:
        if instrument.premium_in_coin:
            return venue or NOT_NAMED, contracts.index_of(instrument.written_on[0])
        return (venue, instrument.currency) if venue else (SECURITIES, book.exposure.base)
    if instrument.is_owned and position.quantity < 0:
        return venue or SECURITIES, book.exposure.base
    return None


def _spec_of(instrument: Instrument, contracts: ContractTable) -> ContractSpec | None:
    """Give the facts of a contract, or of the future that an option is on; a share of a family's name has none."""
    option = option_in(instrument)
    if option is not None:
        return contracts.future_spec(option.underlying) if option.on_future else None
    spec = contracts.spec(instrument.family)
    return spec if spec is None or instrument.settles_daily == (spec.is_dated or spec.perpetual is not None) else None


def _listed_at(position: Position, contracts: ContractTable) -> str:
    """Give the exchange of a contract, or of the future that an option is on; empty where the table has none."""
    spec = _spec_of(position.instrument, contracts)
    return "" if spec is None or position.instrument.is_owned else spec.exchange


def _is_on(instrument: Instrument, contracts: ContractTable) -> str:
    """Give the coin or index that a position is on, under its first name."""
    spec = _spec_of(instrument, contracts)
    if spec is not None and spec.underlying and not instrument.is_owned:
        return spec.underlying[0]
    names = instrument.underlyings
    return contracts.index_of(names[0]) if names and not instrument.is_owned else instrument.symbol


def _line(
    position: Position, valued: Valuation, ready: Fixed | None, book: MeasuredBook, terms: MarginTerms
) -> Line | str:
    """Give a position as a function of prices, or say why it cannot be."""
    market, contracts, instrument = book.market, terms.contracts, position.instrument
    if valued.value is None or not valued.legs or valued.price is None or valued.fx is None:
        return f"{position.symbol} could not be valued"
    fixed = fix(position, market, valued) if ready is None else ready
    leg = valued.legs[0]
    on = _is_on(instrument, contracts)
    paid = None if valued.settles is None else valued.settles
    paid_in = contracts.index_of(instrument.paid_in) if paid is not None and is_coin(instrument.paid_in) else ""
    option = _option(fixed) if instrument.strike is not None else None
    if instrument.strike is not None and option is None:
        return f"{position.symbol} could not be valued"
    entry = fixed.position.stated.entry
    price = valued.price.value
    ratio = 1.0 if entry is None or option is not None else float(entry) / price
    own_price = price * valued.fx.value if option is None else option.spot * valued.fx.value
    return Line(
        symbol=position.symbol, on=on, units=float(position.quantity), contract=instrument.contract,
        beta=beta_of(leg, book.betas) or 0.0, paid_in=paid_in,
        paid_beta=0.0 if paid is None else beta_of(paid, book.betas) or 0.0,
        exposure=valued.value if instrument.is_owned else leg.delta_exposure, price=own_price,
        inverse=instrument.inverse, ratio=1.0 / ratio if instrument.inverse else ratio,
        share=_share(position, leg.delta_exposure, terms), stated=_stated(position, book), option=option,
        is_share=instrument.is_owned,
    )  # fmt: skip


def _share(position: Position, exposure: float, terms: MarginTerms) -> float:
    """Give initial margin as a share of exposure: as stated per contract, of the contract table, or as assumed."""
    stated = dict(terms.margins)
    each = next((stated[n] for n in (position.symbol, position.instrument.family) if n in stated), None)
    if each is not None and exposure:
        return min(1.0, abs(each * float(position.quantity) / exposure))
    spec = _spec_of(position.instrument, terms.contracts)
    return terms.share if spec is None or spec.margin is None else spec.margin


def _stated(position: Position, book: MeasuredBook) -> tuple[float, float] | None:
    """Give the broker's figures for one, base currency."""
    initial, maintenance = position.stated.initial_margin, position.stated.maintenance_margin
    rate = book.market.rate(position.instrument.paid_in)
    if initial is None or maintenance is None or rate is None:
        return None
    return initial * rate.value, maintenance * rate.value


def _option(fixed: Fixed) -> OptionLine | None:
    """Give an option as a function of its underlying, its whole value as its basis still."""
    figures, valued = fixed.valued.option, fixed.valued
    if not isinstance(fixed, FixedOption) or figures is None or valued.fx is None:
        return None
    option, day = fixed.option, fixed.market.day
    scale = float(fixed.position.quantity) * valued.multiplier * valued.fx.value
    terms = None
    if fixed.model is not None:
        terms = option_terms(option, fixed.model.stated, figures.underlying_price, day)
    model = terms if isinstance(terms, OptionTerms) else None
    vol = None if fixed.model is None or fixed.deviation is not None else fixed.model.stated.vol
    return OptionLine(
        spot=figures.underlying_price, right=option.delta_sign, strike=float(option.strike), scale=scale, terms=model,
        vol=vol, basis=valued.value or 0.0, delta_basis=fixed.delta_basis, expiry_days=(option.expiry - day).days + 0.0,
        kind_key=(option.delta_sign, option.currency, option.terms),
    )  # fmt: skip


def _beyond_model(account: Account) -> Account:
    """Take the models' values off those of an account's options: what a quote says beyond its model stays."""
    options = [line.option for line in account.lines if line.option is not None]
    if not options:
        return account
    spots = np.array([[option.spot] for option in options])
    units = iter(option_units([o.terms for o in options], [o.vol for o in options], spots)[:, 0].tolist())
    return replace(
        account,
        lines=tuple(
            line
            if line.option is None
            else replace(line, option=replace(line.option, basis=line.option.basis - line.option.scale * next(units)))
            for line in account.lines
        ),
    )
