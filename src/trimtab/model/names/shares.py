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
    local = re.fullmatch(r"([A-Za-z0-9]{1,10}):([Xx][A-Za-z]{3})", plain)
    if local is not None:
        # Operating MICs of exchanges begin with an X. Nordic brokers write the class as a small letter: NOVOb.
        ticker = re.sub(r"(?<=[A-Z])([a-d])$", lambda m: f".{m[1].upper()}", local[1])
        return ShareName(symbol=ticker.upper(), exchange=local[2].upper())
    if re.fullmatch(r"[A-Za-z]{1,6}:[A-Z0-9]{1,10}", plain):
        venue, _, plain = plain.partition(":")
        return ShareName(symbol=plain.upper(), exchange=venue.upper())
    upper = plain.upper()
    if upper.startswith("^"):
        return ShareName(symbol=upper[1:], index=True) if re.fullmatch(r"\^[A-Z0-9.-]{1,12}", upper) else None
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9&$'+]{0,14}(?:(?:[.\-/][A-Z0-9]{1,4}){0,2}| [A-E])", upper):
        return None
    if upper in _JOINED:
        return ShareName(symbol=_JOINED[upper])
    head, _, tail = upper.replace("/", ".").replace(" ", ".").replace("-", ".").partition(".")
    return _with_tail(head, tail, dotted="." in upper)


def _with_tail(head: str, tail: str, *, dotted: bool) -> ShareName:
    """Tell share class and exchange apart: one letter of A to E is a class, a vendor's suffix behind a dot is not."""
    parts = tail.split(".") if tail else []
    exchange = None
    if parts and dotted and parts[-1] in SUFFIXES and not re.fullmatch(r"[A-E]", parts[-1]):
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
