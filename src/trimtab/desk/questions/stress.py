"""Stress and risk: what today's book would have lost, and what its beta does not show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.files import Table
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.groups.scenarios import Episodes, Shocks
from trimtab.desk.questions.review import ROLE
from trimtab.desk.questions.values import Number, Text, Whole
from trimtab.risk.hidden import Role

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.measuring import TableLike
    from trimtab.risk.episodes import Episode
    from trimtab.risk.shocks import Shock

__all__ = ["FIELDS", "RiskQuestion", "StressQuestion"]

#: What is known of holdings beside their prices.
FIELDS = Table("fields.csv")
_FIELDS_HELP = "What is known of holdings: symbol, sector, rating, duration, daily_value, ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class StressQuestion:
    """Put a book through past episodes and shocks, and its beta under stress.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark, how betas are measured, and what is known of instruments.
    fields
        File of what is known of holdings.
    shocks, episodes
        Shocks and episodes, as records or in words; None takes the usual ones.
    vol_shift
        Added to every volatility in the episodes (0.1 is 10 points).
    margin_rate, margin_factor
        Margin on futures as a share of their exposure, and what it is multiplied by in a shock.
    sigmas, sigma_days
        Deviations, and trading days, of the move for which cash is worked out by venue account.

    Examples
    --------
    >>> StressQuestion(shocks=("drop:benchmark=-0.15",)).shocks[0].benchmark
    -0.15
    """

    ask: ClassVar[str] = "stress"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    fields: "TableLike | None" = option(FIELDS, _FIELDS_HELP, otherwise="such columns in the holdings file")
    shocks: "tuple[Shock, ...] | None" = option(
        Shocks(), "A shock in place of the usual ones; repeatable.", flags=("--shock",), otherwise="the usual ones"
    )
    episodes: "tuple[Episode, ...] | None" = option(
        Episodes(), "An episode in place of the named ones; repeatable.", flags=("--episode",),
        otherwise="the named ones",
    )  # fmt: skip
    vol_shift: float = option(
        Number("POINTS", example="0.1"), "Added to every volatility in the episodes (0.1 = 10 points).", default=0.0
    )
    margin_rate: float = option(
        Number("SHARE", least=0, example="0.06"), "Margin on futures, share of exposure.", default=0.06
    )
    margin_factor: float = option(
        Number("TIMES", least=0, example="1.5"), "Margin rates in a shock over now.", default=1.5
    )
    sigmas: float = option(
        Number("DEVIATIONS", above=0, most=20, example="3"), "Deviations of the move that cash is worked out for.",
        default=3.0,
    )  # fmt: skip
    sigma_days: int = option(
        Whole("DAYS", least=1, example="5"), "Trading days over which that move is made.", default=5
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskQuestion:
    """Say what a portfolio's beta misses.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark, how betas are measured, and what is known of instruments.
    role
        "spending", "growth" or "trading": what the money is for.
    fields
        File of what is known of holdings.
    episodes
        Past episodes; None takes the named ones.
    participation
        Share of a day's volume that one is willing to be.
    half_spread
        Half the bid-ask spread where a holding states none.
    target_volatility
        A year: how much of the book to hold.
    exit_of, exit_days
        Position whose way out is weighed (None: the whole book), and days within which all is sold.

    Examples
    --------
    >>> RiskQuestion(role="growth").participation
    0.2
    """

    ask: ClassVar[str] = "risk"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    role: Role | None = option(ROLE, "What the money is for.", otherwise="not said, or the workspace's")
    fields: "TableLike | None" = option(FIELDS, _FIELDS_HELP, otherwise="such columns in the holdings file")
    episodes: "tuple[Episode, ...] | None" = option(
        Episodes(), "An episode in place of the named ones; repeatable.", flags=("--episode",),
        otherwise="the named ones",
    )  # fmt: skip
    participation: float = option(
        Number("SHARE", above=0, most=1, example="0.2"), "Share of a day's volume that one is willing to be.",
        default=0.2,
    )  # fmt: skip
    half_spread: float = option(
        Number("SHARE", least=0, example="0.0005"), "Half the bid-ask spread where a holding states none.",
        default=0.0005,
    )  # fmt: skip
    target_volatility: float | None = option(
        Number("VOLATILITY", above=0, example="0.1"), "A year (0.10): how much of the book to hold.",
        otherwise="not asked",
    )  # fmt: skip
    exit_of: str | None = option(
        Text("SYMBOL", "the symbol of a position", "AAPL"), "Position whose way out is weighed.",
        otherwise="the whole book",
    )  # fmt: skip
    exit_days: int = option(Whole("DAYS", least=1, example="5"), "Days within which all is sold there.", default=5)

    def __post_init__(self) -> None:
        check(self)
