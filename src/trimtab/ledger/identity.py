"""What a contract is worth at a price, and its terms as they change; what tells things apart they say themselves."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.posting import exact, money
from trimtab.model.instrument import Instrument, Terms

__all__ = ["with_terms", "worth"]


def worth(instrument: Instrument, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:
    """Give the number whose change from one price to another is what a contract gains, in the currency it settles in.

    Linear and quanto contracts: quantity x multiplier x price; inverse ones: -quantity x multiplier / price.
    """
    size = instrument.terms_on(day).multiplier
    return exact(-quantity * size / price) if instrument.inverse else money(quantity, price, size)


def with_terms(instrument: Instrument, changes: Iterable[MultiplierChange]) -> Instrument:
    """Give a contract with every change of terms that concerns it, each from its own day on."""
    if not instrument.is_contract:
        return instrument
    for change in changes:
        if not instrument.goes_by(change.of.symbol):
            continue
        before = [t for t in instrument.terms if t.valid_from is None or t.valid_from < change.day]
        last = max(before, key=lambda t: t.valid_from or dt.date.min, default=instrument.terms[0])
        terms = Terms(
            multiplier=change.multiplier,
            tick=change.tick or last.tick,
            lot=change.lot or last.lot,
            valid_from=change.day,
        )
        # Terms that the instrument itself states from a later day on stay.
        later = [t for t in instrument.terms if t.valid_from is not None and t.valid_from > change.day]
        instrument = instrument.with_terms((*before, terms, *later))
    return instrument
