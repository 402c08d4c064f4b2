"""Build the bundled table of common futures contracts from the QuantConnect/Lean symbol-properties database.

Run with the path of that database as Parquet::

    python scripts/build_contracts.py ../shared/data/contract_specs_lean.parquet

Multiplier, tick, lot and currency are facts taken from the source. Everything else in the table is set here: which
contracts are in it, the level that each follows with its other spellings, the delivery months, and a commission that
is an assumption. Where the source is known to be wrong, or quotes in another unit than the exchange does, the
correction is here too and shows up in the ``note`` column.
"""

import argparse
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from build_sample import SAMPLE, write_checksums

SOURCE = "QuantConnect/Lean@24863901deff symbol-properties-database.csv (Apache-2.0)"
# The day on which the rows were taken over and looked through; not a day from which the terms apply.
AS_OF = "2026-11-21"

QUARTERLY = "HMUZ"
EVERY_MONTH = "FGHJKMNQUVXZ"
EVEN_MONTHS = "GJMQVZ"

COLUMNS = (
    "root",
    "name",
    "exchange",
    "kind",
    "multiplier",
    "currency",
    "tick",
    "lot",
    "underlying",
    "underlying_aliases",
    "trackers",
    "months",
    "commission",
    "source",
    "as_of",
    "note",
)

# Other spellings under which data vendors carry the level that a contract follows. First the name used here.
ALIASES: dict[str, tuple[str, ...]] = {
    "SPX": ("SPX", "^GSPC", "GSPC", "^SPX", "SP500", ".SPX", ".INX"),
    "NDX": ("NDX", "^NDX", ".NDX", "NASDAQ100"),
    "RUT": ("RUT", "^RUT", ".RUT", "RUSSELL2000"),
    "DJI": ("DJI", "^DJI", ".DJI", "DJIA", "INDU"),
    "MID": ("MID", "^MID", ".MID", "^SP400", "SP400"),
    "SX5E": ("SX5E", "^STOXX50E", "STOXX50E", ".STOXX50E", "ESTX50"),
    "DAX": ("DAX", "^GDAXI", "GDAXI", ".GDAXI"),
    "HSI": ("HSI", "^HSI", ".HSI"),
    "N225": ("N225", "^N225", ".N225", "NKY", "NIKKEI225"),
    "KS200": ("KS200", "^KS200", ".KS200", "KOSPI200", "KOSPI2"),
    "BTC": ("BTC", "BTCUSD", "BTC-USD", "BTC/USD", "XBT", "XBTUSD"),
    "ETH": ("ETH", "ETHUSD", "ETH-USD", "ETH/USD"),
}

# US-listed funds that hold the index: their beta may stand in for the future's, their price may not.
TRACKERS: dict[str, tuple[str, ...]] = {
    "SPX": ("SPY", "IVV", "VOO", "SPLG"),
    "NDX": ("QQQ", "QQQM"),
    "DJI": ("DIA",),
    "RUT": ("IWM", "VTWO"),
    "MID": ("MDY", "IJH"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One contract of the table: where the source has it, and what the source does not say.

    A value in ``multiplier``, ``tick`` or ``lot`` replaces the source's; ``note`` then says why.
    """

    market: str
    root: str
    name: str
    months: str
    commission: str  # per contract and side, in the contract's currency; an assumption
    underlying: str = ""
    multiplier: str | None = None
    tick: str | None = None
    lot: str | None = None
    note: str = ""


def _choices(market: str, months: str, *rows: tuple[str, str, str, str]) -> tuple[Choice, ...]:
    """Group plain contracts of one market and cycle: root, name, commission, underlying."""
    return tuple(
        Choice(market=market, root=root, name=name, months=months, commission=commission, underlying=underlying)
        for root, name, commission, underlying in rows
    )


_CENTS = "exchange quotes in cents: source gives dollars with multiplier 5000 and tick 0.0025"
_SWAPPED = "source has multiplier 1 and tick 25; the exchange states EUR 1 a point and a tick of 1 point"

CHOICES: tuple[Choice, ...] = (
    *_choices(
        "cme",
        QUARTERLY,
        ("ES", "E-mini S&P 500", "2.25", "SPX"),
        ("MES", "Micro E-mini S&P 500", "0.62", "SPX"),
        ("NQ", "E-mini Nasdaq-100", "2.25", "NDX"),
        ("MNQ", "Micro E-mini Nasdaq-100", "0.62", "NDX"),
        ("RTY", "E-mini Russell 2000", "2.25", "RUT"),
        ("M2K", "Micro E-mini Russell 2000", "0.62", "RUT"),
        ("EMD", "E-mini S&P MidCap 400", "2.25", "MID"),
    ),
    Choice(
        market="cme",
        root="NKD",
        name="Nikkei 225 (USD)",
        months=QUARTERLY,
        commission="3.00",
        underlying="N225",
        note="quanto: the index is quoted in yen and the contract pays 5 USD a point",
    ),
    *_choices("cme", EVERY_MONTH, ("NIY", "Nikkei 225 (JPY)", "350", "N225")),
    *_choices(
        "cbot",
        QUARTERLY,
        ("YM", "E-mini Dow", "2.25", "DJI"),
        ("MYM", "Micro E-mini Dow", "0.62", "DJI"),
    ),
    *_choices(
        "eurex",
        QUARTERLY,
        ("FESX", "EURO STOXX 50", "1.50", "SX5E"),
        ("FDAX", "DAX", "2.00", "DAX"),
        ("FDXM", "Mini-DAX", "1.00", "DAX"),
    ),
    Choice(
        market="eurex",
        root="FDXS",
        name="Micro-DAX",
        months=QUARTERLY,
        commission="0.35",
        underlying="DAX",
        multiplier="1",
        tick="1",
        note=_SWAPPED,
    ),
    *_choices("hkfe", EVERY_MONTH, ("HSI", "Hang Seng Index", "30", "HSI")),
    Choice(
        market="sgx",
        root="NK",
        name="SGX Nikkei 225",
        months=EVERY_MONTH,
        commission="300",
        underlying="N225",
        lot="1",
        note="source has lot 5; the exchange trades single contracts",
    ),
    *_choices("krx", QUARTERLY, ("KM", "KOSPI 200", "4000", "KS200")),
    *_choices("cfe", EVERY_MONTH, ("VX", "VIX", "2.50", ""), ("VXM", "Mini VIX", "0.80", "")),
    *_choices(
        "cme",
        EVERY_MONTH,
        ("BTC", "Bitcoin", "10.00", "BTC"),
        ("MBT", "Micro Bitcoin", "2.60", "BTC"),
        ("ETH", "Ether", "7.00", "ETH"),
        ("MET", "Micro Ether", "0.40", "ETH"),
    ),
    Choice(
        market="cbot",
        root="ZT",
        name="2-Year Treasury Note",
        months=QUARTERLY,
        commission="1.70",
        tick="0.00390625",
        note="one eighth of 1/32; source has it rounded to 0.003906",
    ),
    *_choices(
        "cbot",
        QUARTERLY,
        ("ZF", "5-Year Treasury Note", "1.70", ""),
        ("ZN", "10-Year Treasury Note", "1.70", ""),
        ("TN", "Ultra 10-Year Treasury Note", "1.70", ""),
        ("ZB", "Treasury Bond", "1.80", ""),
        ("UB", "Ultra Treasury Bond", "1.90", ""),
    ),
    *_choices(
        "cme",
        EVERY_MONTH,
        ("6A", "Australian Dollar", "2.45", ""),
        ("6B", "British Pound", "2.45", ""),
        ("6C", "Canadian Dollar", "2.45", ""),
        ("6E", "Euro", "2.45", ""),
        ("6J", "Japanese Yen", "2.45", ""),
        ("6M", "Mexican Peso", "2.45", ""),
        ("6N", "New Zealand Dollar", "2.45", ""),
        ("6S", "Swiss Franc", "2.45", ""),
    ),
    *_choices(
        "cme",
        QUARTERLY,
        ("M6A", "Micro Australian Dollar", "0.50", ""),
        ("M6B", "Micro British Pound", "0.50", ""),
        ("M6E", "Micro Euro", "0.50", ""),
    ),
    *_choices("ice", QUARTERLY, ("DX", "US Dollar Index", "2.20", "")),
    *_choices(
        "comex",
        EVERY_MONTH,
        ("GC", "Gold", "2.45", ""),
        ("SI", "Silver", "2.45", ""),
        ("SIL", "Micro Silver", "1.50", ""),
        ("HG", "Copper", "2.45", ""),
    ),
    *_choices("comex", EVEN_MONTHS, ("MGC", "Micro Gold", "0.90", "")),
    *_choices(
        "nymex",
        EVERY_MONTH,
        ("CL", "WTI Crude Oil", "2.40", ""),
        ("MCL", "Micro WTI Crude Oil", "0.90", ""),
        ("NG", "Henry Hub Natural Gas", "2.45", ""),
        ("RB", "RBOB Gasoline", "2.40", ""),
        ("HO", "NY Harbor ULSD", "2.40", ""),
        ("PL", "Platinum", "2.45", ""),
        ("PA", "Palladium", "2.45", ""),
    ),
    *_choices("ice", EVERY_MONTH, ("B", "Brent Crude", "2.40", "")),
    *(
        Choice(
            market="cbot",
            root=root,
            name=name,
            months=months,
            commission="2.95",
            multiplier="50",
            tick="0.25",
            note=_CENTS,
        )
        for root, name, months in (("ZC", "Corn", "HKNUZ"), ("ZS", "Soybeans", "FHKNQUX"), ("ZW", "SRW Wheat", "HKNUZ"))
    ),
)


def plain(value: float) -> str:
    """Write a number without exponent and without trailing zeros: 5e-07 becomes 0.0000005."""
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    if float(text) != value:
        raise SystemExit(f"expected at most 12 decimals, found {value!r}")
    return text


def contract_row(choice: Choice, specs: pl.DataFrame) -> dict[str, str]:
    """Join what is set here with the facts of the source for one contract."""
    found = specs.filter(
        (pl.col("type") == "future") & (pl.col("market") == choice.market) & (pl.col("symbol") == choice.root)
    )
    if found.height != 1:
        raise SystemExit(f"expected one future {choice.root} on {choice.market} in the source, found {found.height}")
    fact = found.row(0, named=True)
    return {
        "root": choice.root,
        "name": choice.name,
        "exchange": choice.market.upper(),
        "kind": "quanto" if choice.note.startswith("quanto") else "future",
        "multiplier": choice.multiplier or plain(fact["contract_multiplier"]),
        "currency": fact["quote_currency"],
        "tick": choice.tick or plain(fact["minimum_price_variation"]),
        "lot": choice.lot or plain(fact["lot_size"]),
        "underlying": choice.underlying,
        "underlying_aliases": ";".join(ALIASES[choice.underlying]) if choice.underlying else "",
        "trackers": ";".join(TRACKERS.get(choice.underlying, ())),
        "months": choice.months,
        "commission": choice.commission,
        "source": SOURCE,
        "as_of": AS_OF,
        "note": choice.note,
    }


def build_contracts(specs: pl.DataFrame) -> str:
    """Give the whole table as CSV text."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(contract_row(choice, specs) for choice in CHOICES)
    return buffer.getvalue()


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("specs", type=Path, help="the symbol-properties database as Parquet")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder to write to")
    options = parser.parse_args()
    text = build_contracts(pl.read_parquet(options.specs))
    (options.out / "contracts.csv").write_text(text, encoding="utf-8", newline="\n")
    write_checksums(options.out)
    print(f"{len(CHOICES)} contracts, {sum(bool(choice.note) for choice in CHOICES)} with a note")


if __name__ == "__main__":
    main()
