"""What a name says: every spelling read back, codes by their check digits, and no derivative taken for a share."""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trimtab.model.expiry import third_friday
from trimtab.model.instrument import OptionRight
from trimtab.model.names.codes import read_code
from trimtab.model.names.coins import read_pair, read_perpetual
from trimtab.model.names.futures import read_future, write_future
from trimtab.model.names.options import OPTION_STYLES, read_option, write_option
from trimtab.model.names.read import looks_like_derivative, read_name
from trimtab.model.names.records import (
    CashName,
    CodeName,
    FutureName,
    OptionName,
    PairName,
    PerpetualName,
    ShareName,
    Unread,
)
from trimtab.model.names.shares import read_share

ROOTS = frozenset(["ES", "MES", "NQ", "MNQ", "RTY", "FESX", "FDAX", "HE", "GC", "CL", "ZN", "6E", "BTC", "SI"])
DAY = dt.date(2026, 6, 1)
BROKER = Path(__file__).parents[3] / "shared/data/broker/expected.json"

TICKERS = st.from_regex(r"[A-Z]{1,5}", fullmatch=True)
STRIKES = st.integers(1, 99_999_999).map(lambda n: Decimal(n) / 1000)
WHOLE = st.integers(1, 99_999).map(Decimal)


DAYS = st.dates(dt.date(2010, 1, 1), dt.date(2060, 12, 31)).filter(lambda day: day.weekday() < 5)


def options(strikes=WHOLE):
    return st.builds(
        OptionName, underlying=TICKERS, expiry=DAYS,
        right=st.sampled_from(OptionRight), strike=strikes,
    )  # fmt: skip


def plain(strike: Decimal) -> Decimal:
    return strike.quantize(Decimal(1)) if strike == strike.to_integral_value() else strike.normalize()


@pytest.mark.parametrize("style", OPTION_STYLES)
@given(name=options())
@example(name=OptionName(underlying="P", expiry=dt.date(2026, 9, 18), right=OptionRight.PUT, strike=Decimal(60)))
@example(name=OptionName(underlying="C", expiry=dt.date(2026, 9, 8), right=OptionRight.CALL, strike=Decimal(12)))
@example(name=OptionName(underlying="CALL", expiry=dt.date(2026, 1, 2), right=OptionRight.PUT, strike=Decimal(2026)))
@example(name=OptionName(underlying="SEP", expiry=dt.date(2026, 9, 18), right=OptionRight.PUT, strike=Decimal(18)))
def test_an_option_is_read_as_it_was_written(style, name):
    """Each style of writing gives the same option back, or, where the name itself cannot be told, nothing."""
    read = read_option(write_option(name, style))
    if name.underlying in {"CALL", "PUT", "SEP"} or _is_word(name.underlying):
        assert read in {name, None}
    else:
        assert read == name, write_option(name, style)


def _is_word(ticker: str) -> bool:
    """Words that a broker's name holds beside the pieces: months, US, OPT, rights."""
    months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC JUNE JULY MARCH APRIL"
    return ticker in f"{months} US OPT INDEX PUT CALL O".split()


@pytest.mark.parametrize("style", ["occ", "occ compact", "short", "interactive brokers", "etrade", "deribit", "plain"])
@given(strike=STRIKES)
def test_a_strike_keeps_its_digits(style, strike):
    """Thousandths of a strike survive each style that can write them."""
    name = OptionName(underlying="SPY", expiry=dt.date(2026, 9, 18), right=OptionRight.CALL, strike=plain(strike))
    assert read_option(write_option(name, style)).strike == plain(strike)


def test_our_notation_of_a_month_means_its_third_friday():
    """SPX 6000P Dec26 runs out on the third Friday, and says that only the month was written."""
    name = read_option("SPX 6000P Dec26")
    assert (name.expiry, name.month_only) == (third_friday(2026, 12), True)
    assert read_option(write_option(name, "notation")) == name


@pytest.mark.parametrize(
    ("text", "underlying", "expiry", "right", "strike"),
    [
        ("SPY   260918P00560000", "SPY", "2026-09-18", "put", "560"),
        (" -SPY260918P560", "SPY", "2026-09-18", "put", "560"),
        (".SPY260918P562.5", "SPY", "2026-09-18", "put", "562.5"),
        ("O:SPY260918P00560000", "SPY", "2026-09-18", "put", "560"),
        ("SPY 18SEP26 560 P", "SPY", "2026-09-18", "put", "560"),
        ("SPX 20270319 2725 P", "SPX", "2027-03-19", "put", "2725"),
        ("SPY 09/18/2026 560.00 P", "SPY", "2026-09-18", "put", "560"),
        ("SPY Sep 18 '26 $560 Put", "SPY", "2026-09-18", "put", "560"),
        ("AAPL Jan 17 '25 $1,150 Call", "AAPL", "2025-01-17", "call", "1150"),
        ("SPY 9/18/2026 Put $560.00", "SPY", "2026-09-18", "put", "560"),
        ("AEX P540.00 18SEP26", "AEX", "2026-09-18", "put", "540"),
        ("SPY 100 (Weeklys) 31 JUL 26 590 PUT", "SPY", "2026-07-31", "put", "590"),
        ("SPY US 09/18/26 P560 Equity", "SPY", "2026-09-18", "put", "560"),
        ("BTC-241227-100000-C", "BTC", "2024-12-27", "call", "100000"),
        ("BTC-USD-241227-100000-C", "BTC", "2024-12-27", "call", "100000"),
        ("XRP_USDC-30JUN23-0d625-C", "XRP", "2023-06-30", "call", "0.625"),
        ("BRK/B 09/18/2026 560.00 P", "BRK/B", "2026-09-18", "put", "560"),
    ],
)
def test_brokers_spellings_of_options(text, underlying, expiry, right, strike):
    """Each as a broker, clearing house or venue writes it."""
    name = read_option(text)
    assert (name.underlying, name.expiry.isoformat(), name.right.value, str(name.strike)) == (
        underlying, expiry, right, strike,
    )  # fmt: skip


def test_a_day_that_could_be_either_is_not_guessed_from_a_weekend():
    """05/02/2026 is a Saturday in May and a Thursday in February: such a day is not read."""
    assert read_option("SPY 05/02/2026 560 P") is None
    assert isinstance(read_name("SPY 05/02/2026 560 P"), Unread)
    assert read_option("SPY 06/05/2026 560 P").expiry == dt.date(2026, 6, 5)


@given(
    root=st.sampled_from(sorted(ROOTS)), year=st.integers(2020, 2069), month=st.integers(1, 12),
    digits=st.sampled_from([2, 4]), front=st.sampled_from(["", "/", "@"]), tail=st.sampled_from(["", ".CME", " Index"]),
)  # fmt: skip
def test_a_contract_is_read_as_it_was_written(root, year, month, digits, front, tail):
    """Two and four digits of a year, with a slash, an exchange or a vendor's word."""
    name = FutureName(root=root, year=year, month=month)
    assert read_future(front + write_future(name, digits=digits) + tail, roots=ROOTS) == name


@given(year=st.integers(2020, 2060), month=st.integers(1, 12))
def test_one_digit_of_a_year_is_the_next_in_which_the_contract_lives(year, month):
    """The decade comes from the day of the file; without a day it is not known, and the name is no share either."""
    name = FutureName(root="ES", year=year, month=month)
    before = third_friday(year, month) - dt.timedelta(days=300)
    assert read_future(write_future(name), roots=ROOTS, as_of=before) == name
    assert isinstance(read_name(write_future(name), roots=ROOTS), Unread)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MES 18SEP26", FutureName(root="MES", year=2026, month=9, day=dt.date(2026, 9, 18))),
        ("ES Sep26", FutureName(root="ES", year=2026, month=9)),
        ("FESX 202609", FutureName(root="FESX", year=2026, month=9)),
        ("Micro E-mini S&P 500, Sep-26 (prev. /MESU6)", FutureName(root="MES", year=2026, month=9)),
        ("ES=F", FutureName(root="ES", year=None, month=None)),
        ("BTC-27DEC24", FutureName(root="BTC", year=2024, month=12, day=dt.date(2024, 12, 27))),
        ("HEN3.DE", ShareName(symbol="HEN3", exchange="DE")),
        ("VOW3.DE", ShareName(symbol="VOW3", exchange="DE")),
        ("BRK B", ShareName(symbol="BRK.B")),
        ("NOVOb:xcse", ShareName(symbol="NOVO.B", exchange="XCSE")),
        ("NASDAQ:AAPL", ShareName(symbol="AAPL", exchange="NASDAQ")),
        ("^GSPC", ShareName(symbol="GSPC", index=True)),
        ("BTC-PERP", PerpetualName(base="BTC")),
        ("ETH/USDT:USDT", PerpetualName(base="ETH", quote="USDT", settlement="USDT")),
        ("BTCUSDT", PairName(base="BTC", quote="USDT")),
        ("GBP.USD", PairName(base="GBP", quote="USD")),
        ("USD Cash", CashName(currency="USD")),
        ("CASH", CashName(currency=None)),
    ],
)
def test_names_of_everything_else(text, name):
    """Futures in words, shares with exchanges and classes, coins, pairs, perpetuals and money."""
    assert read_name(text, roots=ROOTS, as_of=DAY) == name


@pytest.mark.parametrize(
    "text",
    [
        "SPY 18SEP26 560", "SPY 560 put", "SPY 5800 PUT/5600 PUT", "MUV2", "XYZH27", "M6EH7", "SPY260918P", "SPY CALL",
        "AAPL 19JUL24 80", "ES 18SEP", "SPY Weekly Put 560", "CFD AAPL", "/ZZQ6", "UST 4.5 11/15/33",
        "SPY 260918P560 extra words here", "BTC-27DEC24-100000", "2 SPX 6000P", "AAPL 31FEB26 150 C",
    ],
)  # fmt: skip
def test_what_looks_like_a_derivative_is_never_a_share(text):
    """Cut, garbled or of an unknown family: it is unread with a reason, and no share, fund, coin or code."""
    name = read_name(text)
    assert isinstance(name, Unread), name
    assert name.why


@given(name=options(), cut=st.integers(0, 20), style=st.sampled_from(sorted(OPTION_STYLES)), more=st.text(max_size=3))
def test_a_damaged_option_is_never_a_share(name, cut, style, more):
    """Any one character of an option's name may be lost, or another put in its place."""
    text = write_option(name, style)
    at = cut % len(text)
    damaged = text[:at] + more + text[at + 1 :]
    read = read_name(damaged)
    # What is left must still have a day or a right to be told from a ticker: TSLA alone is one.
    if re.search(r"\d{2}", damaged) and " " in damaged.strip():
        assert not isinstance(read, ShareName), damaged


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    """No text stops the parser, and an unread one says why."""
    name = read_name(text)
    assert name is not None
    assert not isinstance(name, Unread) or name.why
    assert isinstance(looks_like_derivative(text), bool)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("US0378331005", "isin"), ("GB00BH4HKS39", "isin"), ("037833100", "cusip"), ("912828ZQ6", "cusip"),
        ("B0YBKJ7", "sedol"), ("0263494", "sedol"), ("BBG000B9XRY4", "figi"), ("716460", "wkn"), ("A0RPWH", "wkn"),
    ],
)  # fmt: skip
def test_security_codes(text, scheme):
    """Public codes of Apple, Vodafone, a Treasury note, SAP and a fund, by their schemes."""
    assert read_name(text) == CodeName(scheme=scheme, code=text)


@pytest.mark.parametrize("text", ["US0378331006", "NLEX00000001", "000000AA0", "037833101"])
def test_a_wrong_check_digit_is_said(text):
    """A code that fails its check is no code, and no share."""
    assert "check digit" in read_name(text).why


@given(position=st.integers(0, 11), digit=st.integers(1, 9))
def test_every_changed_digit_of_an_isin_is_noticed(position, digit):
    """Changing one digit of an ISIN never gives another valid one."""
    code = "US0378331005"
    if code[position].isdigit():
        changed = code[:position] + str((int(code[position]) + digit) % 10) + code[position + 1 :]
        assert isinstance(read_code(changed), Unread)


def test_small_parts_agree_with_the_whole():
    """Each reader refuses what is another's."""
    assert read_pair("GOOGL") is None
    assert read_perpetual("BTC-USD") is None
    assert read_share("SPY 18SEP26 560 P/1") is None or looks_like_derivative("SPY 18SEP26 560 P/1")
    assert read_future("MUV2", roots=ROOTS) is None


@pytest.mark.skipif(not BROKER.exists(), reason="look-alike statements are not here: ../shared/data/broker")
def test_names_of_real_layouts_are_what_their_readers_expect():
    """Every option, contract and share of the look-alike statements is named as a careful bookkeeper names it."""
    wrong = []
    for file, book in json.loads(BROKER.read_text(encoding="utf-8")).items():
        for row in (*(book.get("positions") or []), *(book.get("facts") or [])):
            stated, symbol = row.get("symbol_stated") or row.get("symbol"), row.get("symbol")
            if not stated or not symbol or row.get("name_kind") in {"bond", "future_option"}:
                continue
            under = symbol[:6].strip() if file.startswith("thinkorswim") and len(symbol) == 21 else None
            name = read_name(stated, roots=ROOTS, as_of=DAY, under=under)
            said = {
                OptionName: write_option,
                FutureName: write_future,
                ShareName: lambda n: n.symbol,
                CashName: lambda n: n.currency,
                CodeName: lambda n: n.code,
                PairName: lambda n: n.base,
            }.get(type(name), lambda n: None)(name)
            if said != symbol and not _known_otherwise(stated, symbol):
                wrong.append((file, stated, symbol, name))
    assert not wrong


def _known_otherwise(stated: str, symbol: str) -> bool:
    """Names that need more than the name: coin ids, several options in one row, suffixes that a reader keeps."""
    several = "/" in stated and "PUT" in stated
    return several or stated == "bitcoin" or "-" in stated[8:] or "." in symbol or ":" in symbol or "." in stated
