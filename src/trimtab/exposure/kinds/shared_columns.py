"""One column of prices for a share and for a future: CL is Colgate-Palmolive, and crude oil.

Where a future has an index, `root_column` tells its series from a share's. Where it has none, or the share's column
is the future's, nothing does: then both are refused.
"""

from collections.abc import Sequence

from trimtab.errors import InputError
from trimtab.exposure.kinds.of import future_in, spot_in
from trimtab.exposure.kinds.root_column import are_its_own
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Future, Instrument

__all__ = ["refuse_shared_columns"]


def refuse_shared_columns(instruments: Sequence[Instrument], market: Market) -> None:
    """Refuse a future that would look for its price where that of a share is.

    Parameters
    ----------
    instruments
        What is held, and what may be traded.
    market
        Prices of the day.

    Raises
    ------
    InputError
        If a future has no column of its own month, and the one of its root may be that of a share.
    """
    spots = (spot_in(instrument) for instrument in instruments)
    shares = {spot.symbol for spot in spots if spot is not None and market.observed(spot.symbol) is not None}
    for future in filter(None, map(future_in, instruments)):
        name = None if future.symbol in market.prices else _shared(future, shares, market)
        if name is not None:
            raise InputError(
                expected=f"prices of one thing in column {name}",
                found=f"a share {name}, and the future {future.symbol}, which looks there for its price",
                try_next=f"rename the share in both files, or add prices of the future as column {future.symbol}",
            )


def _shared(future: Future, shares: set[str], market: Market) -> str | None:
    # A coin is what its future follows: one column is right for both.
    roots = tuple(name for name in (future.root, *future.siblings) if name in shares and name not in future.underlying)
    return next(iter(are_its_own(roots, future, market)), None)
