"""Did you mean: the known name that is nearest to what was written."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["nearest"]


def nearest(written: str, names: Iterable[str]) -> str:
    """Say which known name was probably meant; empty if none is near.

    Examples
    --------
    >>> nearest("Benchmrk", ["benchmark", "band"])
    'did you mean benchmark?'
    >>> nearest("zzz", ["benchmark", "band"])
    ''
    """
    by_lower = {name.lower(): name for name in names}
    matches = get_close_matches(written.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {by_lower[matches[0]]}?" if matches else ""
