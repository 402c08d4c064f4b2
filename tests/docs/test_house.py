"""The house stays as it was put in order: what `scripts/house.py` counts is held to its aims."""

import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Handed its arrays one by one, because records of them cost a tenth of the time from a quote to beta.
EXEMPT = {"apply 15"}


@cache
def script():
    spec = importlib.util.spec_from_file_location("house", ROOT / "scripts/house.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["house"] = module
    spec.loader.exec_module(module)
    return module


@cache
def house():
    return script().measure(ROOT / "src")


def test_what_is_untyped_stays_little():
    """Bags of anything, names that stand for `Any`, and `object` as a parameter: 40 at most in all."""
    places = house().places
    untyped = [place for figure in ("bags", "aliases", "object") for place in places[figure]]
    assert len(untyped) <= 40, "\n".join(untyped)


def test_no_function_takes_more_than_twelve_arguments():
    """But for the loop of the live book, which is named."""
    many = {place.split(" ", 1)[1] for place in house().places["many parameters"]}
    assert many == EXEMPT


def test_values_are_named_for_what_they_are():
    """Hardly any is called `found`, `held`, `known`, `told` or `said` (800 were), but for what an error found."""
    vague = sorted(set(house().places["vague names"]))
    assert len(vague) <= 10, "\n".join(vague)


def test_no_module_is_knotted_with_another():
    """No two modules import each other, by whatever way."""
    assert script().knots(house().imports) == []


def test_no_floor_is_crowded_and_no_file_long():
    """At most twenty files on one floor beside the page that names it, and five hundred lines in a file."""
    lines = house().lines
    floors = Counter(file.rpartition("/")[0] for file in lines if not file.endswith("__init__.py"))
    assert [floor for floor, files in floors.items() if files > 20] == []
    assert [file for file, long in lines.items() if long > 500] == []


def test_an_alias_that_hides_any_is_counted(tmp_path):
    """A name for `Any`, one for a bag, and one for such a name are found wherever they are used."""
    package = tmp_path / "trimtab"
    package.mkdir()
    (package / "hiding.py").write_text(
        "from typing import Any\nJson = Any\nBody = dict[str, Json]\n\n\n"
        "def read(body: Body, other: dict[str, int]) -> Json: ...\n"
    )
    places = script().measure(tmp_path).places
    assert sorted(place.split()[-1] for place in places["aliases"]) == ["Body", "Json", "Json"]
    assert len(places["bags"]) == 1


def test_a_vague_name_is_counted_however_it_is_bound(tmp_path):
    """Assigned, looped over or taken apart; not a parameter, a field, or what an error found."""
    package = tmp_path / "trimtab"
    package.mkdir()
    (package / "vague.py").write_text(
        "class Record:\n    held: int = 0\n\n\n"
        "def read(rows, *, known=None):\n    told = [said for said in rows]\n"
        "    for held, row in told:\n        yield held\n"
        "\n\ndef refuse(error):\n    expected, found = error\n    return expected, found\n"
    )
    places = script().measure(tmp_path).places["vague names"]
    assert sorted(place.split()[-1] for place in places) == ["held", "said", "told"]
