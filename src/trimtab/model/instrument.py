"""The closed union of instruments: what can be held.

Contract terms are decimals with effective dates, because exchanges change them. Signs live in the position, never in
the instrument; multipliers and quotation are settled here, once. Each kind stands in a file of
`trimtab.model.instruments` and answers what `InstrumentKind` asks; what needs a market besides stands in
`trimtab.exposure.kinds`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from trimtab.model.instruments.cash import Cash
from trimtab.model.instruments.future import Future
from trimtab.model.instruments.option import Exercise, Option, OptionRight, Premium
from trimtab.model.instruments.perpetual import Perpetual, PerpetualPayoff
from trimtab.model.instruments.spot import Spot
from trimtab.model.instruments.terms import Terms

__all__ = [
    "KINDS",
    "Cash",
    "Exercise",
    "Future",
    "Instrument",
    "Option",
    "OptionRight",
    "Perpetual",
    "PerpetualPayoff",
    "Premium",
    "Spot",
    "Terms",
]

Instrument = Spot | Future | Perpetual | Option | Cash

KINDS: Mapping[str, type[Instrument]] = MappingProxyType({kind.kind: kind for kind in get_args(Instrument)})
"""Each kind by the word that a holdings file writes for it."""
