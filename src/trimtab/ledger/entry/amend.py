"""What stands after corrections and cancellations."""

from collections.abc import Iterable
from dataclasses import replace

from trimtab.errors import InputError
from trimtab.ledger.facts.amendments import Cancellation, Correction, Event, Fact

__all__ = ["standing"]


def standing(facts: Iterable[Fact]) -> tuple[Event, ...]:
    """Give the facts that stand: corrected ones in their last form, cancelled ones left out, repeated ones once.

    A fact with an id may come twice if it says the same. Of several corrections that with the highest number stands;
    a cancellation is for good. The order of the facts given decides nothing.

    Raises
    ------
    InputError
        If one id says two things, or an amendment names a fact that is not known.

    Examples
    --------
    >>> import datetime as dt
    >>> from decimal import Decimal
    >>> from trimtab.ledger.facts.money import Deposit
    >>> paid = Deposit(day=dt.date(2024, 1, 2), id="d1", currency="USD", amount=Decimal(100))
    >>> right = replace(paid, amount=Decimal(10))
    >>> [str(f.amount) for f in standing([Correction(target="d1", fact=right, number=2), paid])]
    ['10']
    """
    events: list[Event] = []
    named: dict[str, Event] = {}
    corrections: list[Correction] = []
    cancelled: dict[str, str] = {}
    for fact in facts:
        if isinstance(fact, Correction):
            corrections.append(fact)
        elif isinstance(fact, Cancellation):
            cancelled[fact.target] = fact.source
        elif fact.id is None:
            events.append(fact)
        else:
            _once(named, fact)
    if corrections or cancelled:
        named = _amended(named, corrections, cancelled)
    return (*events, *named.values())


def _amended(named: dict[str, Event], corrections: list[Correction], cancelled: dict[str, str]) -> dict[str, Event]:
    roots = _roots(named, corrections, cancelled)
    latest: dict[str, Correction] = {}
    for correction in corrections:
        if correction.id in cancelled:
            continue
        root = roots[correction.target]
        before = latest.get(root)
        if before is not None and before.number == correction.number and before.fact != correction.fact:
            raise InputError(
                expected=f"one correction of {root} with number {correction.number}",
                found=f"two ({before.source or 'no source'}; {correction.source or 'no source'})",
                try_next="number corrections in the order they were written down",
            )
        if before is None or correction.number > before.number:
            latest[root] = correction
    stand = {name: event for name, event in named.items() if name not in cancelled}
    return {name: replace(latest[name].fact, id=name) if name in latest else event for name, event in stand.items()}


def _once(named: dict[str, Event], fact: Event) -> None:
    """Take a fact with an id, which may come again only if it says the same."""
    name = str(fact.id)
    before = named.setdefault(name, fact)
    if before is not fact and replace(before, source="") != replace(fact, source=""):
        raise InputError(
            expected=f"one fact under the id {name}",
            found=f"two that differ: {before.source or before.day}; {fact.source or fact.day}",
            try_next="keep the one that is right, or write the second as a correction of the first",
        )


def _roots(named: dict[str, Event], corrections: list[Correction], cancelled: dict[str, str]) -> dict[str, str]:
    """Give the fact that each id, be it a fact's or a correction's, is about in the end."""
    ahead = {c.id: c.target for c in corrections if c.id is not None}
    roots = {name: name for name in named}
    for target, source in [*((c.target, c.source) for c in corrections), *cancelled.items()]:
        at, seen = target, {target}
        while at in ahead and at not in named:
            at = ahead[at]
            if at in seen:
                break
            seen.add(at)
        if at not in named:
            raise InputError(
                expected="amendments of facts that are known",
                found=f"one of {target!r}" + (f" ({source})" if source else ""),
                try_next="import the fact itself first, or correct the id",
            )
        roots[target] = at
    return roots
