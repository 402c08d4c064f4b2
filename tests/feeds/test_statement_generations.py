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
    "binance_trades": [
        "2021-05-10 buy 0.0100000000 BTC for -560.00100000 USDT",
        "2021-05-11 sell -0.5000000000 ETH for 1998.00000000 USDT",
    ],
    "coinbase_2021": [
        "2021-04-05 buy 0.01 BTC for -507.45 EUR",
        "2021-04-06 sell -0.005 BTC for 251.20 EUR",
        "2021-04-07 staking 1.5 ALGO for 0 EUR",
    ],
    "comdirect_depot": [
        "120.000 SAP SE O.N. at 245.30 EUR",
        "50.500 VANG.FTSE ALL-WORLD at 120.10 EUR",
    ],
    "degiro_account_nl": [
        "912.62 EUR",
        "0.00 USD",
        "2023-03-02 fee US67066G1040 for -2.00 EUR",
        "2023-03-02 exchange 1150.50 USD for -1085.38 EUR",
        "2023-03-02 buy 5 US67066G1040 for -1150.50 USD",
        "2023-03-01 deposit for 2000.00 EUR",
    ],
    "degiro_portfolio_nl": [
        "2 NL0010273215 at 600.00 EUR",
        "504.11 EUR",
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
    "flex_positions": [
        "100 AAPL at 210 USD",
        "50 SAP at 180 EUR",
    ],
    "flex_trades": [
        "2024-05-01 buy 10 MSFT for -4001 USD",
        "2024-05-02 sell -5 NESN for 470 CHF",
    ],
    "ibkr_activity_de": [
        "10 MSFT at 420 USD",
        "300 USD",
        "225 EUR",
        "2024-01-15 buy 10 MSFT for -4001 USD",
        "2024-03-14 dividend MSFT for 7.5 USD",
        "2024-03-14 tax MSFT for -1.13 USD",
    ],
    "kraken_trades": [
        "2021-03-05 buy 0.01000000 BTC for -400.64 EUR",
        "2021-03-06 sell -0.10000000 ETH for 129.80 EUR",
    ],
    "revolut": [
        "2023-09-22 deposit for 100 EUR",
        "2023-09-22 buy 1.63453043 O for -76.81 EUR",
        "2023-10-16 dividend O for 0.34 EUR",
        "2023-11-16 sell -1.0 O for 50.00 EUR",
        "2023-12-01 withdrawal for -20 EUR",
        "2023-12-02 fee for -0.10 EUR",
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
    "vanguard_2023": [
        "2023-11-15 buy 5 VTI for -1100.00 USD",
        "2023-11-20 buy 2.10 VMFXX for -2.10 USD",
        "2023-11-20 dividend VMFXX for 2.10 USD",
    ],
}


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_a_generation_that_is_not_known_is_read_by_the_meaning_of_its_columns(name: str) -> None:
    """Every row gives what is written for it here, and nothing is refused."""
    data = (FOLDER / f"{name}.csv").read_bytes()
    statement = read_statement(data, name="a file", settings=Settings(contracts=bundled_contracts()))
    assert (statement.faults, told(statement)) == ((), BOOKS[name])
