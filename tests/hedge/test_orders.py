"""Orders out and what they cost: a published shortfall, laws, and FIX read by a parser that is not ours."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import simplefix
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.hedge.orders.records import Fill, OrderState, OrderType, ReleasedOrder, TimeInForce
from trimtab.hedge.orders.shortfall import measured_costs, trade_order
from trimtab.hedge.plan import Side
from trimtab.report.fix import orders_fix
from trimtab.report.tickets import orders_csv

SENT = dt.datetime(2022, 12, 28, 15, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
ORDER = ReleasedOrder(
    client_id="14-1-abcdef", run=14, portfolio="main", day=dt.date(2022, 12, 28), symbol="ESH3", kind="future",
    expiry=dt.date(2023, 3, 17), root="ES", side=Side.SELL, quantity=Decimal(7), currency="USD",
    multiplier=Decimal(50), tick=Decimal("0.25"), fx=1.0, benchmark="SPX", reference=Decimal("3804.25"),
    commission=15.75, half_spread=43.75, cost=59.5, order_type=OrderType.CLOSE, time_in_force=TimeInForce.AT_CLOSE,
    limit=None, arrival=3806.0, account="U12", strategy="overlay", sent_at=SENT,
)  # fmt: skip


def fill(number: int, quantity: str, price: str, fee: str | None = "0", order: ReleasedOrder = ORDER) -> Fill:
    return Fill(
        order=order.client_id, exec_id=f"e{number}", symbol=order.symbol, time="2022-12-28T20:59:00", day=order.day,
        quantity=Decimal(quantity), price=Decimal(price), fee=None if fee is None else Decimal(fee),
    )  # fmt: skip


def test_the_shortfall_of_a_textbook() -> None:
    """Maginn et al., Managing Investment Portfolios, 3rd ed., ch. 10: 1,000 shares decided at 10.00, arriving at 10.05.

    800 are bought at 10.07 for 10 of commission, the price ends at 10.08: 82 of 10,000, or .82%: .10 explicit, .16
    realised, .40 delay, .16 missed.
    """
    order = replace(
        ORDER, symbol="IMP", kind="spot", side=Side.BUY, quantity=Decimal(1000), multiplier=Decimal(1),
        reference=Decimal(10), arrival=10.05,
    )  # fmt: skip
    done = trade_order(order, [fill(1, "800", "10.07", "10", order)], latest=10.08)
    cost = done.shortfall
    parts = (cost.commission, cost.trading, cost.delay, cost.missed, cost.total)
    assert parts == pytest.approx((-10.0, -16.0, -40.0, -16.0, -82.0))
    assert done.state is OrderState.PARTLY_FILLED
    assert done.left == 200


prices = st.decimals("3000", "5000", places=2)


@given(
    side=st.sampled_from(Side), pieces=st.lists(st.tuples(st.integers(1, 9), prices), max_size=5), decided=prices,
    arrival=prices, latest=prices, more=st.integers(0, 9), fx=st.floats(0.5, 2),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_parts_add_up_to_paper_less_real(
    side: Side, pieces: list[tuple[int, Decimal]], decided: Decimal, arrival: Decimal, latest: Decimal, more: int,
    fx: float,
) -> None:  # fmt: skip
    """Perold: what the paper book earns by now, less what the real one does, in whatever order it was filled."""
    total = sum(n for n, _ in pieces) + more
    if total == 0:
        return
    order = replace(
        ORDER, side=side, quantity=Decimal(total), reference=decided, arrival=float(arrival), fx=fx
    )  # fmt: skip
    sign = order.sign
    fills = [fill(k, str(sign * n), str(price), "2.25") for k, (n, price) in enumerate(pieces)]
    done = trade_order(order, fills, latest=float(latest))
    paper = sign * total * 50 * float(latest - decided) * fx
    real = sum(sign * n * 50 * float(latest - price) * fx - 2.25 * fx for n, price in pieces)
    cost = done.shortfall
    assert cost.total == pytest.approx(real - paper, abs=1e-6)
    assert cost.price == pytest.approx((cost.trading or 0.0) + (cost.delay or 0.0), abs=1e-6)
    assert done.filled + done.left == total
    again = trade_order(order, fills[::-1], latest=float(latest)).shortfall
    assert again == cost
    opposite = replace(order, side=Side.SELL if side is Side.BUY else Side.BUY)
    mirrored = [replace(f, quantity=-f.quantity) for f in fills]
    assert trade_order(opposite, mirrored, latest=float(latest)).shortfall.price == pytest.approx(-(cost.price or 0.0))


def test_what_is_not_known_is_none_and_said() -> None:
    """A fill without a fee, an arrival that nobody stated, a missing price, a perpetual that pays in coin."""
    no_fee = trade_order(ORDER, [fill(1, "-3", "3805", None)], latest=3800.0)
    assert no_fee.shortfall.commission is None
    assert no_fee.shortfall.total is None
    assert no_fee.slippage is None
    silent = trade_order(replace(ORDER, arrival=None), [fill(1, "-3", "3805")], latest=None)
    assert (silent.shortfall.trading, silent.shortfall.delay, silent.shortfall.missed) == (None, None, None)
    assert silent.shortfall.price == pytest.approx(3 * 50 * 0.75)
    coin = trade_order(ORDER, [fill(1, "-3", "3805")], latest=3800.0, is_linear=False)
    assert coin.shortfall.price is None
    said = ((no_fee, "without a fee"), (silent, "not told apart"), (silent, "is not known"), (coin, "proportion"))
    for done, words in said:
        assert any(words in note for note in done.notes)


def test_costs_that_are_measured() -> None:
    """Five contracts paid 11.25 and sold .8 below arrival: 2.25 each, 3.2 ticks; two families, or shares, tell none."""
    done = trade_order(ORDER, [fill(1, "-3", "3805.5", "6.75"), fill(2, "-2", "3804.75", "4.5")], latest=3804.25)
    measured = measured_costs([done])
    assert measured["commission"] == pytest.approx(2.25)
    assert measured["half_spread_ticks"] == pytest.approx(3.2)
    micro = trade_order(replace(ORDER, root="MES"), [fill(1, "-3", "3805.5", "1.86")], latest=3804.25)
    assert set(measured_costs([done, micro]).values()) == {None}
    share = replace(ORDER, kind="spot")
    assert set(measured_costs([trade_order(share, [fill(1, "-3", "3805.5")], latest=1.0)]).values()) == {None}


def parsed(orders: list[ReleasedOrder]) -> list[dict[str, str]]:
    """Read messages with simplefix, which shares nothing with the writer."""
    parser = simplefix.FixParser()
    parser.append_buffer(orders_fix(orders, sender="DESK", target="BROKER").encode("ascii"))
    messages = []
    while (message := parser.get_message()) is not None:
        messages.append({tag.decode(): value.decode() for tag, value in message.pairs})
    return messages


def test_fix_says_what_the_order_is() -> None:
    """A new order single: side, type, force, account, contract, month, moment in UTC; no limit where there is none."""
    (message,) = parsed([ORDER])
    said = {
        "8": "FIX.4.4", "35": "D", "49": "DESK", "56": "BROKER", "34": "1", "52": "20221228-20:30:00",
        "11": "14-1-abcdef", "583": "14", "1": "U12", "55": "ES", "48": "ESH3", "22": "8", "167": "FUT",
        "200": "202303", "54": "2", "60": "20221228-20:30:00", "38": "7", "40": "1", "15": "USD", "59": "7",
        "58": "strategy overlay",
    }  # fmt: skip
    assert {tag: message[tag] for tag in said} == said
    assert not {"44", "541"} & set(message)
    limit = replace(
        ORDER, side=Side.BUY, order_type=OrderType.LIMIT, time_in_force=TimeInForce.DAY, limit=Decimal("3790.50")
    )
    close = replace(ORDER, order_type=OrderType.BENCHMARK_CLOSE)
    first, second = parsed([limit, close])
    assert (first["54"], first["40"], first["44"], first["59"]) == ("1", "2", "3790.5", "0")
    assert (second["34"], second["58"]) == ("2", "strategy overlay; at the close of SPX")
    option = replace(ORDER, kind="option", symbol="SPX 3600P Mar23", root="SPX 3600P Mar23")
    (put,) = parsed([option])
    assert (put["55"], put["167"], put["201"], put["202"], put["541"]) == ("SPX", "OPT", "0", "3600", "20230317")
    (share,) = parsed([replace(ORDER, kind="spot", symbol="AAPL", expiry=None)])
    assert (share["55"], "200" in share, "167" in share) == ("AAPL", False, False)


@given(
    quantity=st.decimals("0.001", "1000000", places=3), account=st.text("ABC=|0 -", max_size=12),
    orders=st.integers(1, 4),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_length_and_check_sum_are_those_of_another_writer(quantity: Decimal, account: str, orders: int) -> None:
    """simplefix, given the same fields, writes the same bytes: it counts body length and check sum itself."""
    order = replace(ORDER, quantity=quantity, account=account)
    text = orders_fix([order] * orders, sender="DESK", target="BROKER").encode("ascii")
    again = b""
    for message in parsed([order] * orders):
        other = simplefix.FixMessage()
        for tag, value in message.items():
            if tag not in {"9", "10"}:
                other.append_pair(tag, value)
        again += other.encode()
    assert again == text


@pytest.mark.parametrize("text", ["Überlauf", "a\x01b", "line\nbreak"])
def test_what_fix_cannot_say_is_refused(text: str) -> None:
    """No sign may end a field early or be read as another."""
    with pytest.raises(InputError, match="printable ASCII in FIX field"):
        orders_fix([replace(ORDER, strategy=text)], sender="DESK", target="BROKER")


def test_csv_for_an_order_system() -> None:
    """Reference and order type, an empty limit; no cell is a formula."""
    header, row = orders_csv([replace(ORDER, strategy="=cmd()")]).splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["order_type"], cells["limit_price"], cells["reference_price"]) == ("close", "", "3804.25")
    assert cells["strategy"] == "'=cmd()"
