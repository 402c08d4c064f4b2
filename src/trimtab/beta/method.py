"""Estimators by name, and their composition.

A method is written as parts joined by |, read from left to right:

    weekly | ols(window=104) | vasicek
    a step   an estimator      a shrinkage

A step turns returns into others (``weekly``, ``monthly``), the estimator turns returns into betas, and shrinkages turn
betas into better ones. Options stand in brackets after a name. `written` gives the text back, options and all, so that
a result can be repeated from its record. Vendor names such as ``bloomberg`` stand for the recipe they are known for.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Protocol, TypeAlias, get_args

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.registry import ESTIMATORS, PRESETS, SHRINKERS, STEPS
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.market.returns import PairedReturns
from trimtab.model.near import nearest

__all__ = ["DEFAULT_METHOD", "Chain", "Estimator", "OptionValue", "Shrinker", "Step", "parse_method", "written"]

#: What an option of a method may be.
OptionValue: TypeAlias = bool | int | float | str | tuple[float, ...] | None
#: What `default` stands for.
DEFAULT_METHOD = "auto"


class Step(Protocol):
    """Turns paired returns into others before they are estimated from."""

    @property
    def name(self) -> str:
        """As written on the command line."""
        ...

    def prepare(self, pairs: PairedReturns) -> PairedReturns:
        """Give the returns that the estimator sees."""
        ...

    def adapt(self, estimator: Any, pairs: PairedReturns) -> Any:
        """Give the estimator as it must be after this step."""
        ...


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
    """Steps, an estimator, and shrinkers.

    Parameters
    ----------
    first
        The estimator.
    then
        Shrinkers, applied in order.
    before
        Steps, applied in order.
    """

    first: Estimator
    then: tuple[Shrinker, ...] = ()
    before: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """The parts joined by |, as written on the command line, without options."""
        parts: tuple[Step | Estimator | Shrinker, ...] = (*self.before, self.first, *self.then)
        return "|".join(part.name for part in parts)

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Prepare, estimate, then shrink."""
        seen, estimator = pairs, self.first
        for step in self.before:
            estimator = step.adapt(estimator, seen)
            seen = step.prepare(seen)
        betas = estimator.estimate(seen)
        if self.before:
            prefix = "|".join(step.name for step in self.before)
            betas = betas.in_each_reading(lambda reading: _prefixed(reading, prefix, pairs.dates[-1]))
        for shrinker in self.then:
            betas = shrinker.shrink(betas)
        return betas


def _prefixed(betas: Betas, prefix: str, as_of: np.datetime64) -> Betas:
    """Name the steps before the estimator, and the day that the returns before them end on."""
    named = tuple(e if e.method == "identity" else replace(e, method=f"{prefix}|{e.method}") for e in betas.estimates)
    return replace(betas, as_of=as_of, method=f"{prefix}|{betas.method}", estimates=named)


def parse_method(text: str | Estimator, **options: OptionValue) -> Estimator:
    """Read a method such as ``ols``, ``welch|vasicek`` or ``weekly|ols(window=104)|adjusted``.

    Parameters
    ----------
    text
        Parts joined by |: any steps, an estimator, any shrinkages, each with options in brackets if wanted.
        ``default`` stands for the default method, and a vendor's name for its recipe. An estimator object is given
        back as it is.
    **options
        Parameters of the estimator, such as ``window``, ``half_life`` or ``errors``; None leaves its default.

    Raises
    ------
    UnknownSymbolError
        If a name is not known; the message names near ones.
    InputError
        If an option is not known or cannot be used.

    Examples
    --------
    >>> parse_method("default").name, parse_method("ols", window=100).window
    ('auto', 100)
    >>> parse_method("welch(half_life=60)|vasicek(mean=1)").first.half_life
    60
    >>> parse_method("yahoo").name
    'monthly|ols'
    """
    if not isinstance(text, str):
        return text
    parts = [part for written_part in _split(text) for part in _split(_expand(written_part))]
    built = [_build(part) for part in parts]
    where = [i for i, (kind, _) in enumerate(built) if kind == "estimator"]
    if len(where) != 1 or any(kind != "step" for kind, _ in built[: where[0]]):
        raise _out_of_order(text, built)
    first = where[0]
    if any(kind != "shrinkage" for kind, _ in built[first + 1 :]):
        raise _out_of_order(text, built)
    before = tuple(part for _, part in built[:first])
    then = tuple(part for _, part in built[first + 1 :])
    given = {name: value for name, value in options.items() if value is not None}
    estimator: Estimator = _configured(built[first][1], given)
    return Chain(first=estimator, then=then, before=before) if before or then else estimator


def written(method: Estimator) -> str:
    """Write a method with every option that differs from its default, so that `parse_method` gives it back.

    Examples
    --------
    >>> written(parse_method("ols", window=100))
    'ols(window=100)'
    """
    if isinstance(method, Chain):
        return "|".join(_written_part(part) for part in (*method.before, method.first, *method.then))
    return _written_part(method)


def _split(text: str) -> list[str]:
    """Cut at | outside brackets."""
    return [part.strip() for part in re.split(r"\|(?![^(]*\))", text)]


def _expand(part: str) -> str:
    name = part.lower()
    return DEFAULT_METHOD if name == "default" else PRESETS.get(name, part)


def _build(part: str) -> tuple[str, Any]:
    """Give a part's kind and object."""
    match = re.fullmatch(r"([\w-]+)\s*(?:\((.*)\))?", part, flags=re.DOTALL)
    if match is None:
        raise InputError(
            expected="a method like ols, welch|vasicek or ols(window=104)",
            found=f"{part!r}",
            try_next="write each part as a name, with options in brackets after it",
        )
    name = match[1].lower()
    options = _options(match[2] or "", part)
    parts: dict[str, tuple[str, Callable[[], Any]]] = {
        **{n: ("step", c) for n, c in STEPS.items()},
        **{n: ("estimator", c) for n, c in ESTIMATORS.items()},
        **{n: ("shrinkage", c) for n, c in SHRINKERS.items()},
    }
    if name not in parts:
        raise _unknown(name)
    kind, make = parts[name]
    return kind, _configured(make(), options)


def _options(text: str, part: str) -> dict[str, OptionValue]:
    options: dict[str, OptionValue] = {}
    for item in filter(None, (i.strip() for i in text.split(","))):
        key, equals, value = item.partition("=")
        if not equals or not key.strip().isidentifier():
            raise InputError(
                expected="options like (window=104, errors=hac)",
                found=f"{item!r} in {part!r}",
                try_next="write name=value",
            )
        options[key.strip()] = _value(value.strip())
    return options


_LONGEST = 400


def _value(text: str) -> OptionValue:
    words: dict[str, OptionValue] = {"none": None, "true": True, "false": False, "inf": float("inf")}
    if text.lower() in words:
        return words[text.lower()]
    try:
        # A value is a number or a word: what is longer is neither, and would be parsed for as long as it is.
        value: OptionValue = ast.literal_eval(text) if len(text) <= _LONGEST else text
    except (ValueError, SyntaxError, TypeError, MemoryError):
        return text
    numbers = value if isinstance(value, tuple) else (value,)
    return value if all(isinstance(number, str | int | float) for number in numbers) else text


def _configured(part: Any, options: Mapping[str, OptionValue]) -> Any:
    types = {f.name: f.type for f in fields(part)}
    for name, value in options.items():
        if name not in types:
            raise InputError(
                expected=f"options of {part.name}: {', '.join(sorted(types)) or 'none'}",
                found=f"{name}",
                try_next=nearest(name, types) or f"leave {name} out, or choose a method that has it",
            )
        wanted = _allowed(types[name])
        if isinstance(value, str) and value not in wanted and str not in wanted:
            words = ", ".join(str(getattr(w, "__name__", w)) for w in wanted)
            raise InputError(
                expected=f"{name} of {part.name} as one of: {words}", found=f"{value!r}", try_next="correct the option"
            )
    return replace(part, **options)


def _allowed(annotation: Any) -> tuple[Any, ...]:
    """Give the types and words that an annotation such as ``float | None`` or ``Literal["a", "b"]`` allows."""
    inner = get_args(annotation)
    return tuple(w for part in inner for w in _allowed(part)) if inner else (annotation,)


def _written_part(part: Any) -> str:
    changed = []
    for field in fields(part):
        value = getattr(part, field.name)
        default = field.default if field.default is not MISSING else None
        if value != default and not (field.name == "frequency" and value == part.name):
            changed.append(f"{field.name}={value}")
    return f"{part.name}({', '.join(changed)})" if changed else str(part.name)


def _unknown(name: str) -> UnknownSymbolError:
    everything = [*ESTIMATORS, *SHRINKERS, *STEPS, *PRESETS, "default"]
    near = nearest(name, everything, most=2)
    return UnknownSymbolError(
        expected=f"a method from: {', '.join(sorted(everything))}",
        found=f"{name!r}",
        try_next=f"{near} Methods are written like ols or welch|vasicek"
        if near
        else "methods are written like ols, welch or welch|vasicek",
    )


def _out_of_order(text: str, built: list[tuple[str, Any]]) -> InputError:
    order = " | ".join(f"{part.name} ({kind})" for kind, part in built)
    return InputError(
        expected="steps, then one estimator, then shrinkages, like weekly|ols|vasicek",
        found=f"{text!r}: {order}",
        try_next="reorder the parts, and name exactly one estimator: " + ", ".join(sorted(ESTIMATORS)),
    )
