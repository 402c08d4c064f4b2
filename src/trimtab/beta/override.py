r"""A user's own beta in place of an estimate: who says so, why, and until when; or another series in an asset's place.

Equation
    stated: beta = value, with the error that the user gives
    proxy: beta = f beta_P, with an error that is f times the proxy's, shared with it, and the asset's own beside it
Assumption
    The user knows something that the prices do not: a restructuring, a fund with a new mandate, a private holding.
    Of a proxy: the asset moves f times as the proxy does, whatever else it does on its own (a ratio of durations, a
    share of equity, a leverage).
Reach
    All that follows the asset: its price in another currency ("SX5E in EUR") has what the stated beta makes of it, and
    the contracts of a root have the root's (`trimtab.beta.override_twins`).
Errors
    As given, and independent of every other asset's; 0 says that the value is held to be exact. Of a proxy its scores
    times f, so that a long asset and a short proxy cancel as far as they are one thing, and the own error where it is
    stated; where nobody knows it the error says only what the proxy's past says, which is flagged.
When not to use it
    To make a mandate come out right. An override is named in the result, ends on its date, and an expired one is
    ignored with a note.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.beta.override_twins import root_in_doubt, twins_of
from trimtab.errors import InputError, Reason
from trimtab.market.prices import Flag

__all__ = ["Override", "Proxy", "apply_overrides", "apply_proxies", "with_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One beta that a user states.

    Parameters
    ----------
    asset
        Symbol.
    value
        Beta.
    stderr
        Its standard error; 0 if it is held to be exact.
    who
        Who states it.
    why
        On what grounds.
    until
        Last day on which it holds.

    Examples
    --------
    >>> import trimtab as tt
    >>> fund = tt.Override(
    ...     asset="FUND", value=0.8, stderr=0.1, who="research", why="two years of NAVs", until="2027-06-30"
    ... )
    >>> fund.value, str(fund.until)
    (0.8, '2027-06-30')
    """

    asset: str
    value: float
    stderr: float
    who: str
    why: str
    until: np.datetime64 | str

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and isfinite(self.stderr) and self.stderr >= 0):
            raise InputError(
                expected=f"a finite beta for {self.asset} and an error of 0 or more",
                found=f"{self.value} and {self.stderr}",
                try_next="give for example value=0.8, stderr=0.1",
            )
        if not (self.who.strip() and self.why.strip()):
            raise InputError(
                expected=f"who overrides the beta of {self.asset}, and why",
                found=f"who={self.who!r}, why={self.why!r}",
                try_next="name a person and a reason: the result carries both",
            )
        try:
            object.__setattr__(self, "until", _day(self.until))
        except ValueError:
            raise InputError(
                expected="a date like 2025-06-30", found=f"until={self.until!r}", try_next="write YYYY-MM-DD"
            ) from None


def apply_overrides(betas: Betas, overrides: Iterable[Override], *, as_of: np.datetime64 | str | None = None) -> Betas:
    """Put users' betas in place of estimates, as far as they still hold.

    Parameters
    ----------
    betas
        Estimates.
    overrides
        At most one per asset. An asset that `betas` does not have is added. A name such as "SX5E in EUR" states the
        beta of that series alone.
    as_of
        The day that is judged; the betas' own by default.

    Returns
    -------
    Betas
        With a note for each override, applied or expired.

    Raises
    ------
    InputError
        If two overrides that hold name one asset, one names the benchmark, or positions may follow the asset in a
        currency whose beta was not measured.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> betas = tt.estimate_betas(sample.prices_path(), benchmark="SPX")
    >>> mine = Override(asset="KO", value=0.6, stderr=0.1, who="PM", why="new division", until="2023-06-30")
    >>> changed = apply_overrides(betas, [mine])
    >>> changed["KO"].value, changed["KO"].method
    (0.6, 'override')
    """
    day = _day(betas.as_of if as_of is None else as_of)
    holding: dict[str, Override] = {}
    notes = []
    for override in overrides:
        if override.asset == betas.benchmark:
            raise InputError(
                expected="overrides of assets",
                found=f"one of the benchmark {betas.benchmark}",
                try_next="leave it out: the benchmark's beta is 1 by definition",
            )
        if _day(override.until) < day:
            notes.append(f"override of {override.asset} by {override.who} expired on {override.until}: ignored")
            continue
        if override.asset in holding:
            raise InputError(
                expected="one override per asset",
                found=f"two for {override.asset}, by {holding[override.asset].who} and {override.who}",
                try_next="remove one",
            )
        holding[override.asset] = override
        notes.append(
            f"beta of {override.asset} set to {override.value:g} +- {override.stderr:g} by {override.who} "
            f"until {override.until}: {override.why}"
        )
    changed = betas.in_each_reading(lambda reading: _carried_over(_put_in(reading, holding), reading, holding))
    notes += [
        f"so the beta of {twin.name} is {changed[twin.name].value:.4g} +- {changed[twin.name].stderr:.2g}"
        for name in holding
        for twin in twins_of(name, betas, holding)
    ]
    notes += [
        f"{', '.join(months)} keep their own betas: nobody says whether {name} is their root or a share; state theirs"
        for name in holding
        if (months := root_in_doubt(name, betas))
    ]
    return replace(changed, notes=(*betas.notes, *notes))


def _put_in(betas: Betas, holding: dict[str, Override]) -> Betas:
    """Put stated betas in place of one reading's: what a user states counts for both."""
    betas = with_names(betas, holding)
    estimates = [
        _stated(e.asset, holding[e.asset].value, holding[e.asset].stderr) if e.asset in holding else e
        for e in betas.estimates
    ]
    scores, own = betas.scores.copy(), betas.own_variance.copy()
    for name, override in holding.items():
        scores[:, betas.row(name)] = 0.0
        own[betas.row(name)] = override.stderr**2
    return replace(betas, estimates=tuple(estimates), scores=scores, own_variance=own, noise=None)


def _carried_over(betas: Betas, before: Betas, holding: dict[str, Override]) -> Betas:
    """Let stated betas, already put in, reach the other series of their assets, which share the stated error."""
    for name, override in holding.items():
        twins = twins_of(name, before, holding)
        if not twins:
            continue
        betas = with_names(betas, [twin.name for twin in twins])
        estimates, own = list(betas.estimates), betas.own_variance.copy()
        scores = np.vstack([betas.scores, np.zeros(len(own))])
        own[betas.row(name)], scores[-1, betas.row(name)] = 0.0, override.stderr
        for twin in twins:
            row = betas.row(twin.name)
            own[row] = twin.own_variance(betas)
            scores[:, row] = (*twin.scores(betas), override.stderr)
            error = float(np.sqrt(scores[:, row] @ scores[:, row] + own[row]))
            estimates[row] = _stated(twin.name, twin.value(override.value, betas), error)
        betas = replace(betas, estimates=tuple(estimates), scores=scores, own_variance=own, noise=None)
    return betas


def with_names(betas: Betas, names: Iterable[str]) -> Betas:
    """Add assets that are not there yet, without errors shared or their own."""
    added = [name for name in names if name not in betas]
    return replace(
        betas,
        estimates=(*betas.estimates, *(_stated(name, 0.0, 0.0) for name in added)),
        scores=np.hstack([betas.scores, np.zeros((len(betas.scores), len(added)))]),
        own_variance=np.concatenate([betas.own_variance, np.zeros(len(added))]),
        noise=None,
    )


def _stated(asset: str, value: float, stderr: float) -> BetaEstimate:
    return BetaEstimate(
        asset=asset,
        value=value,
        stderr=stderr,
        n_obs=0,
        n_eff=0.0,
        first=None,
        last=None,
        method="override",
        flags=(Flag.BETA_STATED,),
    )


def _day(moment: np.datetime64 | str) -> np.datetime64:
    day: np.datetime64 = np.datetime64(str(moment)).astype("datetime64[D]")
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """What stands in for an asset.

    Parameters
    ----------
    asset, of
        The asset, and the series that stands in.
    factor
        What its beta is multiplied by.
    stderr
        The asset's own error beside the proxy's; None where it is not known.
    """

    asset: str
    of: str
    factor: float = 1.0
    stderr: float | None = None


def apply_proxies(betas: Betas, proxies: Iterable[Proxy]) -> Betas:
    """Give assets the betas of what stands in for them, in both readings.

    An asset whose proxy has no beta has none either, for the proxy's reason.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> betas = tt.estimate_betas(sample.prices_path(), benchmark="SPX", method="ols")
    >>> changed = apply_proxies(betas, [Proxy(asset="FUND", of="KO", factor=0.5, stderr=0.0)])
    >>> changed["FUND"].value == 0.5 * betas["KO"].value, changed["FUND"].method
    (True, 'proxy')
    """
    for proxy in proxies:
        betas = betas.in_each_reading(lambda reading, proxy=proxy: _stand_in(reading, proxy))  # type: ignore[misc]
    return betas


def _stand_in(betas: Betas, proxy: Proxy) -> Betas:
    model = next((e for e in betas.estimates if e.asset == proxy.of), None)
    before, betas = betas, with_names(betas, [proxy.asset])
    row = betas.row(proxy.asset)
    estimates = list(betas.estimates)
    if model is None or model.value is None:
        reason = Reason.UNKNOWN_INSTRUMENT if model is None else model.reason
        estimates[row] = replace(estimates[row], value=None, stderr=None, method="proxy", reason=reason)
        return replace(betas, estimates=tuple(estimates))
    twins = twins_of(proxy.asset, before)
    betas = with_names(betas, [twin.name for twin in twins])
    estimates, own, at = list(betas.estimates), betas.own_variance.copy(), betas.row(proxy.of)
    # Two more rows: the proxy's error that no other asset had, and the asset's own; both are shared from now on.
    scores = np.vstack([betas.scores, np.zeros((2, len(own)))])
    scores[-2, at], own[at] = np.sqrt(own[at]), 0.0
    of_asset = proxy.factor * scores[:, at]
    of_asset[-1] = proxy.stderr or 0.0
    scores[:, row], own[row] = of_asset, 0.0
    flags = (Flag.BETA_FROM_PROXY, *((Flag.OWN_ERROR_UNKNOWN,) if proxy.stderr is None else ()))
    value = proxy.factor * model.value
    estimates[row] = _of_model(model, proxy.asset, value, float(np.linalg.norm(of_asset)), flags)
    for twin in twins:
        place = betas.row(twin.name)
        scores[:, place] = of_asset + np.concatenate([twin.scores(betas), np.zeros(2)])
        own[place] = twin.own_variance(betas)
        error = float(np.sqrt(scores[:, place] @ scores[:, place] + own[place]))
        estimates[place] = _of_model(model, twin.name, twin.value(value, betas), error, flags)
    return replace(betas, estimates=tuple(estimates), scores=scores, own_variance=own, noise=None)


def _of_model(model: BetaEstimate, asset: str, value: float, stderr: float, flags: tuple[Flag, ...]) -> BetaEstimate:
    """Give the estimate of an asset: pairs and window are the proxy's."""
    return replace(model, asset=asset, value=value, stderr=stderr, method="proxy", flags=flags, reason=None)
