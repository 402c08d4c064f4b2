"""Alert rules: what is watched, from where on it is news, and for how long it must last.

| kind         | what is compared with the threshold                                       | fires at    |
|--------------|---------------------------------------------------------------------------|-------------|
| band         | probability that the true beta lies outside the mandate's band            | or above    |
| edge         | distance from beta to the nearest edge; negative is outside               | or below    |
| trigger      | distance from beta to its target, less the mandate's trigger              | or above    |
| beta_change  | size of the change of beta over the window, if it is beyond its noise     | or above    |
| coverage     | measured share of gross exposure                                          | or below    |
| stale        | sessions missed by the oldest price                                       | or above    |
| quote_age    | age of the oldest price, seconds                                          | or above    |
| disagreement | largest difference between methods, in standard errors of the one in use  | or above    |
| convergence  | dispersion of the assets' betas, noise taken out                          | or below    |
| correlation  | average correlation of pairs, lower confidence bound                      | or above    |
| expiry, roll | days to the date, for each contract by itself                             | or below    |
| liquidity    | days to sell the slowest position                                         | or above    |

Hysteresis: a rule that has fired clears only beyond `clear`, not at the threshold itself. Duration: it fires after
the condition held for `hold`, and clears after it was gone for `clear_hold`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from types import MappingProxyType

from trimtab.errors import InputError
from trimtab.monitor.alerts.quiet import QuietHours, Severity, severity_of

__all__ = ["KINDS", "Kind", "KindTerms", "Rule", "StatedRule", "rule_of"]

_NONE = dt.timedelta(0)


class Kind(StrEnum):
    """What a rule watches."""

    BAND = "band"
    EDGE = "edge"
    TRIGGER = "trigger"
    BETA_CHANGE = "beta_change"
    COVERAGE = "coverage"
    STALE = "stale"
    QUOTE_AGE = "quote_age"
    DISAGREEMENT = "disagreement"
    CONVERGENCE = "convergence"
    CORRELATION = "correlation"
    EXPIRY = "expiry"
    ROLL = "roll"
    LIQUIDITY = "liquidity"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTerms:
    """What is fixed for all rules of a kind.

    Parameters
    ----------
    above
        Whether the rule fires at the threshold or above it; otherwise at it or below.
    threshold, clear
        Defaults.
    low, high
        What a threshold may be.
    meaning
        In words.
    """

    above: bool
    threshold: float
    clear: float
    low: float | None
    high: float | None
    meaning: str


def _terms(above: bool, threshold: float, clear: float, low: float | None, high: float | None, what: str) -> KindTerms:
    return KindTerms(above=above, threshold=threshold, clear=clear, low=low, high=high, meaning=what)


KINDS: Mapping[Kind, KindTerms] = MappingProxyType(
    {
        Kind.BAND: _terms(True, 0.9, 0.5, 0.0, 1.0, "probability that beta is outside its band"),
        Kind.EDGE: _terms(False, 0.0, 0.0, None, None, "distance of beta from the nearest edge of its band"),
        Kind.TRIGGER: _terms(True, 0.0, 0.0, None, None, "distance of beta from its target beyond the trigger"),
        Kind.BETA_CHANGE: _terms(True, 0.1, 0.05, 0.0, None, "change of beta over the window"),
        Kind.COVERAGE: _terms(False, 0.95, 0.95, 0.0, 1.0, "measured share of gross exposure"),
        Kind.STALE: _terms(True, 2, 1, 0.0, None, "sessions missed by the oldest price"),
        Kind.QUOTE_AGE: _terms(True, 900, 300, 0.0, None, "age of the oldest price in seconds"),
        Kind.DISAGREEMENT: _terms(True, 3.0, 2.0, 0.0, None, "difference between methods in standard errors"),
        Kind.CONVERGENCE: _terms(False, 0.15, 0.2, 0.0, None, "dispersion of the assets' betas"),
        Kind.CORRELATION: _terms(True, 0.6, 0.5, -1.0, 1.0, "average correlation of pairs"),
        Kind.EXPIRY: _terms(False, 5, 5, None, None, "days to expiry"),
        Kind.ROLL: _terms(False, 5, 5, None, None, "days to the roll"),
        Kind.LIQUIDITY: _terms(True, 5.0, 4.0, 0.0, None, "days to sell the slowest position"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule on one portfolio.

    Parameters
    ----------
    name, portfolio, kind
        What it is called, whom it watches, and what.
    threshold
        Fires at it or beyond (which side, the kind says).
    clear
        Clears at it or beyond, on the other side; between the two nothing changes.
    hold, clear_hold
        How long the condition must last before the rule fires, and be gone before it clears. Zero or more.
    severity
        Of the alert when it is raised.
    repeat
        How long after the last word an alert that nobody has acknowledged is repeated; None says it once per trigger.
    escalate_after
        How long an alert may stand unanswered before it is escalated; None never.
    escalate_severity, escalate_channels
        What it is escalated to; channels are added to the rule's own.
    channels
        Where it is sent.
    quiet
        Hours in which it waits.
    window
        For beta_change: over how long the change is taken.
    confidence
        For beta_change and correlation: how sure it must be that this is no noise, 0.5 <= confidence < 1.
    """

    name: str
    portfolio: str
    kind: Kind
    threshold: float
    clear: float
    hold: dt.timedelta = _NONE
    clear_hold: dt.timedelta = _NONE
    severity: Severity = Severity.WARNING
    repeat: dt.timedelta | None = None
    escalate_after: dt.timedelta | None = None
    escalate_severity: Severity = Severity.CRITICAL
    escalate_channels: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    window: dt.timedelta = dt.timedelta(days=7)
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not self.name or not self.portfolio:
            _refuse(self, "a name and a portfolio", f"{self.name!r}, {self.portfolio!r}", "give both")
        if "/" in self.name or "/" in self.portfolio:
            _refuse(self, "a name and a portfolio without /", f"{self.name!r}, {self.portfolio!r}", "use - instead")
        _check_threshold(self)
        if self.hold < _NONE or self.clear_hold < _NONE:
            _refuse(self, "durations of zero or more", f"{self.hold}, {self.clear_hold}", "write for example 10m")
        for name in ("repeat", "escalate_after"):
            value = getattr(self, name)
            if value is not None and value <= _NONE:
                _refuse(self, f"{name} longer than zero", str(value), "leave it out for never")
        if self.escalate_after is not None and self.escalate_severity < self.severity:
            _refuse(self, f"an escalation to {self.severity} or above", str(self.escalate_severity), "raise it")
        if self.window <= _NONE:
            _refuse(self, "a window longer than zero", str(self.window), "write for example 7d")
        if not 0.5 <= self.confidence < 1:
            _refuse(self, "a confidence from 0.5 up to, not including, 1", str(self.confidence), "write 0.95")

    @property
    def above(self) -> bool:
        """Whether the rule fires at the threshold or above it."""
        return KINDS[self.kind].above


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRule:
    """A rule as a configuration states it: words for kind and severity, None where the kind's own value holds.

    Parameters are those of `Rule`.
    """

    name: str
    kind: str
    portfolio: str
    threshold: float | None = None
    clear: float | None = None
    hold: dt.timedelta | None = None
    clear_hold: dt.timedelta | None = None
    severity: str | Severity = Severity.WARNING
    repeat: dt.timedelta | None = None
    escalate_after: dt.timedelta | None = None
    escalate_severity: str | Severity = Severity.CRITICAL
    escalate_channels: Sequence[str] = ()
    channels: Sequence[str] = ()
    quiet: QuietHours | None = None
    window: dt.timedelta | None = None
    confidence: float = 0.95


def rule_of(stated: StatedRule) -> Rule:
    """Make a rule from what a configuration says; what it does not say has the kind's default.

    Examples
    --------
    >>> stated = StatedRule(name="beta out", kind="band", portfolio="growth", hold=dt.timedelta(minutes=10))
    >>> rule = rule_of(stated)
    >>> rule.threshold, rule.clear, str(rule.severity)
    (0.9, 0.5, 'warning')
    """
    try:
        kind = Kind(stated.kind.replace("-", "_"))
    except ValueError:
        raise InputError(
            expected=f"a kind of rule: {', '.join(Kind)}",
            found=f"{stated.kind!r} in rule {stated.name!r}",
            try_next="choose one",
        ) from None
    terms = KINDS[kind]
    level = terms.threshold if stated.threshold is None else stated.threshold
    # The kind's own gap between firing and clearing, unless the threshold was moved past it.
    usual = min(terms.clear, level) if terms.above else max(terms.clear, level)
    severity = severity_of(stated.severity)
    return Rule(
        name=stated.name,
        portfolio=stated.portfolio,
        kind=kind,
        threshold=level,
        clear=usual if stated.clear is None else stated.clear,
        hold=stated.hold or _NONE,
        clear_hold=stated.clear_hold or _NONE,
        severity=severity,
        repeat=stated.repeat,
        escalate_after=stated.escalate_after,
        escalate_severity=max(severity, severity_of(stated.escalate_severity)),
        escalate_channels=tuple(stated.escalate_channels),
        channels=tuple(stated.channels),
        quiet=stated.quiet,
        window=stated.window or dt.timedelta(days=7),
        confidence=stated.confidence,
    )


def _check_threshold(rule: Rule) -> None:
    terms = KINDS[rule.kind]
    for name in ("threshold", "clear"):
        value = getattr(rule, name)
        low, high = terms.low, terms.high
        if not isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
            span = "a finite number" if low is None else f"from {low:g} {'up' if high is None else f'to {high:g}'}"
            _refuse(rule, f"{name} ({terms.meaning}) {span}", str(value), "correct it")
    wrong = rule.clear > rule.threshold if terms.above else rule.clear < rule.threshold
    if wrong:
        side = "at or below" if terms.above else "at or above"
        _refuse(rule, f"clear {side} the threshold {rule.threshold:g}", f"{rule.clear:g}", "swap them")


def _refuse(rule: Rule, expected: str, found: str, try_next: str) -> None:
    raise InputError(expected=expected, found=f"{found} in rule {rule.name!r}", try_next=try_next)
