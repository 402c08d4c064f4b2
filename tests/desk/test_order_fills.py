"""Orders of a workspace: sent once, filled in parts, and fills that cannot be theirs refused whole."""

import datetime as dt
from pathlib import Path

import pytest

import trimtab as tt
from trimtab.desk.books.intake import Outcome
from trimtab.errors import InputError
from trimtab.hedge.orders.records import OrderState, OrderType, ReleaseTerms
from trimtab.model.decimals import exact
from trimtab.wiring.accounts import held_at
from trimtab.wiring.ordering import save_costs

SENT = dt.datetime(2022, 12, 29, 20, tzinfo=dt.UTC)
ASKED = tt.PlanQuestion(
    hedge="ES", measuring=tt.Measuring(method="ols"), mandate=tt.MandateTerms(target=1.05)
)  # fmt: skip
HEAD = "exec_id,clordid,time,symbol,side,quantity,price,fee\n"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[tt.Desk, int]:
    """Give a desk with the sample and a plan of one order: 7 ESH3 sold, decided at 3,804.25."""
    desk = tt.Desk.create(tmp_path_factory.mktemp("orders") / "desk", sample=True)
    plan = desk.plan(ASKED)
    assert [(o.symbol, str(o.signed)) for o in plan.orders] == [("ESH3", "-7")]
    return desk, desk.runs()[0].seq


def taken(desk: tt.Desk, place: Path, *rows: str, head: str = HEAD) -> tuple[Outcome, str]:
    """Import rows, and give what became of them and why not."""
    place.write_text(head + "\n".join(rows) + "\n")
    (done,) = desk.import_files(place, accept=True)
    return done.outcome, "" if done.error is None else f"{done.error.expected} | {done.error.found}"


def test_an_order_is_open_partly_filled_and_done(planned: tuple[tt.Desk, int], tmp_path: Path) -> None:
    """Fills in three files, one of them twice; the ledger holds what the order says is filled."""
    desk, run = planned
    terms = ReleaseTerms(order_type=OrderType.CLOSE, sent_at=SENT, arrivals={"ESH3": 3806.0}, strategy="overlay")
    (order,) = desk.send_orders(run, terms)
    name, file = order.client_id, tmp_path / "fills.csv"
    assert desk.orders()[0].state is OrderState.OPEN
    assert float(order.reference or 0) == 3804.25
    first = f"e1,{name},2022-12-29T20:59:00,ESH3,sell,3,3805.50,6.75"
    assert taken(desk, file, first) == (Outcome.KEPT, "")
    assert taken(desk, file, first)[0] is Outcome.NOTHING_NEW
    (part,) = desk.orders()
    assert (part.state, part.filled, part.left) == (OrderState.PARTLY_FILLED, 3, 4)

    refused = {
        f"e2,{name},2022-12-29T21:00:00,ESH3,sell,5,3804.75,9": "at most 7 ESH3 filled",
        f"e2,{name},2022-12-29T21:00:00,ESH3,buy,1,3804.75,9": "fills that sell ESH3",
        f"e2,{name},2022-12-29T21:00:00,MESH3,sell,1,3804.75,9": "fills of ESH3, which",
        f"e2,{name},2022-12-29T21:00:00,ESH3,sell,1,38047.5,9": "within 2 times that of the plan, 3804.25 USD",
        f"e2,{name},2022-12-29T21:00:00,ESH3,sell,1,380.475,9": "within 2 times that of the plan",
        f"e2,{name},2022-12-27T21:00:00,ESH3,sell,1,3804.75,9": "fills on or after 2022-12-28",
        f"e2,999-1-{name[-6:]},2022-12-29T21:00:00,ESH3,sell,1,3804.75,9": "fills of orders that were sent",
        f",{name},2022-12-29T21:00:00,ESH3,sell,1,3804.75,9": "an id of each fill",
    }
    for row, words in refused.items():
        good = f"e9,{name},2022-12-29T21:00:00,ESH3,sell,1,3804.75,2.25"
        outcome, why = taken(desk, file, good, row)
        assert outcome is Outcome.FAILED, row
        assert words in why
        assert "bad" not in why
        assert "row" in why or "with those of" in why
    assert desk.orders()[0].filled == 3, "a file that is refused leaves nothing behind"

    last = [f"e{k},{name},2022-12-29T21:00:00,ESH3,sell,2,3804.75,4.50" for k in (2, 3)]
    assert taken(desk, file, *last)[0] is Outcome.KEPT
    (done,) = desk.orders(run=run)
    assert (done.state, done.left) == (OrderState.DONE, 0)
    assert done.shortfall.commission == pytest.approx(-15.75)
    assert done.shortfall.price == pytest.approx(50 * (3 * 3805.5 + 4 * 3804.75 - 7 * 3804.25))
    assert done.expected == pytest.approx(-59.5)
    book = held_at(desk.workspace, "main", dt.date(2022, 12, 29)).portfolio
    assert {p.symbol: p.quantity for p in book.positions}["ESH3"] == 8 - done.filled

    cancelled = f"e3,{name},2022-12-29T21:00:00,ESH3,sell,2,3804.75,4.50,cancelled"
    assert taken(desk, file, cancelled, head=HEAD.replace("fee", "fee,status"))[0] is Outcome.KEPT
    assert desk.orders()[0].left == 2
    with pytest.raises(InputError, match="nothing is filled"):
        desk.send_orders(run, terms)


def test_costs_are_set_on_request_alone(planned: tuple[tt.Desk, int]) -> None:
    """Asked for, assumed costs become what was paid."""
    desk, _ = planned
    assert desk.workspace.config.costs.commission is None
    lines = save_costs(desk.workspace, desk.orders())
    assert lines[0] == "costs.commission = 2.25"
    again = tt.Desk(desk.workspace.folder)
    assert float(again.workspace.config.costs.commission or 0) == 2.25


def test_what_cannot_be_sent(planned: tuple[tt.Desk, int]) -> None:
    """A run that plans nothing, a limit order without a limit, a price of something else."""
    desk, run = planned
    desk.review(tt.ReviewQuestion(measuring=tt.Measuring(method="ols")))
    with pytest.raises(InputError, match="is a review"):
        desk.send_orders(desk.runs()[0].seq, ReleaseTerms(order_type=OrderType.CLOSE, sent_at=SENT))
    desk.plan(ASKED)
    run = desk.runs()[0].seq
    desk.decide(run, "rejected", by="the committee")
    with pytest.raises(InputError, match="rejected by the committee"):
        desk.send_orders(run, ReleaseTerms(order_type=OrderType.CLOSE, sent_at=SENT))
    desk.decide(run, "accepted", by="the committee")
    with pytest.raises(InputError, match="a limit price of each order"):
        desk.send_orders(run, ReleaseTerms(order_type=OrderType.LIMIT, sent_at=SENT))
    with pytest.raises(InputError, match="a price of NQH3"):
        desk.send_orders(run, ReleaseTerms(order_type=OrderType.LIMIT, sent_at=SENT, limits={"NQH3": exact(11000.0)}))
    for price in (380.425, 38042.5, 3.0):
        with pytest.raises(InputError, match=r"within 2 times the plan's own, 3804.25 \(--limit-price\)"):
            desk.send_orders(run, ReleaseTerms(order_type=OrderType.LIMIT, sent_at=SENT, limits={"ESH3": exact(price)}))
        with pytest.raises(InputError, match=r"3804.25 \(--arrival-price\)"):
            desk.send_orders(run, ReleaseTerms(order_type=OrderType.CLOSE, sent_at=SENT, arrivals={"ESH3": price}))


def test_a_statement_that_carries_the_order_id_fills_it(planned: tuple[tt.Desk, int], tmp_path: Path) -> None:
    """A broker's own columns, of which one names the order; its other trades are plain ones."""
    desk, _ = planned
    desk.plan(ASKED)
    run = desk.runs()[0].seq
    (order,) = desk.send_orders(run, ReleaseTerms(order_type=OrderType.CLOSE, sent_at=SENT))
    file = tmp_path / "statement.csv"
    file.write_text(
        "Account,Date,Action,Symbol,Description,Quantity,Price,Commission,Amount,Currency,Trade ID,Client Order ID\n"
        f"U1,2022-12-29,SELL,/ESH3,E-mini S&P 500 Mar23,-1,3805.50,-2.25,-2.25,USD,T1,{order.client_id}\n"
        "U1,2022-12-29,SELL,AAPL,Apple,-10,126.50,-1,1264.00,USD,T2,\n"
    )
    (done,) = desk.import_files(file, accept=True)
    assert done.outcome is Outcome.KEPT
    (filled,) = desk.orders(run=run)
    assert (filled.state, filled.filled, filled.average) == (OrderState.PARTLY_FILLED, 1, 3805.5)
    assert filled.shortfall.commission == -2.25
