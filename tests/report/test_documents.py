"""Every document: the same bytes as the day it was checked, true to its published schema, and never NaN."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from report_answers import ANSWERS, answer, document_of

from trimtab.report.documents.catalogue import CATALOGUE, document_class, document_schema
from trimtab.report.shape.write import dumps

GOLDEN = Path(__file__).parent / "golden"
PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas"
NAMES = sorted(CATALOGUE)
HASHED = re.compile("[0-9a-f]{12}|[0-9a-f]{64}")


def short(schema: str) -> str:
    """Give trimtab.review/1 as review-1, as files are called."""
    return schema.removeprefix("trimtab.").replace("/", "-")


def assert_same(seen, wanted, where: str) -> None:
    """Hold keys, their order, texts and counts exactly, numbers to nine digits: processors round the last one apart."""
    if isinstance(wanted, dict):
        assert list(seen) == list(wanted), where
        for key, value in wanted.items():
            if key in {"id", "inputs_hash"} and HASHED.fullmatch(str(value)):
                # A hash of betas among others, to their last bit, in which processors differ.
                assert (HASHED.fullmatch(seen[key]) is not None, len(seen[key])) == (True, len(value)), f"{where}.{key}"
            else:
                assert_same(seen[key], value, f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(seen) == len(wanted), where
        for i, value in enumerate(wanted):
            assert_same(seen[i], value, f"{where}[{i}]")
    elif isinstance(wanted, float):
        assert seen == pytest.approx(wanted, rel=1e-9, abs=1e-12), where
    else:
        assert (type(seen), seen) == (type(wanted), wanted), where


@pytest.mark.parametrize("schema", NAMES)
def test_each_document_is_its_golden_one(schema: str) -> None:
    """Keys in their order, words, counts and numbers are those of the day the document was checked."""
    wanted = json.loads((GOLDEN / f"{short(schema)}.json").read_text(encoding="utf-8"))
    assert_same(json.loads(dumps(document_of(schema))), wanted, schema)


@pytest.mark.parametrize("schema", NAMES)
def test_each_golden_document_keeps_to_its_schema(schema: str) -> None:
    """It has every key that its schema promises with a value of its type, and no key that the schema does not name."""
    golden = json.loads((GOLDEN / f"{short(schema)}.json").read_text(encoding="utf-8"))
    shut = Draft202012Validator(document_schema(schema, closed=True))
    assert [f"{e.json_path}: {e.message}" for e in shut.iter_errors(golden)] == []
    assert golden["schema"] == schema


@pytest.mark.parametrize("schema", NAMES)
def test_what_is_published_is_what_the_code_gives(schema: str) -> None:
    """docs/schemas holds the schema of today, which is itself a valid one (`python scripts/schemas.py` writes them)."""
    made = document_schema(schema)
    Draft202012Validator.check_schema(made)
    assert json.loads((PUBLISHED / f"{short(schema)}.json").read_text(encoding="utf-8")) == made


def test_nothing_else_is_published_or_kept() -> None:
    """A file beside those would be of a document that is no more."""
    wanted = {f"{short(schema)}.json" for schema in CATALOGUE}
    assert {p.name for p in PUBLISHED.glob("*.json")} == wanted
    assert {p.name for p in GOLDEN.glob("*.json")} == wanted


def test_the_page_lists_every_schema() -> None:
    """docs/schemas.md names each with what gives it and a link to its schema."""
    page = (PUBLISHED.parent / "schemas.md").read_text(encoding="utf-8")
    for schema, listed in CATALOGUE.items():
        assert f"| [`{schema}`](schemas/{short(schema)}.json) | `{listed.command}` |" in page, schema


def test_each_class_stands_under_its_own_name() -> None:
    """The catalogue gives for a name the record that carries that name."""
    for schema in CATALOGUE:
        assert schema == document_class(schema).SCHEMA


def test_every_key_says_what_it_means() -> None:
    """In every published schema each object's own keys have a description, but for those of records of one line."""
    silent = []
    for schema in CATALOGUE:
        made = document_schema(schema)
        for name, part in {"": made, **made.get("$defs", {})}.items():
            if "description" not in part and part.get("type") == "object":
                silent.append((schema, name))
    assert silent == []


def test_a_number_that_must_be_one_is_refused_if_it_is_none() -> None:
    """A review whose NAV is not a number gives no document, rather than one with NaN or a null its schema bars."""
    review = document_of("trimtab.review/1")
    broken = replace(review, exposure=replace(review.exposure, nav=math.nan))
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(broken)


def test_results_are_made_once() -> None:
    """What documents and tables are made from here is the same object, so that both are held to the same numbers."""
    assert set(ANSWERS) <= set(CATALOGUE)
    assert answer("trimtab.review/1") is answer("trimtab.review/1")
