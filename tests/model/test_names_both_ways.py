"""Every spelling there and back: what is written is read as the same thing, through the one door `read_name`.

The writers stand here and share no code with the readers, but for the styles of options.
"""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.model.instrument import Cash, Future, Instrument, Option, OptionRight, Spot
from trimtab.model.names.days import MONTHS
from trimtab.model.names.options import OPTION_STYLES, write_option
from trimtab.model.names.read import looks_like_derivative, read_name
from trimtab.model.names.records import (
    CashName,
    CodeName,
    CodeScheme,
    FutureName,
    Name,
    OptionName,
    PairName,
    PerpetualName,
    ShareName,
    Unread,
)

ROOTS = frozenset(["ES", "MES", "NQ", "MNQ", "RTY", "FESX", "FDAX", "GC", "CL", "ZN", "6E"])
DAY = dt.date(2026, 6, 1)
LETTERS = "FGHJKMNQUVXZ"
MONTH = {number: name for name, number in MONTHS.items()}

#: Words that a broker's name holds beside the pieces are no underlyings: months, rights, and words for options.
_WORDS = {*MONTHS, "JUNE", "JULY", "MARCH", "APRIL", "US", "OPT", "INDEX", "PUT", "CALL", "PUTS", "CALLS", "O"}
UNDERLYINGS = st.from_regex(r"[A-Z]{1,5}", fullmatch=True).filter(lambda ticker: ticker not in _WORDS)
WORKDAYS = st.dates(dt.date(2010, 1, 1), dt.date(2060, 12, 31)).filter(lambda day: day.weekday() < 5)
#: Schwab, Robinhood and Degiro write cents.
STRIKES = st.integers(1, 9_999_999).map(lambda cents: _plain(Decimal(cents) / 100))
OPTIONS = st.builds(
    OptionName, underlying=UNDERLYINGS, expiry=WORKDAYS, right=st.sampled_from(OptionRight), strike=STRIKES
)


def _plain(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def there_and_back(text: str, name: Name) -> None:
    """Ask that a spelling is read as what it was written from."""
    assert read_name(text, roots=ROOTS, as_of=DAY) == name, text


@pytest.mark.parametrize("style", OPTION_STYLES)
@given(name=OPTIONS)
def test_an_option(style: str, name: OptionName) -> None:
    """In each broker's, venue's and clearing house's style; written again it is the same text."""
    text = write_option(name, style)
    there_and_back(text, name)
    again = read_name(text)
    assert isinstance(again, OptionName)
    assert write_option(again, style) == text


#: How a contract is written: code and marks, with years of one, two or four digits, or the month in words.
FUTURES = {
    "code": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year % 10}",
    "two digits": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year % 100:02d}",
    "four digits": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year}",
    "thinkorswim": lambda root, year, month: f"/{root}{LETTERS[month - 1]}{year % 10}",
    "thinkorswim with exchange": lambda root, year, month: f"/{root}{LETTERS[month - 1]}{year % 100:02d}:XCME",
    "tradestation": lambda root, year, month: f"@{root}{LETTERS[month - 1]}{year % 100:02d}",
    "vendor": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year % 100:02d}.CME",
    "dash": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year % 100:02d}-CME",
    "bloomberg": lambda root, year, month: f"{root}{LETTERS[month - 1]}{year % 10} Index",
    "apart": lambda root, year, month: f"{root} {LETTERS[month - 1]}{year % 10}",
    "month": lambda root, year, month: f"{root} {MONTH[month].title()}{year % 100:02d}",
    "long month": lambda root, year, month: f"{root} {MONTH[month]} {year}",
    "german": lambda root, year, month: f"{root} {year}{month:02d}",
    "described": lambda root, year, month: (
        f"A Contract, {MONTH[month].title()} (/{root}{LETTERS[month - 1]}{year % 10})"
    ),
}


@pytest.mark.parametrize("style", FUTURES)
@given(root=st.sampled_from(sorted(ROOTS)), ahead=st.integers(0, 100))
def test_a_contract(style: str, root: str, ahead: int) -> None:
    """The decade of one digit comes from the day of the file: the first year in which the contract still lives."""
    year, month = divmod(DAY.year * 12 + DAY.month - 1 + ahead, 12)
    there_and_back(FUTURES[style](root, year, month + 1), FutureName(root=root, year=year, month=month + 1))


@given(root=st.sampled_from(sorted(ROOTS)), day=st.dates(dt.date(2020, 1, 1), dt.date(2049, 12, 31)))
def test_a_contract_with_its_last_day(root: str, day: dt.date) -> None:
    """Interactive Brokers writes MES 18SEP26, coin venues BTC-27DEC24."""
    name = FutureName(root=root, year=day.year, month=day.month, day=day)
    there_and_back(f"{root} {day.day:02d}{MONTH[day.month]}{day:%y}", name)
    coin = FutureName(root="BTC", year=day.year, month=day.month, day=day)
    there_and_back(f"BTC-{day.day}{MONTH[day.month]}{day:%y}", coin)


@pytest.mark.parametrize("form", ["./{u} {s} {d:%y%m%d}{r}{k}", "./{u}{s} {d:%y%m%d}{r}{k}"])
@given(
    root=st.sampled_from(["ES", "MES", "CL", "GC", "6E"]), letter=st.sampled_from(LETTERS), digit=st.integers(0, 9),
    day=WORKDAYS, right=st.sampled_from(OptionRight), cents=st.integers(1, 999_999),
)  # fmt: skip
def test_an_option_on_a_contract(
    form: str, root: str, letter: str, digit: int, day: dt.date, right: OptionRight, cents: int
) -> None:
    """Tastytrade writes the contract, the series and the terms; the underlying is the contract."""
    under, strike = f"{root}{letter}{digit}", _plain(Decimal(cents) / 100)
    text = form.format(u=under, s=f"EW3{letter}{digit}", d=day, r=right.value[0].upper(), k=f"{strike:f}")
    there_and_back(text, OptionName(underlying=under, expiry=day, right=right, strike=strike, on_future=True))


TICKERS = st.from_regex(r"[A-Z]{1,4}", fullmatch=True)


@given(ticker=TICKERS, letter=st.sampled_from("ABCDE"))
def test_a_share_class(ticker: str, letter: str) -> None:
    """BRK.B, BRK-B, BRK/B and BRK B are one; NOVOb:xcse has its class in a small letter."""
    name = ShareName(symbol=f"{ticker}.{letter}")
    for mark in ".-/ ":
        there_and_back(f"{ticker}{mark}{letter}", name)
    if letter < "E":
        there_and_back(f"{ticker}{letter.lower()}:xcse", ShareName(symbol=f"{ticker}.{letter}", exchange="XCSE"))


@given(
    ticker=st.from_regex(r"[A-Z]{1,4}", fullmatch=True), letter=st.sampled_from(["", ".A", ".B"]),
    place=st.sampled_from(["DE", "L", "PA", "AS", "MI", "SW", "ST", "TO", "HK", "T", "AX", "XETR", "XNAS", "XLON"]),
)  # fmt: skip
def test_a_share_with_its_exchange(ticker: str, letter: str, place: str) -> None:
    """A vendor's suffix or a market's code behind a dot, before a colon, or behind one."""
    share = ShareName(symbol=ticker + letter, exchange=place)
    there_and_back(f"{ticker}{letter}.{place}", share)
    if not letter and len(place) == 4:
        there_and_back(f"{place}:{ticker}", ShareName(symbol=ticker, exchange=place))
        there_and_back(f"{ticker}:{place}", ShareName(symbol=ticker, exchange=place))


@given(
    base=st.sampled_from(["BTC", "ETH", "SOL", "XRP", "EUR", "GBP", "CHF"]),
    quote=st.sampled_from(["USD", "EUR", "JPY"]),
    mark=st.sampled_from(["/", "-", ".", "_", ""]),
)  # fmt: skip
def test_a_pair(base: str, quote: str, mark: str) -> None:
    """EUR/USD, EUR.USD, EURUSD, EURUSD=X, BTC-USD."""
    assume(base != quote)
    there_and_back(f"{base}{mark}{quote}", PairName(base=base, quote=quote))
    if not mark:
        there_and_back(f"{base}{quote}=X", PairName(base=base, quote=quote))


@pytest.mark.parametrize("coin", ["BTC", "ETH", "SOL"])
def test_a_perpetual(coin: str) -> None:
    """As Deribit, OKX, dYdX and ccxt write it."""
    there_and_back(f"{coin}-PERPETUAL", PerpetualName(base=coin))
    there_and_back(f"{coin}-PERP", PerpetualName(base=coin))
    there_and_back(f"{coin}_USDC-PERPETUAL", PerpetualName(base=coin, quote="USDC"))
    there_and_back(f"{coin}-USDT-SWAP", PerpetualName(base=coin, quote="USDT"))
    there_and_back(f"{coin}/USDT:USDT", PerpetualName(base=coin, quote="USDT", settlement="USDT"))


@pytest.mark.parametrize("currency", ["USD", "EUR", "CHF", "JPY"])
def test_cash(currency: str) -> None:
    """The currency alone, or beside a word for money."""
    for text in (currency, f"{currency} Cash", f"Cash ({currency})", f"cash {currency}"):
        there_and_back(text, CashName(currency=currency))


def _value(sign: str) -> int:
    """Digits are themselves, A is 10, Z is 35."""
    return int(sign) if sign.isdigit() else ord(sign) - ord("A") + 10


def _isin(body: str) -> str:
    """Luhn over the digits of all signs (ISO 6166)."""
    digits = [int(d) for sign in body for d in str(_value(sign))]
    total = sum(sum(divmod(d * 2, 10)) if i % 2 == 0 else d for i, d in enumerate(reversed(digits)))
    return f"{body}{-total % 10}"


def _cusip(body: str) -> str:
    """Double every second value and add the digits (ANSI X9.6)."""
    total = sum(sum(divmod(_value(sign) * (1 + i % 2), 10)) for i, sign in enumerate(body))
    return f"{body}{-total % 10}"


def _sedol(body: str) -> str:
    """Weights 1, 3, 1, 7, 3, 9."""
    total = sum(w * _value(sign) for w, sign in zip((1, 3, 1, 7, 3, 9), body, strict=True))
    return f"{body}{-total % 10}"


@given(country=st.sampled_from(["US", "DE", "GB", "FR", "CH", "IE"]), body=st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_an_isin(country: str, body: str) -> None:
    """With its check digit it is read; with another it is refused."""
    code = _isin(country + body)
    there_and_back(code, CodeName(scheme=CodeScheme.ISIN, code=code))
    wrong = read_name(code[:-1] + str((int(code[-1]) + 1) % 10))
    assert isinstance(wrong, Unread)
    assert "check digit" in wrong.why


@given(body=st.from_regex(r"[0-9]{6}[0-9]{2}", fullmatch=True))
def test_a_cusip(body: str) -> None:
    """Of digits, as those of shares are."""
    code = _cusip(body)
    there_and_back(code, CodeName(scheme=CodeScheme.CUSIP, code=code))


@given(body=st.from_regex(r"B[0-9BCDFGHJKLMNPQRSTVWXYZ]{4}[0-9]", fullmatch=True))
def test_a_sedol(body: str) -> None:
    """Of the newer kind, which begin with a B; one that looks like a contract is read as no share."""
    code = _sedol(body)
    read = read_name(code)
    assert read == CodeName(scheme=CodeScheme.SEDOL, code=code) or sum(c.isdigit() for c in code) < 2
    assert not isinstance(read, OptionName)


#: What a person may write of the same holdings: the instrument is the same under each name.
SAME = (
    OptionName(underlying="SPY", expiry=dt.date(2026, 9, 18), right=OptionRight.PUT, strike=Decimal("562.5")),
    OptionName(underlying="AAPL", expiry=dt.date(2027, 1, 15), right=OptionRight.CALL, strike=Decimal(150)),
)


def _read_one(folder: Path, symbol: str) -> Instrument:
    path = folder / "h.csv"
    path.write_text(f'symbol,quantity\n"{symbol}",2\n')
    return read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY).positions[0].instrument


@pytest.mark.parametrize(("name", "style"), list(itertools.product(SAME, OPTION_STYLES)))
def test_holdings_of_an_option_are_the_same_in_every_style(tmp_path: Path, name: OptionName, style: str) -> None:
    """Underlying, right, strike, expiry and currency; 100 shares each."""
    read = _read_one(tmp_path, write_option(name, style))
    assert isinstance(read, Option)
    assert (read.underlying, read.right, read.strike, read.expiry) == (
        name.underlying, name.right, name.strike, name.expiry,
    )  # fmt: skip
    assert (read.currency, int(read.terms_on(DAY).multiplier)) == ("USD", 100)


@pytest.mark.parametrize("style", FUTURES)
def test_holdings_of_a_contract_are_the_same_in_every_style(tmp_path: Path, style: str) -> None:
    """The micro E-mini of September 2026: multiplier and expiry are one under each name.

    A bare code keeps its digits (MESU26), because prices are found by it; every other spelling becomes MESU6.
    """
    read, plain = _read_one(tmp_path, FUTURES[style]("MES", 2026, 9)), _read_one(tmp_path, "MESU6")
    assert isinstance(read, Future)
    assert replace(read, symbol="MESU6") == plain
    assert read.symbol in ({FUTURES[style]("MES", 2026, 9)} if "digits" in style else {"MESU6"})


def test_holdings_of_money_and_of_shares_keep_their_kind(tmp_path: Path) -> None:
    """Spellings of cash are cash; a ticker is what it is written as, because prices are found by it."""
    assert all(isinstance(_read_one(tmp_path, text), Cash) for text in ("EUR", "EUR Cash", "Cash (EUR)"))
    assert {type(_read_one(tmp_path, text)) for text in ("BRK.B", "SAP.DE", "AAPL")} == {Spot}


#: Names of derivatives that say too little, or in a way that is not known.
TOO_LITTLE = (
    "ESU4 P5000", "ESU4C5000", "/ESU4 C5000", "EW3U4 P5000", "X 500P", "F P12", "T 12 C", "SPY-P500", "ESZ26-CME",
    "SPY_20240920_P500", "SPY   24092OP00500000", "SPY   2409P00500000", "SPY240920", "SPY 240920", "BTC_USDC-29MAR24",
    "BTCUSDT_240628", "ETHUSDTH25", "BTC/USD:BTC-240628", "BTC/USDT:USDT-240628-50000-C",
)  # fmt: skip


@pytest.mark.parametrize("text", TOO_LITTLE)
def test_what_says_too_little_is_a_derivative_and_no_share(text: str) -> None:
    """It is unread with what it looks like, and everybody who asks is told that it looks like a derivative."""
    name = read_name(text)
    assert isinstance(name, Unread)
    assert "looks like" in name.why
    assert looks_like_derivative(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AAPL US Equity", ShareName(symbol="AAPL", exchange="US")), ("SPX Index", ShareName(symbol="SPX", index=True)),
        ("AAPL:US", ShareName(symbol="AAPL", exchange="US")), ("NYSE:F", ShareName(symbol="F", exchange="NYSE")),
        ("BRK/B US Equity", ShareName(symbol="BRK.B", exchange="US")),
        ("1COV.DE", ShareName(symbol="1COV", exchange="DE")),
        ("SP500", ShareName(symbol="SP500")), ("SH600519", ShareName(symbol="SH600519")),
        ("A005930", ShareName(symbol="A005930")), ("UC07", ShareName(symbol="UC07")),
    ],
)  # fmt: skip
def test_what_is_a_share_stays_one(text: str, name: ShareName) -> None:
    """Vendors' words, and tickers that hold a C or P and digits, are no derivatives."""
    assert read_name(text) == name
    assert not looks_like_derivative(text)
