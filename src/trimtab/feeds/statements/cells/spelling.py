"""Words in one spelling, so that headers and cells can be compared."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["plain_words"]

#: Letters that are no letter with a mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "Ł": "L", "đ": "d", "œ": "oe"})
#: Where a word begins within another: IBCommission.
_INSIDE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=20_000)
def plain_words(text: str) -> str:
    """Give a header, or any words, in the one spelling that is compared: no accents, no marks, small letters.

    Examples
    --------
    >>> plain_words("IBCommissionCurrency"), plain_words("Day's Price $ Chg %"), plain_words("Stück")
    ('ib commission currency', 'days price chg percent', 'stuck')
    """
    split = _INSIDE.sub(" ", text)
    if not split.isascii():
        split = unicodedata.normalize("NFKD", split.translate(_LETTERS)).encode("ascii", "ignore").decode()
    bare = split.lower().replace("'", "").replace("%", " percent ").replace("#", " number ")
    return _BETWEEN.sub(" ", bare).strip()
