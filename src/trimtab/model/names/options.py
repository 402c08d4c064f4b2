"""Names of options: as clearing houses, brokers and coin venues write them, and as they are written back.

Two roads. Compact names are one word in a fixed order (``SPY260918P00560000``, ``BTC-27DEC24-100000-C``). In all others
the pieces stand apart, in any order: the underlying first, then a day, a strike and a right, each of which can be told
by its look (``SPY 18SEP26 560 P``, ``AEX P540.00 18SEP26``, ``SPY Sep 18 '26 $560 Put``).
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from trimtab.model.decimals import is_in_reach
from trimtab.model.instrument import OptionRight
from trimtab.model.names.days import MONTHS, day_in
from trimtab.model.names.records import OptionName

__all__ = ["OPTION_STYLES", "plain_strike", "read_option", "write_option"]

_OCC = re.compile(r"([A-Z0-9./^]{1,6}?) *(\d{6})([CP])(\d{8})")
_SHORT = re.compile(r"([A-Z./^]{1,6} ?|[A-Z]{1,5}\d? ?)(\d{6})([CP])(\d{1,6}(?:\.\d{1,3})?)")
# TD Ameritrade: an underscore, and the day with its month first.
_MONTH_FIRST = re.compile(r"([A-Z./^]{1,6})_(\d{4})(\d{2})([CP])(\d{1,6}(?:\.\d{1,3})?)")
# Fidelity describes: PUT (SPY) SPDR S&P 500 ETF SEP 18 26 $560 (100 SHS).
_TOLD = re.compile(
    r"(CALL|PUT) \(([A-Z][A-Z0-9./]{0,6})\) .* ([A-Z]{3} \d{1,2} \d{2,4}) \$(\d[\d,]*(?:\.\d+)?)(?: \(\d+ SHS\))?"
)
# Deribit, OKX, Binance and Bybit: a d stands for the point of a strike.
_DASHED = re.compile(
    r"([A-Z0-9]{1,10})(?:[_-](USDC|USDT|USD))?-(\d{1,2}[A-Z]{3}\d{2}|\d{6})-(\d+(?:[D.]\d+)?)-([CP])(?:-(USDT|USDC))?"
)
_ON_FUTURE = re.compile(r"\.?/?([A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}) ?[A-Z0-9]{2,8} (\d{6})([CP])(\d+(?:\.\d+)?)")
_RIGHT = re.compile(r"(?:(CALL|PUT|C|P)\$?(\d[\d,]*(?:\.\d+)?)|\$?(\d[\d,]*(?:\.\d+)?) ?(CALL|PUT|C|P)|(CALL|PUT|C|P))")
_STRIKE = re.compile(r"\$?(\d[\d,]*(?:\.\d+)?|\.\d+)")
_NOISE = re.compile(r"\((?:WEEKLYS?|QUARTERLYS?|MINI|EOM|AM|PM|EUROPEAN|AMERICAN)\)|\b(?:US|EQUITY|INDEX|OPTION|OPT)\b")
#: Most words that one day takes: Sep 18 '26.
_DAY_LENGTH = 3


def read_option(text: str, *, under: str | None = None) -> OptionName | None:
    """Read the name of an option; None if it is not one, or not whole.

    Parameters
    ----------
    text
        The name.
    under
        The underlying where the name leaves it out because it stands above it in the file (thinkorswim); such names
        begin with the multiplier.

    Examples
    --------
    >>> read_option("SPY   260918P00560000") == read_option("SPY Sep 18 '26 $560 Put") == read_option("-SPY260918P560")
    True
    >>> name = read_option("BTC_USDC-27DEC24-100000-C")
    >>> name.underlying, str(name.strike), name.settlement
    ('BTC', '100000', 'USDC')
    >>> read_option("100 (Weeklys) 31 JUL 26 5900 PUT", under="SPX").expiry
    datetime.date(2026, 7, 31)
    """
    plain = " ".join(text.upper().replace("\u2212", "-").split())
    compact = _compact(re.sub(r"^(?:O:|[-.])", "", plain))
    name = compact or _on_future(plain) or _described(plain) or _apart(plain, under)
    # A strike without end is none: sixty digits are a slip of the hand, and no arithmetic holds them.
    return name if name is None or is_in_reach(name.strike) else None


def _compact(text: str) -> OptionName | None:
    match = _OCC.fullmatch(text)
    if match is not None:
        return _named(match[1], match[2], match[3], Decimal(match[4]) / 1000)
    match = _SHORT.fullmatch(text)
    if match is not None:
        return _named(match[1].strip(), match[2], match[3], Decimal(match[4]))
    match = _MONTH_FIRST.fullmatch(text)
    if match is not None:
        return _named(match[1], match[3] + match[2], match[4], Decimal(match[5]))
    match = _DASHED.fullmatch(text)
    if match is not None:
        return _named(match[1], match[3], match[5], Decimal(match[4].replace("D", ".")), match[2] or match[6])
    return None


def _on_future(text: str) -> OptionName | None:
    match = _ON_FUTURE.fullmatch(text)
    if match is None:
        return None
    expiry = day_in(match[2])
    if expiry is None:
        return None
    right, strike = _right(match[3]), Decimal(match[4])
    return OptionName(underlying=match[1], expiry=expiry[0], right=right, strike=strike, on_future=True)


def _described(text: str) -> OptionName | None:
    match = _TOLD.fullmatch(text)
    return None if match is None else _named(match[2], match[3], match[1], Decimal(match[4].replace(",", "")))


def _named(underlying: str, day: str, right: str, strike: Decimal, settlement: str | None = None) -> OptionName | None:
    expiry = day_in(day)
    if expiry is None or strike <= 0:
        return None
    # A dollar index on a coin venue (BTC-USD-...) is settled in the coin: only stablecoins are said.
    currency = None if settlement == "USD" else settlement
    return OptionName(
        underlying=underlying, expiry=expiry[0], right=_right(right), strike=plain_strike(strike), settlement=currency
    )


def _apart(text: str, under: str | None) -> OptionName | None:
    words = _NOISE.sub(" ", text).split()
    if under is not None and words and words[0].isdigit():
        words = words[1:]
    taken = _take_day(words)
    if taken is None:
        return None
    expiry, month_only, left = taken
    right, strike, left = _take_terms(left)
    if right is None or strike is None or strike <= 0:
        return None
    # thinkorswim puts the multiplier behind the underlying: SPY 100 18 SEP 26 560 PUT.
    if len(left) == 2 and left[1] in {"100", "10", "1000"}:
        left = left[:1]
    underlying = left[0] if len(left) == 1 else None
    if under is not None and not left:
        underlying = under
    if underlying is None or not re.fullmatch(r"[\^.]?[A-Z][A-Z0-9./^-]{0,9}", underlying):
        return None
    return OptionName(
        underlying=underlying, expiry=expiry, right=right, strike=plain_strike(strike), month_only=month_only
    )


def _take_day(words: list[str]) -> tuple[dt.date, bool, list[str]] | None:
    """Find the one day among the words; the longest spelling first, so that Sep 18 '26 is not Sep 18."""
    for length in range(_DAY_LENGTH, 0, -1):
        for start in range(len(words) - length + 1):
            day = day_in(" ".join(words[start : start + length]))
            if day is not None:
                return *day, words[:start] + words[start + length :]
    return None


def _take_terms(words: list[str]) -> tuple[OptionRight | None, Decimal | None, list[str]]:
    """Find right and strike, in one word or in two; the underlying comes first, so they are looked for from behind."""
    right, strike = None, None
    left = list(words)
    for word in reversed(words):
        match = _RIGHT.fullmatch(word)
        if match is not None and right is None and len(left) > 0:
            right = _right(match[1] or match[4] or match[5])
            number = match[2] or match[3]
            left.remove(word)
            if number is not None:
                return right, Decimal(number.replace(",", "")), left
            continue
        match = _STRIKE.fullmatch(word)
        if match is not None and strike is None:
            strike = Decimal(match[1].replace(",", ""))
            left.remove(word)
        if right is not None and strike is not None:
            break
    return right, strike, left


def _right(text: str) -> OptionRight:
    return OptionRight.CALL if text.startswith("C") else OptionRight.PUT


def plain_strike(strike: Decimal) -> Decimal:
    """Drop zeros behind the point: 560.00 and 560 are one strike.

    Examples
    --------
    >>> print(plain_strike(Decimal("560.00")), plain_strike(Decimal("2.50")))
    560 2.5
    """
    if not is_in_reach(strike):
        return strike
    return strike.quantize(Decimal(1)) if strike == strike.to_integral_value() else strike.normalize()


def _letters(name: OptionName) -> str:
    return "C" if name.right is OptionRight.CALL else "P"


def _month(name: OptionName) -> str:
    return next(word for word, number in MONTHS.items() if number == name.expiry.month)


def _occ(name: OptionName) -> str:
    return f"{name.expiry:%y%m%d}{_letters(name)}{int(name.strike * 1000):08d}"


#: How the styles write a name. Month and year alone are written by our own notation only.
OPTION_STYLES: dict[str, Callable[[OptionName], str]] = {
    "occ": lambda n: f"{n.underlying:<6}{_occ(n)}",
    "occ compact": lambda n: f"{n.underlying}{_occ(n)}",
    "short": lambda n: f"{n.underlying}{n.expiry:%y%m%d}{_letters(n)}{n.strike:f}",
    "interactive brokers": lambda n: f"{n.underlying} {n.expiry:%d}{_month(n)}{n.expiry:%y} {n.strike:f} {_letters(n)}",
    "schwab": lambda n: f"{n.underlying} {n.expiry:%m/%d/%Y} {n.strike:.2f} {_letters(n)}",
    "etrade": lambda n: (
        f"{n.underlying} {_month(n).title()} {n.expiry.day} '{n.expiry:%y} ${n.strike:f} {n.right.value.title()}"
    ),
    "trader workstation": lambda n: (
        f"{n.underlying} {_month(n).title()}{n.expiry.day}'{n.expiry:%y} {n.strike:f} {n.right.value.upper()}"
    ),
    "td ameritrade": lambda n: f"{n.underlying}_{n.expiry:%m%d%y}{_letters(n)}{n.strike:f}",
    "fidelity": lambda n: f"-{n.underlying}{n.expiry:%y%m%d}{_letters(n)}{n.strike:f}",
    "fidelity description": lambda n: (
        f"{n.right.value.upper()} ({n.underlying}) {n.underlying} COM {_month(n)} {n.expiry.day:02d} {n.expiry:%y}"
        f" ${n.strike:f} (100 SHS)"
    ),
    "tastytrade": lambda n: f".{n.underlying}{n.expiry:%y%m%d}{_letters(n)}{n.strike:f}",
    "german": lambda n: f"{n.underlying} {n.right.value.title()} {n.strike:f} {n.expiry:%d.%m.%y}",
    "robinhood": lambda n: (
        f"{n.underlying} {n.expiry.month}/{n.expiry.day}/{n.expiry.year} {n.right.value.title()} ${n.strike:.2f}"
    ),
    "degiro": lambda n: f"{n.underlying} {_letters(n)}{n.strike:.2f} {n.expiry:%d}{_month(n)}{n.expiry:%y}",
    "thinkorswim": lambda n: (
        f"{n.underlying} 100 {n.expiry.day} {_month(n)} {n.expiry:%y} {n.strike:f} {n.right.value.upper()}"
    ),
    "deribit": lambda n: (
        f"{n.underlying}-{n.expiry.day}{_month(n)}{n.expiry:%y}-{str(n.strike).replace('.', 'd')}-{_letters(n)}"
    ),
    "plain": lambda n: f"{n.underlying} {n.expiry:%Y%m%d} {n.strike:f} {_letters(n)}",
    "notation": lambda n: (
        f"{n.underlying} {n.strike:f}{_letters(n)} {_month(n).title()}{n.expiry:%y}"
        if n.month_only
        else f"{n.underlying} {n.strike:f}{_letters(n)} {n.expiry.isoformat()}"
    ),
}


def write_option(name: OptionName, style: str = "occ") -> str:
    """Write an option's name in a style of `OPTION_STYLES`.

    Examples
    --------
    >>> write_option(read_option("SPY 9/18/2026 Put $560.00"))
    'SPY   260918P00560000'
    """
    return OPTION_STYLES[style](name)
