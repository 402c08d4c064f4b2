"""Roll: what held contracts end when, what follows them, and what changing costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.targets import HEDGE_PRICES
from trimtab.desk.questions.values import Exact, Number, Pairs, Whole

__all__ = ["RollQuestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollQuestion:
    """Say which held futures are to be rolled, into what, at which implied financing, and what it costs.

    Parameters
    ----------
    mandate, measuring, instruments
        Costs of a trade; the moment and its rates; what is known of instruments.
    hedge_prices
        Prices of contracts that the price table lacks.
    yields
        Dividend yields a year by symbol; they go before those that the holdings state.
    roll_days
        Days before the last trading day from which on a contract is to be rolled.
    spread_ticks
        Half the bid-ask spread of the calendar spread, in ticks of the contract; None takes that of one contract.
    spread_commission
        Of one calendar spread, both legs; None takes two commissions.

    Examples
    --------
    >>> RollQuestion(hedge_prices={"ESM3": 3842}).roll_days
    8
    """

    ask: ClassVar[str] = "roll"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark", "commission", "half_spread_ticks"))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    hedge_prices: Mapping[str, float] = option(
        HEDGE_PRICES, "Price of a contract that the prices lack (ESM3=3842); repeatable.", flags=("--hedge-price",),
        default={},
    )  # fmt: skip
    yields: Mapping[str, float] = option(
        Pairs(Number("YIELD", least=0, most=0.5, example="0.015"), "SYMBOL", "SPX=0.015"),
        "Dividend yield a year of a symbol; repeatable.", flags=("--dividend-yield",), default={},
    )  # fmt: skip
    roll_days: int = option(
        Whole("DAYS", least=0, most=90, example="8"), "Days before the last trading day from which on to roll.",
        default=8,
    )  # fmt: skip
    spread_ticks: Decimal | None = option(
        Exact("TICKS", example="0.2"), "Half the bid-ask spread of the calendar spread, in ticks.",
        otherwise="that of one contract",
    )  # fmt: skip
    spread_commission: Decimal | None = option(
        Exact("MONEY", example="4.50"), "Commission of one calendar spread, both legs.",
        otherwise="twice that of one contract",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
