"""Venue accounts as tables: equity against margin, and the moves at which they are liquidated."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from trimtab.desk.ask.stress.lines import ShockLine
from trimtab.hedge.margin.records import AccountAfter, AccountMargin
from trimtab.report.tables.parts import titled
from trimtab.report.words import money

__all__ = [
    "accounts_before_after",
    "nearest_words",
    "show_account_shocks",
    "show_accounts",
    "side_words",
    "trouble_lines",
]

_UNKNOWN = "not known"
#: A move to liquidation that is told at once.
_NEAR = 0.10


def side_words(fall: float | None, rise: float | None, *, known: bool = True, of: str = "") -> str:
    """Say at which moves an account is liquidated.

    Examples
    --------
    >>> side_words(-0.049, None, of="BTC"), side_words(None, None), side_words(0.0, 0.0)
    ('BTC -4.9%', 'never', 'now')
    >>> side_words(None, None, known=False)
    'not known'
    """
    if not known:
        return _UNKNOWN
    if fall == 0.0 and rise == 0.0:
        return "now"
    sides = [f"{x:+.1%}" for x in (fall, rise) if x is not None]
    return " ".join(filter(None, (of, " or ".join(sides)))) if sides else "never"


def show_accounts(accounts: Sequence[AccountMargin], base: str, console: Console) -> None:
    """Print venue accounts, and under them what is not known or was assumed; nothing where nothing is on margin."""
    if not accounts:
        return
    columns = ("account", "equity", "initial", "maintenance", "liquidated at", "rules")
    table = titled(f"Venue accounts ({base})", columns, left=(0, 5))
    for a in accounts:
        table.add_row(_name(a), _amount(a.equity), _amount(a.initial), _amount(a.maintenance), _distance(a), a.source)
    console.print(table)
    for line in _remarks(accounts):
        console.print(line, style="dim", highlight=False)


def accounts_before_after(
    before: Sequence[AccountMargin], after: Sequence[AccountMargin], base: str, console: Console
) -> None:
    """Print venue accounts before and after trades: maintenance margin and distance."""
    places = list(dict.fromkeys(a.place for a in (*before, *after)))
    if not places:
        return
    had, has = ({a.place: a for a in accounts} for accounts in (before, after))
    columns = ("account", "equity", "maintenance before", "after", "liquidated at, before", "after")
    table = titled(f"Venue accounts ({base})", columns)
    for place in places:
        old, new = had.get(place), has.get(place)
        one = new or old
        table.add_row(
            f"{place[0]} {place[1]}", "-" if one is None else _amount(one.equity),
            *("none" if x is None else _amount(x.maintenance) for x in (old, new)),
            *("none" if x is None else _distance(x) for x in (old, new)),
        )  # fmt: skip
    console.print(table)
    for line in _remarks(tuple(has.values()) or tuple(had.values())):
        console.print(line, style="dim", highlight=False)


def show_account_shocks(accounts: Sequence[AccountMargin], shocks: Sequence[ShockLine], console: Console) -> None:
    """Print each venue account after each shock: what is free above maintenance margin, and the distance from there."""
    places = [i for i, a in enumerate(accounts) if a.free is not None]
    if not places:
        return
    names = tuple(_name(accounts[i]) for i in places)
    table = titled("Venue accounts after shocks: free above maintenance margin, and liquidated at", ("shock", *names))
    for line in shocks:
        table.add_row(line.shock.name, *(_after(line.accounts[i], accounts[i].of) for i in places))
    console.print(table)


def _after(a: AccountAfter, of: str) -> Text:
    if a.liquidated or a.equity is None or a.maintenance is None:
        return Text("LIQUIDATED", style="red") if a.liquidated else Text(_UNKNOWN)
    return Text(f"{money(a.equity - a.maintenance)}, {side_words(a.fall, a.rise, of=of)}")


def nearest_words(accounts: Sequence[AccountMargin]) -> str:
    """Say which venue account is nearest to liquidation, for one cell."""
    if not accounts:
        return "-"
    if any(a.free is None for a in accounts):
        return _UNKNOWN
    near = [a for a in accounts if a.fall is not None or a.rise is not None]
    if not near:
        return "never"
    one = min(near, key=lambda a: min(abs(x) for x in (a.fall, a.rise) if x is not None))
    return f"{one.venue} {_distance(one)}"


def trouble_lines(accounts: Sequence[AccountMargin]) -> list[str]:
    """Say in a line for each venue account what is wrong with it: margin missing or not known, liquidation near.

    Near is a move of the account's underlying of at most a tenth, or less than the cash for its move is there for.
    """
    lines = []
    for a in accounts:
        if a.reason or a.free is None:
            lines.append(f"Venue account {_name(a)}: margin not known, {a.reason or 'no rules'}")
            continue
        sides = [abs(x) for x in (a.fall, a.rise) if x is not None]
        near = bool(sides) and min(sides) <= _NEAR
        lacking = 0.0 if a.cash is None else max(a.cash.fall, a.cash.rise)
        if a.free < 0.0:
            lines.append(f"Venue account {_name(a)}: maintenance margin is short of {money(-a.free)}")
        elif near or lacking > 0.0:
            cash = f"; {money(lacking)} lacking for {a.cash.sigmas:g} deviations" if a.cash and lacking > 0.0 else ""
            lines.append(f"Venue account {_name(a)}: liquidated at {_distance(a)}{cash} (--full shows margin)")
    return lines


def _name(a: AccountMargin) -> str:
    return f"{a.venue} {a.currency}"


def _distance(a: AccountMargin) -> str:
    return side_words(a.fall, a.rise, known=a.free is not None, of=a.of)


def _amount(value: float | None) -> str:
    return _UNKNOWN if value is None else money(value)


def _remarks(accounts: Sequence[AccountMargin]) -> list[str]:
    """Say what is not known, what was assumed, and what cash a move of some deviations takes."""
    lines = [f"  {_name(a)}: not known, {a.reason}" for a in accounts if a.reason]
    lines += [f"  {_name(a)}: {note}" for a in accounts for note in a.notes]
    for a in accounts:
        need = a.cash
        if need is None:
            continue
        lacking = [f"{name} {money(x)}" for name, x in (("a fall", need.fall), ("a rise", need.rise)) if x > 0]
        lines.append(
            f"  {_name(a)}: cash for {need.sigmas:g} deviations over {need.days} days "
            f"({need.move:.1%}; {need.source}): {', '.join(lacking) or 'none'}"
        )
    return list(dict.fromkeys(lines))
