r"""Initial margin of a whole book, netted as a venue nets it: by contract, then by index, venue and currency.

Equation, for what is on one index at one venue in one currency:
    futures, perpetuals    | sum n m |                           m: stated per contract, or share x exposure of one
    shares sold short      .5 x value                            Regulation T, 12 CFR 220.12 (c); of owned ones nothing
    options sold           value + max(15% or 20% of the index less what is out of the money, 10%) each, and no more
                           than a bought option of the same kind and at least the same life leaves open
Source
    Cboe margin manual, strategy-based rules for short options and spreads.
Assumption
    A broker's or a venue's model asks for more or less. Nothing is offset between indices, venues or currencies, nor
    between futures, shares and options: a call sold on shares that are held is charged as if they were not. Options
    whose premium is in coin have the margin of their venue account (`trimtab.hedge.margin`), if its rules are known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.exposure.expose import PositionExposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.margin.records import AccountMargin, MarginPart
from trimtab.hedge.standing.records import BookTerms, MarginLine
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractSpec
from trimtab.model.portfolio import Position

__all__ = ["SHORT_MARGIN", "margin_change", "margin_lines"]

#: Initial margin of a short sale beyond its proceeds, as a share of its value: Regulation T, 12 CFR 220.12 (c).
SHORT_MARGIN = 0.5
#: Of short options: share of a broad index, of everything else, and at least.
_BROAD, _SINGLE, _LEAST = 0.15, 0.20, 0.10

_Held = tuple[Position, PositionExposure]


@dataclass(frozen=True, slots=True)
class _Place:
    """What is netted together."""

    on: str
    venue: str
    currency: str
    sort: str


def margin_lines(
    book: MeasuredBook, terms: BookTerms, accounts: Sequence[AccountMargin] = ()
) -> tuple[MarginLine, ...]:
    """Give the initial margin of a book by what is netted together, in the order of its positions.

    Parameters
    ----------
    book, terms
        What is held, measured; margins that are known.
    accounts
        Its venue accounts: what only their rules know (options whose premium is in coin) has the margin that these ask.
    """
    by_rules = {name: part for a in accounts for part in a.parts for name, _ in part.units}
    places: dict[_Place, list[_Held]] = {}
    for position, line in zip(book.positions, book.exposure.positions, strict=True):
        place = _place(position, line, terms)
        if place is not None:
            places.setdefault(place, []).append((position, line))
    return tuple(
        MarginLine(
            on=place.on,
            venue=place.venue,
            currency=place.currency,
            margin=_margin(place, held, terms, book) if not _of_coin(held) else _by_rules(held, by_rules),
            units=tuple((p.instrument.symbol, float(p.quantity)) for p, _ in held),
        )
        for place, held in places.items()
    )


def _of_coin(held: list[_Held]) -> bool:
    return any(p.instrument.premium_in_coin for p, _ in held)


def _by_rules(held: list[_Held], parts: Mapping[str, MarginPart]) -> float | None:
    """Give the margin that venues' rules ask of some options; bought ones that nothing was sold beside need none."""
    named = {id(parts[p.symbol]): parts[p.symbol] for p, _ in held if p.symbol in parts}
    if not named:
        return 0.0
    # What a contract beside them asks is in the same part: it is left to the line of that contract.
    alone = all({name for name, _ in part.units} <= {p.symbol for p, _ in held} for part in named.values())
    figures = [part.initial for part in named.values()]
    return None if None in figures or not alone else sum(f for f in figures if f is not None)


def margin_change(before: Iterable[MarginLine], after: Iterable[MarginLine]) -> float | None:
    """Give margin after minus before; what is not known but stays as it is changes by nothing.

    Returns
    -------
    Base currency, less than 0 where margin is freed; None where a change is not known.
    """
    had, has = ({(x.on, x.venue, x.currency, _names(x)): x for x in lines} for lines in (before, after))
    total = 0.0
    for place in dict.fromkeys((*had, *has)):
        old, new = had.get(place), has.get(place)
        if old == new:
            continue
        old_margin, new_margin = (0.0 if x is None else x.margin for x in (old, new))
        if old_margin is None or new_margin is None:
            return None
        total += new_margin - old_margin
    return total


def _names(line: MarginLine) -> tuple[str, ...]:
    """Tell lines of one place apart by what is not known; known ones of a place are one."""
    return tuple(name for name, _ in line.units) if line.margin is None else ()


def _place(position: Position, line: PositionExposure, terms: BookTerms) -> _Place | None:
    """Say with what a position is netted; None if it needs no margin."""
    instrument = position.instrument
    spec = terms.contracts.spec(instrument.family)
    venue = "" if spec is None else spec.exchange
    if instrument.settles_daily:
        on = instrument.underlyings[:1] or (instrument.family,)
        return _Place(on[0], venue, instrument.paid_in, "futures")
    if instrument.strike is not None:
        return _Place(instrument.written_on[0], venue, instrument.paid_in, "options")
    if instrument.is_owned and position.quantity < 0:
        return _Place(line.asset, venue, instrument.currency, "shares")
    return None


def _margin(place: _Place, held: list[_Held], terms: BookTerms, book: MeasuredBook) -> float | None:
    match place.sort:
        case "futures":
            each = [_of_futures(p, x, terms) for p, x in held]
            return None if None in each else abs(sum(m for m in each if m is not None))
        case "options":
            return _of_options(held, book.market, broad=book.betas.benchmark)
        case _:
            each = [_of_short(p, x, terms) for p, x in held]
            return None if None in each else sum(m for m in each if m is not None)


def _stated(position: Position, terms: BookTerms) -> float | None:
    instrument, stated = position.instrument, dict(terms.margins)
    return next((stated[k] for k in (instrument.symbol, instrument.family) if k in stated), None)


def _spec(position: Position, terms: BookTerms) -> ContractSpec | None:
    return terms.contracts.spec(position.instrument.family)


def _of_futures(position: Position, line: PositionExposure, terms: BookTerms) -> float | None:
    """Give margin with the sign of the exposure, so that opposite sides net."""
    stated, spec = _stated(position, terms), _spec(position, terms)
    if line.delta_exposure is None:
        return None
    if stated is not None:
        return stated * float(position.quantity)
    return line.delta_exposure * (terms.margin_share if spec is None or spec.margin is None else spec.margin)


def _of_short(position: Position, line: PositionExposure, terms: BookTerms) -> float | None:
    stated, spec = _stated(position, terms), _spec(position, terms)
    if stated is not None:
        return stated * abs(float(position.quantity))
    if line.value is None:
        return None
    return abs(line.value) * (SHORT_MARGIN if spec is None or spec.margin is None else spec.margin)


def _of_options(held: list[_Held], market: Market, *, broad: str) -> float | None:
    """Give the margin of options sold on one thing, each against what was bought beside it."""
    sold = [(p, x) for p, x in held if p.quantity < 0]
    left = {p.instrument.symbol: float(p.quantity) for p, _ in held if p.quantity > 0}
    total = 0.0
    for position, line in sold:
        rate = market.rate(position.instrument.currency)
        if line.option is None or line.value is None or rate is None or position.instrument.premium_in_coin:
            return None
        unit = line.multiplier * rate.value
        naked = _naked(position, line, unit, broad=broad)
        count = -float(position.quantity)
        for cover, gap in _covers(position, held):
            used = min(count, left.get(cover.instrument.symbol, 0.0)) if gap * unit < naked else 0.0
            left[cover.instrument.symbol] = left.get(cover.instrument.symbol, 0.0) - used
            total, count = total + used * gap * unit, count - used
        total += count * naked
    return total


def _naked(position: Position, line: PositionExposure, unit: float, *, broad: str) -> float:
    """Give the margin of one option sold alone."""
    instrument, figures = position.instrument, line.option
    assert figures is not None  # noqa: S101 - asked for before
    assert instrument.strike is not None  # noqa: S101 - it is an option
    spot, strike = figures.underlying_price, float(instrument.strike)
    out = max(0.0, instrument.delta_sign * (strike - spot))
    share = _BROAD if broad in instrument.written_on else _SINGLE
    least = _LEAST * (spot if instrument.delta_sign > 0 else strike)
    price = (line.value or 0.0) / float(position.quantity)
    return price + max(share * spot - out, least) * unit


def _covers(short: Position, held: list[_Held]) -> list[tuple[Position, float]]:
    """Give what was bought that covers an option sold, and what each leaves open per unit, the best first."""
    one = short.instrument
    assert one.strike is not None  # noqa: S101 - it is an option
    covers = []
    for position, _ in held:
        other = position.instrument
        if position.quantity <= 0 or other.strike is None:
            continue
        alike = (other.delta_sign, other.currency, other.terms) == (one.delta_sign, one.currency, one.terms)
        if alike and other.expiry >= one.expiry:
            covers.append((position, max(0.0, one.delta_sign * float(other.strike - one.strike))))
    return sorted(covers, key=lambda cover: cover[1])
