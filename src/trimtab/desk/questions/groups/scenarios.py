"""Shocks and episodes in words, and back to words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trimtab.desk.questions.values import Value
from trimtab.errors import InputError
from trimtab.model.json import Json

if TYPE_CHECKING:
    from trimtab.risk.episodes import Episode
    from trimtab.risk.shocks import Shock

__all__ = ["Episodes", "Shocks", "read_episode", "read_shock"]

_FACTORS = {"benchmark": "benchmark", "volatility": "volatility", "rates": "rates", "credit": "credit_spread"}


class Shocks(Value["tuple[Shock, ...]"]):
    """Shocks, each as ``name:factor=move,factor=move``; the option may be given more than once."""

    __slots__ = ()
    repeats = True

    def __init__(self) -> None:
        super().__init__(
            "NAME:FACTOR=MOVE,...",
            "name:factor=move,factor=move with moves of benchmark, volatility, rates, credit, or of currencies by code",
            "crash:benchmark=-0.2,volatility=0.1,EUR=-0.1,rates=0.01,credit=0.02",
        )

    def read(self, words: Sequence[str]) -> "tuple[Shock, ...]":
        """Read each."""
        return tuple(read_shock(word) for word in words)

    def take(self, given: "Sequence[Shock | str]") -> "tuple[Shock, ...]":
        """Take shocks, or words of them."""
        if isinstance(given, str | Mapping):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        return tuple(read_shock(one) if isinstance(one, str) else one for one in given)

    def write(self, value: "tuple[Shock, ...]") -> Json:
        """Write words."""
        return [_written(shock) for shock in value]


class Episodes(Value["tuple[Episode, ...]"]):
    """Episodes, each as ``name:first:last``; the option may be given more than once."""

    __slots__ = ()
    repeats = True

    def __init__(self) -> None:
        super().__init__("NAME:FIRST:LAST", "name:first:last with dates in order", "2020:2020-02-19:2020-03-23")

    def read(self, words: Sequence[str]) -> "tuple[Episode, ...]":
        """Read each."""
        return tuple(read_episode(word) for word in words)

    def take(self, given: "Sequence[Episode | str]") -> "tuple[Episode, ...]":
        """Take episodes, or words of them."""
        if isinstance(given, str | Mapping):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        return tuple(read_episode(one) if isinstance(one, str) else one for one in given)

    def write(self, value: "tuple[Episode, ...]") -> Json:
        """Write words."""
        return [f"{episode.name}:{episode.start}:{episode.end}" for episode in value]


def read_shock(text: str) -> "Shock":
    """Read a shock such as ``crash:benchmark=-0.2,volatility=0.1,EUR=-0.1``.

    Raises
    ------
    ValueError
        If it has no name, a move that is no number, or a factor that is not known.

    Examples
    --------
    >>> read_shock("drop:benchmark=-0.15,EUR=-0.1").currencies
    {'EUR': -0.1}
    """
    from trimtab.risk.shocks import Shock  # noqa: PLC0415 - loads numpy

    name, _, rest = text.partition(":")
    moves: dict[str, float] = {}
    for item in rest.split(","):
        factor, _, number = item.partition("=")
        moves[factor.strip()] = float(number)
    factor_moves = {field: moves.pop(factor, 0.0) for factor, field in _FACTORS.items()}
    if not name.strip() or any(factor != factor.upper() for factor in moves):
        raise ValueError(text)
    return Shock(name=name.strip(), currencies=moves, **factor_moves)


def read_episode(text: str) -> "Episode":
    """Read an episode such as ``2020:2020-02-19:2020-03-23``.

    Raises
    ------
    ValueError
        If it is no name with two dates, or the dates are not in order.

    Examples
    --------
    >>> read_episode("2020:2020-02-19:2020-03-23").start
    datetime.date(2020, 2, 19)
    """
    from trimtab.risk.episodes import Episode  # noqa: PLC0415 - loads numpy

    name, start, end = text.split(":")
    try:
        return Episode(name=name, start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end), what="as stated")
    except InputError:
        raise ValueError(text) from None


def _written(shock: "Shock") -> str:
    moves = {factor: getattr(shock, field) for factor, field in _FACTORS.items()}
    nonzero = {factor: move for factor, move in moves.items() if move} | dict(shock.currencies)
    return f"{shock.name}:{','.join(f'{factor}={move!r}' for factor, move in (nonzero or {'benchmark': 0.0}).items())}"
