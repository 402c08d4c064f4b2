"""Rules at work: whose rule a name means, how a replay rehearses rules, and an alert in one line."""

from collections.abc import Sequence
from dataclasses import replace

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.model.near import nearest
from trimtab.monitor.alerts.rules import Rule
from trimtab.monitor.alerts.state import AlertEvent

__all__ = ["account_of_rule", "rehearsed", "title_of"]


def account_of_rule(rules: Sequence[Rule], name: str) -> str:
    """Give the account that a rule's name means: the only one that has such a rule.

    Parameters
    ----------
    rules
        Every rule, one for each account it watches.
    name
        Of the rule, or of one of its alerts (``rule/subject``).

    Raises
    ------
    UnknownSymbolError
        If no account has one.
    InputError
        If several do.
    """
    own = dict.fromkeys(r.portfolio for r in rules if r.name == name.partition("/")[0])
    if not own:
        raise UnknownSymbolError(
            expected=f"a rule of this workspace: {', '.join(dict.fromkeys(r.name for r in rules)) or 'it has none'}",
            found=repr(name),
            try_next=nearest(name, (r.name for r in rules)) or "see them with: trimtab alerts",
        )
    if len(own) > 1:
        raise InputError(
            expected=f"the portfolio that is meant: {', '.join(own)}", found="none", try_next="give --portfolio NAME"
        )
    return next(iter(own))


def rehearsed(rules: Sequence[Rule], name: str) -> tuple[Rule, ...]:
    """Give rules for a replay: under its own name, apart from the account's own alerts, and told to nobody."""
    return tuple(replace(rule, portfolio=name, channels=(), escalate_channels=()) for rule in rules)


def title_of(event: AlertEvent) -> str:
    """Give what happened to an alert in one line."""
    subject = f" {event.subject}" if event.subject else ""
    return f"{event.rule}{subject}: {event.kind.value.replace('_', ' ')}. {event.words}".strip()
