"""Realised P/L of a statement is a gain, from the file to the ledger; only what was deposited came from outside."""

from decimal import Decimal

import trimtab as tt

PRICES = "date,IDX,BTC\n2024-01-03,100,40000\n2024-01-04,101,41000\n2024-01-05,102,42000\n2024-01-08,103,43000\n"
WALLET = """transactTime,transactType,amount,fee,address,transactStatus,walletBalance,currency
2024-01-08T12:00:00.000Z,RealisedPNL,-250000,0,XBTUSD,Completed,101000000,XBt
2024-01-05T12:00:00.000Z,RealisedPNL,1250000,0,XBTUSD,Completed,101250000,XBt
2024-01-04T12:00:00.000Z,Deposit,100000000,0,abc,Completed,100000000,XBt
"""


def test_realised_gains_of_a_wallet_are_no_deposits(tmp_path):
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    for name, text, day in (
        ("p.csv", PRICES, None), ("h.csv", "symbol,quantity\nUSD,5000\n", "2024-01-03"), ("w.csv", WALLET, None),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        desk.import_files(tmp_path / name, accept=True, **({} if day is None else {"as_of": day}))
    extract = desk.ledger()
    facts = [(row.fact, row.cash, row.flow or None) for row in extract.rows if row.fact != "snapshot"]
    assert [(fact, Decimal(cash), flow and Decimal(flow)) for fact, cash, flow in facts] == [
        ("deposit", Decimal(1), Decimal(1)), ("gain", Decimal("0.0125"), None), ("gain", Decimal("-0.0025"), None),
    ]  # fmt: skip
    # 1 BTC of the 4th; gains at the rates of their days, and what the rate made of what was there.
    made = extract.statement
    assert made.flows == 41000
    assert made.gains == Decimal("0.0125") * 42000 - Decimal("0.0025") * 43000
    assert made.closing == 5000 + Decimal("1.01") * 43000
    assert not made.unexplained
