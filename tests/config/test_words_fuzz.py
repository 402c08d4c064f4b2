"""Damage to what people write in settings, on options and in methods: it is read, or refused in three parts.

Seeded and bounded, as in tests/feeds/test_reader_fuzz.py; ``make long`` goes on for four minutes a reader.
"""

import random
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from effort import fuzz_rounds

from trimtab.beta.method import parse_method, written
from trimtab.cli.app import app
from trimtab.cli.draw import Drawn
from trimtab.config.change import set_setting
from trimtab.config.durations import read_duration
from trimtab.config.read import FILE_NAME, read_config
from trimtab.errors import TrimtabError
from trimtab.feeds.replay import parse_speed
from trimtab.feeds.statements.columns.mapping import read_mapping
from trimtab.model.names.read import read_name
from trimtab.wiring.creating import create_workspace

#: Signs that mean something to one reader or another, numbers without end, and digits that are none.
SIGNS = (
    *"()[]{}=,;:+-*/%.'\"\\\n\t #<>&|~^$@!?_0129eExXdhms\u00e4\u00b2\u0663\u2212\u00a0\u202e\0", "1e999", "1e-999",
    "NaN", "inf", "-0", "9" * 400, "[" * 200, "{" * 200, "-" * 200, "2024-02-30", "0000-00-00", "9999-12-31", "true",
    "None", '"""', "\x1b[31m",
)  # fmt: skip


def damaged(text: str, rng: random.Random) -> str:
    """Do one to three kinds of harm to a text."""
    for _ in range(rng.randint(1, 3)):
        at, end = rng.randint(0, len(text)), rng.randint(0, 6)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + rng.choice(SIGNS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + end :]
        elif kind == 2:
            text = text[:at] + rng.choice(SIGNS) + text[at + end :]
        else:
            text = text[:at] + text[max(0, at - 9) : at] + text[at:]
    return text


def _method(text: str) -> object:
    method = parse_method(text)
    assert written(parse_method(written(method))) == written(method)
    return written(method)


def _duration(text: str) -> object:
    try:
        return read_duration(text)
    except ValueError as error:
        return f"no duration: {error}"  # its callers say what is wrong with the setting or the option


def _lines(*texts: str) -> tuple[str, ...]:
    return texts


#: Reader of a text, and texts that it reads.
TEXTS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "methods": (
        _method,
        _lines("ols(window=252)", "weekly|ols|vasicek(mean=1.0,sd=0.3)", "ewma(half_life=90)", "kalman", "dimson"),
    ),
    "durations": (_duration, _lines("3d", "1h30m", "90s", "5m", "1w")),
    "speeds": (parse_speed, _lines("10", "max", "0.5", "1")),
    "mappings": (read_mapping, _lines("St\u00fcck=quantity, Kurs=price", "Datum=date,WKN=symbol")),
    "names": (read_name, _lines("ESZ26", "SPX 6000P Dec26", "BRK.B", "SPY260918P00560000", "EUR-USD", "BTC-PERPETUAL")),
}  # fmt: skip


def outcome(work: Callable[[], object]) -> str:
    """Give what came of it; a refusal has its three parts."""
    try:
        return repr(work())
    except TrimtabError as error:
        refused = error
    except click.UsageError as error:
        return f"refused: {error.format_message()}"
    assert refused.expected.strip(), refused
    assert refused.found.strip(), refused
    assert refused.try_next.strip(), refused
    return f"refused: {refused}"


def harm_text(name: str, times: int) -> None:
    """Read so many damaged texts, each twice."""
    reader, whole = TEXTS[name]
    for text in whole:
        assert not outcome(lambda text=text: reader(text)).startswith("refused"), text
    rng = random.Random(f"18 {name}")  # noqa: S311 - it damages texts
    for _ in fuzz_rounds(times):
        text = damaged(rng.choice(whole), rng)
        assert outcome(lambda text=text: reader(text)) == outcome(lambda text=text: reader(text)), text


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_texts_are_read_or_refused(name: str) -> None:
    """Methods, durations, speeds, mappings and names."""
    harm_text(name, 300)


#: What once broke a reader.
SMALLEST = {"names": (f"SPX {'9' * 60}P Dec26", f"BTC-27DEC24-{'9' * 40}-C")}


@pytest.mark.parametrize("name", SMALLEST)
def test_what_once_broke_a_reader_is_read_or_refused(name: str) -> None:
    """Strikes of more digits than any arithmetic holds."""
    for text in SMALLEST[name]:
        assert "OptionName" not in outcome(lambda text=text: TEXTS[name][0](text))


@pytest.mark.long
@pytest.mark.parametrize("name", TEXTS)
def test_much_damage_to_texts_is_read_or_refused(name: str) -> None:
    """The same for four minutes."""
    harm_text(name, 0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace as it is made, whose settings are changed."""
    folder = tmp_path_factory.mktemp("home") / "desk"
    create_workspace(folder, benchmark="SPX").journal.close()
    return folder


def harm_settings(home: Path, folder: Path, times: int) -> None:
    """Read so many damaged files of settings."""
    whole = _whole(home)
    rng = random.Random("18 settings")  # noqa: S311 - it damages texts
    for _ in fuzz_rounds(times):
        text = damaged(whole, rng)
        (folder / FILE_NAME).write_text(text, encoding="utf-8")
        outcome(lambda: read_config(folder, environ={}))


_MORE = """
[alerts.quiet]
start = "22:00"
end = "07:00"
time_zone = "Europe/Zurich"
[alerts.channels.log]
kind = "file"
path = "alerts.jsonl"
[[alerts.rules]]
name = "beta out"
kind = "band"
threshold = 0.9
clear = 0.5
for = "3d"
channels = ["log"]
[aliases.GOOG]
symbol = "GOOGL"
"""


def _whole(home: Path) -> str:
    return (home / FILE_NAME).read_text(encoding="utf-8") + _MORE


def test_damaged_settings_are_read_or_refused(home: Path, tmp_path: Path) -> None:
    """A workspace's trimtab.toml with rules and channels."""
    harm_settings(home, tmp_path, 250)


@pytest.mark.long
def test_much_damage_to_settings_is_read_or_refused(home: Path, tmp_path: Path) -> None:
    """The same for four minutes."""
    harm_settings(home, tmp_path, 0)


_CHANGES = (
    ("mandates.main.band", "0.2"), ("mandates.main.target", "1.0"), ("watch.evaluate", '"10s"'),
    ("aliases.BRK.B.symbol", '"BRK-B"'), ("base_currency", '"EUR"'),
)  # fmt: skip


def harm_edits(home: Path, folder: Path, times: int) -> None:
    """Set so many damaged settings: the file is as it was, or says what was set, and every other value as before."""
    shutil.copytree(home, folder / "desk")
    file = folder / "desk" / FILE_NAME
    whole = _whole(home)
    rng = random.Random("18 edits")  # noqa: S311 - it damages texts
    for _ in fuzz_rounds(times):
        file.write_text(whole, encoding="utf-8")
        path, value = rng.choice(_CHANGES)
        if rng.random() < 0.4:
            path = damaged(path, rng)
        value = damaged(value, rng)
        done = outcome(lambda path=path, value=value: set_setting(folder / "desk", path, value))
        now = file.read_text(encoding="utf-8")
        if done.startswith("refused"):
            assert now == whole, (path, value)
            continue
        assert _kept(tomllib.loads(whole), tomllib.loads(now)) <= 2, (path, value)
        read_config(folder / "desk", environ={})


def _kept(before: object, after: object) -> int:
    """Count the values of a file that are not as they were."""
    if isinstance(before, dict) and isinstance(after, dict):
        return sum(_kept(value, after.get(key)) for key, value in before.items())
    return int(before != after)


def test_damaged_changes_of_settings_leave_the_file_whole(home: Path, tmp_path: Path) -> None:
    """`trimtab config set` with paths and values that are none."""
    harm_edits(home, tmp_path, 150)


@pytest.mark.long
def test_much_damage_to_changes_of_settings_leaves_the_file_whole(home: Path, tmp_path: Path) -> None:
    """The same for four minutes."""
    harm_edits(home, tmp_path, 0)


def _leaves(group: click.Group, context: click.Context) -> dict[str, object]:
    """Give every option of every command that takes a value, by the kind of its value."""
    leaves: dict[str, object] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            leaves |= _leaves(command, click.Context(command))
        elif isinstance(command, Drawn):
            for leaf in command.leaves:
                value = leaf.asked.value
                leaves.setdefault(f"{type(value).__name__} {value.unit} {leaf.name}", leaf)
    return leaves


def harm_options(times: int) -> None:
    """Give each option so many damaged values."""
    leaves = _leaves(app, click.Context(app))
    assert len(leaves) > 60
    rng = random.Random("18 options")  # noqa: S311 - it damages texts
    for _ in fuzz_rounds(times):
        for leaf in leaves.values():
            if leaf.asked.value.unit == "":
                continue
            text = damaged(str(leaf.asked.value.example), rng)
            given = (text,) if leaf.asked.value.repeats else text
            outcome(lambda leaf=leaf, given=given: leaf.value(given))


def test_damaged_values_of_options_are_read_or_refused() -> None:
    """Every option of every command."""
    harm_options(30)


@pytest.mark.long
def test_much_damage_to_values_of_options_is_read_or_refused() -> None:
    """The same for four minutes."""
    harm_options(0)
