"""Estimators by name, and their composition: ``welch|vasicek`` estimates with one and shrinks with the other."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, Protocol

from trimtab.beta.estimate import Betas
from trimtab.beta.ewma import Ewma
from trimtab.beta.ols import Ols
from trimtab.beta.vasicek import Vasicek
from trimtab.beta.welch import Welch
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.market.returns import PairedReturns

__all__ = ["DEFAULT_METHOD", "Chain", "Estimator", "Shrinker", "parse_method"]

#: What `default` stands for.
DEFAULT_METHOD = "welch|vasicek"


class Estimator(Protocol):
    """Turns paired returns into betas."""

    @property
    def name(self) -> str:
        """As written on the command line."""
        ...

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        ...


class Shrinker(Protocol):
    """Turns betas into better ones."""

    @property
    def name(self) -> str:
        """As written on the command line."""
        ...

    def shrink(self, betas: Betas) -> Betas:
        """Give betas drawn towards something known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """An estimator followed by shrinkers.

    Parameters
    ----------
    first
        The estimator.
    then
        Shrinkers, applied in order.
    """

    first: Estimator
    then: tuple[Shrinker, ...]

    @property
    def name(self) -> str:
        """The parts joined by |, as written on the command line."""
        return "|".join([self.first.name, *(s.name for s in self.then)])

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate, then shrink."""
        betas = self.first.estimate(pairs)
        for shrinker in self.then:
            betas = shrinker.shrink(betas)
        return betas


_ESTIMATORS: dict[str, Callable[[], Estimator]] = {"ols": Ols, "ewma": Ewma, "welch": Welch}
_SHRINKERS: dict[str, Callable[[], Shrinker]] = {"vasicek": Vasicek}


def parse_method(text: str | Estimator, **options: Any) -> Estimator:
    """Read a method such as ``ols`` or ``welch|vasicek``.

    Parameters
    ----------
    text
        Names joined by |: an estimator, then any shrinkers. ``default`` stands for the default method. An estimator
        object is given back as it is.
    **options
        Parameters of the estimator, such as ``window``, ``half_life`` or ``errors``; None leaves its default.

    Raises
    ------
    UnknownSymbolError
        If a name is not known; the message names near ones.

    Examples
    --------
    >>> parse_method("default").name, parse_method("ols", window=100).window
    ('welch|vasicek', 100)
    """
    if not isinstance(text, str):
        return text
    names = [part.strip() for part in (DEFAULT_METHOD if text == "default" else text).lower().split("|")]
    first = _configured(_lookup(names[0], _ESTIMATORS, "an estimator")(), options)
    then = tuple(_lookup(name, _SHRINKERS, "a shrinkage")() for name in names[1:])
    return Chain(first=first, then=then) if then else first


def _lookup(name: str, known: dict[str, Callable[[], Any]], what: str) -> Callable[[], Any]:
    if name in known:
        return known[name]
    everything = [*_ESTIMATORS, *_SHRINKERS, "default"]
    near = get_close_matches(name, everything, n=2, cutoff=0.5)
    raise UnknownSymbolError(
        expected=f"{what}: {', '.join(known)}",
        found=f"{name!r}",
        try_next=f"did you mean {' or '.join(near)}? Methods are written like ols or welch|vasicek"
        if near
        else "methods are written like ols, welch or welch|vasicek",
    )


def _configured(estimator: Any, options: dict[str, Any]) -> Estimator:
    given = {name: value for name, value in options.items() if value is not None}
    known = {f.name for f in fields(estimator)}
    for name in given:
        if name not in known:
            raise InputError(
                expected=f"options of {estimator.name}: {', '.join(sorted(known))}",
                found=f"{name}",
                try_next=f"leave {name} out, or choose a method that has it",
            )
    changed: Estimator = replace(estimator, **given)
    return changed
