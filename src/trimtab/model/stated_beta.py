"""A beta that somebody states of what has no prices, or has better ones elsewhere: a number, or a proxy.

In one line::

    FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs
    BONDS=0.9*AGG +- 0.05 until 2027-06-30: duration 5.4 against 6.0

The first states the beta itself with its standard error. The second lets another series stand in: the beta is the
factor times the proxy's, whatever the benchmark, and the error is the proxy's with the own error beside it, where one
is stated. Both have a source, and end on a day.
"""

import datetime as dt
import re
from dataclasses import dataclass
from math import isfinite
from typing import NoReturn

from trimtab.errors import InputError
from trimtab.model.decimals import take_floats

__all__ = ["StatedBeta", "parse_stated_beta"]

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_LINE = re.compile(
    rf"\s*(?P<asset>[^=]+?)\s*=\s*(?P<number>{_NUMBER})\s*(?:\*\s*(?P<proxy>\S.*?)\s*)?"
    rf"(?:\+-\s*(?P<stderr>{_NUMBER})\s*)?\s+until\s+(?P<expires>\d{{4}}-\d\d-\d\d)\s*:\s*(?P<source>\S.*)"
)
_EXAMPLE = "FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBeta:
    """What somebody says of the beta of an asset.

    Parameters
    ----------
    asset
        Symbol of what is held.
    value
        Beta to the benchmark, of its price in the base currency; None where a proxy stands in.
    stderr
        Standard error of the value, 0 if it is held to be exact. Of a proxy the asset's own error beside the proxy's;
        None where nobody knows it, which is said.
    proxy, factor
        Series that stands in, and what its beta is multiplied by.
    source
        On what grounds.
    expires
        Last day on which it holds.

    Examples
    --------
    >>> one = parse_stated_beta("BONDS=0.9*AGG until 2027-06-30: duration 5.4 against 6.0")
    >>> one.proxy, one.factor, one.stderr, str(one)
    ('AGG', 0.9, None, 'BONDS=0.9*AGG until 2027-06-30: duration 5.4 against 6.0')
    """

    asset: str
    value: float | None = None
    stderr: float | None = None
    proxy: str | None = None
    factor: float = 1.0
    source: str
    expires: dt.date

    def __post_init__(self) -> None:
        take_floats(self, "value", "stderr", "factor")
        if (self.value is None) == (self.proxy is None):
            both = "neither" if self.value is None else "both"
            _refuse(f"a beta of {self.asset} or a proxy for it, one of the two", both, "state beta, or proxy")
        if self.proxy == self.asset:
            _refuse(f"another series as the proxy of {self.asset}", "itself", "name what it moves with")
        if self.value is not None and self.stderr is None:
            _refuse(f"a standard error beside the beta stated of {self.asset}", "none",
                    "state beta_stderr (+- in a line), 0 if it is held to be exact")  # fmt: skip
        if not isfinite(self.factor) or self.factor == 0 or not isfinite(self.value or 0.0):
            _refuse(f"a finite beta of {self.asset}, or a factor other than 0",
                    f"{self.factor if self.value is None else self.value}", "correct it")  # fmt: skip
        if self.stderr is not None and not (isfinite(self.stderr) and self.stderr >= 0):
            _refuse(f"an error of 0 or more of the beta of {self.asset}", f"{self.stderr}", "correct it")
        if not self.source.strip():
            _refuse(f"the source of the beta stated of {self.asset}", "none", "say where it comes from: beta_source")

    def __str__(self) -> str:
        """Write it in its one line."""
        error = "" if self.stderr is None else f" +- {self.stderr!r}"
        number = f"{self.value!r}" if self.proxy is None else f"{self.factor!r}*{self.proxy}"
        return f"{self.asset}={number}{error} until {self.expires}: {self.source}"


def parse_stated_beta(line: str) -> StatedBeta:
    """Read a stated beta, or a proxy, from its one line.

    Raises
    ------
    InputError
        If it cannot be read, or lacks its error, its day or its source.

    Examples
    --------
    >>> parse_stated_beta("FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs").value
    0.8
    """
    match = _LINE.fullmatch(line)
    if match is None:
        _refuse("a stated beta: ASSET=BETA +- ERROR until DAY: SOURCE, or ASSET=FACTOR*PROXY ...", repr(line),
                f"write for example {_EXAMPLE!r}")  # fmt: skip
    number, proxy = float(match["number"]), match["proxy"]
    try:
        expires = dt.date.fromisoformat(match["expires"])
    except ValueError:
        _refuse("a day such as 2027-06-30 until which a beta is stated", match["expires"], "correct the day")
    return StatedBeta(
        asset=match["asset"], value=number if proxy is None else None, proxy=proxy,
        factor=1.0 if proxy is None else number, stderr=None if match["stderr"] is None else float(match["stderr"]),
        source=match["source"].strip(), expires=expires,
    )  # fmt: skip


def _refuse(expected: str, found: str, try_next: str) -> NoReturn:
    raise InputError(expected=expected, found=found, try_next=try_next)
