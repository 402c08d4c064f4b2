"""Pages and pictures that are made from the source are of today's source, and public names come with an example."""

import subprocess
import sys
from pathlib import Path

import pytest

import trimtab

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["layers_picture.py", "python_page.py"])
def test_what_is_made_from_the_source_is_of_today(script):
    """The picture of the layers and the page of public names are what their script makes of this tree."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [n for n in trimtab.__all__ if n != "__version__"])
def test_every_public_name_shows_an_example(name):
    """Its docstring has an example; doctest runs it with the module that holds it."""
    assert ">>> " in (getattr(trimtab, name).__doc__ or ""), f"trimtab.{name} has no example"


def test_a_picture_of_other_imports_is_refused(tmp_path):
    """An import more, and the picture is not of today."""
    for part in ("scripts/layers_picture.py", "pyproject.toml", "docs/layers.svg"):
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / part).read_bytes())
    source = tmp_path / "src/trimtab"
    for path in (ROOT / "src/trimtab").rglob("*.py"):
        target = source / path.relative_to(ROOT / "src/trimtab")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    command = [sys.executable, str(tmp_path / "scripts/layers_picture.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0
    (source / "sample/extra.py").write_text("from trimtab.stats import normal\n", encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
