"""What notes are about: so many of them fold into one line."""

from collections import Counter
from collections.abc import Iterable

__all__ = ["counted_kinds", "kind_of"]

#: What a note is about, by words that stand in it; the first that fits decides.
_KINDS = (
    ("margin", ("margin", "securities account", "venue")),
    ("dividends", ("dividend",)),
    ("options", ("option", "volatility", "expiry", "calls are sold")),
    ("cost and tax", ("cost", "tax", "commission", "volumes")),
    ("betas and their errors", ("beta", "error", "prior", "exposures")),
    ("rates and currencies", ("rate ", "rates", "interest", "converted", "forwards")),
    ("contracts", ("contract", "lot ", "futures", "last trading day", "rich or cheap", "roll")),
    ("prices", ("price", "column", "returns", "history", "closes", "symbol")),
)


def kind_of(note: str) -> str:
    """Say what a note is about; "other things" where none of the words known here stands in it.

    Examples
    --------
    >>> kind_of("SPX is without dividends, which hardly moves beta but raises alpha")
    'dividends'
    >>> kind_of("starts from an empty book")
    'other things'
    """
    lower = note.lower()
    return next((kind for kind, words in _KINDS if any(word in lower for word in words)), "other things")


def counted_kinds(notes: Iterable[str]) -> str:
    """Count notes by what they are about, the most first; empty where there are none.

    Examples
    --------
    >>> counted_kinds(["617 prices repeat an old one", "2 prices are missing", "starts from an empty book"])
    '3 notes: 2 on prices, 1 on other things'
    >>> counted_kinds(["no dividends"])
    '1 note on dividends'
    """
    kinds = Counter(map(kind_of, notes))
    count = kinds.total()
    if len(kinds) <= 1:
        return "".join(f"{count} note{'s' * (count > 1)} on {kind}" for kind in kinds)
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{count} notes: {', '.join(f'{n} on {kind}' for kind, n in ranked)}"
