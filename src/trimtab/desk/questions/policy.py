"""How often to hedge: a book, stated numbers, or one option."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.targets import AIM, AIM_HELP, HEDGE, HEDGE_HELP, HEDGE_PRICES, HEDGE_PRICES_HELP
from trimtab.desk.questions.values import Choice, Number, Numbers, Switch, Whole
from trimtab.errors import UsageError

__all__ = ["OneOption", "PolicyQuestion", "StatedInputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedInputs:
    """What is stated in place of having it measured; None is measured.

    Parameters
    ----------
    drift_vol, market_vol
        Drift of beta, and volatility of the benchmark, per square-root year.
    cost
        Money to move portfolio beta by 1.
    ticket
        Fixed cost of each trade, money.
    lot
        Beta step of one contract; 0 for any amount.
    gap_half_life
        Years in which a gap goes half-way back by itself; None if it does not.
    nav
        Net asset value, if there are no holdings.

    Examples
    --------
    >>> StatedInputs(drift_vol=0.1, market_vol=0.2, cost=50).cost
    50.0
    """

    drift_vol: float | None = option(
        Number("VOLATILITY", least=0, example="0.1"), "Drift of beta per square-root year.", otherwise="measured"
    )
    market_vol: float | None = option(
        Number("VOLATILITY", above=0, example="0.2"), "Volatility of the benchmark a year.", otherwise="measured"
    )
    cost: float | None = option(
        Number("MONEY", least=0, example="500"), "Money to move portfolio beta by 1.", otherwise="from the hedges"
    )
    ticket: float = option(Number("MONEY", least=0, example="0"), "Fixed cost of each trade.", default=0.0)
    lot: float | None = option(
        Number("BETA", least=0, example="0.01"), "Beta step of one contract; 0 for any amount.",
        otherwise="from the hedges",
    )  # fmt: skip
    gap_half_life: float | None = option(
        Number("YEARS", above=0, example="0.5"), "Years in which a gap goes half-way back by itself.",
        otherwise="it does not",
    )  # fmt: skip
    nav: float | None = option(
        Number("MONEY", above=0, example="1000000"), "Net asset value, if there are no holdings.", otherwise="measured"
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyQuestion:
    """Say how often to hedge: the best band and interval, what each costs a year, what tracking error it leaves.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark and band, how betas are measured, and what is known of instruments.
    hedge, hedge_prices
        What may be traded (it sets cost and lot), and prices that the price table lacks.
    aim
        Where trades of the rule in force go: "target" or "edge".
    risk_aversion, tracking_error_budget
        Relative, 3 unless stated; or in its place the tracking error a year that missing the target may cause.
    stated
        Inputs that are stated instead of measured.
    bands, intervals
        Half-widths, and trading days between trades, to show beside the best ones.
    checks
        How often a year the band is looked at; None for each day with prices.
    seed, paths
        Of the simulations.

    Examples
    --------
    >>> PolicyQuestion(bands=(0.02, 0.05)).bands
    (0.02, 0.05)
    """

    ask: ClassVar[str] = "hedge-policy"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark", "target", "band", "commission"))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    hedge: tuple[str, ...] | None = option(HEDGE, HEDGE_HELP, otherwise="none, or the workspace's")
    hedge_prices: Mapping[str, float] = option(HEDGE_PRICES, HEDGE_PRICES_HELP, flags=("--hedge-price",), default={})
    aim: str | None = option(AIM, AIM_HELP, otherwise="the target")
    risk_aversion: float | None = option(
        Number("NUMBER", above=0, example="3"), "Relative risk aversion.", otherwise="3, or what a budget says"
    )
    tracking_error_budget: float | None = option(
        Number("SHARE", above=0, below=1, example="0.005"),
        "Tracking error a year that missing the target may cause, in place of a risk aversion.",
        otherwise="none",
    )
    stated: StatedInputs = part(StatedInputs)
    bands: tuple[float, ...] = option(
        Numbers(Number("BETA", above=0, example="0.05"), "0.02,0.05"), "Bands to show as well.", default=()
    )
    intervals: tuple[float, ...] = option(
        Numbers(Number("DAYS", above=0, example="5"), "1,5,21"), "Trading days between trades to show as well.",
        default=(),
    )  # fmt: skip
    checks: float | None = option(
        Number("COUNT", least=1, most=100_000, example="252"), "How often a year the band is looked at.",
        otherwise="each day with prices",
    )  # fmt: skip
    seed: int = option(Whole("NUMBER", least=0, example="1"), "Of the simulations.", default=1)
    paths: int = option(Whole("COUNT", least=8, example="64"), "Simulated paths.", default=64)

    def __post_init__(self) -> None:
        check(self)
        if self.tracking_error_budget is not None and self.risk_aversion is not None:
            raise UsageError(
                expected="tracking_error_budget (--tracking-error-budget) or risk_aversion (--risk-aversion): one says "
                "the other",
                found="both", try_next="leave one of them out",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOption:
    """One option hedged with its share, in place of a book.

    Parameters
    ----------
    strike
        Its strike; None asks of a book.
    spot, vol, days
        Price of the share, its volatility a year, calendar days to expiry.
    right, rate
        "call" or "put"; interest rate a year.
    cost_rate
        Cost of one trade in the share, share of the money traded.
    absolute_risk_aversion
        Per unit of money.
    bought
        Whether the option is bought, not sold.

    Examples
    --------
    >>> OneOption(strike=100, spot=100, vol=0.2, days=91).right
    'call'
    """

    strike: float | None = option(
        Number("PRICE", above=0, example="100"), "Hedge one option instead: its strike.", otherwise="a book"
    )
    spot: float | None = option(
        Number("PRICE", above=0, example="100"), "Price of the share under that option.", otherwise="none"
    )
    vol: float | None = option(Number("VOLATILITY", above=0, example="0.2"), "Its volatility a year.", otherwise="none")
    days: float | None = option(Number("DAYS", above=0, example="91"), "Calendar days to its expiry.", otherwise="none")
    right: str = option(Choice("call", "put"), "Which option.", default="call")
    rate: float = option(Number("RATE", example="0.03"), "Interest rate a year for that option.", default=0.0)
    cost_rate: float = option(
        Number("SHARE", least=0, example="0.001"), "Cost of one trade in the share, share of the money traded.",
        default=0.001,
    )  # fmt: skip
    absolute_risk_aversion: float = option(
        Number("NUMBER", above=0, example="1"), "For one option: per unit of money.", default=1.0
    )
    bought: bool = option(Switch(), "That option is bought, not sold.", default=False)

    def __post_init__(self) -> None:
        check(self)
        lacking = [n for n in ("spot", "vol", "days") if getattr(self, n) is None]
        if self.strike is not None and lacking:
            raise UsageError(
                expected="spot (--spot), vol (--vol) and days (--days) together with strike (--strike)",
                found=f"no {', '.join(lacking)}", try_next="give for example --spot 100 --vol 0.2 --days 91",
            )  # fmt: skip
