r"""What a rule makes of an observation: trip, between, calm or unknown, in words and with the number behind it.

Noise of a change of beta. Two estimates with errors s1, s2 share part of their data: from windows of equal length T,
a time d apart, the share 1 - d/T. Their errors are then correlated by that share, and

    Var(b2 - b1) = s1^2 + s2^2 - 2 max(0, 1 - d/T) s1 s2 .

Without T they are taken as independent, which overstates the noise of near estimates and so errs on the silent side.

Noise of the dispersion of betas: Var(b_hat) = Var(b) + mean(s_i^2), so the mean squared error is taken out.

Noise of a correlation: Fisher's z. The average of many pairs is less noisy than one pair; the bound uses one pair's.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import atanh, isinf, sqrt, tanh

from trimtab.monitor.alerts.observation import AssetBeta, Dated, Observation
from trimtab.monitor.alerts.rules import Kind, Rule
from trimtab.stats.normal import normal_quantile

__all__ = ["BetaPoint", "Reading", "Signal", "change_noise", "read_rule", "true_dispersion"]

#: A beta this many windows old says nothing about the change over one window.
_TOO_OLD = 4


class Signal(StrEnum):
    """What a reading says."""

    TRIP = "trip"  # at the threshold or beyond
    BETWEEN = "between"  # between the threshold and where it clears
    CALM = "calm"  # where it clears, or beyond
    UNKNOWN = "unknown"  # not observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A rule's reading of one observation.

    Parameters
    ----------
    signal
        What it says.
    value
        The number that was compared; None if not observed, or if it is no finite number.
    words
        The sentence an alert carries.
    """

    signal: Signal
    value: float | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaPoint:
    """A beta seen before."""

    at: dt.datetime
    beta: float
    stderr: float


def read_rule(  # noqa: PLR0911 - one way out for each kind
    rule: Rule, seen: Observation, *, trail: Sequence[BetaPoint] = (), subject: str | None = None
) -> Reading:
    """Read an observation by a rule.

    Parameters
    ----------
    rule, seen
        The rule, and what was observed of its portfolio.
    trail
        Betas seen before, oldest first; for rules on the change of beta.
    subject
        The contract, for rules on expiry and roll.

    Examples
    --------
    >>> from trimtab.monitor.alerts.rules import StatedRule, rule_of
    >>> seen = Observation(
    ...     at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    ...     portfolio="growth",
    ...     beta=1.08,
    ...     stderr=0.02,
    ...     lower=0.95,
    ...     upper=1.05,
    ... )
    >>> read_rule(rule_of(StatedRule(name="beta out", kind="band", portfolio="growth")), seen).words
    'beta 1.080 +/- 0.020 is 0.030 above its band [0.950, 1.050]; it is outside with probability 93.3%'
    >>> read_rule(rule_of(StatedRule(name="seen", kind="coverage", portfolio="growth")), seen).words
    'not observed: coverage'
    """
    match rule.kind:
        case Kind.BAND | Kind.EDGE:
            return _band(rule, seen)
        case Kind.TRIGGER:
            return _trigger(rule, seen)
        case Kind.BETA_CHANGE:
            return _beta_change(rule, seen, trail)
        case Kind.DISAGREEMENT:
            return _disagreement(rule, seen)
        case Kind.CONVERGENCE:
            return _convergence(rule, seen)
        case Kind.CORRELATION:
            return _correlation(rule, seen)
        case Kind.EXPIRY:
            return _dated(rule, seen.expiries, subject, "expiry")
        case Kind.ROLL:
            return _roll(rule, seen.rolls, subject)
        case Kind.COVERAGE | Kind.STALE | Kind.QUOTE_AGE | Kind.LIQUIDITY:
            return _measured(rule, seen)


def signal_of(rule: Rule, value: float) -> Signal:
    """Compare a number with a rule's thresholds."""
    sign = 1.0 if rule.above else -1.0
    if sign * value >= sign * rule.threshold:
        return Signal.TRIP
    return Signal.CALM if sign * value <= sign * rule.clear else Signal.BETWEEN


def change_noise(before: BetaPoint, now: BetaPoint, memory: dt.timedelta | None) -> float:
    """Give the standard deviation of the difference of two betas estimated from overlapping data.

    Examples
    --------
    >>> day = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    >>> before, now = (BetaPoint(at=day + dt.timedelta(days=d), beta=1.0, stderr=0.1) for d in (0, 5))
    >>> round(change_noise(before, now, dt.timedelta(days=250)), 4), round(change_noise(before, now, None), 4)
    (0.02, 0.1414)
    """
    shared = 0.0 if memory is None or memory <= dt.timedelta(0) else max(0.0, 1.0 - abs(now.at - before.at) / memory)
    variance = before.stderr**2 + now.stderr**2 - 2.0 * shared * before.stderr * now.stderr
    return sqrt(max(0.0, variance))


def true_dispersion(assets: Sequence[AssetBeta]) -> float:
    """Give the standard deviation of betas across assets with the mean squared error taken out; not below 0.

    Examples
    --------
    >>> betas = [AssetBeta(asset=str(i), value=v, stderr=0.3) for i, v in enumerate((0.5, 1.0, 1.5))]
    >>> round(true_dispersion(betas), 3)
    0.4
    """
    values = [a.value for a in assets]
    mean = sum(values) / len(values)
    seen = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    return sqrt(max(0.0, seen - sum(a.stderr**2 for a in assets) / len(assets)))


def _unknown(what: str) -> Reading:
    return Reading(signal=Signal.UNKNOWN, value=None, words=f"not observed: {what}")


def _measured(rule: Rule, seen: Observation) -> Reading:
    """Read a rule that compares one number as it was measured."""
    value, what, words = {
        Kind.COVERAGE: (seen.coverage, "coverage", "{:.1%} of gross exposure was measured"),
        Kind.STALE: (
            seen.price_sessions,
            "age of prices",
            f"{_oldest(seen)} missed {_count(seen.price_sessions or 0, 'session')}",
        ),
        Kind.QUOTE_AGE: (seen.price_seconds, "age of prices", f"{_oldest(seen)} is {{:,.0f}} s old"),
        Kind.LIQUIDITY: (seen.liquidation_days, "days to sell", "the slowest position takes {:.1f} days to sell"),
    }[rule.kind]
    if value is None:
        return _unknown(what)
    if isinf(value):
        return Reading(signal=signal_of(rule, value), value=None, words="a position is not traded, so cannot be sold")
    return Reading(signal=signal_of(rule, value), value=float(value), words=words.format(value))


def _oldest(seen: Observation) -> str:
    return "the oldest price" if seen.oldest is None else f"the oldest price, of {seen.oldest},"


def _trigger(rule: Rule, seen: Observation) -> Reading:
    """Read how far beta is beyond the trigger, at which a plan trades though nothing is breached."""
    if seen.beta is None:
        return _unknown("beta")
    if seen.target is None or seen.trigger is None:
        return _unknown("the trigger: the mandate has none")
    off = abs(seen.beta - seen.target)
    beyond = off - seen.trigger
    where = "beyond" if beyond >= 0 else "within"
    words = f"beta {seen.beta:.3f} is {off:.3f} off its target of {seen.target:.3f}, {where} the trigger"
    words += f" of {seen.trigger:.3f}" + (f"; a plan {seen.trade or 'trades'}" if beyond >= 0 else "")
    return Reading(signal=signal_of(rule, beyond), value=beyond, words=words)


def _band(rule: Rule, seen: Observation) -> Reading:
    outside = seen.probability_outside
    if seen.beta is None or seen.stderr is None:
        return _unknown("beta")
    if seen.lower is None or seen.upper is None:
        return _unknown("the band")
    distance = min(seen.beta - seen.lower, seen.upper - seen.beta)
    near = "above" if seen.beta > (seen.lower + seen.upper) / 2.0 else "below"
    edge = "upper" if near == "above" else "lower"
    where = f"{-distance:.3f} {near}" if distance < 0 else f"{distance:.3f} within the {edge} edge of"
    words = f"beta {seen.beta:.3f} +/- {seen.stderr:.3f} is {where} its band [{seen.lower:.3f}, {seen.upper:.3f}]"
    if outside is not None:
        words += f"; it is outside with probability {outside:.1%}"
    if seen.trade is not None and distance < 0:
        words += f"; a plan {seen.trade}"
    value = distance if rule.kind is Kind.EDGE else outside
    if value is None:
        return _unknown("the probability of being outside the band")
    return Reading(signal=signal_of(rule, value), value=value, words=words)


def _beta_change(rule: Rule, seen: Observation, trail: Sequence[BetaPoint]) -> Reading:
    if seen.beta is None or seen.stderr is None:
        return _unknown("beta")
    earlier = [p for p in trail if p.at < seen.at and seen.at - p.at <= _TOO_OLD * rule.window]
    if not earlier:
        return _unknown("a beta to compare with")
    # The newest that is a whole window back; until there is one, the oldest there is.
    before = next((p for p in reversed(earlier) if seen.at - p.at >= rule.window), earlier[0])
    change = seen.beta - before.beta
    now = BetaPoint(at=seen.at, beta=seen.beta, stderr=seen.stderr)
    noise = -normal_quantile((1.0 - rule.confidence) / 2.0) * change_noise(before, now, seen.memory)
    signal = signal_of(rule, abs(change))
    if signal is Signal.TRIP and abs(change) <= noise:
        # As large as the threshold, but no larger than chance makes it: no news, and no all-clear either.
        signal = Signal.BETWEEN
    words = (
        f"beta went from {before.beta:.3f} to {seen.beta:.3f} ({change:+.3f}) since {before.at:%Y-%m-%d %H:%M}; "
        f"noise alone stays within {noise:.3f} in {rule.confidence:.0%} of cases"
    )
    return Reading(signal=signal, value=abs(change), words=words)


def _disagreement(rule: Rule, seen: Observation) -> Reading:
    if seen.methods is None or len(seen.methods) < 2:
        return _unknown("beta by a second method")
    if not seen.stderr:
        return _unknown("the error of beta")
    low, high = min(seen.methods, key=lambda m: m.value), max(seen.methods, key=lambda m: m.value)
    spread = (high.value - low.value) / seen.stderr
    words = f"beta is {low.value:.3f} by {low.method} and {high.value:.3f} by {high.method}: {spread:.1f} errors apart"
    return Reading(signal=signal_of(rule, spread), value=spread, words=words)


def _convergence(rule: Rule, seen: Observation) -> Reading:
    if seen.assets is None or len(seen.assets) < 3:
        return _unknown("betas of three assets or more")
    value = true_dispersion(seen.assets)
    words = f"betas of {len(seen.assets)} assets differ by {value:.3f} (standard deviation, noise taken out)"
    if seen.correlation is not None:
        words += f"; their average correlation is {seen.correlation:.2f}"
    return Reading(signal=signal_of(rule, value), value=value, words=words)


def _correlation(rule: Rule, seen: Observation) -> Reading:
    if seen.correlation is None or seen.correlation_obs is None or seen.correlation_obs <= 3:
        return _unknown("the average correlation, with enough returns behind it")
    # atanh has no value at 1 itself.
    z = atanh(max(-0.999999, min(0.999999, seen.correlation)))
    bound = tanh(z - normal_quantile(rule.confidence) / sqrt(seen.correlation_obs - 3))
    words = f"average correlation of pairs is {seen.correlation:.2f}, at least {bound:.2f} with {rule.confidence:.0%}"
    signal = signal_of(rule, bound)
    if signal is Signal.CALM and seen.correlation > rule.clear:
        # The bound alone may fall because there are fewer returns; the all-clear is the estimate's to give.
        signal = Signal.BETWEEN
    return Reading(signal=signal, value=bound, words=words)


def _dated(rule: Rule, dated: tuple[Dated, ...] | None, subject: str | None, what: str) -> Reading:
    if dated is None:
        return _unknown("dates ahead")
    nearest = min((d for d in dated if subject is None or d.symbol == subject), key=lambda d: d.days, default=None)
    if nearest is None:
        words = "nothing held has such a date" if subject is None else f"{subject} is held no more"
        return Reading(signal=Signal.CALM, value=None, words=words)
    days = nearest.days
    when = f"in {_count(days, 'day')}" if days > 0 else f"{_count(-days, 'day')} ago"
    if days == 0:
        when = "today"
    return Reading(signal=signal_of(rule, days), value=float(days), words=f"{nearest.symbol}: {what} {when}")


def _roll(rule: Rule, dated: tuple[Dated, ...] | None, subject: str | None) -> Reading:
    """Read the days until a contract is to be rolled, and say where its order is."""
    reading = _dated(rule, dated, subject, "roll")
    return replace(reading, words=f"{reading.words}; see trimtab roll") if reading.value is not None else reading


def _count(number: float, noun: str) -> str:
    return f"{number:,.0f} {noun}{'' if number == 1 else 's'}"
