"""Questions: one record each, whose fields are checked alike from the command line, Python and JSON."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.cli.draw import Drawn
from trimtab.desk.questions.every import QUESTIONS, read_question, write_question
from trimtab.desk.questions.fields import Option, flag_of, is_switch, options_of, parts_of
from trimtab.errors import UsageError
from trimtab.model.json import Json

#: The command that asks a question, where it has another name.
COMMANDS = {"ways": "plan", "targets": "plan", "diagnosis": "beta"}


def every_field() -> Iterator[tuple[str, type, tuple[str, ...], str, Option[Any]]]:
    """Give each field of each question: question, its record, the groups on the way, name and option."""
    for word, kind in QUESTIONS.items():
        yield from ((word, kind, (), name, asked) for name, asked in options_of(kind))
        for part, inner, only in parts_of(kind):
            yield from (
                (word, inner, (part,), name, asked) for name, asked in options_of(inner) if only is None or name in only
            )


FIELDS = [pytest.param(*one, id=f"{one[0]}.{'.'.join((*one[2], one[3]))}") for one in every_field()]


#: Words of many kinds: no number, nothing, no finite number, far too small or large, half a list, half a pair, no day.
WORDS = ("no such", " ", "nan", "inf", "-1e300", "1e300", "-7.5", "1,,x", "A=", "=1", "2024-13-45", "yesterday")


def wrong_words(asked: Option[Any]) -> Iterator[str]:
    """Give those words that the value cannot be made of."""
    for words in WORDS:
        try:
            asked.value.read((words,))
        except (ValueError, ArithmeticError):
            yield words


@pytest.mark.parametrize(("word", "kind", "path", "name", "asked"), FIELDS)
def test_a_wrong_value_is_the_same_error_by_every_road(
    word: str, kind: type, path: tuple[str, ...], name: str, asked: Option[Any]
) -> None:
    """The command line, a record made in Python and one read from JSON say the same three things."""
    if is_switch(asked):
        pytest.skip("a switch has no words that could be wrong")
    wrong = list(wrong_words(asked))
    if not wrong:
        pytest.skip("any words will do here")
    for given in wrong:
        several = (given,) if asked.value.repeats else given
        with pytest.raises(UsageError) as python:
            kind(**{name: several})
        written: Json = {
            "question": f"trimtab.question.{word}/1",
            **nested(path, {name: [given] if several != given else given}),
        }
        with pytest.raises(UsageError) as wire:
            read_question(written)
        assert str(wire.value) == str(python.value)
        assert f"{name} ({flag_of(name, asked)})" in python.value.expected
        if asked.place and given.startswith("-"):
            continue  # the parser takes it for an option
        words = [given] if asked.place else [flag_of(name, asked), given]
        if not asked.place:
            words += [other.value.example for _, other in options_of(QUESTIONS[word]) if other.place]
        done = CliRunner().invoke(app, [COMMANDS.get(word, word), *words])
        assert isinstance(done.exception, UsageError), done.output
        assert str(done.exception) == str(python.value)


def nested(path: tuple[str, ...], inner: dict[str, Json]) -> dict[str, Json]:
    """Put an object into the groups on its way."""
    for name in reversed(path):
        inner = {name: inner}
    return inner


@pytest.mark.parametrize("word", QUESTIONS)
def test_a_question_is_the_same_after_json(word: str) -> None:
    """Written and read, a question is what it was; a name that is not known is refused with those that are."""
    kind = QUESTIONS[word]
    question = kind(
        **{name: asked.value.read((asked.value.example,)) for name, asked in options_of(kind) if asked.required}
    )
    written = json.loads(json.dumps(write_question(question)))
    assert read_question(written) == question
    with pytest.raises(UsageError, match="'tagret'"):
        read_question({**written, "tagret": 1})
    with pytest.raises(UsageError, match="'windw'"):
        read_question({**written, "measuring": {"windw": 10}})


@pytest.mark.parametrize("word", QUESTIONS)
def test_no_record_has_more_than_twenty_fields(word: str) -> None:
    """A question stays readable: groups in place of long lists."""
    kind = QUESTIONS[word]
    assert len(fields(kind)) <= 20
    assert all(len(fields(inner)) <= 20 for _, inner, _ in parts_of(kind))


def drawn() -> list[Drawn]:
    """Give every command that is drawn from records."""
    context = click.Context(app)
    commands = [app.get_command(context, name) for name in app.list_commands(context)]
    return [command for command in commands if isinstance(command, Drawn)]


@pytest.mark.parametrize("command", drawn(), ids=lambda command: command.name)
def test_each_option_of_a_command_is_said_once_with_its_words(command: Drawn) -> None:
    """No flag twice, and each with a sentence."""
    flags = [flag_of(leaf.name, leaf.asked) for leaf in command.leaves]
    flags += [short for leaf in command.leaves for short in leaf.asked.flags[1:]]
    assert len(flags) == len(set(flags))
    assert all(leaf.asked.help.strip().endswith((".", ")")) for leaf in command.leaves)
    assert "Example: trimtab" in (command.help or "")


def test_a_shell_completes_commands_options_and_choices() -> None:
    """What a shell asks for after TAB: commands, flags of a command, and the words an option takes."""
    shell = ShellComplete(app, {}, "trimtab", "_TRIMTAB_COMPLETE")
    assert "hedge-policy" in {item.value for item in shell.get_completions([], "hed")}
    assert "--dividend-yield" in {item.value for item in shell.get_completions(["plan"], "--div")}
    assert [item.value for item in shell.get_completions(["review", "--errors"], "h")] == ["hac"]
    assert [item.type for item in shell.get_completions(["review", "--prices"], "pr")] == ["file"]
