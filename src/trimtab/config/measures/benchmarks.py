"""Benchmarks by name: a symbol in the prices, or a blend with its weights, its rule and its days."""

# ruff: noqa: RUF009 - what setting gives is a field, and fields are values
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from trimtab.config import checks as c
from trimtab.config.measures.field import setting
from trimtab.config.toml import TomlTable
from trimtab.errors import InputError
from trimtab.model.blend import Rebalance, canonical_benchmark
from trimtab.model.decimals import as_decimal

__all__ = ["BenchmarkSettings", "check_benchmark"]

_RULES: Final = get_args(Rebalance)


def _weights() -> c.Check:
    """Take a table of weights, or the same as one line; kept as that line."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        if not isinstance(value, Mapping) or not value:
            raise c.WrongValueError
        terms = []
        for symbol, weight in value.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float):
                raise c.WrongValueError(f"write the weight of {symbol} as a number such as 0.6")
            number = as_decimal(weight, f"the weight of {symbol}")
            terms.append(f"{'-' if number < 0 else '+'} {abs(number):f}*{symbol}")
        return " ".join(terms).removeprefix("+ ")

    return c.Check(expected="weights such as { SPX = 0.6, AGG = 0.4 }", read=read)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkSettings:
    """A benchmark by name: `symbol`, or `weights` of a blend."""

    symbol: str | None = setting(
        c.text("a symbol in the prices"), "Symbol in the prices, or a blend as one line: 0.6*SPX + 0.4*AGG", None
    )
    weights: str | None = setting(_weights(), "Blend: what it holds, in shares that add up to 1", None)
    rebalance: str | None = setting(
        c.choice(*_RULES), "Blend: when weights are set back; monthly (at the month's last close) if left out", None
    )
    start: dt.date | None = setting(
        c.day(), "Blend: first day of these weights; as far back as prices go if left out", None, key="from"
    )
    later: tuple[str, ...] = setting(
        c.texts('a list such as ["from 2020-01-01: 0.5*SPX + 0.5*AGG"]'), "Blend: later weights, each from its day", ()
    )
    returns: str | None = setting(
        c.choice("price", "total"), "Are dividends in it? price (no) or total (yes); not known if left out", None
    )

    @property
    def is_blend(self) -> bool:
        """Whether it is made of several."""
        return self.weights is not None or self.benchmark != self.symbol

    @property
    def benchmark(self) -> str:
        """The symbol, or the blend in its one form."""
        if self.weights is None:
            return canonical_benchmark(self.symbol or "")
        first = self.weights if self.start is None else f"from {self.start}: {self.weights}"
        line = "; ".join((first, *self.later))
        return canonical_benchmark(line if self.rebalance is None else f"{line} rebalanced {self.rebalance}")


def check_benchmark(values: TomlTable, given: frozenset[str]) -> list[tuple[str, str, str, str]]:
    """Refuse neither or both of a symbol and weights, what belongs to weights alone, and a blend that does not add up.

    Parameters
    ----------
    values, given
        Values by field, and the keys that were given.

    Returns
    -------
    Key, expected, found and what to try next of each mistake.
    """
    symbol, weights = cast("str | None", values["symbol"]), cast("str | None", values["weights"])
    if symbol is None and weights is None:
        return [("symbol", "a symbol in the prices, or weights of a blend", "none", "add symbol")]
    if symbol is not None and weights is not None:
        return [("weights", "either symbol or weights", "both", "take out one of the two")]
    strange = sorted(given & {"rebalance", "from", "later"})
    if weights is None and strange:
        return [(key, "weights beside it", f"{key} without weights", f"take out {key}") for key in strange]
    try:
        made = BenchmarkSettings(
            symbol=symbol, weights=weights,
            rebalance=cast("str | None", values["rebalance"]), start=cast("dt.date | None", values["start"]),
            later=cast("tuple[str, ...]", values["later"]),
        ).benchmark  # fmt: skip
    except InputError as error:
        return [("symbol" if weights is None else "weights", error.expected, error.found, error.try_next)]
    return [] if made else [("symbol", "a symbol in the prices", "none", "add symbol")]
