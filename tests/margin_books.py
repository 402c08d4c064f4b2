"""Books with venue accounts, of rows of holdings and given prices."""

import polars as pl
from given import given_betas, given_market

from trimtab.exposure.measured import MeasuredBook, measure_book
from trimtab.feeds.contracts import open_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.hedge.margin.build import accounts_of, usual_margin
from trimtab.hedge.margin.measure import measure_accounts

#: The day of the moment is 2024-03-01: thirty days later.
IN_THIRTY_DAYS = "2024-03-31"


def coins(amount, symbol="BTC", **more):
    """A row of coins."""
    return {"symbol": symbol, "quantity": str(amount), "kind": "spot", **more}


def money(amount, currency="USD", **more):
    """A row of cash."""
    return {"symbol": currency, "quantity": str(amount), "kind": "cash", "currency": currency, **more}


def perpetual(contracts, *, payoff="inverse", venue="BitMEX", settlement="BTC", on="BTC", symbol="PERP", **more):
    """A row of perpetuals of one dollar, or of one coin."""
    row = {"symbol": symbol, "quantity": str(contracts), "kind": "perpetual", "multiplier": "1", "payoff": payoff}
    row |= {"underlying": on, "venue": venue, "currency": "USD"}
    return row | ({"settlement": settlement} if settlement else {}) | more


def coin_option(count, strike, *, right="put", vol=0.742, venue="Deribit", symbol=None, **more):
    """A row of coin options that live thirty days."""
    row = {"symbol": symbol or f"{right}{strike}", "quantity": str(count), "kind": "option", "underlying": "BTC"}
    row |= {"right": right, "strike": str(strike), "expiry": IN_THIRTY_DAYS, "multiplier": "1", "premium": "coin"}
    return row | {"vol": str(vol), "venue": venue, "currency": "USD"} | more


def margin_book(*rows, prices=None, betas=None, contracts=None) -> MeasuredBook:
    """Measure rows of holdings at 80,000 a bitcoin."""
    columns = {name for row in rows for name in row}
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in columns})
    table = contracts or open_contracts(None)
    held = read_holdings(frame, base="USD", contracts=table)
    values = {"M": 100.0, "BTC": 80_000.0, **(prices or {})}
    known = {name: (1.5 if betas is None else betas[name], 0.1) for name in values if name != "M"}
    return measure_book(held, given_market(values), given_betas("M", known))


def measured(*rows, contracts=None, **more):
    """Measure the venue accounts of rows of holdings."""
    table = contracts or open_contracts(None)
    return measure_accounts(margin_book(*rows, contracts=table, **more), usual_margin(table))


def accounts(*rows, contracts=None, **more):
    """Give the venue accounts of rows of holdings, to be looked at anywhere."""
    table = contracts or open_contracts(None)
    return accounts_of(margin_book(*rows, contracts=table, **more), usual_margin(table))
