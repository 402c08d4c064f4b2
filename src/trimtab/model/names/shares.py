"""Names of shares, funds and indices: share classes, exchange suffixes, market codes."""

import re

from trimtab.model.names.records import ShareName

__all__ = ["SUFFIXES", "read_share", "same_share"]

#: Exchange suffixes of data vendors. Two letters or one that is no usual share class.
SUFFIXES = frozenset(
    [
        "DE", "F", "L", "PA", "AS", "BR", "LS", "MI", "MC", "SW", "VX", "ST", "CO", "HE", "OL", "IC", "VI", "WA", "PR",
        "BD", "AT", "IR", "IL", "TO", "V", "CN", "NE", "AX", "NZ", "HK", "T", "KS", "KQ", "TW", "TWO", "SI", "KL", "BK",
        "JK", "NS", "BO", "SS", "SZ", "SA", "MX", "BA", "JO", "TA", "SR", "QA", "US", "N", "O", "OQ", "K", "P",
    ]
)  # fmt: skip
#: Venues that stand before a ticker where a colon is between; behind it stands a suffix: NYSE:F, but AAPL:US.
_VENUES = frozenset(
    [
        "NASDAQ", "NYSE", "NYSEARCA", "AMEX", "ARCA", "BATS", "CBOE", "OTC", "TSX", "TSXV", "CVE", "NEO", "LON", "LSE",
        "FRA", "ETR", "XETR", "EPA", "AMS", "EBR", "ELI", "BIT", "MIL", "BME", "SWX", "STO", "CPH", "HEL", "OSL", "VIE",
        "TYO", "TSE", "HKG", "HKEX", "ASX", "NSE", "BSE", "SGX", "KRX", "SHA", "SHE",
    ]
)  # fmt: skip
#: Operating codes of exchanges (ISO 10383) begin with an X.
_MIC = re.compile(r"X[A-Z]{3}")
#: A vendor's word behind says what a name is; before it stands the market, where it is a share.
_VENDOR = re.compile(r"(?:(?P<share>[A-Z0-9/]{1,10}) (?P<market>[A-Z]{2}) EQUITY|(?P<index>[A-Z0-9]{1,10}) INDEX)")
#: Tickers of two share classes that some brokers write without a mark between.
_JOINED = {"BRKA": "BRK.A", "BRKB": "BRK.B", "BFA": "BF.A", "BFB": "BF.B"}


def read_share(text: str) -> ShareName | None:
    """Read the ticker of a share, fund or index; None if it cannot be one.

    Examples
    --------
    >>> [read_share(t).symbol for t in ("BRK.B", "BRK-B", "BRK/B", "BRK B", "BRKB")]
    ['BRK.B', 'BRK.B', 'BRK.B', 'BRK.B', 'BRK.B']
    >>> read_share("NOVOb:xcse"), read_share("SAP.DE").exchange, read_share("^GSPC").index, read_share("SPAXX**").symbol
    (ShareName(symbol='NOVO.B', exchange='XCSE', index=False), 'DE', True, 'SPAXX')
    """
    plain = " ".join(text.strip().rstrip("*").split())
    upper = plain.upper()
    marked = _beside_a_colon(plain) or _before_a_word(upper)
    if marked is not None:
        return marked
    if upper.startswith("^"):
        return ShareName(symbol=upper[1:], index=True) if re.fullmatch(r"\^[A-Z0-9.-]{1,12}", upper) else None
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9&$'+]{0,14}(?:(?:[.\-/][A-Z0-9]{1,4}){0,2}| [A-E])", upper):
        return None
    if upper in _JOINED:
        return ShareName(symbol=_JOINED[upper])
    head, _, tail = upper.replace("/", ".").replace(" ", ".").replace("-", ".").partition(".")
    return _with_tail(head, tail, dotted="." in upper)


def _beside_a_colon(plain: str) -> ShareName | None:
    local = re.fullmatch(r"([A-Za-z0-9]{1,10}):([Xx][A-Za-z]{3})", plain)
    if local is not None:
        # Operating MICs of exchanges begin with an X. Nordic brokers write the class as a small letter: NOVOb.
        ticker = re.sub(r"(?<=[A-Z])([a-d])$", lambda m: f".{m[1].upper()}", local[1])
        return ShareName(symbol=ticker.upper(), exchange=local[2].upper())
    if re.fullmatch(r"[A-Za-z]{1,6}:[A-Z0-9]{1,10}", plain):
        before, _, after = plain.upper().partition(":")
        if before not in _VENUES and not _MIC.fullmatch(before) and after in SUFFIXES:
            return ShareName(symbol=before, exchange=after)
        return ShareName(symbol=after, exchange=before)
    return None


def _before_a_word(upper: str) -> ShareName | None:
    vendor = _VENDOR.fullmatch(upper)
    if vendor is None:
        return None
    ticker = vendor["share"] or vendor["index"]
    return ShareName(symbol=ticker.replace("/", "."), exchange=vendor["market"], index=vendor["share"] is None)


def _with_tail(head: str, tail: str, *, dotted: bool) -> ShareName:
    """Tell share class and exchange apart: one letter of A to E is a class, a vendor's suffix behind a dot is not."""
    parts = tail.split(".") if tail else []
    exchange = None
    last = parts[-1] if parts and dotted else ""
    if _MIC.fullmatch(last) or (last in SUFFIXES and not re.fullmatch(r"[A-E]", last)):
        exchange = parts.pop()
    return ShareName(symbol=".".join((head, *parts)), exchange=exchange)


def same_share(first: str, second: str) -> bool:
    """Tell whether two spellings are one ticker: BRK.B and BRK-B are, SAP.DE and SAP may not be.

    Examples
    --------
    >>> same_share("BRK B", "BRK-B"), same_share("SAP.DE", "SAP")
    (True, False)
    """
    one, other = read_share(first), read_share(second)
    return one is not None and one == other
