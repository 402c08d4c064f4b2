"""What people say in words (a shock, an episode, a target), as what use cases take."""

import datetime as dt

from trimtab.errors import InputError
from trimtab.risk.episodes import Episode
from trimtab.risk.shocks import Shock

__all__ = ["read_episode", "read_shock"]


def read_shock(text: str) -> Shock:
    """Read a shock such as ``crash:benchmark=-0.2,volatility=0.1,EUR=-0.1``.

    Raises
    ------
    InputError
        If it has no name, a move that is no number, or a factor that is not known.

    Examples
    --------
    >>> read_shock("drop:benchmark=-0.15,EUR=-0.1").currencies
    {'EUR': -0.1}
    """
    name, colon, rest = text.partition(":")
    moves: dict[str, float] = {}
    try:
        for item in rest.split(","):
            factor, _, number = item.partition("=")
            moves[factor.strip()] = float(number)
    except ValueError:
        colon = ""
    if not colon or not name.strip():
        raise InputError(
            expected="--shock name:factor=move,factor=move",
            found=f"{text!r}",
            try_next="write for example --shock 'crash:benchmark=-0.2,volatility=0.1,EUR=-0.1,rates=0.01,credit=0.02'",
        )
    known = {"benchmark": 0.0, "volatility": 0.0, "rates": 0.0, "credit": 0.0}
    known |= {factor: moves.pop(factor) for factor in tuple(moves) if factor in known}
    strange = [factor for factor in moves if factor != factor.upper()]
    if strange:
        raise InputError(
            expected="benchmark, volatility, rates, credit, or currency codes such as EUR",
            found=f"{', '.join(strange)} in --shock",
            try_next="write currencies in capitals",
        )
    return Shock(
        name=name.strip(), benchmark=known["benchmark"], volatility=known["volatility"], rates=known["rates"],
        credit_spread=known["credit"], currencies=moves,
    )  # fmt: skip


def read_episode(text: str) -> Episode:
    """Read an episode such as ``2020:2020-02-19:2020-03-23``.

    Raises
    ------
    InputError
        If it is no name with two dates, or the dates are not in order.

    Examples
    --------
    >>> read_episode("2020:2020-02-19:2020-03-23").start
    datetime.date(2020, 2, 19)
    """
    try:
        name, start, end = text.split(":")
        return Episode(name=name, start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end), what="as stated")
    except InputError:
        raise
    except ValueError:
        raise InputError(
            expected="--episode name:first:last with dates", found=f"{text!r}", try_next="2020:2020-02-19:2020-03-23"
        ) from None
