"""All alerts of one portfolio: each rule's state, and the betas that rules on change look back to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.model.near import nearest
from trimtab.monitor.alerts.machine import Order, obey, retire, step
from trimtab.monitor.alerts.observation import Dated, Observation, as_utc
from trimtab.monitor.alerts.readings import BetaPoint, Reading, Signal, read_rule
from trimtab.monitor.alerts.rules import Kind, Rule
from trimtab.monitor.alerts.state import AlertEvent, AlertState, Phase, StateJson

__all__ = ["AlertBook", "BookJson", "advance", "command"]

#: Betas kept for the shortest window of the rules on change.
_POINTS = 64
_DATED = (Kind.EXPIRY, Kind.ROLL)


class BookJson(TypedDict):
    """The alerts of a portfolio, as they are kept."""

    portfolio: str
    states: dict[str, StateJson]
    trail: list[tuple[str, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """The alerts of one portfolio.

    Parameters
    ----------
    portfolio
        Whose.
    states
        By name of the rule; ``rule/contract`` where a rule watches each contract by itself.
    trail
        Betas seen before, oldest first, no denser than the rules need.

    Examples
    --------
    >>> book = AlertBook(portfolio="growth")
    >>> AlertBook.from_json(book.to_json()) == book
    True
    """

    portfolio: str
    states: Mapping[str, AlertState] = field(default_factory=dict)
    trail: tuple[BetaPoint, ...] = ()

    def is_news_after(self, before: "AlertBook") -> bool:
        """Tell whether anything but the passing of time differs from an earlier book."""
        if self.states.keys() != before.states.keys() or self.trail != before.trail:
            return True
        return any(state.is_news_after(before.states[key]) for key, state in self.states.items())

    def to_json(self) -> BookJson:
        """Write it as JSON values, exactly."""
        return {
            "portfolio": self.portfolio,
            "states": {key: state.to_json() for key, state in self.states.items()},
            "trail": [(p.at.isoformat(), p.beta, p.stderr) for p in self.trail],
        }

    @classmethod
    def from_json(cls, body: BookJson) -> "AlertBook":
        """Read what `to_json` wrote."""
        return cls(
            portfolio=body["portfolio"],
            states={key: AlertState.from_json(state) for key, state in body["states"].items()},
            trail=tuple(
                BetaPoint(at=dt.datetime.fromisoformat(at), beta=beta, stderr=error)
                for at, beta, error in body["trail"]
            ),
        )


def advance(
    book: AlertBook, rules: Sequence[Rule], seen: Observation | None, now: dt.datetime
) -> tuple[AlertBook, tuple[AlertEvent, ...]]:
    """Let every rule take one step.

    Parameters
    ----------
    book
        What is remembered.
    rules
        Rules as they are now; those of other portfolios are passed over. The alert of a rule that is no more closes.
    seen
        What was observed; None if only time has passed.
    now
        The moment.

    Raises
    ------
    InputError
        If another portfolio was observed, or two rules have one name.

    Examples
    --------
    >>> from trimtab.monitor.alerts.rules import StatedRule, rule_of
    >>> noon = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
    >>> seen = Observation(at=noon, portfolio="growth", coverage=0.8)
    >>> rule = rule_of(StatedRule(name="seen enough", kind="coverage", portfolio="growth"))
    >>> book, events = advance(AlertBook(portfolio="growth"), [rule], seen, noon)
    >>> [f"{event.kind}: {event.words}" for event in events]
    ['raised: 80.0% of gross exposure was measured']
    """
    now = as_utc(now)
    own = {rule.name: rule for rule in rules if rule.portfolio == book.portfolio}
    _check(book, rules, own, seen)
    events: list[AlertEvent] = []
    states: dict[str, AlertState] = {}
    stepped: set[str] = set()
    for name, rule in own.items():
        for subject in _subjects(book, rule, seen):
            key = f"{name}/{subject}" if subject else name
            stepped.add(key)
            before = book.states.get(key)
            if before is None:
                # A contract that comes up while its rule is snoozed is snoozed too.
                asleep = states[name].snoozed_until if name in states else None
                before = AlertState(snoozed_until=asleep)
            reading = None if seen is None else _read(rule, seen, book.trail, subject)
            state, new_events = step(before, rule, reading, now, subject=subject)
            events += new_events
            if not (subject and _is_over(state)):
                states[key] = state
    for key, state in book.states.items():
        name, _, subject = key.partition("/")
        if key not in stepped:
            events += retire(state, portfolio=book.portfolio, name=name, now=now, subject=subject)[1]
    trail = book.trail if seen is None else _extended(book.trail, list(own.values()), seen)
    return AlertBook(portfolio=book.portfolio, states=states, trail=trail), tuple(events)


def command(
    book: AlertBook, rules: Sequence[Rule], name: str, order: Order, now: dt.datetime
) -> tuple[AlertBook, tuple[AlertEvent, ...]]:
    """Carry an order out on the alert of a rule, and of each of its contracts.

    Parameters
    ----------
    name
        Of the rule, or ``rule/contract`` for one contract.
    order
        What is done, and by whom.
    now
        The moment.

    Raises
    ------
    UnknownSymbolError
        If there is no such rule or alert.
    """
    own = {rule.name: rule for rule in rules if rule.portfolio == book.portfolio}
    rule_name, _, contract = name.partition("/")
    if rule_name not in own or (contract and name not in book.states):
        alert_names = sorted({*own, *(key for key in book.states if key.partition("/")[0] in own)})
        raise UnknownSymbolError(
            expected=f"an alert of {book.portfolio}: {', '.join(alert_names) or 'it has none'}",
            found=repr(name),
            try_next=nearest(name, alert_names) or "see them with: trimtab alerts",
        )
    states = dict(book.states)
    states.setdefault(rule_name, AlertState())
    events: list[AlertEvent] = []
    for key in [k for k in states if k == name or (not contract and k.partition("/")[0] == rule_name)]:
        states[key], new_events = obey(states[key], own[rule_name], order, now, subject=key.partition("/")[2])
        events += new_events
    return replace(book, states=states), tuple(events)


def _check(book: AlertBook, rules: Sequence[Rule], own: Mapping[str, Rule], seen: Observation | None) -> None:
    if seen is not None and seen.portfolio != book.portfolio:
        raise InputError(
            expected=f"an observation of {book.portfolio}",
            found=f"one of {seen.portfolio}",
            try_next="pass its own book",
        )
    if sum(rule.portfolio == book.portfolio for rule in rules) != len(own):
        raise InputError(
            expected="rules with a name each", found=f"two of one name for {book.portfolio}", try_next="rename one"
        )


def _dates(rule: Rule, seen: Observation) -> tuple[Dated, ...] | None:
    return seen.expiries if rule.kind is Kind.EXPIRY else seen.rolls


def _subjects(book: AlertBook, rule: Rule, seen: Observation | None) -> list[str]:
    """Name the contracts a rule has alerts of, after the rule itself: those known, and those that trip now."""
    if rule.kind not in _DATED:
        return [""]
    fired_subjects = [key.partition("/")[2] for key in book.states if key.startswith(f"{rule.name}/")]
    near = () if seen is None else _dates(rule, seen) or ()
    return list(dict.fromkeys(("", *fired_subjects, *(d.symbol for d in near if d.days <= rule.threshold))))


def _read(rule: Rule, seen: Observation, trail: Sequence[BetaPoint], subject: str) -> Reading:
    reading = read_rule(rule, seen, trail=trail, subject=subject or None)
    if reading.signal is Signal.UNKNOWN and seen.why is not None:
        return replace(reading, words=f"{reading.words} ({seen.why})")
    if rule.kind in _DATED and not subject and reading.signal is not Signal.UNKNOWN:
        # The rule's own line says what comes next; alerts are each contract's own.
        return replace(reading, signal=Signal.CALM)
    return reading


def _is_over(state: AlertState) -> bool:
    return state.phase is Phase.QUIET and state.snoozed_until is None and state.owed is None


def _extended(trail: tuple[BetaPoint, ...], rules: Sequence[Rule], seen: Observation) -> tuple[BetaPoint, ...]:
    """Add a beta to the trail, and drop what no rule looks back to."""
    windows = [rule.window for rule in rules if rule.kind is Kind.BETA_CHANGE]
    if not windows:
        return ()
    kept = [p for p in trail if p.at <= seen.at]
    if seen.beta is not None and seen.stderr is not None:
        spacing = min(windows) / _POINTS
        if not kept or seen.at - kept[-1].at >= spacing:
            kept.append(BetaPoint(at=seen.at, beta=seen.beta, stderr=seen.stderr))
    # The newest that is a whole window back is still looked at; older ones are not.
    old = [p for p in kept if seen.at - p.at >= max(windows)]
    return tuple(old[-1:] + [p for p in kept if seen.at - p.at < max(windows)])
