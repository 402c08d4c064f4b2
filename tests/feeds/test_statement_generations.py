"""Files of other senders, languages and generations, with invented numbers: read by what their columns mean.

None of them is a layout that the source knows by its columns' names alone; what each row must say stands below.
"""

from pathlib import Path

import pytest

from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Statement
from trimtab.feeds.statements.road import Settings

FOLDER = Path(__file__).parent / "generations"


def told(statement: Statement) -> list[str]:
    """Write what a statement says, a line for each position, balance and fact."""
    positions = [f"{p.quantity:f} {p.what.label} at {p.price:f} {p.currency}" for p in statement.positions if p.price]
    balances = [f"{row.amount:f} {row.currency}" for row in statement.cash]
    facts = []
    for fact in statement.facts:
        units = "" if fact.quantity is None else f" {fact.quantity:f}"
        label = "" if fact.what is None else f" {fact.what.label}"
        facts.append(f"{fact.day} {fact.fact.value}{units}{label} for {fact.cash:f} {fact.currency}")
    return [*positions, *balances, *facts]


BOOKS = {
    "avanza": [
        "2024-03-04 buy 10 SE0015811963 for -2544 SEK",
        "2024-03-05 sell -5 SE0000115446 for 1361 SEK",
        "2024-03-01 deposit for 10000 SEK",
    ],
    "binance_orders_2024": [
        "2024-05-10 buy 0.01 BTC for -600 USDT",
    ],
    "binance_trades": [
        "2021-05-10 buy 0.0100000000 BTC for -560.00100000 USDT",
        "2021-05-11 sell -0.5000000000 ETH for 1998.00000000 USDT",
    ],
    "bitpanda": [
        "2024-02-05 buy 0.00250000 BTC for -100.00 EUR",
        "2024-02-01 deposit EUR for 500.00 EUR",
    ],
    "coinbase_2021": [
        "2021-04-05 buy 0.01 BTC for -507.45 EUR",
        "2021-04-06 sell -0.005 BTC for 251.20 EUR",
        "2021-04-07 staking 1.5 ALGO for 0 EUR",
    ],
    "coinbase_2025": [
        "2025-01-05 buy 0.01 BTC for -964.06 USD",
        "2025-01-06 sell -0.5 ETH for 1775.00 USD",
        "2025-01-07 exchange -2 SOL for 0 USD",
        "2025-01-08 staking 0.0002 ETH for 0 USD",
        "2025-01-09 withdrawal -0.005 BTC for 0 USD",
    ],
    "comdirect_depot": [
        "120.000 SAP SE O.N. at 245.30 EUR",
        "50.500 VANG.FTSE ALL-WORLD at 120.10 EUR",
    ],
    "consorsbank": [
        "2024-02-05 buy 12 DE0007164600 for -1935.95 EUR",
        "2024-02-06 sell -5 IE00B3RBWM25 for 540.05 EUR",
    ],
    "degiro_account_en": [
        "0.00 USD",
        "11.52 EUR",
        "2024-01-15 buy 2 US67066G1040 for -1080.20 USD",
        "2024-01-15 exchange 1080.20 USD for -986.48 EUR",
        "2024-01-15 fee US67066G1040 for -2.00 EUR",
        "2024-01-14 deposit for 1000.00 EUR",
    ],
    "degiro_account_nl": [
        "912.62 EUR",
        "0.00 USD",
        "2023-03-02 fee US67066G1040 for -2.00 EUR",
        "2023-03-02 exchange 1150.50 USD for -1085.38 EUR",
        "2023-03-02 buy 5 US67066G1040 for -1150.50 USD",
        "2023-03-01 deposit for 2000.00 EUR",
    ],
    "degiro_portfolio_en": [
        "3 NL0010273215 at 880.00 EUR",
        "2 US67066G1040 at 860.10 USD",
        "120.50 EUR",
    ],
    "degiro_portfolio_nl": [
        "2 NL0010273215 at 600.00 EUR",
        "504.11 EUR",
    ],
    "degiro_transactions_en": [
        "2024-04-30 sell -2 US67066G1040 for 1606.11 EUR",
        "2024-03-12 buy 3 NL0010273215 for -2643.00 EUR",
    ],
    "degiro_transactions_fr": [
        "2024-04-30 sell -2 US67066G1040 for 1606.11 EUR",
        "2024-03-13 buy 10 FR0000120271 for -636.00 EUR",
    ],
    "dkb_depot": [
        "50.5 IE00B3RBWM25 at 120.10 EUR",
    ],
    "etrade_2025": [
        "2025-02-11 buy 5.0 VTI for -1495.5 USD",
        "2025-02-12 dividend VTI for 14.2 USD",
        "2025-02-13 short -1.0 SPY   250321P00560000 for 409.35 USD",
    ],
    "etrade_transactions": [
        "2024-03-15 buy 10 VTI for -2551 USD",
        "2024-03-18 short -1 SPY   240419P00500000 for 349.48 USD",
        "2024-03-20 dividend VTI for 9.1 USD",
    ],
    "fidelity_2022": [
        "2022-11-15 buy 10 VTI for -2000.00 USD",
        "2022-11-16 sell -5 AAPL for 749.98 USD",
        "2022-11-30 dividend SPAXX for 1.23 USD",
        "2022-11-30 buy 1.23 SPAXX for -1.23 USD",
    ],
    "fidelity_2025": [
        "1200.10 USD",
        "2025-03-14 buy 4 VOO for -2060.8 USD",
        "2025-03-10 dividend SPAXX for 3.15 USD",
        "2025-03-07 sell -2 AAPL  250321C00240000 for 678.65 USD",
        "2025-03-03 deposit for 500 USD",
    ],
    "flex_positions": [
        "100 AAPL at 210 USD",
        "50 SAP at 180 EUR",
    ],
    "flex_trades": [
        "2024-05-01 buy 10 MSFT for -4001 USD",
        "2024-05-02 sell -5 NESN for 470 CHF",
    ],
    "flex_two_tables": [
        "2024-05-13 buy 10 MSFT for -4106 USD",
        "2024-05-14 short -2 SPY   240621P00500000 for 698.6 USD",
        "2024-05-15 buy 5 SAP for -894 EUR",
        "2024-06-13 dividend MSFT for 7.5 USD",
        "2024-06-13 tax MSFT for -1.13 USD",
    ],
    "freetrade": [
        "2024-02-05 buy 1 AAPL for -150.45 GBP",
        "2024-02-01 deposit for 500.00 GBP",
    ],
    "hargreaves_lansdown": [
        "10 VWRL at 9520.00 GBP",
        "1000 LLOY at 45.10 GBP",
    ],
    "ibkr_activity_de": [
        "10 MSFT at 420 USD",
        "300 USD",
        "225 EUR",
        "2024-01-15 buy 10 MSFT for -4001 USD",
        "2024-03-14 dividend MSFT for 7.5 USD",
        "2024-03-14 tax MSFT for -1.13 USD",
    ],
    "ing_depot": [
        "50.5 IE00B3RBWM25 at 120.10 EUR",
        "12 DE0007164600 at 245.30 EUR",
    ],
    "interactive_investor": [
        "1048.21 GBP",
        "2024-02-13 dividend VWRL for 4.20 GBP",
        "2024-02-05 buy 10 VWRL for -955.99 GBP",
        "2024-02-01 deposit for 2000.00 GBP",
    ],
    "kraken_ledgers_2024": [
        "199.2500 EUR",
        "2024-05-01 deposit for 500.0000 EUR",
        "2024-05-02 buy 0.00520000 BTC for -300.7500 EUR",
        "2024-05-03 staking 0.00010000 ETH for 0 None",
    ],
    "kraken_trades": [
        "2021-03-05 buy 0.01000000 BTC for -400.64 EUR",
        "2021-03-06 sell -0.10000000 ETH for 129.80 EUR",
    ],
    "merrill_activity": [
        "2024-02-05 buy 10 AAPL for -1885.00 USD",
        "2024-02-06 sell -5 MSFT for 2000.00 USD",
    ],
    "nordnet": [
        "7456 SEK",
        "2024-03-04 buy 10 SE0015811963 for -2544 SEK",
        "2024-03-01 deposit for 10000 SEK",
    ],
    "questrade": [
        "2024-02-05 buy 10.00000 VFV.TO for -1209.95 CAD",
        "2024-02-06 sell -3.00000 AAPL for 559.00 USD",
        "2024-02-15 dividend AAPL for 2.40 USD",
        "2024-02-01 deposit for 2000.00 CAD",
    ],
    "revolut": [
        "2023-09-22 deposit for 100 EUR",
        "2023-09-22 buy 1.63453043 O for -76.81 EUR",
        "2023-10-16 dividend O for 0.34 EUR",
        "2023-11-16 sell -1.0 O for 50.00 EUR",
        "2023-12-01 withdrawal for -20 EUR",
        "2023-12-02 fee for -0.10 EUR",
    ],
    "revolut_2024": [
        "2024-02-05 buy 1.5 AAPL for -282.75 USD",
        "2024-02-06 deposit for 500 USD",
        "2024-02-10 dividend AAPL for 0.36 USD",
    ],
    "robinhood_2024": [
        "2024-02-21 buy 3 TSLA for -584.31 USD",
        "2024-02-20 short -2 SPY   240315P00490000 for 621.92 USD",
        "2024-02-16 deposit for 250.00 USD",
        "2024-02-15 dividend AAPL for 2.40 USD",
        "2024-02-10 fee for -5.00 USD",
    ],
    "saxo_positions": [
        "60 NOVOb:xcse at 441.20 DKK",
    ],
    "scalable": [
        "2024-03-01 buy 5 IE00BK5BQT80 for -552.24 EUR",
        "2024-03-05 sell -2 IE00BK5BQT80 for 219.91 EUR",
        "2024-03-06 deposit for 1000.00 EUR",
        "2024-03-07 dividend IE00BK5BQT80 for 10.50 EUR",
    ],
    "schwab_2023": [
        "2023-12-29 tax SAP for -3.10 USD",
        "2023-12-28 buy 2 SPY   240119P00460000 for -201.32 USD",
        "2023-12-27 interest for 0.55 USD",
    ],
    "schwab_positions_2024": [
        "11.5 MSFT at 416.06 USD",
        "5000 912797KA4 at 99.4812 USD",
        "5500.00 USD",
    ],
    "tastytrade_2020": [
        "2020-01-15 short -1 SPY   200221P00320000 for 248.86 USD",
        "2020-01-16 buy 1 SPY   200221P00320000 for -150.14 USD",
        "2020-01-17 deposit for 5000.00 USD",
    ],
    "trading212_2024": [
        "2024-01-05 buy 3.0 TTE for -186.56 EUR",
        "2024-01-06 interest for 0.12 EUR",
        "2024-01-08 withdrawal for -50.00 EUR",
        "2024-02-08 dividend AAPL for 0.37 EUR",
    ],
    "trading212_2025": [
        "2025-02-03 buy 2.5000000000 AAPL for -464.61 GBP",
        "2025-02-10 sell -1000.0000000000 VOD for 705.00 GBP",
        "2025-02-20 dividend AAPL for 0.43 GBP",
        "2025-01-30 deposit for 500.00 GBP",
        "2025-02-01 interest for 0.15 GBP",
    ],
    "vanguard_2023": [
        "2023-11-15 buy 5 VTI for -1100.00 USD",
        "2023-11-20 buy 2.10 VMFXX for -2.10 USD",
        "2023-11-20 dividend VMFXX for 2.10 USD",
    ],
    "vanguard_2025": [
        "2025-02-05 buy 5.0 VTI for -1500.5 USD",
        "2025-02-10 dividend VTI for 4.1 USD",
    ],
    "wealthsimple": [
        "2024-02-05 buy 10 VFV for -1205 CAD",
        "2024-02-10 dividend VFV for 3.1 CAD",
        "2024-02-01 deposit for 2000 CAD",
    ],
    "xtb": [
        "2024-02-05 buy 10 AAPL.US for -1885.00 None",
        "2024-02-01 deposit for 2000.00 None",
        "2024-02-15 dividend AAPL.US for 2.40 None",
    ],
}


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_a_generation_that_is_not_known_is_read_by_the_meaning_of_its_columns(name: str) -> None:
    """Every row gives what is written for it here, and nothing is refused."""
    data = (FOLDER / f"{name}.csv").read_bytes()
    statement = read_statement(data, name="a file", settings=Settings(contracts=bundled_contracts()))
    assert (statement.faults, told(statement)) == ((), BOOKS[name])
