"""Would it have worked: rules of hedging replayed over a book's own past."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.targets import HEDGE
from trimtab.desk.questions.values import Choice, DayValue, Names, Number, Switch, Whole
from trimtab.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["USUAL_POLICIES", "BacktestQuestion"]

#: What is replayed where nobody names anything else.
USUAL_POLICIES = ("never", "monthly", "quarterly", "band:0.05:edge", "band:0.05:centre", "best")

_POLICIES = Names(
    "POLICY,...",
    "policies separated by commas: never, weekly, monthly, quarterly, band:0.05:edge, band:0.05:centre, best",
    "monthly,band:0.05:edge",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestQuestion:
    """Replay rules of hedging over years of a book's own history, and say which differences are beyond noise.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark, target, band and costs; how betas are measured and the last day; facts of contracts.
    hedge
        Family of futures that is traded; of several the first.
    start
        First day; None takes the first on which everything held can be measured.
    policies
        Rules, such as "monthly" or "band:0.05:edge".
    methods
        How betas are measured, each beside the others; None takes the one of `measuring`.
    risk_aversion
        Relative: what missing the target costs.
    roll_days
        Days before expiry from which on the next contract is traded.
    fill
        "next-close", or "same-close", which nobody can.
    seed
        Of the intervals.
    exact
        Through ledger, measurement, verdict and plan day by day: slow, and the same.

    Examples
    --------
    >>> BacktestQuestion(hedge="ES", policies="never,monthly").policies
    ('never', 'monthly')
    """

    ask: ClassVar[str] = "backtest"

    mandate: MandateTerms = part(
        MandateTerms, only=("benchmark", "target", "band", "commission", "half_spread_ticks")
    )  # fmt: skip
    measuring: Measuring = part(
        Measuring, only=("method", "window", "half_life", "errors", "as_of", "risk_free", "base", "fx")
    )
    instruments: Instruments = part(Instruments, only=("contracts",))
    hedge: tuple[str, ...] | None = option(
        HEDGE, "Family of futures that is traded (ES); of several the first.", otherwise="the workspace's"
    )
    start: "str | dt.date | None" = option(
        DayValue(), "First day.", flags=("--from",), otherwise="the first on which everything can be measured"
    )
    policies: tuple[str, ...] = option(
        _POLICIES, "Rules to replay: never, weekly, monthly, quarterly, band:WIDTH:edge, band:WIDTH:centre, best.",
        default=USUAL_POLICIES,
    )  # fmt: skip
    methods: tuple[str, ...] | None = option(
        Names("METHOD,...", "methods separated by commas", "auto,ols"), "Estimators to compare, each with each policy.",
        otherwise="the one of --method",
    )  # fmt: skip
    risk_aversion: float = option(Number("NUMBER", above=0, example="3"), "Relative risk aversion.", default=3.0)
    roll_days: int = option(
        Whole("DAYS", least=0, most=40, example="8"), "Days before expiry at which contracts are rolled.", default=8
    )
    fill: str = option(
        Choice("next-close", "same-close"), "When an order is filled; same-close is what nobody can do.",
        default="next-close",
    )  # fmt: skip
    seed: int = option(Whole("NUMBER", least=0, example="1"), "Of the intervals.", default=1)

    exact: bool = option(
        Switch(), "Replay day by day through ledger, measurement and plan: slow, the same.", default=False
    )

    def __post_init__(self) -> None:
        check(self)
        if self.exact and self.fill != "next-close":
            raise UsageError(
                expected="exact (--exact) with fill next-close (--fill)", found=self.fill, try_next="leave --fill out"
            )
