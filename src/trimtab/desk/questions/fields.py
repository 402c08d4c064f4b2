"""Fields of a question: each declared once, with its value, its words for help and its default.

A field that nobody states is None. Where a workspace has a say its value is taken then (`filled`), else
the `usual` one.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from trimtab.desk.questions.groups.files import File, Files, KeptFile
from trimtab.desk.questions.values import Choice, Exact, Number, Switch, Value
from trimtab.errors import UsageError
from trimtab.model.decimals import is_in_reach

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "Option", "check", "filled", "flag_of", "is_switch", "needed", "option", "options_of", "part", "parts_of",
    "refuse_uncounted", "taken", "usual", "with_files", "wrong",
]  # fmt: skip

T = TypeVar("T")
P = TypeVar("P", bound="DataclassInstance")
R = TypeVar("R", bound="DataclassInstance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Generic[T]):
    """How a field is asked for.

    Parameters
    ----------
    value
        What it may hold.
    help
        One sentence; the default is shown behind it.
    flags
        As the command line writes it, when that is not the field's name: ``("--from",)``, ``("--benchmark", "-b")``.
    off
        The flag that says no, for a switch that is on or asked of a workspace.
    usual
        Taken where neither the question nor a workspace says it.
    otherwise
        What happens then where there is no usual value: "each method has its own".
    place
        Where it stands without a flag: a positional argument.
    required
        Whether it must be stated.
    """

    value: Value[T]
    help: str
    flags: tuple[str, ...] = ()
    off: str = ""
    usual: T | None = None
    otherwise: str = ""
    place: bool = False
    required: bool = False


_OPTION, _PART, _ONLY = "option", "part", "only"


@overload
def option(
    value: Value[Any], help: str, *, default: T, flags: tuple[str, ...] = (), off: str = "", place: bool = False,
    otherwise: str = "",
) -> T: ...  # fmt: skip
@overload
def option(
    value: Value[T], help: str, *, default: None = None, flags: tuple[str, ...] = (), off: str = "",
    usual: T | None = None, otherwise: str = "", place: bool = False,
) -> T | None: ...  # fmt: skip
def option(
    value: Value[T],
    help: str,  # noqa: A002 - the word for it everywhere
    *,
    default: T | None = None,
    flags: tuple[str, ...] = (),
    off: str = "",
    usual: T | None = None,
    otherwise: str = "",
    place: bool = False,
) -> T | None:
    """Declare a field of a question: see `Option`."""
    asked = Option(value=value, help=help, flags=flags, off=off, usual=usual, otherwise=otherwise, place=place)
    if isinstance(default, dict):
        empty: T = field(default_factory=dict, metadata={_OPTION: asked})  # type: ignore[assignment]
        return empty
    made: T | None = field(default=default, metadata={_OPTION: asked})
    return made


def needed(value: Value[T], help: str, *, flags: tuple[str, ...] = (), place: bool = False) -> T:  # noqa: A002
    """Declare a field that must be stated."""
    asked = Option(value=value, help=help, flags=flags, place=place, required=True)
    made: T = field(metadata={_OPTION: asked})
    return made


def part(kind: type[P], *, only: tuple[str, ...] | None = None) -> P:
    """Declare a group of fields that belong together; `only` these count for the question, and are offered."""
    made: P = field(default_factory=kind, metadata={_PART: kind, _ONLY: only})
    return made


def options_of(kind: "type[DataclassInstance] | DataclassInstance") -> Iterator[tuple[str, Option[Any]]]:
    """Give the fields of a record that are options, by name."""
    for one in fields(kind):
        if _OPTION in one.metadata:
            yield one.name, one.metadata[_OPTION]


def parts_of(
    kind: "type[DataclassInstance] | DataclassInstance",
) -> "Iterator[tuple[str, type[DataclassInstance], tuple[str, ...] | None]]":
    """Give the groups in a record: name, class, and which of their fields are offered (None: all)."""
    for one in fields(kind):
        if _PART in one.metadata:
            yield one.name, one.metadata[_PART], one.metadata[_ONLY]


def check(record: "DataclassInstance") -> None:
    """Check every option of a record and bring it into its one form; each record calls this when it is made.

    Raises
    ------
    UsageError
        If a value cannot be used.
    """
    for name, asked in options_of(record):
        given = getattr(record, name)
        if given is None and not asked.required and _default_of(record, name) is None:
            continue
        object.__setattr__(record, name, taken(name, asked, given))


def taken(name: str, asked: Option[T], given: T) -> T:
    """Check one value.

    Raises
    ------
    UsageError
        If it cannot be used.
    """
    try:
        return asked.value.take(given)
    except UsageError:
        raise  # it says already what is wrong within the value
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        raise wrong(name, asked, given) from None


def wrong(name: str, asked: Option[T], given: T) -> UsageError:
    """Say that a value cannot be used: the same words whether it came as words, from Python or as JSON."""
    value = asked.value
    listed = isinstance(given, tuple | list) and value.repeats
    shown = ", ".join(repr(one) for one in given) if listed else repr(given)  # type: ignore[attr-defined]
    shown = "none" if given is None else shown
    hint = "choose one of these" if isinstance(value, Choice) else f"give for example {value.example}"
    size = " below 1e21 in size" if isinstance(value, Number | Exact) and _is_out_of_reach(given) else ""
    return UsageError(expected=f"{name} ({flag_of(name, asked)}): {value.expects}{size}", found=shown, try_next=hint)


def _is_out_of_reach(given: T) -> bool:
    """Tell a number that is one, and too large to be multiplied."""
    try:
        number = float(str(given))
    except ValueError:
        return False
    return isfinite(number) and abs(number) > 1 and not is_in_reach(number)


def flag_of(name: str, asked: Option[T]) -> str:
    """Give the option as the command line writes it; a positional argument has its name in capitals."""
    if asked.place:
        return name.upper()
    return asked.flags[0] if asked.flags else "--" + name.replace("_", "-")


def _default_of(record: "type[DataclassInstance] | DataclassInstance", name: str) -> Any:
    (one,) = (f for f in fields(record) if f.name == name)
    return None if one.default is MISSING else one.default


def filled(record: R, standing: "DataclassInstance") -> R:
    """Take what a record leaves open from another that has fields, or groups, of the same names."""
    there = {one.name for one in fields(standing)}
    values: dict[str, Any] = {}
    for name, _ in options_of(record):
        if name in there and getattr(record, name) is None:
            values[name] = getattr(standing, name)
    for name, _, _ in parts_of(record):
        if name in there and is_dataclass(getattr(standing, name)):
            values[name] = filled(getattr(record, name), getattr(standing, name))
    return replace(record, **values)


def refuse_uncounted(question: "DataclassInstance") -> None:
    """Refuse what was stated in a group of a question that does not look at it: it would be overlooked.

    For what a caller states; what a workspace fills in beside may be more than the question looks at.

    Raises
    ------
    UsageError
        If something was; it is named.
    """
    for name, kind, only in parts_of(question):
        group = getattr(question, name)
        for one, asked in options_of(kind):
            if only is None or one in only or getattr(group, one) == _default_of(kind, one):
                continue
            raise UsageError(
                expected=f"of {name} only {', '.join(only) or 'nothing'} for this question",
                found=f"{one} ({flag_of(one, asked)}): {getattr(group, one)!r}",
                try_next=f"leave {one} out",
            )


def usual(record: R) -> R:
    """Take the usual value for what is still open, in all groups."""
    values: dict[str, Any] = {name: asked.usual for name, asked in options_of(record) if getattr(record, name) is None}
    values |= {name: usual(getattr(record, name)) for name, _, _ in parts_of(record)}
    return replace(record, **values)


def with_files(record: R, change: "Callable[[str | KeptFile], str | KeptFile]") -> R:
    """Change every file that a record names, in all groups: into a kept copy, or into the path of one."""
    values: dict[str, Any] = {}
    for name, asked in options_of(record):
        given = getattr(record, name)
        if given is None:
            continue
        if isinstance(asked.value, Files) and isinstance(given, tuple):
            values[name] = tuple(change(one) for one in given)
        elif isinstance(asked.value, File) and asked.value.is_file(given):
            values[name] = change(given)
    values |= {name: with_files(getattr(record, name), change) for name, _, _ in parts_of(record)}
    return replace(record, **values)


def is_switch(asked: Option[T]) -> bool:
    """Tell whether an option stands without a value."""
    return isinstance(asked.value, Switch)
