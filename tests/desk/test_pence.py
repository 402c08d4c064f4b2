"""Prices in pence: pounds once, whoever says it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from given import planted

import trimtab as tt
from trimtab.desk.ask.drift import trade_through
from trimtab.feeds.holdings import read_holdings
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Option, OptionRight, Premium, Terms
from trimtab.model.portfolio import Portfolio, Position
from trimtab.performance.cost_basis import Trade

MANDATE = tt.Mandate(benchmark="M", target=1.0, band=0.1)


@pytest.mark.parametrize("row", ["VOD,1000,GBX,", "VOD,1000,GBP,pence", "VOD,1000,GBX,pence"])
@pytest.mark.parametrize("stated", [True, False])
def test_a_thousand_shares_at_pence_are_worth_pounds(tmp_path, row, stated):
    """A file that says GBX and holdings that say pence divide once, not twice; a silent file is divided once."""
    table = planted({"VOD": 0.9})
    symbols = ("M", "VOD")
    if stated:
        lines = ["date,symbol,price,currency"]
        for day, (m, vod) in zip(table.dates.astype("datetime64[D]"), table.values, strict=True):
            lines += [f"{day},M,{m!r},GBP", f"{day},VOD,{vod!r},GBX"]
        (tmp_path / "p.csv").write_text("\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n")
        prices = tmp_path / "p.csv"
    else:
        prices = replace(table, symbols=symbols, currencies=(None, None))
    (tmp_path / "b.csv").write_text(f"symbol,quantity,currency,quotation\n{row}\n")
    found = tt.review(prices, tmp_path / "b.csv", MANDATE, base="GBP", method="ols")
    assert found.exposure.nav == pytest.approx(10 * table.values[-1, 1])
    assert found.exposure.net == pytest.approx(found.exposure.nav)


def test_a_stated_price_in_pence_is_pounds(tmp_path):
    """The holdings' own price, used where the table has none, is divided as well."""
    (tmp_path / "b.csv").write_text("symbol,quantity,currency,price\nOTHER,1000,GBX,250\n")
    held = tt.read_portfolio(tmp_path / "b.csv", base="GBP").positions[0]
    assert (held.instrument.currency, held.stated.price) == ("GBP", 2.5)


def test_pence_are_pounds_without_the_review_too(tmp_path):
    """Measured directly against a moment of silent prices, the same holdings have the same value."""
    table = replace(planted({"VOD": 0.9}), currencies=(None, None))
    (tmp_path / "b.csv").write_text("symbol,quantity,currency\nVOD,1000,GBX\n")
    betas = tt.estimate_betas(table, benchmark="M", method="ols")
    held = tt.read_portfolio(tmp_path / "b.csv", base="GBP")
    assert tt.expose(held, tt.market_at(table, base="GBP"), betas).nav == pytest.approx(10 * table.values[-1, 1])


@pytest.mark.parametrize(("row", "price", "paid"), [
    ("VOD,1000,GBX", "250", "GBP -250.00"),
    ("VOD,1000,GBP", "2.50", "GBP -250.00"),
])  # fmt: skip
def test_a_trade_in_pence_is_paid_in_pounds(tmp_path, row, price, paid):
    """A drift through trades pays a hundred shares at 250 pence with 250 pounds, as it does at 2.50 pounds."""
    (tmp_path / "b.csv").write_text(f"symbol,quantity,currency\n{row}\n")
    book = read_holdings(tmp_path / "b.csv", base="USD", contracts=ContractTable(specs=()))
    trade = Trade(date=dt.date(2024, 1, 3), quantity=Decimal(100), price=Decimal(price))
    after = trade_through(book, {"VOD": (trade,)}, start=dt.date(2024, 1, 2))[-1].portfolio
    cash = [p for p in after.positions if p.instrument.is_money]
    assert [f"{p.symbol} {p.quantity:.2f}" for p in cash] == [paid]


def test_a_premium_in_coin_is_paid_in_coin():
    """Two puts at a hundredth of a coin each cost two hundredths of that coin, and no dollars."""
    put = Option(
        symbol="BTC-P", underlying="BTC", currency="USD", right=OptionRight.PUT, strike=Decimal(40_000),
        expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=Decimal(1)),), premium=Premium.COIN,
    )  # fmt: skip
    book = Portfolio(positions=(Position(instrument=put, quantity=Decimal(1)),), base="USD")
    trade = Trade(date=dt.date(2024, 1, 3), quantity=Decimal(2), price=Decimal("0.01"))
    after = trade_through(book, {"BTC-P": (trade,)}, start=dt.date(2024, 1, 2))[-1].portfolio
    assert [(p.symbol, p.quantity) for p in after.positions] == [("BTC-P", Decimal(3)), ("BTC", Decimal("-0.02"))]
