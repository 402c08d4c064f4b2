"""Write the table of exchange calendars that the package ships, after comparing two libraries day by day.

Run with the ``bench`` extra installed::

    python scripts/calendars.py            # compare, and write the table
    python scripts/calendars.py --check    # compare, and say whether the table in the package is what would be written

Days come from exchange_calendars. Where pandas_market_calendars has a calendar of its own (most of its names are
mirrors of the other library, which would prove nothing), both are compared over every day of the table. A difference
that is not decided in `DECIDED` ends the script without writing; so does a decision that decides nothing any more.
"""

import argparse
import csv
import datetime as dt
import io
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from build_sample import SAMPLE, write_checksums

#: First and last day of the table; a calendar whose source knows less has less. Move the last one with each new table.
FIRST, LAST = dt.date(2015, 1, 1), dt.date(2027, 12, 31)
COLUMNS = (
    "exchange", "name", "also", "time_zone", "close", "week", "first", "valid_until", "holidays", "extra", "early",
    "source", "compared",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """An exchange of the table.

    `other` names a calendar of pandas_market_calendars that does not mirror exchange_calendars; `also` other codes of
    the same calendar; `only_other` takes the days from there, for groups of products that exchange_calendars lacks.
    """

    code: str
    name: str
    other: str = ""
    also: str = ""
    only_other: bool = False


EXCHANGES = (
    Exchange(code="XNYS", name="New York Stock Exchange", other="NYSE", also="XNAS XASE ARCX BATS IEXG NYSE NASDAQ"),
    Exchange(code="XTSE", name="Toronto Stock Exchange", other="TSX", also="XTSX TSX"),
    Exchange(code="XMEX", name="Bolsa Mexicana de Valores"),
    Exchange(code="BVMF", name="B3, Sao Paulo", other="B3", also="B3"),
    Exchange(code="XBUE", name="Bolsa de Comercio de Buenos Aires"),
    Exchange(code="XSGO", name="Bolsa de Santiago"),
    Exchange(code="XLIM", name="Bolsa de Valores de Lima"),
    Exchange(code="XLON", name="London Stock Exchange", other="LSE", also="LSE"),
    Exchange(code="XDUB", name="Euronext Dublin"),
    Exchange(code="XETR", name="Xetra", also="XFRA"),
    Exchange(code="XPAR", name="Euronext Paris"),
    Exchange(code="XAMS", name="Euronext Amsterdam"),
    Exchange(code="XBRU", name="Euronext Brussels"),
    Exchange(code="XLIS", name="Euronext Lisbon"),
    Exchange(code="XMIL", name="Borsa Italiana"),
    Exchange(code="XMAD", name="Bolsa de Madrid"),
    Exchange(code="XSWX", name="SIX Swiss Exchange", other="SIX", also="SIX"),
    Exchange(code="XWBO", name="Wiener Boerse"),
    Exchange(code="XSTO", name="Nasdaq Stockholm"),
    Exchange(code="XHEL", name="Nasdaq Helsinki"),
    Exchange(code="XCSE", name="Nasdaq Copenhagen"),
    Exchange(code="XICE", name="Nasdaq Iceland"),
    Exchange(code="XOSL", name="Oslo Bors", other="OSE"),
    Exchange(code="XWAR", name="Warsaw Stock Exchange"),
    Exchange(code="XPRA", name="Prague Stock Exchange"),
    Exchange(code="XBUD", name="Budapest Stock Exchange"),
    Exchange(code="XIST", name="Borsa Istanbul"),
    Exchange(code="XJSE", name="Johannesburg Stock Exchange"),
    Exchange(code="XSAU", name="Saudi Exchange"),
    Exchange(code="XTKS", name="Tokyo Stock Exchange", other="JPX", also="JPX TSE"),
    Exchange(code="XHKG", name="Hong Kong Exchanges", other="HKEX", also="HKEX"),
    Exchange(code="XSHG", name="Shanghai Stock Exchange", other="SSE", also="XSHE SSE"),
    Exchange(code="XTAI", name="Taiwan Stock Exchange"),
    Exchange(code="XKRX", name="Korea Exchange"),
    Exchange(code="XSES", name="Singapore Exchange"),
    Exchange(code="XBOM", name="BSE and NSE, India", other="BSE", also="XNSE NSE BSE"),
    Exchange(code="XBKK", name="Stock Exchange of Thailand"),
    Exchange(code="XKLS", name="Bursa Malaysia"),
    Exchange(code="XASX", name="Australian Securities Exchange", other="ASX", also="ASX"),
    Exchange(code="XNZE", name="New Zealand Exchange"),
    Exchange(code="XEUR", name="Eurex", other="EUREX", also="EUREX"),
    Exchange(code="XCBF", name="Cboe Futures Exchange", other="CFE", also="CFE"),
    Exchange(code="CMES", name="CME Globex, trade dates of its shares futures", other="CME Globex Equity",
             also="CME CME_EQUITY"),
    Exchange(code="IEPA", name="ICE Futures US", other="ICE", also="ICEUS"),
    Exchange(code="CME_RATES", name="CME Globex, interest rates", other="CME Globex Interest Rate Products",
             only_other=True),
    Exchange(code="CME_FX", name="CME Globex, currencies", other="CMEGlobex_FX", only_other=True),
    Exchange(code="CME_ENERGY", name="CME Globex, energy and metals", other="CMEGlobex_EnergyAndMetals",
             only_other=True),
    Exchange(code="CME_GRAINS", name="CME Globex, grains and oilseeds", other="CMEGlobex_Grains", only_other=True),
    Exchange(code="24/7", name="Coins: every day", also="COINS"),
)  # fmt: skip

#: Exchanges that exchange_calendars has and this table leaves out, with the reason.
LEFT_OUT = {
    "XTAE": "exchange_calendars 4.13 cannot make it with pandas 3 (special closes on days that are no sessions)",
    "XIDX": "its announced holidays end in 2025 without the library saying so: 9 in 2026, where a year has 20",
    "XBOG": "its closes are stated on the clock of New York",
}

_EUREX = (
    "closed on 24 and 31 December by the trading calendars of Eurex; the other library has them as sessions, and takes "
    "weekdays after a Christmas on a weekend for holidays"
)
_GOOD_FRIDAY = (
    "a morning of shares futures on Globex and no daily settlement of its own; a price of that day is not waited for"
)
#: Days on which the two libraries differ, by exchange: whether the table has a session there, and why.
DECIDED: dict[str, dict[str, tuple[bool, str]]] = {
    "XHKG": {
        "2020-10-13": (False, "closed for typhoon Nangka"),
        "2021-04-06": (False, "holiday after Easter Monday, for Ching Ming"),
        "2021-10-13": (False, "closed for typhoon Kompasu"),
        "2023-09-01": (False, "closed for typhoon Saola; exchange_calendars has a session"),
        "2023-09-08": (False, "closed for the black rainstorm; exchange_calendars has a session"),
        "2024-09-06": (False, "closed for typhoon Yagi"),
    },
    "XBOM": {
        "2015-11-11": (False, "an hour in the evening (Muhurat) on a holiday"),
        "2017-10-19": (False, "an hour in the evening (Muhurat) on a holiday"),
        "2018-11-07": (False, "an hour in the evening (Muhurat) on a holiday"),
        "2020-05-25": (False, "Id-ul-Fitr"),
        "2020-07-31": (True, "Bakri Id fell on the Saturday"),
    },
    "CMES": dict.fromkeys(
        ("2015-04-03", "2021-04-02", "2023-04-07", "2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26"),
        (False, _GOOD_FRIDAY),
    )
    | dict.fromkeys(("2018-12-05", "2025-01-09"), (False, "a day of mourning: a morning only")),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Days:
    """The sessions of an exchange, and the local time of each close."""

    time_zone: str
    closes: dict[dt.date, dt.time]
    valid_until: dt.date
    notes: list[str] = field(default_factory=list)


def from_exchange_calendars(code: str) -> Days:
    """Take the days of an exchange from exchange_calendars."""
    import exchange_calendars as xc  # noqa: PLC0415 - pandas and both libraries are wanted by this script alone
    import pandas as pd  # noqa: PLC0415

    kind = xc.calendar_utils._default_calendar_factories[code]  # noqa: SLF001 - it says where its holidays end
    start, end = max(FIRST, _day(kind.bound_min(), FIRST)), min(LAST, _day(kind.bound_max(), LAST))
    made = xc.get_calendar(code, start=pd.Timestamp(start), end=pd.Timestamp(end))
    local = made.closes.dt.tz_convert(made.tz)
    closes = {day.date(): close.time() for day, close in zip(made.sessions, local, strict=True)}
    return Days(time_zone=str(made.tz), closes=closes, valid_until=end)


def _day(stamp: Any, otherwise: dt.date) -> dt.date:
    return otherwise if stamp is None else stamp.date()


def from_other(name: str, until: dt.date) -> Days:
    """Take the days of an exchange from pandas_market_calendars."""
    import pandas_market_calendars as pmc  # noqa: PLC0415

    made = pmc.get_calendar(name)
    if "mirror" in type(made).__module__:
        raise SystemExit(f"{name} mirrors exchange_calendars and proves nothing")
    table = made.schedule(str(FIRST), str(until))
    local = table.market_close.dt.tz_convert(made.tz)
    closes = {day.date(): close.time() for day, close in zip(table.index, local, strict=True)}
    return Days(time_zone=str(made.tz), closes=closes, valid_until=until)


def usual_close(days: Days) -> dt.time:
    """Give the close of most days of the last two years."""
    recent = [close for day, close in days.closes.items() if day > days.valid_until - dt.timedelta(days=730)]
    return max(set(recent), key=recent.count)


def compare(exchange: Exchange, days: Days) -> tuple[Days, str]:
    """Compare with the other library; give the days as decided, and what is said of the comparison."""
    if not exchange.other:
        return days, ""
    other = from_other(exchange.other, days.valid_until)
    first = min(days.closes)
    differ = {str(day) for day in days.closes.keys() ^ other.closes.keys() if day >= first}
    decided = dict(DECIDED.get(exchange.code, {}))
    if exchange.code == "XEUR":
        decided |= {day: (not day.endswith(("12-24", "12-31")), _EUREX) for day in differ if "-12-" in day}
    if differ != decided.keys():
        unknown, idle = sorted(differ - decided.keys()), sorted(decided.keys() - differ)
        raise SystemExit(f"{exchange.code}: not decided: {unknown}; decides nothing any more: {idle}")
    closes = dict(days.closes)
    for day, (session, _) in decided.items():
        if session:
            closes.setdefault(dt.date.fromisoformat(day), usual_close(days))
        else:
            closes.pop(dt.date.fromisoformat(day), None)
    told = f"{exchange.other} of pandas_market_calendars: {len(other.closes)} days, {len(differ)} decided by hand"
    return Days(time_zone=days.time_zone, closes=closes, valid_until=days.valid_until), told


def week_of(days: Days) -> str:
    """Give the weekdays that are sessions, Monday first, as 0 and 1: those with a session on most of their dates."""
    first, last = min(days.closes), days.valid_until
    every = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    shares = [
        sum(day in days.closes for day in every if day.weekday() == n) / sum(day.weekday() == n for day in every)
        for n in range(7)
    ]
    return "".join("1" if share > 0.5 else "0" for share in shares)


def row_of(exchange: Exchange, days: Days, source: str, compared: str) -> dict[str, str]:
    """Write a calendar as its usual week and what differs from it."""
    week, usual = week_of(days), usual_close(days)
    first, last = FIRST if min(days.closes) < FIRST + dt.timedelta(days=14) else min(days.closes), days.valid_until
    every = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    holidays = [day for day in every if week[day.weekday()] == "1" and day not in days.closes]
    extra = [day for day in every if week[day.weekday()] == "0" and day in days.closes]
    # an early close is one before the usual of its time: closes that moved for good are not told one by one
    early = {day: close for day, close in days.closes.items() if close < usual and close.hour and _alone(days, day)}
    return {
        "exchange": exchange.code, "name": exchange.name, "also": exchange.also, "time_zone": days.time_zone,
        "close": "" if usual == dt.time(0) else f"{usual:%H:%M}", "week": week, "first": str(first),
        "valid_until": str(last), "holidays": " ".join(f"{day:%Y%m%d}" for day in holidays),
        "extra": " ".join(f"{day:%Y%m%d}" for day in extra),
        "early": " ".join(f"{day:%Y%m%d}={close:%H:%M}" for day, close in early.items()),
        "source": source, "compared": compared,
    }  # fmt: skip


def _alone(days: Days, day: dt.date) -> bool:
    """Tell whether a close is earlier than most of the month around it."""
    near = [c for d, c in days.closes.items() if abs((d - day).days) <= 30]
    return days.closes[day] < max(set(near), key=near.count)


def table() -> str:
    """Make the table as CSV, every difference decided."""
    from importlib.metadata import version  # noqa: PLC0415

    sources = {name: f"{name} {version(name)}" for name in ("exchange_calendars", "pandas_market_calendars")}
    rows: list[dict[str, Any]] = []
    for exchange in EXCHANGES:
        if exchange.only_other:
            days, told = from_other(exchange.other, LAST), ""
            source = f"{sources['pandas_market_calendars']}: {exchange.other}"
        else:
            days, told = compare(exchange, from_exchange_calendars(exchange.code))
            source = sources["exchange_calendars"]
        rows.append(row_of(exchange, days, source, told))
        print(f"{exchange.code:10} until {days.valid_until} {told or 'one source'}", file=sys.stderr)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write the table, or compare it with the one that is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the table would change")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder of the table")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    path, text = options.out / "calendars.csv", table()
    if options.check:
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        print("the table is what the libraries say" if same else "the table differs from what the libraries say")
        sys.exit(0 if same else 1)
    path.write_text(text, encoding="utf-8", newline="\n")
    write_checksums(options.out)


if __name__ == "__main__":
    main()
