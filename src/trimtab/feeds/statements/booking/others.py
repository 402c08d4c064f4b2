"""What happened beside trades: income, costs, money and units that come and go, ends of options."""

import re
from dataclasses import replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.amounts import Habits, currency_of, fx_of, start_fact
from trimtab.feeds.statements.booking.context import File, Remarks
from trimtab.feeds.statements.booking.moves import Move
from trimtab.feeds.statements.records import Ask, Fact, FactReading, NameKind
from trimtab.model.names.coins import COINS

__all__ = ["booked_other"]

_ZERO = Decimal(0)
#: Words that say plainly which way money went; others (payment, transfer) go by the sign.
_CAME_OR_WENT = re.compile(
    r"withdraw|deposit|auszahl|einzahl|retrait|versement|opname|storting|retiro|prelievo|insättning|uttag|wpłata|wypłata",
    re.IGNORECASE,
)
_SPENT = {Fact.FEE, Fact.TAX, Fact.WITHDRAWAL}
_INCOME = {Fact.DIVIDEND, Fact.INTEREST}


def _ask_minus(move: Move, fact: Fact, habits: Habits, remarks: Remarks) -> None:
    """Ask about money received that is negative where what was paid for purchases is positive."""
    stated = move.stated_amount
    unsigned = not habits.signed_amounts and not habits.inverse
    if stated is not None and stated.value < 0 and unsigned and fact in {*_INCOME, Fact.DEPOSIT}:
        remarks.ask(
            Ask("direction", f"line {move.line}: a {fact.value} of {stated.value}, where no purchase has a minus",
                taken="money that went", lines=(move.line,))
        )  # fmt: skip


def booked_other(move: Move, habits: Habits, file: File, remarks: Remarks) -> FactReading:
    """Book a row that is no trade.

    Raises
    ------
    InputError
        If it states no amount, or what happened is nothing that can be booked from one row.
    """
    fact = move.action.fact
    if fact is None:
        raise InputError(expected="a word for what happened", found=f"{move.words!r}", try_next="correct the row")
    currency = currency_of(move, file, remarks)
    made = start_fact(move, fact, currency)
    _ask_minus(move, fact, habits, remarks)
    if fact is Fact.EXPIRY:
        return _expired(move, made, habits, remarks)
    if fact is Fact.EXCHANGE:
        return _exchanged(move, made)
    if fact in {Fact.DEPOSIT, Fact.WITHDRAWAL, Fact.TRANSFER}:
        return _asked_if_nothing(_moved(move, made, habits, remarks), remarks)
    if fact is Fact.SWEEP:
        return replace(made, quantity=_units(move), price=_price(move), cash=_amount(move, made, habits), tax=None)
    earned = fact is Fact.STAKING or (fact is Fact.INTEREST and _is_coin(move) and _units(move))
    return _earned_units(move, made) if earned else _asked_if_nothing(_money(move, made, habits), remarks)


def _asked_if_nothing(made: FactReading, remarks: Remarks) -> FactReading:
    """Ask where a row of money moves none: its amount may stand in a column that was not understood, or is gone."""
    if made.cash == 0 and made.quantity is None:
        remarks.ask(Ask("amount", f"line {made.lines[0]}: a {made.fact.value} of 0", taken="0", lines=made.lines))
    return made


def _units(move: Move) -> Decimal | None:
    return None if move.quantity is None or move.quantity.value == 0 else move.quantity.value


def _price(move: Move) -> Decimal | None:
    return None if move.price is None or move.price.value == 0 else abs(move.price.value)


def _is_coin(move: Move) -> bool:
    return move.what is not None and (move.what.kind is NameKind.COIN or move.what.symbol in COINS)


def _amount(move: Move, made: FactReading, habits: Habits) -> Decimal:
    """Give what a row does to money, signed by its kind where amounts carry no sign."""
    stated = move.stated_amount
    if stated is None:
        units, price = _units(move), _price(move)
        if units is None or price is None or made.fact not in _INCOME | {Fact.FEE}:
            raise InputError(expected=f"an amount of {made.fact.value}", found="none", try_next="correct the row")
        # Trackers state what was paid on each unit (Ghostfolio), and no amount.
        return -abs(units * price) if made.fact is Fact.FEE else abs(units) * price
    if habits.inverse:
        return _by_meaning(move, made, stated.value)
    if made.fact in _SPENT and not habits.signed_amounts:
        return -abs(stated.value)  # Where nothing has a sign, the word has it.
    return stated.value


def _by_meaning(move: Move, made: FactReading, stated: Decimal) -> Decimal:
    """Sign an amount where purchases are positive in the file: by the units of money, or by what the word means."""
    if move.what is not None and move.what.kind is NameKind.CASH and move.quantity is not None:
        return abs(stated) if move.quantity.value > 0 else -abs(stated)
    if stated < 0:
        raise InputError(
            expected=f"an amount of {made.fact.value} whose sign is plain",
            found=f"{stated} where purchases are positive",
            try_next="correct the row",
        )  # fmt: skip
    return -stated if made.fact in _SPENT else stated


def _money(move: Move, made: FactReading, habits: Habits) -> FactReading:
    """Book income and charges: money alone; the units of the row are those it was paid on."""
    fee, tax = move.fee, move.tax
    shares, price = _units(move), _price(move)
    _refuse_units(move, made)
    amount = _amount(move, made, habits)
    if made.fact in _INCOME:
        if (
            fee is not None
            and fee
            and shares is not None
            and price is not None
            and abs(shares * price - fee - amount) <= Decimal("0.02")
        ):
            fee, tax = _ZERO, (tax or _ZERO) + fee  # What is withheld stands in the column of costs.
        if habits.gross and move.net is None:
            if tax and made.tax_currency is not None:
                raise InputError(
                    expected=f"a tax in {made.currency}, in which the amount is before it",
                    found=f"{tax} {made.tax_currency}", try_next="write the tax as a row of its own",
                )  # fmt: skip
            amount -= (fee or _ZERO) + (tax or _ZERO)
    else:
        fee = tax = shares = price = None
    other = move.price_currency if price is not None and move.price_currency not in {"", made.currency} else None
    means, rate = _income_rate(move, made)
    return replace(
        made, cash=amount, fee=fee or None, tax=tax, price=price, shares=shares, price_currency=other, fx=rate,
        fx_means=means,
    )  # fmt: skip


def _refuse_units(move: Move, made: FactReading) -> None:
    """Refuse an income of units without money: a split or a dividend in units that the words do not tell.

    Raises
    ------
    InputError
        If it is one.
    """
    stated, what = move.stated_amount, move.what
    nothing = (stated is None or stated.value == 0) and _price(move) is None
    if made.fact is Fact.DIVIDEND and nothing and what is not None and _units(move) is not None:
        raise InputError(
            expected="money, or the words of a split or of a dividend in units",
            found=f"{_units(move)} {what.label} and no money, {move.words[:60]!r}",
            try_next="say in the row what it is (split 10 for 1, stock dividend, spin-off), or leave it out",
        )  # fmt: skip


def _income_rate(move: Move, made: FactReading) -> tuple[str | None, Decimal | None]:
    """Say which way the rate of an income is meant, where its gross amount in another currency proves it."""
    if move.fx is None or move.fx == 1:
        return None, None
    gross = move.gross
    if gross is not None and gross.currency and gross.currency != made.currency:
        net = abs(move.stated_amount.value if move.stated_amount else _ZERO) + (move.tax or _ZERO)
        divided = abs(abs(gross.value) / move.fx - net)
        means = (
            (gross.currency, made.currency)
            if divided <= abs(abs(gross.value) * move.fx - net)
            else (made.currency, gross.currency)
        )
        return f"{means[0]} per {means[1]}", move.fx
    if move.price_currency and move.price_currency != made.currency:
        return fx_of(move, made.currency, move.fx)
    return None, None


def _expired(move: Move, made: FactReading, habits: Habits, remarks: Remarks) -> FactReading:
    """Book the end of an option: the opposite of what is held, where the file says which way that is.

    What was assigned had been sold, what was exercised had been bought; the shares stand in a row of their own.
    """
    units = _units(move)
    cash = move.stated_amount.value if move.stated_amount is not None else _ZERO
    sign = move.action.sign
    if move.what is not None and move.what.kind not in {NameKind.OPTION, NameKind.FUTURE_OPTION}:
        raise InputError(
            expected="an option that ended", found=f"{move.what.label}, {move.words[:60]!r}",
            try_next="write what was bought or sold as a purchase or a sale",
        )  # fmt: skip
    if sign and units is not None:
        if units < 0 < sign:
            raise InputError(
                expected="units of a short that was assigned and came back", found=f"{units}",
                try_next="correct the sign of the row",
            )  # fmt: skip
        return replace(made, quantity=abs(units) * sign, cash=cash)
    if move.removed:
        remarks.ask(
            Ask("direction", f"line {move.line}: the letter at the quantity says that a short (S) or long (L) ended",
                taken="it closes the position", lines=(move.line,))
        )  # fmt: skip
        return replace(made, quantity=abs(units or _ZERO) * move.removed, cash=cash)
    if units is not None and (habits.signed_units or units < 0):
        return replace(made, quantity=units, cash=cash)
    remarks.ask(
        Ask("direction", f"line {move.line} does not say whether what expired was long or short",
            taken="the opposite of what is held", lines=(move.line,))
    )  # fmt: skip
    return replace(made, quantity=None, shares=units, cash=cash)


def _earned_units(move: Move, made: FactReading) -> FactReading:
    """Book units that were earned: no money moves."""
    stated = move.stated_amount
    return replace(
        made, quantity=_units(move), price=_price(move), cash=_ZERO,
        income=None if stated is None else abs(stated.value),
    )  # fmt: skip


def _exchanged(move: Move, made: FactReading) -> FactReading:
    """Book one thing changed into another: no money moves but that of another row."""
    stated = move.stated_amount
    if move.counter is not None and move.what is not None and _units(move) is not None:
        return replace(
            made, quantity=_units(move), price=_price(move), cash=_ZERO, counter=move.counter,
            value=None if stated is None else abs(stated.value),
        )  # fmt: skip
    if stated is None:
        raise InputError(expected="what was given and what was received", found="one side", try_next="correct the row")
    return replace(made, what=None, cash=stated.value)


def _moved(move: Move, made: FactReading, habits: Habits, remarks: Remarks) -> FactReading:
    """Book what came from outside or went there: money, coins in kind, or shares in kind."""
    units, thing = _units(move), move.what
    if thing is None or thing.kind is NameKind.CASH or units is None:
        amount = _amount(move, made, habits)
        fact = Fact.WITHDRAWAL if amount < 0 else Fact.DEPOSIT
        if made.fact not in {fact, Fact.TRANSFER} and amount and _CAME_OR_WENT.search(move.words):
            remarks.ask(
                Ask("direction", f"line {move.line}: {move.words[:40]!r} of {amount}: its sign says a {fact.value}",
                    taken=f"a {fact.value}", lines=(move.line,))
            )  # fmt: skip
        units = None if thing is None or units is None else abs(units) * (-1 if amount < 0 else 1)
        return replace(made, fact=fact, what=thing, cash=amount, quantity=units)
    stated = move.stated_amount
    value = None if stated is None or stated.value == 0 else abs(stated.value)
    outward = units < 0 or move.side < 0 or made.fact is Fact.WITHDRAWAL or "out" in move.words.lower()
    units = -abs(units) if outward else abs(units)
    remarks.ask(
        Ask("transfer", f"line {move.line}: whether {thing.label} came from outside or from an own account",
            taken="from outside", lines=(move.line,))
    )  # fmt: skip
    fact = made.fact if _is_coin(move) and made.fact is not Fact.TRANSFER else Fact.TRANSFER
    price = _price(move)
    derived = value / abs(units) if value is not None and price is None else None
    return replace(made, fact=fact, quantity=units, price=price, cash=_ZERO, value=value, price_derived=derived)
