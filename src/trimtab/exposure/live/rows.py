r"""A position as one row of numbers, for the compiled loop of the live book.

    value_i, exposure_i     from size, price and rate, by kind
    delta exposure          per_exposure exposure_i + per_value value_i      summed over what the position moves with
    beta exposure           the same, each part times its beta

What a row is made of is read from the same valuation that `expose` uses, and each row is tried against it before it
is used. A position that one row cannot hold, or whose row disagrees, is valued by `expose`'s own path at every quote
that touches it, and is listed as such: slower, never different.
"""

from trimtab.beta.estimate import Betas
from trimtab.errors import Reason
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.kinds.row import AssetPart, LegPart, Row, first_slot
from trimtab.exposure.live.market import LiveMarket
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.value import value_position
from trimtab.model.portfolio import Position

__all__ = ["compile_row", "make_slow"]


def compile_row(position: Position, market: LiveMarket, betas: Betas) -> Row:
    """Make the row of a position.

    Parameters
    ----------
    position
        As held; an option that is held at its volatility has it stated, and its own price hidden in `market`.
    market
        The board as it is.
    """
    valued = value_position(position, market)
    if valued.legs is None:
        waiting = bool(position.instrument.written_on) and valued.reason is not Reason.EXPIRED
        note = f"no value: {valued.reason}" if waiting else None
        row = Row(valuation=valued, kind=k.SLOW if waiting else k.NOTHING, reason=valued.reason, slow=note)
        row.ints[k.PRICE] = first_slot(position.instrument.written_on, market, market.board)
        return row
    row = by_kind(position).row(valued, market, market.board)
    row.reason = valued.reason
    if _is_crossed(position, market):
        row.slow = row.slow or "its price is taken from another currency or from pence"
    row.ints[k.CURRENCY] = market.board.currencies.index(position.instrument.currency)
    _weigh(row, betas)
    return row


def make_slow(row: Row, betas: Betas, why: str) -> Row:
    """Give the row of the same valuation that is set by hand."""
    valued = row.valuation
    slow = Row(valuation=valued, kind=k.SLOW, reason=row.reason, slow=why, ints=dict(row.ints))
    total, value = valued.delta_exposure, valued.value
    slow.parts = tuple(
        LegPart(leg, 0.0, leg.delta_exposure / value)
        if leg.money is not None and value
        else LegPart(leg, leg.delta_exposure / total if total else 0.0, 0.0)
        for leg in valued.legs or ()
    )
    _weigh(slow, betas)
    slow.floats[k.VALUE], slow.floats[k.EXPOSURE] = valued.value or 0.0, total or 0.0
    return slow


def _weigh(row: Row, betas: Betas) -> None:
    """Join legs with betas, as `expose` does: one leg without a beta leaves the position unmeasured."""
    assets = []
    all_exposure = all_value = beta_exposure = beta_value = 0.0
    for leg, per_exposure, per_value in row.parts:
        # What an option is worth is money beside its delta, and no part of it.
        counts = leg.money is None or row.valuation.option is None
        all_exposure, all_value = all_exposure + per_exposure, all_value + (per_value if counts else 0.0)
        estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
        if estimate is None or estimate.value is None:
            reasons = [betas[s].reason for s in leg.follows if s in betas]
            row.reason = row.reason or next((r for r in reasons if r is not None), Reason.NO_BETA)
            continue
        assets.append(AssetPart(estimate.asset, per_exposure, per_value))
        beta_exposure += estimate.value * per_exposure
        beta_value += estimate.value * per_value
    row.assets = () if row.reason else tuple(assets)
    row.floats |= {
        k.PER_EXPOSURE: all_exposure,
        k.PER_VALUE: all_value,
        k.BETA_PER_EXPOSURE: beta_exposure,
        k.BETA_PER_VALUE: beta_value,
    }
    row.ints[k.MEASURED] = int(row.reason is None)


def _is_crossed(position: Position, market: LiveMarket) -> bool:
    """Tell whether a price is read in another currency than its column states, or in hundredths of one unstated."""
    instrument = position.instrument
    if not instrument.is_contract:
        return False
    own = instrument.symbol if instrument.premium_in_coin else None
    stated = {market.currency_of(n) for n in instrument.price_names if n != own and market.observed(n) is not None}
    if instrument.keeps_entry:
        coin = instrument.paid_in
        if market.board.way(coin) != market.board.way(coin, instrument.currency):
            return True
    foreign = not instrument.quanto and bool(stated - {None, instrument.currency})
    return foreign or (instrument.minor and None in stated)
