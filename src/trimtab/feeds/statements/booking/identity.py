"""What a row is about: from its symbol, its description, its codes, and the columns that state terms.

A name that looks like a derivative and cannot be read is never a share: it is refused with what is missing.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from trimtab.errors import InputError
from trimtab.feeds.statements.cells.words import kind_word
from trimtab.feeds.statements.records import Identity, NameKind
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import OptionRight
from trimtab.model.names.codes import read_code
from trimtab.model.names.coins import COINS, coin_of
from trimtab.model.names.futures import read_future, write_future
from trimtab.model.names.options import plain_strike, write_option
from trimtab.model.names.options import read_option as read_option_afresh
from trimtab.model.names.read import looks_like_derivative, read_name
from trimtab.model.names.records import CodeName, FutureName, OptionName, PerpetualName, ShareName, Unread
from trimtab.model.names.shares import read_share

__all__ = ["ThingTexts", "identify", "option_in_prose"]

_SHARES_EACH = re.compile(r"\((\d+) SHS\)")
_HUNDRED = Decimal(100)
_PROSE_OPTION = re.compile(r"\b(?:for|of|in|on)\s+(?P<rest>[A-Z.]{1,6} .+?)\.?$")
_FUND = re.compile(
    r"\b(?:ETF|UCITS|FUND|FUNDS|INDEX ADM\w*|ISHARES|VANGUARD|SPDR|FONDS|SICAV|LYXOR|XTRACKERS|AMUNDI ETF"
    r"|MSCI WOR\w*)\b"
)
#: American money market funds also have tickers of five letters that end in XX.
_MONEY_FUND = re.compile(r"\bMONEY (?:MARKET|MKT|INV\w*|FUND)\b|\bGELDMARKT\b|\bGOVERNMENT CASH RESERVES\b")
_BOND = re.compile(r"\d(?:\.\d+)?\s?%|\b(?:TREAS(?:URY)?|BOND|NTS|NOTES?|ANLEIHE|BUND(?:ESREP\w*)?|GILT|CD)\b")
_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d")
#: Coins under their names, as trackers write them (CoinGecko ids).
_COIN_NAMES = {
    "bitcoin": "BTC", "ethereum": "ETH", "solana": "SOL", "ripple": "XRP", "cardano": "ADA", "dogecoin": "DOGE",
    "polkadot": "DOT", "litecoin": "LTC", "chainlink": "LINK", "avalanche-2": "AVAX", "binancecoin": "BNB",
    "tether": "USDT", "usd-coin": "USDC", "stellar": "XLM", "monero": "XMR", "tron": "TRX",
}  # fmt: skip


#: A file names few things many times.
read_option = lru_cache(maxsize=50_000)(read_option_afresh)


@dataclass(slots=True, kw_only=True)
class ThingTexts:
    """What a row says of its thing, as texts; empty where it says nothing."""

    symbol: str = ""
    name: str = ""
    prose: str = ""
    kind: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    underlying: str = ""
    expiry: dt.date | None = None
    strike: Decimal | None = None
    right: str = ""
    multiplier: Decimal | None = None
    group: str = ""
    source: str = ""


def identify(texts: ThingTexts, *, contracts: ContractTable, as_of: dt.date | None) -> Identity:
    """Say what a row is about.

    Parameters
    ----------
    texts
        Its cells.
    contracts
        Families of futures that are known.
    as_of
        Day of the file, for contract years of one digit.

    Raises
    ------
    InputError
        If the name looks like a derivative that cannot be read.

    Examples
    --------
    >>> identify(ThingTexts(symbol="SPY 18SEP26 560 P"), contracts=ContractTable(), as_of=None).symbol
    'SPY   260918P00560000'
    >>> identify(ThingTexts(symbol="BRK/B"), contracts=ContractTable(), as_of=None).symbol
    'BRK.B'
    """
    # Only the year of a contract of one digit needs a day.
    dated = as_of is not None and any(
        c.isdigit() for c in (*texts.symbol, *texts.underlying, *texts.group, *texts.name)
    )
    month = (as_of.year, as_of.month) if as_of is not None and dated else None
    key = (*(getattr(texts, name) for name in _TEXTS), tuple(texts.codes.items()), month)
    contracts_then, what = _NAMED.get(key, (None, None))
    if what is None or contracts_then is not contracts:
        what = _identify(texts, contracts, as_of)
        if len(_NAMED) > _MOST_NAMED:
            _NAMED.clear()
        _NAMED[key] = (contracts, what)
    return what


#: What was said of a thing, and what it was: a statement names few things in many rows.
_NAMED: dict[tuple[object, ...], tuple[ContractTable, Identity]] = {}
_MOST_NAMED = 50_000
_TEXTS = (
    "symbol", "name", "prose", "kind", "underlying", "expiry", "strike", "right", "multiplier", "group", "source",
)  # fmt: skip


def _identify(texts: ThingTexts, contracts: ContractTable, as_of: dt.date | None) -> Identity:
    kind = kind_word(texts.kind) if texts.kind else None
    codes = _codes(texts)
    option = _option(texts, kind)
    if option is not None:
        return _named_option(texts, option, codes, contracts)
    future = _future(texts, kind, contracts, as_of)
    if future is not None:
        return _named_future(texts, future, codes, contracts)
    _refuse_derivative(texts, kind)
    return _named_thing(texts, kind, codes)


@lru_cache(maxsize=50_000)
def option_in_prose(text: str) -> OptionName | None:
    """Find an option's name in a description.

    Examples
    --------
    >>> option_in_prose("Option Expiration for IWM 6/26/2026 Call $225.00").underlying
    'IWM'
    """
    whole = read_option(text)
    match = _PROSE_OPTION.search(text) if whole is None else None
    return whole if match is None else read_option(match["rest"])


def _codes(texts: ThingTexts) -> dict[str, str]:
    codes = {scheme: code for scheme, code in texts.codes.items() if code and code.upper() not in {"N/A", "NONE"}}
    general = codes.pop("code", "")
    read = read_code(general) if general else None
    if isinstance(read, CodeName):
        codes.setdefault(read.scheme.value, read.code)
    elif general and not texts.symbol:
        texts.symbol = general
    code_read = read_code(texts.symbol) if len(texts.symbol) in {7, 9, 12} else None
    if isinstance(code_read, CodeName) and code_read.scheme.value in {"isin", "cusip", "figi", "sedol"}:
        codes.setdefault(code_read.scheme.value, code_read.code)
        if code_read.scheme.value in {"isin", "figi"}:
            texts.symbol = ""
    return codes


def _option(texts: ThingTexts, kind: NameKind | None) -> OptionName | None:
    if kind is not None and kind not in {NameKind.OPTION, NameKind.FUTURE_OPTION, NameKind.SHARE}:
        return None
    under = texts.group or None
    for text in (texts.symbol, texts.name, texts.prose):
        named = (read_option(text, under=under) or option_in_prose(text)) if text else None
        # A description may speak of an option on the share that the symbol names; not of another one.
        if named is not None and (text == texts.symbol or _agrees(texts, named)):
            return named
    if texts.strike and texts.expiry is not None and texts.right and (texts.underlying or texts.symbol):
        right = OptionRight.CALL if texts.right[:1].lower() == "c" else OptionRight.PUT
        under_name = texts.underlying or texts.symbol
        return OptionName(underlying=under_name, expiry=texts.expiry, right=right, strike=plain_strike(texts.strike))
    return None


def _agrees(texts: ThingTexts, named: OptionName) -> bool:
    plain = texts.symbol.lstrip("/.$^ ").upper()
    return not plain or named.underlying == plain or plain.startswith(named.underlying) or bool(read_option(plain))


def _named_option(texts: ThingTexts, name: OptionName, codes: dict[str, str], contracts: ContractTable) -> Identity:
    stated = texts.symbol or texts.name
    prose = option_in_prose(texts.prose or texts.name) if texts.symbol and read_option(texts.symbol) is None else None
    if prose is not None:
        stated = _option_words(texts.prose or texts.name)
    each = _SHARES_EACH.search(texts.prose) or (re.match(r"(\d+) ", stated) if texts.group else None)
    multiplier = texts.multiplier if texts.multiplier is not None or each is None else Decimal(each[1])
    source = "stated" if multiplier is not None else "contract"
    if name.on_future:
        terms = contracts.find(name.underlying)
        usual = terms.terms[-1].multiplier if terms is not None else Decimal(1)
        return Identity(
            kind=NameKind.FUTURE_OPTION, symbol=stated, name=texts.name or None, codes=tuple(codes.items()),
            underlying=name.underlying, expiry=name.expiry, right=name.right.value[0].upper(), strike=name.strike,
            multiplier=usual if multiplier in {None, Decimal(1)} else Decimal(multiplier or 1),
            multiplier_from="contract" if multiplier in {None, Decimal(1)} else "stated",
        )  # fmt: skip
    symbol = write_option(name)
    return Identity(
        kind=NameKind.OPTION, symbol=symbol, stated=stated if stated != symbol else None, name=texts.name or None,
        codes=tuple(codes.items()), underlying=name.underlying, expiry=name.expiry,
        right=name.right.value[0].upper(), strike=name.strike,
        multiplier=_HUNDRED if multiplier is None else multiplier, multiplier_from=source,
    )  # fmt: skip


def _option_words(text: str) -> str:
    match = _PROSE_OPTION.search(text)
    return match["rest"] if match is not None and read_option(text) is None else text


def _future(
    texts: ThingTexts, kind: NameKind | None, contracts: ContractTable, as_of: dt.date | None
) -> FutureName | None:
    if kind not in {None, NameKind.FUTURE, NameKind.SHARE} or (
        kind is NameKind.SHARE and not texts.symbol.startswith("/")
    ):
        return None
    roots = contracts.roots
    for text in (texts.symbol, texts.name):
        if not text:
            continue
        named = read_future(text, roots=roots, as_of=as_of)
        if named is None and kind is NameKind.FUTURE and not text.startswith("/"):
            named = read_future("/" + text.replace(" ", ""), roots=roots, as_of=as_of)
        if named is not None and (kind is NameKind.FUTURE or text.startswith("/") or named.year is not None):
            return named
    return None


def _named_future(texts: ThingTexts, name: FutureName, codes: dict[str, str], contracts: ContractTable) -> Identity:
    if name.year is None:
        raise InputError(
            expected=f"the month of the contract {texts.symbol or texts.name!r}", found="none",
            try_next="write the contract, such as ESZ6",
        )  # fmt: skip
    symbol = write_future(name)
    stated = texts.symbol or texts.name
    family = contracts.spec(name.root)
    if texts.multiplier is not None:
        multiplier, source = texts.multiplier, "stated"
    elif family is not None:
        multiplier, source = family.terms[-1].multiplier, "contract"
    else:
        multiplier, source = Decimal(1), "unknown"
    return Identity(
        kind=NameKind.FUTURE, symbol=symbol, stated=stated if stated != symbol else None, name=texts.name or None,
        codes=tuple(codes.items()), underlying=texts.underlying.lstrip("/") or name.root,
        expiry=texts.expiry or name.day, multiplier=multiplier, multiplier_from=source,
    )  # fmt: skip


def _refuse_derivative(texts: ThingTexts, kind: NameKind | None) -> None:
    """Refuse what is, or looks like, a derivative and cannot be read."""
    text = texts.symbol or ("" if texts.codes else texts.name)
    if kind in {NameKind.OPTION, NameKind.FUTURE_OPTION, NameKind.FUTURE}:
        raise InputError(
            expected=f"a name or columns that say what {text or texts.name!r} is: underlying, expiry, strike, right",
            found=f"kind {texts.kind!r} and too little else",
            try_next="add the terms, or leave the row out",
        )
    if kind is not None or not text:
        return
    name = read_name(text)
    if isinstance(name, PerpetualName):
        raise InputError(
            expected=f"the terms of {text!r}, which looks like a perpetual contract",
            found="none",
            try_next="give kind, payoff, settlement and multiplier in a holdings file",
        )
    if isinstance(name, Unread) and "bond" not in name.why and looks_like_derivative(text):
        raise InputError(
            expected=f"a name that can be read: {text!r} is none, because {name.why}",
            found="no kind",
            try_next="say its kind in a column of that name, or leave the row out",
        )


def _named_thing(texts: ThingTexts, kind: NameKind | None, codes: dict[str, str]) -> Identity:
    words = f"{texts.name} {texts.symbol}".upper()
    if kind in {None, NameKind.SHARE, NameKind.CASH, NameKind.FUND}:
        kind = _by_name(words, texts, kind)
    bond_words = kind is NameKind.BOND and bool(_BOND.search(texts.symbol.upper())) and " " in texts.symbol
    symbol, stated = (None, texts.symbol) if bond_words else _share_symbol(texts, kind)
    day = _DAY.search(words) if kind is NameKind.BOND else None
    name = texts.name or (texts.symbol if bond_words else "")
    return Identity(
        kind=kind, symbol=symbol, stated=stated, name=name or None, codes=tuple(codes.items()),
        expiry=texts.expiry or (_maturity(day[0]) if day is not None else None),
    )  # fmt: skip


def _by_name(words: str, texts: ThingTexts, kind: NameKind | None) -> NameKind:
    if _MONEY_FUND.search(words) or re.fullmatch(r"[A-Z]{3}XX", texts.symbol.rstrip("*")):
        return NameKind.MONEY_MARKET
    if kind in {NameKind.SHARE, NameKind.FUND}:
        return kind
    if _BOND.search(words) and not texts.symbol.isalpha():
        return NameKind.BOND
    if coin_of(texts.symbol) in COINS and texts.source != "YAHOO" and not texts.codes:
        return NameKind.COIN
    return NameKind.FUND if _FUND.search(words) else NameKind.SHARE


def _maturity(text: str) -> dt.date | None:
    numbers = [int(n) for n in re.split(r"[/.\-]", text)]
    try:
        if len(str(numbers[0])) == 4:
            return dt.date(*numbers)
        return (
            dt.date(numbers[2], numbers[0], numbers[1]) if "/" in text else dt.date(numbers[2], numbers[1], numbers[0])
        )
    except ValueError:
        return None


def _share_symbol(texts: ThingTexts, kind: NameKind | None) -> tuple[str | None, str | None]:
    if not texts.symbol:
        return None, None
    if texts.source == "COINGECKO":
        coin = _COIN_NAMES.get(texts.symbol.lower())
        return (coin, texts.symbol) if coin is not None else (texts.symbol, None)
    if kind is NameKind.COIN or (coin_of(texts.symbol) in COINS and coin_of(texts.symbol) != texts.symbol.upper()):
        coin = coin_of(texts.symbol)
        return coin, texts.symbol if coin != texts.symbol else None
    share = read_share(texts.symbol)
    if not isinstance(share, ShareName) or share.exchange is not None or share.index:
        return texts.symbol, None
    return share.symbol, texts.symbol if share.symbol != texts.symbol else None
