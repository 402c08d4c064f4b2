"""Records to JSON and to JSON Schema: planted records whose keys, values and schema are known."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from numpy.typing import NDArray

from trimtab.report.shape.fields import FLAT
from trimtab.report.shape.meanings import meaning_of
from trimtab.report.shape.schema import schema_of
from trimtab.report.shape.write import dumps, plain


class Colour(StrEnum):
    """What it looks like."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Two ends.

    Parameters
    ----------
    low, high
        Least and
        most.

    Notes
    -----
    low
        Not this one.
    """

    low: float
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One of each kind of value.

    More of it.
    """

    SCHEMA: ClassVar = "trimtab.whole/1"

    from_: dt.date
    ends: Ends = field(metadata=FLAT)
    more: Ends | None
    maybe: Ends | None = field(default=None, metadata=FLAT)
    colour: Colour = Colour.RED
    word: Literal["a", "b"] = "a"
    counts: Mapping[Colour, int]
    amount: Decimal = Decimal("1.50")
    days: NDArray[np.datetime64]
    path: NDArray[np.float64]
    pair: tuple[float, str] = (1.0, "x")
    rest: tuple[int | float, ...] = ()
    anything: Any = None


def whole(**changed: Any) -> Whole:
    return Whole(
        **{
            "from_": dt.date(2024, 1, 2), "ends": Ends(low=1.0, high=math.inf), "more": None,
            "counts": {Colour.BLUE: 3}, "days": np.array(["2024-01-02"], dtype="datetime64[s]"),
            "path": np.array([0.1, np.nan]), **changed,
        }
    )  # fmt: skip


def test_every_kind_of_value_is_written_as_it_should_be() -> None:
    """Keys in order, `from_` as from, flat fields in their place, enums by value, what is not finite as null."""
    assert plain(whole()) == {
        "schema": "trimtab.whole/1", "from": "2024-01-02", "low": 1.0, "high": None, "more": None, "colour": "red",
        "word": "a", "counts": {"blue": 3}, "amount": 1.5, "days": ["2024-01-02"], "path": [0.1, None],
        "pair": [1.0, "x"], "rest": [], "anything": None,
    }  # fmt: skip
    assert list(plain(whole()))[:4] == ["schema", "from", "low", "high"]


def test_the_schema_fits_what_is_written_and_nothing_else() -> None:
    """The document keeps to its schema; a wrong word, a missing key, a text for a number, an unknown key do not."""
    shut = Draft202012Validator(schema_of(Whole, closed=True))
    document = plain(whole())
    shut.validate(document)
    for wrong in ({"word": "c"}, {"pair": [1.0]}, {"low": "1"}, {"counts": {"green": 1}}, {"more": {"high": 1.0}},
                  {"new": 1}, {"schema": "trimtab.whole/2"}, {"days": [3]}):  # fmt: skip
        with pytest.raises(ValidationError):
            shut.validate({**document, **wrong})
    with pytest.raises(ValidationError):
        shut.validate({k: v for k, v in document.items() if k != "amount"})
    # A reader lets pass what was added since.
    Draft202012Validator(schema_of(Whole)).validate({**document, "new": 1})


def test_what_a_docstring_says_stands_in_the_schema() -> None:
    """The first paragraph is the record's, each name of the section has what stands under it, later sections do not."""
    assert meaning_of(Ends).of_fields == {"low": "Least and most.", "high": "Least and most."}
    schema = schema_of(Whole)
    assert schema["description"] == "One of each kind of value."
    assert schema["properties"]["low"]["description"] == "Least and most."
    assert schema["$defs"]["Colour"] == {"description": "What it looks like.", "enum": ["red", "blue"]}
    assert schema["$id"] == "urn:trimtab:whole:1"


def test_what_has_no_schema_is_refused() -> None:
    """A field of which nothing can be said is an error where the schema is made, not a hole in it."""

    @dataclass
    class Bag:
        things: set[bytes]

    with pytest.raises(TypeError, match="bytes"):
        schema_of(Bag)
    with pytest.raises(TypeError, match="bytes"):
        plain({"a": b"x"})


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=12,
))  # fmt: skip
def test_plain_values_go_through_json_unchanged(value: Any) -> None:
    """Whatever JSON can say comes back as it was, but that a number which is none is null."""

    def known(v: Any) -> Any:
        if isinstance(v, float) and not math.isfinite(v):
            return None
        if isinstance(v, list):
            return [known(x) for x in v]
        return {k: known(x) for k, x in v.items()} if isinstance(v, dict) else v

    assert json.loads(dumps(value)) == known(value)
