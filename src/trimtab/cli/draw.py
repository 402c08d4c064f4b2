"""Commands drawn from records: each field an option with its words, its default and its unit, in groups.

A command is a function of records. The words of the command line become the records, field by field, by the same values
that check what Python and JSON give.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_type_hints

import click

from trimtab.cli.waiting.progress import on_terminal
from trimtab.desk.questions.fields import Option, flag_of, is_switch, options_of, parts_of, wrong
from trimtab.desk.questions.groups.files import File, Files
from trimtab.desk.questions.values import Choice
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from click.shell_completion import CompletionItem

__all__ = ["Drawn", "Group"]

#: Above which words the options of a group stand, by the name of the field that holds the group, or of the record.
TITLES = {
    "source": "Of what", "several": "Several targets",
    "mandate": "Mandate", "measuring": "Measuring", "instruments": "Instruments",
    "output": "Output", "limits": "Limits of a reallocation", "options": "Options that may be traded",
    "target": "Another target", "taxes": "Taxes", "hedge": "Hedge", "stated": "Stated instead of measured",
    "one": "One option", "worth": "Present value", "ahead": "Where beta is going",
}  # fmt: skip
_USUAL_TITLE = "Options"
_WORKSPACE = "the workspace's"
_HELP = ("-h, --help", "Show this.")
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One option of a command: where its value goes, and how it is asked for."""

    path: tuple[str, ...]
    name: str
    title: str
    asked: Option[Any]
    default: Any
    asks_workspace: bool = True

    @property
    def key(self) -> str:
        """What click calls it."""
        return "__".join(self.path)

    @property
    def word(self) -> str:
        """How an argument is written in the line of usage; told the word, click adds no dots and no brackets."""
        word = f"{self.name.upper()}{'...' if self.asked.value.repeats else ''}"
        return f"[{word}]" if self.asked.otherwise else word

    def parameter(self) -> click.Parameter:
        """Make what click reads."""
        asked = self.asked
        if asked.place:
            return click.Argument(
                [self.key], nargs=-1 if asked.value.repeats else 1, required=False, metavar=self.word,
                shell_complete=self.complete,
            )  # fmt: skip
        flag = flag_of(self.name, asked)
        if is_switch(asked):
            both = f"{flag}/{asked.off}" if asked.off else flag
            return click.Option(
                [self.key, both, *asked.flags[1:]], default=None, is_flag=True, help=self.help, required=False
            )
        return click.Option(
            [self.key, flag, *asked.flags[1:]], metavar=asked.value.unit, multiple=asked.value.repeats,
            help=self.help, required=False, shell_complete=self.complete,
        )  # fmt: skip

    def complete(self, ctx: click.Context, parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
        """Give what a shell may complete a value to: words to choose from, or files."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks

        del ctx, parameter
        value = self.asked.value
        if isinstance(value, Choice):
            return [CompletionItem(name) for name in value.names if name.startswith(begun)]
        return [CompletionItem(begun, type="file")] if isinstance(value, File | Files) else []

    @property
    def help(self) -> str:
        """The sentence with the default behind it."""
        default = _default(self)
        if not self.asks_workspace:
            # A command of files alone asks no workspace: what one would say is needed here.
            default = "needed" if default == f"default: {_WORKSPACE}" else default.removesuffix(f", or {_WORKSPACE}")
        return f"{self.asked.help} [{default}]" if default else self.asked.help

    def value(self, given: Any) -> Any:
        """Read the words; MISSING where there are none.

        Raises
        ------
        UsageError
            If they cannot be read, or are needed and missing.
        """
        if given is None or given == ():
            if self.asked.required:
                raise wrong(self.name, self.asked, None)
            return MISSING
        if is_switch(self.asked):
            return given
        words = (given,) if isinstance(given, str) else tuple(given)
        try:
            return self.asked.value.read(words)
        except UsageError:
            raise
        except (ValueError, ArithmeticError):
            raise wrong(self.name, self.asked, words if self.asked.value.repeats else given) from None


def _default(leaf: Leaf) -> str:
    asked = leaf.asked
    if asked.required:
        return "needed"
    if leaf.default not in (None, MISSING, (), ""):
        if is_switch(asked):
            return "" if not asked.off else f"default: {flag_of(leaf.name, asked) if leaf.default else asked.off}"
        written = asked.value.write(leaf.default)
        return f"default: {','.join(map(str, written)) if isinstance(written, list) else written}"
    if asked.usual is not None:
        return f"default: {asked.value.write(asked.usual)}, or {_WORKSPACE}"
    return f"default: {asked.otherwise}" if asked.otherwise else ""


class Drawn(click.Command):
    """A command that calls a function of records.

    Parameters
    ----------
    name
        As it is called.
    run
        The function; each parameter is a record, and what its docstring says is the help.
    """

    def __init__(self, name: str, run: Callable[..., None]) -> None:
        super().__init__(name, help=inspect.getdoc(run), context_settings=_SETTINGS)
        self.run = run
        self.drawn: tuple[Leaf, ...] | None = None

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Its options; drawn when they are first asked for, so that the list of commands is shown at once."""
        if self.drawn is None:
            drawn = [leaf for name, (kind, only) in self.kinds.items() for leaf in _leaves(kind, (name,), only)]
            asks = any(leaf.name == "workspace" for leaf in drawn)
            self.drawn = tuple(replace(leaf, asks_workspace=asks) for leaf in drawn)
        return self.drawn

    @property
    def kinds(self) -> "dict[str, tuple[type[DataclassInstance], tuple[str, ...] | None]]":
        """The records that the function takes, by name, with the fields that are offered where not all are."""
        hints = get_type_hints(self.run, include_extras=True)
        return {
            name: (hint.__origin__, hint.__metadata__[0]) if hasattr(hint, "__metadata__") else (hint, None)
            for name, hint in hints.items()
            if name != "return"
        }

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give what click reads."""
        if not self.params:
            self.params = [leaf.parameter() for leaf in self.leaves]
        return super().get_params(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a complaint of the parser says which command it is about."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def invoke(self, ctx: click.Context) -> None:
        """Make the records and call the function."""
        values = {leaf.path: leaf.value(ctx.params[leaf.key]) for leaf in self.leaves}
        records = {name: _record(kind, (name,), values) for name, (kind, _) in self.kinds.items()}
        with on_terminal():
            self.run(**records)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in groups."""
        made = {p.name: p for p in self.get_params(ctx)}
        titles = dict.fromkeys(leaf.title for leaf in self.leaves)
        for title in sorted(titles, key=lambda t: (t != _USUAL_TITLE, t == TITLES["output"])):
            leaves = [leaf for leaf in self.leaves if leaf.title == title]
            rows = [made[leaf.key].get_help_record(ctx) for leaf in leaves if not leaf.asked.place]
            rows += [(leaf.name.upper(), leaf.help) for leaf in leaves if leaf.asked.place]
            if title == TITLES["output"]:
                rows.append(_HELP)
            if any(rows):
                with formatter.section(title):
                    formatter.write_dl([row for row in rows if row is not None])
        if TITLES["output"] not in titles:
            with formatter.section(TITLES["output"]):
                formatter.write_dl([_HELP])


class Group(click.Group):
    """Commands in the order in which they were added."""

    def __init__(self, name: str, help: str) -> None:  # noqa: A002 - click's word
        super().__init__(name, help=help, no_args_is_help=True, context_settings=_SETTINGS)
        self.default: str | None = None
        self.places: dict[str, str] = {}
        self.words: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names."""
        del ctx
        return list(dict.fromkeys([*self.places, *self.commands]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command; its module is imported now, if it was not before."""
        place = None if cmd_name in self.commands else self.places.get(cmd_name)
        if place is not None:
            module, _, function = place.partition(":")
            made = getattr(import_module(module), function)
            if function == "add_commands":
                made(self)
            else:
                self.draw(made, cmd_name)
        return super().get_command(ctx, cmd_name)

    def later(self, name: str, place: str, what: str) -> None:
        """Add a command by where it is declared, so that start-up imports no other: ``module:function``.

        A function ``add_commands`` takes the group, and adds a group of that name to it. The list of commands says
        `what` it does.
        """
        self.places[name], self.words[name] = place, what

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; what is declared elsewhere is not imported for it."""
        if not self.words:
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl(list(self.words.items()))

    def group_of(self, name: str, help: str, *, default: str | None = None) -> "Group":  # noqa: A002
        """Add a group of commands; `default` is taken where none of them is named."""
        made = Group(name, help)
        made.no_args_is_help, made.default = default is None, default
        self.add_command(made)
        return made

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the default command where an option comes first, or nothing."""
        if self.default is not None and (not args or args[0].startswith("-")) and args[:1] not in (["-h"], ["--help"]):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def draw(self, run: Callable[..., None], name: str | None = None) -> None:
        """Add a command: a function of records."""
        word = name or run.__name__.replace("_", "-")
        self.add_command(Drawn(word, run))


def _leaves(
    kind: "type[DataclassInstance]", path: tuple[str, ...], only: tuple[str, ...] | None = None
) -> Iterator[Leaf]:
    defaults = {one.name: one.default for one in fields(kind)}
    title = TITLES.get(path[-1], _USUAL_TITLE)
    for name, asked in options_of(kind):
        if only is None or name in only:
            yield Leaf(path=(*path, name), name=name, title=title, asked=asked, default=defaults[name])
    for name, inner, offered in parts_of(kind):
        yield from _leaves(inner, (*path, name), offered)


def _record(
    kind: "type[DataclassInstance]", path: tuple[str, ...], values: Mapping[tuple[str, ...], Any]
) -> "DataclassInstance":
    arguments = {name: _record(inner, (*path, name), values) for name, inner, _ in parts_of(kind)}
    arguments |= {
        name: values[*path, name]
        for name, _ in options_of(kind)
        if values.get((*path, name), MISSING) is not MISSING
    }  # fmt: skip
    return kind(**arguments)
