"""One number changes and everything else stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.config.edit import set_number
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
