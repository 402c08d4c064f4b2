"""Blended benchmarks in words: what they hold, when they are rebalanced, and from which day on.

A blend is written as one line, and that line is its name wherever a benchmark is named::

    0.6*SPX + 0.4*AGG
    60% SPX + 40% AGG rebalanced daily
    1.3*SPX - 0.3*cash
    0.6*SPX + 0.4*AGG; from 2020-01-01: 0.5*SPX + 0.5*AGG rebalanced monthly

Weights add up to 1; what is not invested is written as ``cash``. Nothing here knows a price
(`trimtab.market.blend` makes the series).
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, NoReturn, cast, get_args

from trimtab.errors import InputError
from trimtab.model.decimals import is_in_reach

__all__ = ["CASH", "Blend", "Rebalance", "Weights", "canonical_benchmark", "lead_of", "parse_blend", "parts_of"]

#: When the weights are set back to what is stated: at each close, at the last close of a month, or never.
Rebalance = Literal["daily", "monthly", "none"]
#: The word for what is not invested; in small letters, because CASH is somebody's ticker.
CASH: Final = "cash"
_USUAL: Rebalance = "monthly"
#: Weights such as three times 33.3333% miss 1 by their rounding.
_SLACK = Decimal("0.000005")

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_BLEND = re.compile(rf"\s*(?:from\s+\S+\s*:\s*)?[+-]?\s*{_NUMBER}\s*[*%]", re.IGNORECASE)
_TERM = re.compile(rf"(?P<sign>^|[+-])\s*(?P<sign2>[+-]?)\s*(?P<number>{_NUMBER})\s*(?P<unit>%\s*\*?|\*)\s*")
_RULE = re.compile(r"\s+rebalanced\s+(?P<rule>\S+)\s*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s[+-]\s|[,;*%]")
#: A sign with nothing behind it: at the end of a blend, or before another.
_OPEN_END = re.compile(r"(?:^|\s)[+-]$|\+$")
_FROM = re.compile(r"\s*from\s+(?P<day>\S+?)\s*:\s*(?P<terms>.*)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a blend holds from a day on.

    Parameters
    ----------
    start
        First day whose return has these weights, set at the close before it; None for as far back as prices go.
    parts
        (symbol, weight), each symbol once and no weight 0; negative is short.
    cash
        Weight of what is not invested: it earns the risk-free rate.
    """

    start: dt.date | None = None
    parts: tuple[tuple[str, Decimal], ...]
    cash: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        written = " + ".join(f"{_plain(weight)}*{symbol}" for symbol, weight in self.parts)
        symbols = [symbol for symbol, _ in self.parts]
        if not symbols:
            _refuse("a blend of at least one benchmark", "cash alone", "name what is held, such as 0.6*SPX + 0.4*AGG")
        for symbol in symbols:
            if symbols.count(symbol) > 1:
                _refuse("each benchmark of a blend once", f"{symbol} twice in {written}", "add up its weights")
        wrong = [s for s, weight in self.parts if not is_in_reach(weight) or weight == 0]
        if wrong:
            _refuse("weights that are numbers other than 0", f"a weight of {wrong[0]} that is none", "leave it out")
        total = sum((weight for _, weight in self.parts), self.cash)
        if abs(total - 1) > _SLACK:
            if abs(total - 100) <= 100 * _SLACK:
                _refuse("weights that add up to 1", f"100 in {written}", "write 60 in a hundred as 0.6 or 60%")
            rest = _plain(1 - total + self.cash)
            short = rest.startswith("-")
            _refuse(
                "weights of a blend that add up to 1 (100%)",
                f"{_plain(total)} in {written}" + (f" + {_plain(self.cash)}*{CASH}" if self.cash else ""),
                f"correct the weights, or say that the rest is cash: {written} {'-' if short else '+'} "
                f"{rest.lstrip('-')}*{CASH}",
            )

    def __str__(self) -> str:
        """Write them in their one form."""
        terms = [*self.parts, *([(CASH, self.cash)] if self.cash else [])]
        first, *others = [(f"{_plain(abs(w))}*{s}", w < 0) for s, w in terms]
        line = f"{'-' if first[1] else ''}{first[0]}"
        line += "".join(f" {'-' if short else '+'} {term}" for term, short in others)
        return line if self.start is None else f"from {self.start}: {line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A blended benchmark.

    Parameters
    ----------
    pieces
        Weights in the order of their days; only the first may have none.
    rebalance
        "daily", "monthly" (at the last close of each month) or "none" (the weights drift from their day on).

    Examples
    --------
    >>> policy = parse_blend("60% SPX + 40% AGG")
    >>> str(policy), policy.symbols, policy.lead
    ('0.6*SPX + 0.4*AGG', ('SPX', 'AGG'), 'SPX')
    """

    pieces: tuple[Weights, ...]
    rebalance: Rebalance = _USUAL

    def __post_init__(self) -> None:
        if not self.pieces:
            _refuse("a blend of at least one benchmark", "none", "name what is held, such as 0.6*SPX + 0.4*AGG")
        if self.rebalance not in get_args(Rebalance):
            _refuse("a blend rebalanced daily, monthly or none", repr(self.rebalance), "write for example monthly")
        days = [piece.start for piece in self.pieces]
        if None in days[1:]:
            _refuse("a day for each later set of weights", "one without", "write from 2020-01-01: before them")
        stated = [day for day in days if day is not None]
        if stated != sorted(set(stated)):
            _refuse("days of weights in order, each once", ", ".join(map(str, stated)), "sort them by their days")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Everything that it holds at some time, in the order of the words."""
        return tuple(dict.fromkeys(symbol for piece in self.pieces for symbol, _ in piece.parts))

    def shares(self, piece: int) -> dict[str, float]:
        """Give the weights of a piece by symbol, cash among them under its own word; they add up to 1."""
        holding = self.pieces[piece]
        total = sum((weight for _, weight in holding.parts), holding.cash)
        parts = (*holding.parts, *([(CASH, holding.cash)] if holding.cash else []))
        return {symbol: float(weight / total) for symbol, weight in parts}

    @property
    def lead(self) -> str:
        """What weighs most in its last weights: other prices are judged beside it."""
        return max(self.pieces[-1].parts, key=lambda part: abs(part[1]))[0]

    @property
    def has_cash(self) -> bool:
        """Whether it holds cash at some time."""
        return any(piece.cash for piece in self.pieces)

    def __str__(self) -> str:
        """Write it in its one form; what holds one benchmark and nothing else is that benchmark."""
        only = self.pieces[0]
        if len(self.pieces) == 1 and only.start is None and only.parts == ((only.parts[0][0], Decimal(1)),):
            return only.parts[0][0]
        line = "; ".join(map(str, self.pieces))
        return line if self.rebalance == _USUAL else f"{line} rebalanced {self.rebalance}"


def parse_blend(text: str) -> Blend | None:
    """Read a blend; None where the words are a plain symbol.

    Parameters
    ----------
    text
        Such as ``0.6*SPX + 0.4*AGG rebalanced daily``. A blend begins with a number and ``*`` or ``%``.

    Raises
    ------
    InputError
        If the weights do not add up to 1, a day is none, or a term cannot be read.

    Examples
    --------
    >>> parse_blend("SPX") is None
    True
    >>> blend = parse_blend("0.6*SPX+0.4*BRK-B; from 2020-01-01: 1.3*SPX - 0.3*cash rebalanced none")
    >>> str(blend)
    '0.6*SPX + 0.4*BRK-B; from 2020-01-01: 1.3*SPX - 0.3*cash rebalanced none'
    """
    if not _BLEND.match(text):
        return None
    rule = _RULE.search(text)
    body = text[: rule.start()] if rule else text
    pieces = tuple(_piece(part) for part in body.split(";"))
    blend = Blend(pieces=pieces)
    if rule is None:
        return blend
    # `Blend` refuses a word that is no rule.
    return replace(blend, rebalance=cast("Rebalance", rule["rule"].lower()))


def canonical_benchmark(text: str) -> str:
    """Write a benchmark in its one form: a blend as `Blend` writes it, a symbol as it is.

    Examples
    --------
    >>> canonical_benchmark("60%SPX+40%AGG"), canonical_benchmark("1.0*SPX"), canonical_benchmark("^GSPC")
    ('0.6*SPX + 0.4*AGG', 'SPX', '^GSPC')
    """
    blend = parse_blend(text)
    return text if blend is None else str(blend)


def lead_of(benchmark: str) -> str:
    """Give the symbol that stands for a benchmark where one column of prices is wanted: of a blend its largest part.

    Examples
    --------
    >>> lead_of("0.4*AGG + 0.6*SPX"), lead_of("SPX")
    ('SPX', 'SPX')
    """
    blend = parse_blend(benchmark)
    return benchmark if blend is None else blend.lead


def parts_of(benchmark: str) -> tuple[str, ...]:
    """Give the symbols that a benchmark is made of: itself, or what a blend holds.

    Examples
    --------
    >>> parts_of("0.6*SPX + 0.4*AGG"), parts_of("SPX")
    (('SPX', 'AGG'), ('SPX',))
    """
    blend = parse_blend(benchmark)
    return (benchmark,) if blend is None else blend.symbols


def _piece(words: str) -> Weights:
    begun = _FROM.match(words)
    terms = words if begun is None else begun["terms"]
    start = None if begun is None else _day(begun["day"])
    places = list(_TERM.finditer(terms))
    if not places or terms[: places[0].start()].strip():
        _refuse("terms such as 0.6*SPX + 0.4*AGG", repr(words.strip()), "write a number, *, and a symbol for each")
    ends = [place.start() for place in places[1:]] + [len(terms)]
    weights: list[tuple[str, Decimal]] = []
    for place, end in zip(places, ends, strict=True):
        symbol = terms[place.end() : end].strip()
        if not symbol:
            _refuse("a symbol after each weight of a blend", repr(place[0].strip()), "write for example 0.6*SPX")
        if _OPEN_END.search(symbol):
            _refuse("a weight and a symbol after each sign of a blend", repr(symbol), "finish it, or take the sign out")
        if _SEVERAL.search(symbol):
            _refuse("a number and * before each symbol of a blend", repr(symbol), "write for example 0.6*SPX + 0.4*AGG")
        weights.append((symbol, _weight(place)))
    cash = [weight for symbol, weight in weights if symbol == CASH]
    parts = tuple((symbol, weight) for symbol, weight in weights if symbol != CASH)
    return Weights(start=start, parts=parts, cash=sum(cash, Decimal(0)))


def _weight(place: re.Match[str]) -> Decimal:
    number = Decimal(place["number"]) / (100 if "%" in place["unit"] else 1)
    return -number if (place["sign"] == "-") != (place["sign2"] == "-") else number


def _day(word: str) -> dt.date:
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise InputError(
            expected="a day such as 2020-01-01 from which weights of a blend hold", found=repr(word),
            try_next="write from 2020-01-01: 0.5*SPX + 0.5*AGG",
        ) from None  # fmt: skip


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _refuse(expected: str, found: str, try_next: str) -> NoReturn:
    raise InputError(expected=expected, found=found, try_next=try_next)
