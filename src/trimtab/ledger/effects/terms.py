"""Names and contract terms that change from a day on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.contracts import settle
from trimtab.ledger.effects.splits import moved
from trimtab.ledger.facts.corporate import MultiplierChange, SymbolChange
from trimtab.ledger.holding import Holding
from trimtab.ledger.identity import with_terms
from trimtab.model.instrument import Instrument

__all__ = ["apply_multiplier", "apply_names"]


def apply_names(effect: Effect, facts: Sequence[SymbolChange]) -> None:
    """Rename everything that changes its name on a day, all at once: two names may be swapped.

    Raises
    ------
    InputError
        If one thing gets two names.
    """
    names: dict[str, str] = {}
    for fact in facts:
        if names.setdefault(fact.of.symbol, fact.new_symbol) != fact.new_symbol:
            raise effect.refuse(
                expected=f"one new name for {fact.of.symbol}",
                found=f"{names[fact.of.symbol]} and {fact.new_symbol}",
                try_next="cancel one of them",
            )
    state = effect.state
    changed: list[tuple[Holding, Instrument]] = []
    for _, holding in sorted(state.holdings.items()):
        instrument = holding.instrument.renamed(names)
        if instrument is not holding.instrument and instrument != holding.instrument:
            changed.append((holding, instrument))
    leaving = {holding.key for holding, _ in changed}
    for key in leaving:
        effect.holdings[key] = None
    for holding, instrument in changed:
        moved(effect, holding, instrument, leaving)
    effect.names = names


def apply_multiplier(effect: Effect, fact: MultiplierChange) -> None:
    """Change contract terms for what is held; those traded later find them in the state."""
    state = effect.state
    old = effect.aliases.get(fact.of.symbol)
    changed: list[tuple[Holding, Instrument]] = []
    for _, holding in sorted(state.holdings.items()):
        if not holding.instrument.goes_by(fact.of.symbol) and not (old and holding.instrument.goes_by(old)):
            continue
        instrument = with_terms(holding.instrument, [fact])
        if holding.settles:
            effect.put(_contract_after(effect, holding, instrument, fact))
        elif instrument is not holding.instrument:
            changed.append((holding, instrument))
    leaving = {holding.key for holding, _ in changed}
    effect.holdings.update(dict.fromkeys(leaving))
    for holding, instrument in changed:
        moved(effect, holding, instrument, leaving)
    effect.new_terms = fact


def _contract_after(effect: Effect, holding: Holding, changed: Instrument, fact: MultiplierChange) -> Holding:
    """Carry a contract over a change of its multiplier, settled at the evening before where that price is stated."""
    if fact.settlement is not None:
        # The terms in force before the day decide what was gained until then.
        settle(effect, holding, fact.settlement, on=fact.day - dt.timedelta(days=1))
        holding = effect.get(holding.key) or holding
    return replace(holding, instrument=changed)
