"""What a portfolio's beta should be, how sure a verdict must be, and what trading costs."""

from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Literal

from trimtab.errors import InputError
from trimtab.model.blend import canonical_benchmark
from trimtab.model.contract import LATER
from trimtab.model.decimals import as_whole, take_decimals, take_floats

__all__ = ["READINGS", "Costs", "Mandate", "Reading"]

#: What a verdict may speak of: beta as fitted to the past, or as forecast over the days to come.
Reading = Literal["fit", "forecast"]
READINGS: tuple[Reading, ...] = ("fit", "forecast")


def _refuse(expected: str, found: object, try_next: str) -> None:
    raise InputError(expected=expected, found=str(found), try_next=try_next)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a futures trade is assumed to cost.

    Parameters
    ----------
    commission
        Per contract and side, in the contract's currency; None takes the contract table's assumption.
    half_spread_ticks
        Half the bid-ask spread, in ticks, paid on each contract. Not negative.

    Examples
    --------
    >>> from decimal import Decimal
    >>> import trimtab as tt
    >>> tt.Costs(commission=Decimal("1.20"), half_spread_ticks=Decimal("0.5")).commission
    Decimal('1.20')
    """

    commission: Decimal | None = None
    half_spread_ticks: Decimal = Decimal("0.5")

    def __post_init__(self) -> None:
        take_decimals(self, "commission", "half_spread_ticks")
        if self.commission is not None and (not self.commission.is_finite() or self.commission < 0):
            _refuse("a commission of zero or more", self.commission, "give money per contract and side")
        if not self.half_spread_ticks.is_finite() or self.half_spread_ticks < 0:
            _refuse(
                "a half-spread of zero or more ticks", self.half_spread_ticks, "give half the usual spread in ticks"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A target for portfolio beta with a band around it: its limit, and where it says so what is traded at before.

    Parameters
    ----------
    benchmark
        Symbol of the benchmark in the price table, or a blend of several: "0.6*SPX + 0.4*AGG" (`trimtab.model.blend`).
    target
        Wanted beta on NAV.
    band
        Half-width of the limit: the beta must lie in [target - band, target + band]; outside is a breach. Not negative.
    confidence
        How probable a verdict must be before it is given, 0.5 <= confidence < 1. At 0.5 the point estimate decides.
    min_coverage
        Share of gross exposure, by money, from which a verdict is given though what was not measured could change it,
        0 to 1. At 1, which is the default, it never is.
    costs
        Cost assumptions for plans.
    max_contracts
        Most contracts that a plan may trade in each future; None for no limit.
    reading
        Which beta is measured, judged and traded: "fit", the slope of the past, or "forecast", the beta of the days to
        come. None takes the one that the method answers with: the default method forecasts.
    trigger
        Half-width at which a plan trades, above 0 and within the band: beyond it beta is traded, though nothing is
        breached yet. None trades at the limit.
    step
        How far within the trigger a trade goes, in beta, above 0 and no more than the trigger; None goes to the edge of
        the trigger or to the target, as asked.

    Examples
    --------
    >>> Mandate(benchmark="SPX", target=1.0, band=0.05).upper
    1.05
    >>> Mandate(benchmark="SPX", target=1.0, band=0.05, trigger=0.03, step=0.02).trigger
    0.03
    """

    benchmark: str
    target: float
    band: float
    confidence: float = 0.5
    min_coverage: float = 1.0
    costs: Costs = field(default_factory=Costs)
    max_contracts: int | None = None
    reading: Reading | None = None
    trigger: float | None = field(default=None, metadata=LATER)
    step: float | None = field(default=None, metadata=LATER)

    def __post_init__(self) -> None:
        if not self.benchmark:
            _refuse("a benchmark symbol", "none", "give --benchmark SYMBOL")
        object.__setattr__(self, "benchmark", canonical_benchmark(self.benchmark))
        take_floats(self, "target", "band", "confidence", "min_coverage", "trigger", "step")
        if self.max_contracts is not None:
            object.__setattr__(self, "max_contracts", as_whole(self.max_contracts, "a contract limit"))
        if not isfinite(self.target):
            _refuse("a finite target beta", self.target, "give a number such as 1.0")
        if not (isfinite(self.band) and self.band >= 0):
            _refuse("a band of zero or more", self.band, "give the half-width, for example 0.05")
        if not 0.5 <= self.confidence < 1:
            _refuse("a confidence from 0.5 up to, not including, 1", self.confidence, "give for example 0.95")
        if not 0 <= self.min_coverage <= 1:
            _refuse("a minimum coverage from 0 to 1", self.min_coverage, "give for example 0.95")
        if self.max_contracts is not None and self.max_contracts < 0:
            _refuse("a contract limit of zero or more", self.max_contracts, "give a whole number")
        if self.reading is not None and self.reading not in READINGS:
            _refuse(
                f"a reading of beta: {' or '.join(READINGS)}", repr(self.reading), "leave it out for the method's own"
            )
        self._check_trigger()

    def _check_trigger(self) -> None:
        """Refuse a trigger beyond the limit, and a step without a trigger or beyond it."""
        if self.trigger is not None and not 0 < self.trigger <= self.band:
            _refuse(
                f"a trigger above 0 and within the limit, a band of {self.band:g}", self.trigger,
                "trade before the limit is reached: lower the trigger, or widen the band",
            )  # fmt: skip
        if self.step is None:
            return
        if self.trigger is None:
            _refuse("a step together with a trigger", f"a step of {self.step:g} alone", "give the trigger as well")
        elif not 0 < self.step <= self.trigger:
            _refuse(
                f"a step above 0 and within the trigger of {self.trigger:g}", self.step,
                "a step is how far within the trigger a trade goes: lower it",
            )  # fmt: skip

    @property
    def lower(self) -> float:
        """Lower edge of the band."""
        return self.target - self.band

    @property
    def upper(self) -> float:
        """Upper edge of the band."""
        return self.target + self.band
