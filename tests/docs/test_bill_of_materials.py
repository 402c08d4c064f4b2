"""The bill of materials, the licences on the security page, and the lock file are of what is installed."""

import importlib.util
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    """The script that makes all three."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "scripts" / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_lists_what_is_depended_on_with_its_licence(script):
    """Each package that pyproject.toml names for running, in order; licences as those installed say."""
    page = script.PAGE.read_text(encoding="utf-8").partition(script.BEGIN)[2].partition(script.END)[0].strip()
    kept = script.kept_licences()
    names = [script.normal(re.match(r"[\w.-]+", r)[0]) for r in script.direct(script.RUNNING)]
    assert list(kept) == list(dict.fromkeys(names))
    made = script.licence_table(kept=kept)
    assert [row.split("|")[1:3] for row in made.splitlines()] == [row.split("|")[1:3] for row in page.splitlines()]
    assert not [name for name, licence in kept.items() if licence in {"", "not said"}]
    pins = script.LOCK.read_text(encoding="utf-8").splitlines()
    for name, licence in kept.items():
        if _version(name) is not None and f"{name}=={_version(name)}" in pins:
            assert licence == script.licence_of(distribution(name))


def _version(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def test_the_bill_names_every_package_once_and_what_it_needs(script):
    bill = script.bill()
    refs = [one["bom-ref"] for one in bill["components"]]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert len(set(refs)) == len(refs)
    assert {"numpy", "polars", "sqlalchemy", "llvmlite"} <= {one["name"] for one in bill["components"]}
    numba = next(one for one in bill["dependencies"] if one["ref"].startswith("pkg:pypi/numba@"))
    assert any(ref.startswith("pkg:pypi/llvmlite@") for ref in numba["dependsOn"])
    assert {ref for one in bill["dependencies"] for ref in one["dependsOn"]} <= set(refs)


def test_what_a_major_release_would_break_is_bounded(script):
    """Each dependency has an upper bound; those whose major numbers say nothing are named here."""
    free = {"cryptography"}
    loose = [r for r in script.direct(script.RUNNING) if "<" not in r]
    assert {script.normal(re.match(r"[\w.-]+", r)[0]) for r in loose} == free


def test_the_lock_names_every_dependency_within_its_bounds(script):
    pins = dict(line.split("==") for line in script.LOCK.read_text().splitlines() if line and not line.startswith("#"))
    for requirement in script.direct(script.RUNNING):
        name = script.normal(re.match(r"[\w.-]+", requirement)[0])
        if _version(name) is None:
            continue
        assert name in pins, "make it anew: python scripts/sbom.py --lock"
        bound = re.search(r"<(\d+)", requirement)
        assert bound is None or int(pins[name].split(".")[0]) < int(bound[1])
