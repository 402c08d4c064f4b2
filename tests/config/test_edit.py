"""One number changes and everything else stays."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.config.change import set_setting
from trimtab.config.edit import set_number
from trimtab.config.read import read_config
from trimtab.config.template import new_config_text
from trimtab.errors import InputError


def after(folder: Path, text: str, **how: float) -> str:
    file = folder / "trimtab.toml"
    file.write_bytes(text.encode())
    set_number(file, ("mandates", "core"), "band", how.get("value", 0.03))
    return file.read_bytes().decode()


def test_the_value_changes_and_its_comment_stays(tmp_path: Path) -> None:
    """Only the number on its own line is another."""
    text = "# mine\n[mandates.core]\ntarget = 1.0\nband = 0.05   # half-width\n\n[mandates.other]\nband = 0.05\n"
    assert after(tmp_path, text) == text.replace("band = 0.05   #", "band = 0.03   #")


def test_a_missing_key_is_added_under_its_header(tmp_path: Path) -> None:
    """A table without the key gets it as its first line; Windows line ends stay."""
    assert (
        after(tmp_path, "[mandates.core]\r\ntarget = 1.0\r\n") == "[mandates.core]\r\nband = 0.03\r\ntarget = 1.0\r\n"
    )
    assert after(tmp_path, "[mandates.core]") == "[mandates.core]\nband = 0.03\n"


@pytest.mark.parametrize(
    "text",
    ["[mandates]\ncore = {target = 1.0}\n", 'x = """\n[mandates.core]\nband = 1\n"""\n[mandates]\ncore.target = 1\n'],
)
def test_what_cannot_be_changed_safely_is_left(tmp_path: Path, text: str) -> None:
    """An inline or dotted table without the key is refused, and the file stays as it was."""
    with pytest.raises(InputError, match="by hand"):
        after(tmp_path, text)
    assert (tmp_path / "trimtab.toml").read_text() == text


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The table that was looked for is in the message."""
    with pytest.raises(InputError, match=r"\[mandates\.core\]"):
        after(tmp_path, "[mandates.other]\nband = 1\n")


@given(value=st.floats(0, 10))
def test_any_number_is_read_back(tmp_path_factory: pytest.TempPathFactory, value: float) -> None:
    """Whatever is set is what is read, in a file as trimtab writes it."""
    text = new_config_text(benchmark="SPX").replace("[mandates.main]", "[mandates.core]")
    text = text.replace('mandate = "main"', 'mandate = "core"')
    changed = after(tmp_path_factory.mktemp("edit"), text, value=value)
    assert f"band = {value!r}" in changed
    assert len(changed.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize("name", ["BRK.B", '"BRK.B"', "^GSPC", "SPX INDEX", "SAP.DE", "US0378331005", "7203"])
def test_an_alias_of_any_name_is_set_from_the_command_line(tmp_path: Path, name: str) -> None:
    """Where no table can be called so, one is begun that has it as its name; further keys go to the same table."""
    (tmp_path / "trimtab.toml").write_text(new_config_text(benchmark="SPX"))
    set_setting(tmp_path, f"aliases.{name}.symbol", "7203")
    set_setting(tmp_path, f"aliases.{name}.valid_from", "2020-01-31")
    set_setting(tmp_path, f"aliases.{name}.source", "custodian")
    ((table, alias),) = read_config(tmp_path).aliases.items()
    assert (alias.name or table, alias.symbol, alias.source) == (name.strip('"'), "7203", "custodian")
    assert alias.valid_from == dt.date(2020, 1, 31)


def test_two_names_that_give_one_table_are_two_aliases(tmp_path: Path) -> None:
    """BRK.B and BRK/B keep their own symbols."""
    (tmp_path / "trimtab.toml").write_text(new_config_text(benchmark="SPX"))
    set_setting(tmp_path, "aliases.BRK.B.symbol", "ONE")
    set_setting(tmp_path, "aliases.BRK/B.symbol", "TWO")
    assert {alias.name: alias.symbol for alias in read_config(tmp_path).aliases.values()} == {
        "BRK.B": "ONE", "BRK/B": "TWO",
    }  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [("valid_until", "2019-12-31"), ("valid_from", "2020-13-01")])
def test_a_day_that_cannot_be_leaves_the_file(tmp_path: Path, key: str, value: str) -> None:
    """An alias that would end before it begins, and a month 13."""
    (tmp_path / "trimtab.toml").write_text(new_config_text(benchmark="SPX"))
    set_setting(tmp_path, "aliases.BRK.B.symbol", "BRK-B")
    set_setting(tmp_path, "aliases.BRK.B.valid_from", "2020-01-31")
    before = (tmp_path / "trimtab.toml").read_text()
    with pytest.raises(InputError, match="day"):
        set_setting(tmp_path, f"aliases.BRK.B.{key}", value)
    assert (tmp_path / "trimtab.toml").read_text() == before
