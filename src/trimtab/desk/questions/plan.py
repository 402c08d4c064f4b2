"""Plan: the trades that bring a portfolio back, with futures alone or every way side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.limits import Limits, OptionWords, StandingLimits, Taxes
from trimtab.desk.questions.groups.mandate import PLANNED, MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.targets import (
    AIM,
    AIM_HELP,
    HEDGE,
    HEDGE_HELP,
    HEDGE_PRICES,
    HEDGE_PRICES_HELP,
    OtherTarget,
)
from trimtab.desk.questions.values import Names, Number, Pairs, Switch
from trimtab.errors import UsageError

if TYPE_CHECKING:
    pass

__all__ = ["PlanQuestion", "WaysQuestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanQuestion:
    """Plan the futures trades that bring a portfolio back to its mandate.

    Parameters
    ----------
    mandate, measuring, instruments
        What beta should be, how it is measured, and what is known of instruments.
    hedge, hedge_prices
        Futures, perpetuals and funds that may be traded, and prices that the price table lacks.
    target
        A target in place of the mandate's beta; a maximum has no target to trade to.
    aim
        "target", or the "edge" of what trades are made at.

    Examples
    --------
    >>> PlanQuestion(hedge="ES,MES").hedge
    ('ES', 'MES')
    """

    ask: ClassVar[str] = "plan"

    mandate: MandateTerms = part(MandateTerms, only=PLANNED)
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    hedge: tuple[str, ...] | None = option(HEDGE, HEDGE_HELP, otherwise="none, or the workspace's")
    hedge_prices: Mapping[str, float] = option(HEDGE_PRICES, HEDGE_PRICES_HELP, flags=("--hedge-price",), default={})
    target: OtherTarget = part(OtherTarget)
    aim: str | None = option(AIM, AIM_HELP, otherwise="the target")

    def __post_init__(self) -> None:
        check(self)
        if self.target.at_most is not None:
            raise UsageError(
                expected="ways (--ways) together with at_most (--at-most): a maximum has an edge and no target",
                found="no ways", try_next="give for example --ways futures --hedge ES --at-most 1.2",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysQuestion:
    """Plan each way of bringing beta back, and lay them side by side.

    Parameters
    ----------
    mandate, measuring, instruments
        What beta should be, how it is measured, and what is known of instruments.
    hedge, hedge_prices
        Futures, perpetuals and funds that may be traded, and prices that the price table lacks.
    target
        A target in place of the mandate's beta.
    ways
        Any of futures, reallocate, options, or single option strategies such as collar.
    aim
        "target", or the "edge" of what trades are made at.
    mix
        Whether mixes of two ways are looked at as well.
    horizon
        Years for which a way's yearly cost counts.
    max_margin
        Most margin that a way may use, money.
    yields
        Dividend yields a year by symbol; they go before those that the holdings state.
    options, limits, taxes
        Which options may be traded, and what a reallocation may do and pays.
    standing
        Limits and costs that hold where neither the limits file nor the question says otherwise.

    Examples
    --------
    >>> WaysQuestion(ways="futures,collar").ways
    ('futures', 'collar')
    """

    ask: ClassVar[str] = "ways"

    mandate: MandateTerms = part(MandateTerms, only=PLANNED)
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    hedge: tuple[str, ...] | None = option(HEDGE, HEDGE_HELP, otherwise="none, or the workspace's")
    hedge_prices: Mapping[str, float] = option(HEDGE_PRICES, HEDGE_PRICES_HELP, flags=("--hedge-price",), default={})
    target: OtherTarget = part(OtherTarget)
    ways: tuple[str, ...] | None = option(
        Names("WAY,...", "ways separated by commas", "futures,reallocate,options"),
        "Compare ways: futures,reallocate,options, or single strategies such as collar.", otherwise="futures alone",
    )  # fmt: skip
    aim: str | None = option(AIM, AIM_HELP, otherwise="the target; of a maximum its edge")
    mix: bool = option(Switch(), "Look for a cheaper mix of two ways.", off="--no-mix", default=True)
    horizon: float = option(
        Number("YEARS", above=0, example="0.25"), "Years for which a way's yearly cost counts.", default=0.25
    )
    max_margin: float | None = option(
        Number("MONEY", least=0, example="50000"), "Most margin that a way may use.",
        otherwise="no limit, or the workspace's",
    )  # fmt: skip
    yields: Mapping[str, float] = option(
        Pairs(Number("YIELD", least=0, most=0.5, example="0.015"), "SYMBOL", "SPX=0.015"),
        "Dividend yield a year of a symbol; repeatable.", flags=("--dividend-yield",), default={},
    )  # fmt: skip
    options: OptionWords = part(OptionWords)
    limits: Limits = part(Limits)
    taxes: Taxes = part(Taxes)
    standing: StandingLimits = part(StandingLimits, only=())

    def __post_init__(self) -> None:
        check(self)
        if (self.limits.stated or self.taxes.stated) and self.ways and "reallocate" not in self.ways:
            raise UsageError(
                expected="reallocate among the ways (--ways), for limits and taxes to bind",
                found=", ".join(self.ways), try_next="add reallocate, or leave the limits out",
            )  # fmt: skip
        if self.taxes.lots is not None and not self.taxes.rates and self.limits.file is None:
            raise UsageError(
                expected="rates of tax (--tax-short, --tax-long) for the lots (--lots)", found="none",
                try_next="give for example 0.37 and 0.2, or [taxes] in the limits file",
            )  # fmt: skip
        if self.target.at_most is not None and self.aim == "target":
            raise UsageError(
                expected="trading to the edge (--aim edge) together with at_most (--at-most)", found="'target'",
                try_next="leave the aim out",
            )  # fmt: skip
