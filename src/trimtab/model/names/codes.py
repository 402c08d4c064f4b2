"""Security codes and their check digits: ISIN, CUSIP, SEDOL, FIGI, WKN."""

import re

from trimtab.model.names.records import CodeName, CodeScheme, Unread

__all__ = ["read_code"]

_LOOKS = (
    (CodeScheme.ISIN, re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")),
    (CodeScheme.FIGI, re.compile(r"[B-DF-HJ-NP-TV-Z]{2}G[B-DF-HJ-NP-TV-Z0-9]{8}\d")),
    (CodeScheme.CUSIP, re.compile(r"[0-9A-Z]{5}[0-9A-Z*@#]{3}\d")),
    (CodeScheme.SEDOL, re.compile(r"[0-9B-DF-HJ-NP-TV-Z]{6}\d")),
    (CodeScheme.WKN, re.compile(r"[A-HJ-NP-Z0-9]{6}")),
)
#: Fewest digits from which a look is no ticker: a CUSIP or SEDOL without any could be a word.
_DIGITS = {
    CodeScheme.ISIN: 1,
    CodeScheme.FIGI: 1,
    CodeScheme.CUSIP: 4,
    CodeScheme.SEDOL: 2,
    CodeScheme.WKN: 1,
}


def read_code(text: str) -> CodeName | Unread | None:
    """Read a security code; `Unread` if it looks like an ISIN, FIGI or CUSIP whose check digit fails; None otherwise.

    A SEDOL or WKN is short enough to look like a ticker, so a failed check says only that it is none.

    Examples
    --------
    >>> read_code("US0378331005").scheme.value, read_code("037833100").scheme.value, read_code("B0YBKJ7").scheme.value
    ('isin', 'cusip', 'sedol')
    >>> read_code("US0378331006").why
    'an ISIN by its look, but its check digit fails'
    >>> read_code("AAPL") is None
    True
    """
    plain = text.strip().upper()
    digits = sum(c.isdigit() for c in plain)
    alike = [scheme for scheme, look in _LOOKS if look.fullmatch(plain) and digits >= _DIGITS[scheme]]
    valid = next((scheme for scheme in alike if _is_valid(scheme, plain)), None)
    if valid is not None:
        return CodeName(scheme=valid, code=plain)
    failed = next((s for s in alike if s in {CodeScheme.ISIN, CodeScheme.FIGI, CodeScheme.CUSIP}), None)
    if failed is None:
        return None
    article = "an" if failed is CodeScheme.ISIN else "a"
    return Unread(text=text, why=f"{article} {failed.value.upper()} by its look, but its check digit fails")


def _is_valid(scheme: CodeScheme, code: str) -> bool:
    """Ask the library that knows each scheme's check digit; it is loaded when a code is met."""
    from stdnum import cusip, figi, isin  # noqa: PLC0415
    from stdnum.de import wkn  # noqa: PLC0415
    from stdnum.gb import sedol  # noqa: PLC0415

    check = {
        CodeScheme.ISIN: isin.is_valid,
        CodeScheme.CUSIP: cusip.is_valid,
        CodeScheme.SEDOL: sedol.is_valid,
        CodeScheme.WKN: wkn.is_valid,
        CodeScheme.FIGI: figi.is_valid,
    }[scheme]
    return bool(check(code))
