"""A plan done and asked about again shows as its start what it promised as its end: every figure of its page."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from given import demo_inputs, settle

from trimtab.desk.ask.propose import propose
from trimtab.desk.ask.ways import compare_ways
from trimtab.hedge.rule import Aim
from trimtab.model.json import Json
from trimtab.report.documents.plan import plan_document
from trimtab.report.documents.ways import ways_document
from trimtab.report.shape.write import plain


@pytest.fixture(scope="module")
def desk():
    """The bundled sample: setting, holdings, hedges, contract table, mandate."""
    inputs = demo_inputs()
    table, setting, held, hedges = settle(
        inputs["prices"], inputs["holdings"], inputs["mandate"], base="USD", as_of=None, risk_free=None, fx=None,
        contracts=None, hedge=("ES", "MES"),
    )  # fmt: skip
    return setting, held, hedges, table, inputs["mandate"]


def leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every figure of a part of a document, whatever it is called."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}[{place}]")
    else:
        yield path, value


def assert_alike(promised: Json, measured: Json) -> None:
    one, other = dict(leaves(promised)), dict(leaves(measured))
    assert one
    assert one.keys() == other.keys()
    differing = {
        name: (value, other[name])
        for name, value in one.items()
        if (
            value != pytest.approx(other[name], rel=1e-8, abs=1e-6)
            if isinstance(value, float)
            else value != other[name]
        )
    }
    assert not differing


@pytest.mark.parametrize(("target", "aim"), [(1.0, "target"), (0.6, "edge"), (1.6, "target")])
def test_a_plan_done_shows_as_before_what_it_promised_as_after(desk, target, aim):
    """Both parts of the page of `plan`, found by their names in the document and not by a list of figures."""
    setting, held, hedges, table, mandate = desk
    asked = replace(mandate, target=target)
    plan = propose(held, asked, setting, hedges, table, aim=Aim(aim))
    assert plan.orders
    done = propose(plan.apply(held), asked, setting, hedges, table, aim=Aim(aim))
    page, again = plain(plan_document(plan)), plain(plan_document(done))
    assert_alike(page["standings"]["after"], again["standings"]["before"])
    assert_alike(page["after"], again["before"])


def test_each_way_done_shows_as_before_what_it_promised_as_after(desk):
    """The page of `plan --ways`: standing, measure and moves of each way are those of the book that it leaves."""
    setting, held, hedges, table, mandate = desk
    ways = compare_ways(
        held, mandate, setting, ways=("futures", "reallocate"), hedges=hedges, contracts=table, mix=False
    )
    page = plain(ways_document(ways))
    for way, shown in zip(ways.ways, page["ways"], strict=True):
        again = plain(
            ways_document(
                compare_ways(
                    way.apply(held), mandate, setting, ways=("futures",), hedges=hedges, contracts=table, mix=False
                )
            )
        )
        assert_alike(shown["standing"], again["standing"])
        assert_alike(shown["after"], again["before"])
        assert_alike(shown["moves"], again["moves"])
