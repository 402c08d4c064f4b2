"""Betas that are stated, by the symbol of what is held: a number with its error, or a proxy."""

# ruff: noqa: RUF009 - what setting gives is a field, and fields are values
import datetime as dt
from dataclasses import dataclass
from typing import cast

from trimtab.config import checks as c
from trimtab.config.measures.field import setting
from trimtab.config.toml import TomlTable
from trimtab.errors import InputError
from trimtab.model.stated_beta import StatedBeta

__all__ = ["StatedBetaSettings", "check_stated_beta"]

_FINITE = c.number("a finite number such as 0.8")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBetaSettings:
    """A stated beta of something that has no prices, under any name."""

    asset: str = setting(c.text("a symbol of the holdings"), "Symbol of what is held")
    beta: float | None = setting(_FINITE, "Its beta, of its price in the base currency; leave out with proxy", None)
    stderr: float | None = setting(
        c.number("an error of 0 or more", low=0), "Standard error: of beta; beside a proxy, its own error", None
    )
    proxy: str | None = setting(c.text("a symbol in the prices"), "Series that stands in", None)
    factor: float = setting(_FINITE, "What the beta of proxy is multiplied by", 1.0)
    source: str = setting(c.text(), "On what grounds")
    expires: dt.date = setting(c.day(), "Last day on which it holds")

    def stated(self) -> StatedBeta:
        """Give it as a record.

        Raises
        ------
        InputError
            If it is neither or both of a beta and a proxy, or lacks its error.
        """
        return StatedBeta(
            asset=self.asset, value=self.beta, stderr=self.stderr, proxy=self.proxy, factor=self.factor,
            source=self.source, expires=self.expires,
        )  # fmt: skip


def check_stated_beta(values: TomlTable, given: frozenset[str]) -> list[tuple[str, str, str, str]]:
    """Refuse neither or both of a beta and a proxy, a beta without its error, and a factor without a proxy.

    Parameters
    ----------
    values, given
        Values by field, and the keys that were given.

    Returns
    -------
    Key, expected, found and what to try next of each mistake.
    """
    if "factor" in given and values["proxy"] is None:
        return [("factor", "proxy beside it", "factor alone", "add proxy, or take factor out")]
    try:
        StatedBetaSettings(
            asset=cast("str", values["asset"]), beta=cast("float | None", values["beta"]),
            stderr=cast("float | None", values["stderr"]), proxy=cast("str | None", values["proxy"]),
            factor=cast("float", values["factor"]), source=cast("str", values["source"]),
            expires=cast("dt.date", values["expires"]),
        ).stated()  # fmt: skip
    except InputError as error:
        key = "proxy" if "proxy" in given else "beta"
        return [(key if key in given else "asset", error.expected, error.found, error.try_next)]
    return []
