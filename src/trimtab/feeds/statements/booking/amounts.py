"""What a trade moved: units, price and money, each held against the others.

Quantity x price x contract size, brought into the currency of the amount, with or without the costs, must be the amount
that the row states. That equation says what the columns mean; where no reading of them fulfils it the row is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, Remarks
from trimtab.feeds.statements.booking.moves import Move
from trimtab.feeds.statements.booking.proofs import Reading, rounding, written
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Ask, Fact, FactReading, Identity, NameKind
from trimtab.market.reading.numbers import Cell
from trimtab.model.currencies import whole_currency

__all__ = ["Habits", "booked_trade", "currency_of", "fx_of", "habits_of", "start_fact"]

_ONE, _ZERO = Decimal(1), Decimal(0)
_CENT = Decimal("0.01")
#: A commission this large, or this share of a trade, is still one; more is another currency or unit.
_COST, _COST_SHARE = Decimal(60), Decimal("0.03")
#: Rates that no file rounded.
_EXACT = (_ONE, _CENT)
_PENCE = {"GBP": "GBX", "ZAR": "ZAC", "ILS": "ILA"}
_TRADES = {Fact.BUY: 1, Fact.SELL: -1, Fact.SHORT: -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the rows of a table have in common.

    Parameters
    ----------
    signed_amounts
        Amounts carry a sign: what was paid is negative.
    inverse
        They carry the other sign: what was paid is positive.
    signed_units
        Quantities carry a sign.
    gross
        True: amounts are before costs, as quantity and price prove; False: proved to hold the costs; None: not proved.
    net_column
        A column says by its name that it holds the costs.
    """

    signed_amounts: bool
    inverse: bool
    signed_units: bool
    gross: bool | None
    net_column: bool


def habits_of(moves: Sequence[Move], layout: Layout) -> Habits:
    """Find what the rows of a table have in common."""
    amounts = [m.stated_amount for m in moves if m.stated_amount is not None and m.stated_amount.value != 0]
    minus = any(a.value < 0 for a in amounts)
    signs: dict[tuple[bool, bool], int] = {}
    votes = {True: 0, False: 0}
    for move in moves:
        sign = _TRADES.get(move.action.fact) if move.action.fact is not None else move.side
        stated = move.stated_amount
        if not sign or stated is None or stated.value == 0 or _is_future(move):
            continue
        key = (sign > 0, stated.value < 0)
        signs[key] = signs.get(key, 0) + 1
        best = next((r for r in _agreeing(move, stated, sign) if r.tight), None)
        if best is not None and _costs(move, None):
            votes[best.gross] += 1
    paid_minus, paid_plus = signs.get((True, True), 0), signs.get((True, False), 0)
    got_minus = signs.get((False, True), 0)
    proved = None if votes[True] == votes[False] else votes[True] > votes[False]
    if proved is None and not layout.has(Role.NET, Role.AMOUNT, Role.VALUE) and layout.has(Role.GROSS):
        proved = True
    return Habits(
        signed_amounts=paid_minus > 0 or (minus and not paid_plus and not got_minus),
        inverse=paid_plus > 0 and got_minus > 0 and not paid_minus,
        signed_units=any(m.quantity is not None and m.quantity.value < 0 for m in moves),
        gross=proved,
        net_column=layout.has(Role.NET),
    )


def _is_future(move: Move) -> bool:
    return move.what is not None and move.what.kind is NameKind.FUTURE


def currency_of(move: Move, file: File, remarks: Remarks) -> str | None:
    """Give the currency of a row's amounts: its own, the row's, the file's; None, and a question, if none says it."""
    stated = move.stated_amount
    own = (stated.currency if stated is not None else None) or move.currency
    if own:
        return own
    if file.currency:
        if file.currency_from:
            remarks.ask(Ask("currency", file.currency_from, taken=file.currency))
        return file.currency
    turned = move.fx is not None and move.fx != 1
    if move.price_currency and not whole_currency(move.price_currency)[1] and not turned:
        return move.price_currency
    if move.what is not None and move.what.kind is NameKind.CASH:
        return move.what.symbol
    remarks.ask(Ask("currency", "no column, sign or setting says the currency of the amounts"))
    return None


def start_fact(move: Move, fact: Fact, currency: str | None, units: Decimal | None = None) -> FactReading:
    """Give the part of a fact that every row has.

    Raises
    ------
    InputError
        If the costs of the row are in several currencies.
    """
    return _made(move, fact, currency, units, _Numbers(what=move.what))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """What the numbers of a row came to, and the thing they say more of."""

    what: Identity | None
    cash: Decimal | None = None
    price: Decimal | None = None
    price_currency: str | None = None
    price_derived: Decimal | None = None
    fx: Decimal | None = None
    fx_means: str | None = None
    implied: Decimal | None = None
    notes: tuple[str, ...] = ()


def _made(move: Move, fact: Fact, currency: str | None, units: Decimal | None, numbers: _Numbers) -> FactReading:
    paid_in, taxed_in = _cost_currencies(move, currency)
    return FactReading(
        lines=(move.line,), account=move.account, day=move.day, fact=fact, what=numbers.what, quantity=units,
        price=numbers.price, price_currency=numbers.price_currency, currency=currency, cash=numbers.cash, fee=move.fee,
        fee_currency=paid_in, tax=move.tax, tax_currency=taxed_in, costs_implied=numbers.implied,
        price_derived=numbers.price_derived, fx=numbers.fx, fx_means=numbers.fx_means, settles=move.settles,
        booked=move.booked, action=move.words, id=move.id, order=move.ref,
        notes=numbers.notes,
    )  # fmt: skip


def _cost_currencies(move: Move, currency: str | None) -> tuple[str | None, str | None]:
    """Give the currencies of fees and of taxes, each only where it is another than that of the amount."""
    if not move.fees and not move.taxes:
        return None, None
    paid_in = {cell.currency or currency for cell in move.fees if cell.value}
    if len(paid_in) > 1:
        raise InputError(
            expected="costs in one currency", found=", ".join(sorted(c or "none" for c in paid_in)),
            try_next="write the row as two",
        )  # fmt: skip
    taxed_in = {cell.currency or currency for cell in move.taxes if cell.value} - {currency}
    if len(taxed_in) > 1:
        raise InputError(
            expected="taxes in one currency", found=", ".join(sorted(c or "none" for c in taxed_in)),
            try_next="write the row as two",
        )  # fmt: skip
    return next(iter(paid_in - {currency}), None), next(iter(taxed_in), None)


def booked_trade(move: Move, habits: Habits, file: File, remarks: Remarks) -> FactReading:
    """Book a purchase or sale.

    Raises
    ------
    InputError
        If a number is missing, or two contradict each other.
    """
    fact, sign = move.action.fact, move.action.sign
    if fact is None or move.quantity is None or move.quantity.value == 0:
        raise InputError(expected="how many units were traded", found="none", try_next="correct the row")
    if move.what is None:
        raise InputError(expected="what was traded", found="no symbol and no code", try_next="correct the row")
    if move.quantity.value < 0 < sign:
        raise InputError(
            expected="units that came in", found=f"{move.quantity.value} that were bought", try_next="correct the row"
        )
    currency = currency_of(move, file, remarks)
    if any(cell.value and cell.currency and cell.currency != currency for cell in move.taxes):
        raise InputError(
            expected=f"taxes in {currency}", found="a tax in another currency", try_next="write it as a row of its own"
        )
    units = abs(move.quantity.value) * sign
    _cost_currencies(move, currency)  # Costs in two currencies are refused before anything else is said of a row.
    if _is_future(move):
        return _future(move, start_fact(move, fact, currency, units), remarks)
    stated = move.stated_amount
    _check_sign(move, stated, sign, habits)
    if stated is None:
        remarks.prove(proved=False)
        remarks.ask(Ask("amount", "no column states what was paid", taken="quantity x price, and the costs"))
        return _computed(move, start_fact(move, fact, currency, units), remarks)
    costs = _costs(move, currency)
    reading = _choose(move, stated, sign, habits)
    gross = habits.gross is True if reading is None else reading.gross
    cash = -sign * abs(stated.value) - (costs if gross else _ZERO)
    if costs and reading is None and not habits.net_column and habits.gross is None:
        remarks.ask(
            Ask("costs", "whether amounts hold fees and taxes: nothing in the file proves it", taken="they hold them")
        )
    remarks.prove(proved=reading is not None and reading.tight and bool(costs) and not gross)
    if reading is None:
        numbers = _derived(move, units, cash, abs(stated.value) if gross else abs(stated.value) - sign * costs)
    else:
        numbers = _priced(move, currency, reading, cash)
        _ask_unit(move, numbers, remarks)
    return _made(move, fact, currency, units, numbers)


def _future(move: Move, made: FactReading, remarks: Remarks) -> FactReading:
    """Book a future: money moves by its costs alone; a file may state that, or the notional, as the amount."""
    price, stated = move.prose_price or move.price, move.stated_amount
    costs = _costs(move, made.currency)
    cash = -costs
    if stated is not None and price is not None and move.quantity is not None and made.what is not None:
        notional = abs(move.quantity.value * price.value * made.what.multiplier)
        if abs(stated.value) < notional / 20:
            cash = stated.value if move.net is not None else cash
        elif abs(abs(stated.value) - notional) > max(costs * 2, notional / 200):
            raise InputError(
                expected=f"the notional or the costs of {made.what.label} as its amount", found=f"{stated.value}",
                try_next="check the columns of quantity, price and amount",
            )  # fmt: skip
    remarks.prove(proved=cash == -costs)
    return replace(made, price=None if price is None else abs(price.value), cash=cash)


def _computed(move: Move, made: FactReading, remarks: Remarks) -> FactReading:
    """Work out the amount where the file states none; a bond's price is then in percent, and that is asked."""
    price = move.prose_price or move.price
    if price is None or made.what is None or made.quantity is None:
        raise InputError(
            expected=f"a price of {made.what.label if made.what else '?'}", found="none", try_next="correct the row"
        )
    code, minor = whole_currency(move.price_currency or made.currency or "")
    in_percent = made.what.kind is NameKind.BOND
    if in_percent:
        remarks.ask(
            Ask("unit", f"the price of {made.what.label}: percent of face, or money for one?", taken="percent",
                lines=(move.line,))
        )  # fmt: skip
    scale = made.what.multiplier * (_CENT if minor or in_percent else _ONE)
    cash = -made.quantity * abs(price.value) * scale - _costs(move, code)
    return replace(
        made, price=abs(price.value), cash=cash, currency=code or None, notes=("the amount is quantity x price",),
        price_currency=move.price_currency if minor else None,
    )  # fmt: skip


def _costs(move: Move, currency: str | None) -> Decimal:
    """Add up the costs that are in the currency of the amount."""
    cells = (*move.fees, *move.taxes)
    if not cells:
        return _ZERO
    return sum((c.value for c in cells if not (currency and c.currency and c.currency != currency)), _ZERO)


def _check_sign(move: Move, stated: Cell | None, sign: int, habits: Habits) -> None:
    if stated is None or stated.value == 0 or not habits.signed_amounts or habits.inverse:
        return
    if (stated.value < 0) != (sign > 0):
        raise InputError(
            expected=f"an amount with the sign of {move.words!r}", found=f"{stated.value}",
            try_next="correct the row: what was paid is negative in the others",
        )  # fmt: skip


def _rates(move: Move, stated: Cell) -> list[Decimal]:
    """Give the factors that may bring the price's currency into that of the amount."""
    code = move.price_currency
    target = stated.currency or move.currency
    fx = move.fx
    if code and whole_currency(code)[1]:
        whole = whole_currency(code)[0]
        rates = [_CENT] if target in {"", whole} else []
        return rates + ([1 / fx, fx, _CENT / fx, _CENT * fx] if fx else [])
    if code and target and code != target:
        # Some state the price in the currency of the account as well (Freetrade): believed where it fits to the cent.
        return [1 / fx, fx, _ONE] if fx else []
    if fx is not None and fx != 1:
        return [_ONE, 1 / fx, fx] if not (code and target) else [_ONE]
    return [_ONE]


def _rounded(rate: Decimal) -> Decimal:
    """Give how far a rate may lie from its true value, as a share of it: half of its last digit."""
    exponent = rate.normalize().as_tuple().exponent
    return Decimal(1).scaleb(int(exponent)) / 2 / rate


def _scales(what: Identity | None) -> list[Decimal]:
    """Give how many units one quantity may stand for, the likeliest first."""
    if what is None:
        return [_ONE]
    if what.kind in {NameKind.OPTION, NameKind.FUTURE_OPTION}:
        if what.multiplier_from == "stated":
            return [what.multiplier, _ONE]
        return [what.multiplier, *(Decimal(n) for n in (100, 10, 1000, 1, 5, 50, 20, 2))]
    if what.kind is NameKind.BOND:
        return [_CENT, _ONE]
    return [_ONE]


def _readings(move: Move, stated: Cell, sign: int, scales: Sequence[Decimal] | None = None) -> Iterator[Reading]:
    """Give every reading of a row under which its numbers agree, those without a remainder first."""
    price, quantity = move.prose_price or move.price, move.quantity
    if price is None or price.value == 0 or quantity is None:
        return
    costs = _costs(move, stated.currency or move.currency or None)
    # Where costs have columns of their own, what is left over is small.
    unstated = _ZERO if any(c.value for c in (*move.fees, *move.taxes)) else _COST
    whole_trade, amount, accrued = abs(quantity.value * price.value), abs(stated.value), abs(move.accrued)
    alien_price = bool(move.price_currency) and move.price_currency != (stated.currency or move.currency)
    near, loose = [], []
    for scale in scales or _scales(move.what):
        for rate in _rates(move, stated):
            factor = scale * rate
            product = whole_trade if factor == 1 else whole_trade * scale * rate
            turned = product * _rounded(move.fx) if move.fx is not None and rate not in _EXACT else _ZERO
            alien = alien_price and rate == 1
            for gross, whole in ((False, product + sign * costs + accrued), (True, product + accrued)):
                gap = sign * (amount - whole)
                left = gap if gap > 0 and not gross and not (move.fees or move.taxes) else _ZERO
                if abs(gap) <= written(stated) + turned and not (alien and gap):
                    yield _reading(scale, rate, left, gross=gross, tight=True)
                    continue
                room = rounding(quantity, price, stated, factor) + turned
                if alien:
                    continue
                if abs(gap) <= room:
                    near.append(_reading(scale, rate, left, gross=gross, tight=False))
                elif not gross and -room <= gap <= max(min(unstated, product), _COST_SHARE * product):
                    loose.append(_reading(scale, rate, gap, gross=False, tight=False))
    yield from near
    yield from loose


def _reading(scale: Decimal, rate: Decimal, implied: Decimal, *, gross: bool, tight: bool) -> Reading:
    """Give a reading; most rows have one of four, which are made once."""
    if scale is _ONE and rate is _ONE and implied is _ZERO:
        return _PLAIN[gross, tight]
    return Reading(scale=scale, gross=gross, rate=rate, implied=implied, tight=tight)


_PLAIN = {
    (gross, tight): Reading(scale=_ONE, gross=gross, rate=_ONE, implied=_ZERO, tight=tight)
    for gross in (False, True)
    for tight in (False, True)
}


def _agreeing(move: Move, stated: Cell, sign: int) -> tuple[Reading, ...]:
    """Give all readings of a row, found once."""
    if move.readings is None or move.readings[0] != sign:
        move.readings = (sign, tuple(_readings(move, stated, sign)))
    return move.readings[1]


def _choose(move: Move, stated: Cell, sign: int, habits: Habits) -> Reading | None:
    """Take the reading that the table as a whole has; None where the row states no price to hold against."""
    readings = _agreeing(move, stated, sign)
    if readings and (habits.gross is None or readings[0].gross is habits.gross):
        return readings[0]
    price = move.prose_price or move.price
    if price is None or price.value == 0 or not _rates(move, stated):
        return None
    if not readings:
        # Percent of face, or pence: only where it fits to the last digit.
        readings = tuple(r for r in _readings(move, stated, sign, (_CENT,)) if r.tight and r.rate == _ONE)
    if not readings:
        raise InputError(
            expected=f"an amount that is quantity x price of {move.what.label if move.what else '?'}, with its costs",
            found=f"{stated.value} for {move.quantity.value if move.quantity else '?'} at {price.value}",
            try_next="check quantity, price, currency and amount of the row",
        )
    usual = [r for r in readings if habits.gross is None or r.gross is habits.gross or not r.gross]
    wanted = [r for r in usual if habits.gross is None or r.gross is habits.gross]
    return (wanted or usual or readings)[0]


def _derived(move: Move, units: Decimal, cash: Decimal, whole: Decimal) -> _Numbers:
    """Give the price that an amount without one tells."""
    price, what = move.prose_price or move.price, move.what
    if price is not None and price.value != 0:
        return _Numbers(what=what, cash=cash, price=abs(price.value), price_currency=move.price_currency or None)
    if what is None:
        return _Numbers(what=what, cash=cash)
    return _Numbers(what=what, cash=cash, price_derived=whole / abs(units) / what.multiplier)


def _priced(move: Move, currency: str | None, reading: Reading, cash: Decimal) -> _Numbers:
    price, what = move.prose_price or move.price, move.what
    if price is None or what is None:
        return _Numbers(what=what, cash=cash)
    value = abs(price.value)
    if what.kind in {NameKind.OPTION, NameKind.FUTURE_OPTION}:
        if what.multiplier_from == "stated" and reading.scale == _ONE != what.multiplier:
            value = value / what.multiplier  # The price is one of a contract.
        elif what.multiplier_from != "stated":
            what = replace(what, multiplier=reading.scale, multiplier_from="value")
    elif what.kind is not NameKind.BOND and reading.scale == _CENT:
        # Pence only where nothing says the currency of the price.
        return _in_hundredths(what, None if move.price_currency else currency, cash, value)
    implied = reading.implied.quantize(_CENT) if reading.implied else None
    means, rate = fx_of(move, currency, reading.rate)
    other = move.price_currency if move.price_currency and move.price_currency != currency else None
    return _Numbers(
        what=what, cash=cash, price=value, price_currency=other, fx=rate, fx_means=means, implied=implied or None
    )


def _ask_unit(move: Move, numbers: _Numbers, remarks: Remarks) -> None:
    """Ask where what was paid says another unit than is usual: a bond that nothing calls one, another contract."""
    before, after = move.what, numbers.what
    if before is None or after is None:
        return
    if after.kind is not before.kind:
        remarks.ask(
            Ask("unit", f"line {move.line}: the amount is a hundredth of quantity x price of {after.label}",
                taken="a bond, in percent of face", lines=(move.line,))
        )  # fmt: skip
    elif numbers.price_currency in _PENCE.values() and not move.price_currency:
        remarks.ask(
            Ask("unit", f"line {move.line}: the amount is a hundredth of quantity x price of {after.label}",
                taken=f"a price in {numbers.price_currency}", lines=(move.line,))
        )  # fmt: skip
    if before.multiplier_from == "contract" and after.multiplier != before.multiplier:
        remarks.ask(
            Ask("multiplier", f"{after.label}: the amount says {after.multiplier:f} units a contract, "
                f"{before.multiplier:f} are usual", taken=f"{after.multiplier:f}", lines=(move.line,))
        )  # fmt: skip


def _in_hundredths(what: Identity, currency: str | None, cash: Decimal, price: Decimal) -> _Numbers:
    """Tell percent of face from pence where an amount is a hundredth of quantity times price."""
    if currency in _PENCE:
        note = "the amount proves a price in hundredths"
        return _Numbers(what=what, cash=cash, price=price, price_currency=_PENCE[currency], notes=(note,))
    if what.codes and any(c.isdigit() for c in what.symbol or "9"):
        bond = replace(what, kind=NameKind.BOND)
        return _Numbers(what=bond, cash=cash, price=price, notes=("the amount proves a price in percent of face",))
    raise InputError(
        expected=f"an amount of {what.label} that is quantity x price",
        found="a hundredth of it: percent of face, or pence?",
        try_next="state its kind (bond) or the currency of its price (GBX) in a column",
    )


def fx_of(move: Move, currency: str | None, factor: Decimal) -> tuple[str | None, Decimal | None]:
    """Say which way a stated rate is meant, from the factor that brought the price into the amount."""
    if move.fx is None or factor == _ONE or not move.price_currency:
        return None, None
    if factor in {move.fx, _CENT * move.fx}:
        return f"{currency} per {move.price_currency}", move.fx
    return f"{move.price_currency} per {currency}", move.fx
