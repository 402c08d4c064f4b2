"""Days and moments as files write them, brought into the few ways of writing that the reader of dates takes.

One home for what is the same in every file: prices, rates, lots, trades and statements. Nothing here decides: which of
two numbers is the month, and which century a year of two digits means, is decided over a whole column
(`trimtab.market.reading.stamps`).
"""

import re
from collections.abc import Mapping, Sequence

from trimtab.errors import FileFormatError

__all__ = ["is_short", "plain_moment", "whole_years"]

_STUCK = re.compile(r"^(\d{4})(\d{2})(\d{2})[;, T](\d{2}):?(\d{2}):?(\d{2})(.*)$")
_COMMA = re.compile(r"^(\d{4}-\d\d-\d\d)\s*[,;]\s*(\d\d):?(\d\d)(?::?(\d\d))?(.*)$")
_US_CLOCK = re.compile(r"^(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}),\s*")
_NAMED_CLOCK = re.compile(r"^([^\W\d]{3,9})\.? (\d{1,2}), (\d{4}),? (?=\d{1,2}:)")
_REST = r"(?P<clock>(?:[ T]+\d{1,2}:\d{2}.*)?)"
_SHORT = re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[/.\-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{2}}){_REST}")
_SHORT_NAMED = re.compile(rf"(?P<a>\d{{1,2}})\.?[ \-/]*(?P<mon>[A-Za-z]{{3}})[a-z]*[ \-/,]*'?(?P<y>\d{{2}}){_REST}")
_WORD = re.compile(r"[^\W\d_]{3,10}\.?")
#: Months as files of other languages write them.
_MONTHS = {
    word: month
    for month, words in {
        "Jan": "januar janv janvier enero ene gen gennaio januari",
        "Feb": "februar fevr fevrier févr février febrero febbraio",
        "Mar": "marz maerz mrz mars maart mrt marzo märz",
        "Apr": "avril avr abril abr aprile",
        "May": "mai mei mayo maggio mag",
        "Jun": "juni juin junio giu giugno",
        "Jul": "juli juil juillet julio lug luglio",
        "Aug": "aout août agosto ago augustus",
        "Sep": "septembre sept set settembre septiembre",
        "Oct": "oktober okt octobre octubre ott ottobre",
        "Nov": "novembre noviembre",
        "Dec": "dezember dez decembre déc décembre dic dicembre diciembre",
    }.items()
    for word in words.split()
}


def plain_moment(text: str) -> str:
    """Write a moment so that the reader of dates takes it; what it does not know stays as it is.

    Examples
    --------
    >>> plain_moment("20240501;101502"), plain_moment("3. Okt. 2024"), plain_moment("06/28/2024, 10:15")
    ('2024-05-01 10:15:02', '3. Oct 2024', '06/28/2024 10:15')
    """
    plain = _NAMED_CLOCK.sub(r"\2-\1-\3 ", _US_CLOCK.sub(r"\1 ", text))
    plain = _STUCK.sub(r"\1-\2-\3 \4:\5:\6\7", plain)
    plain = _COMMA.sub(lambda m: f"{m[1]} {m[2]}:{m[3]}:{m[4] or '00'}{m[5]}", plain)
    return _WORD.sub(lambda m: _MONTHS.get(m[0].rstrip(".").lower(), m[0].rstrip(".")), plain)


def is_short(text: str) -> bool:
    """Tell whether a date has a year of two digits.

    Examples
    --------
    >>> is_short("06/28/24"), is_short("03-Jan-22 16:00"), is_short("03-Jan-2022")
    (True, True, False)
    """
    return bool(_SHORT.fullmatch(text) or _SHORT_NAMED.fullmatch(text))


def whole_years(texts: Sequence[str], *, where: str) -> dict[str, str]:
    """Write years of two digits with four: 00 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999.

    Parameters
    ----------
    texts
        Distinct dates of a column, as `plain_moment` gives them.
    where
        File and column, for messages.

    Raises
    ------
    FileFormatError
        If the year could be the first of the three numbers as well as the last.

    Examples
    --------
    >>> whole_years(["06/28/24", "03-Jan-22", "2024-01-02"], where="p.csv")
    {'06/28/24': '06/28/2024', '03-Jan-22': '03-Jan-2022'}
    """
    numbered = {text: match for text in texts if (match := _SHORT.fullmatch(text))}
    named = {text: match for text in texts if (match := _SHORT_NAMED.fullmatch(text))}
    _check_last(numbered, {text: m for text, m in numbered.items() if m["sep"] != "."}, where)
    # With a named month the year stands last wherever it has two digits: 03-Jan-22.
    _check_last(named, {}, where)
    return {
        text: f"{m['a']}{m['sep']}{m['b']}{m['sep']}{_century(m['y'])}{m['clock']}" for text, m in numbered.items()
    } | {text: f"{m['a']}-{m['mon']}-{_century(m['y'])}{m['clock']}" for text, m in named.items()}


def _century(year: str) -> int:
    return int(year) + (2000 if int(year) < 70 else 1900)


def _check_last(dates: Mapping[str, re.Match[str]], doubtful: Mapping[str, re.Match[str]], where: str) -> None:
    """Refuse a column whose year may stand first: its last numbers can all be days, and vary more than its first."""
    first, last = ({int(m[part]) for m in dates.values()} for part in ("a", "y"))
    middle = {int(m["b"]) for m in doubtful.values()}
    can_be_first = bool(doubtful) and max(last) <= 31 and min(last) > 0 and max(middle, default=1) <= 12
    if (can_be_first and len(first) <= len(last)) or max(first, default=0) > 31:
        text = next(iter(dates))
        raise FileFormatError(
            expected="dates in which the year can be told from day and month",
            found=f"{text!r} and others like it in {where}",
            try_next="write dates as YYYY-MM-DD; trimtab import also takes --date-format DD/MM/YY",
        )
