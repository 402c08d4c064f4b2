"""Review: a portfolio's beta, and whether it is where the mandate wants it."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Choice, Names, Number, Numbers
from trimtab.risk.hidden import Role

__all__ = ["ROLE", "ReviewQuestion"]

#: What money may be for.
ROLE: Choice[Role] = Choice("spending", "growth", "trading")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQuestion:
    """Measure a portfolio and compare it with its mandate.

    Parameters
    ----------
    mandate, measuring, instruments
        What it should be, how it is measured, and what is known of instruments.
    also
        Further benchmarks, measured against alone and jointly.
    moves
        Benchmark moves at which the portfolio is revalued in full, as fractions.
    vol_shift
        Added to every volatility at those moves (0.05 is 5 points).
    role
        "spending", "growth" or "trading": what the money is for weighs what beta hides.

    Examples
    --------
    >>> ReviewQuestion(also="BTC,GLD").also
    ('BTC', 'GLD')
    """

    ask: ClassVar[str] = "review"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark", "target", "band", "confidence", "min_coverage"))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    also: tuple[str, ...] = option(
        Names("SYMBOL,...", "symbols separated by commas", "BTC,GLD"),
        "Further benchmarks, measured alone and jointly.", default=(),
    )  # fmt: skip
    moves: tuple[float, ...] | None = option(
        Numbers(Number("MOVE", above=-1, example="-0.1"), "-0.2,-0.1,0.1"), "Benchmark moves to revalue at.",
        otherwise="eleven from -0.4 to 0.2",
    )  # fmt: skip
    vol_shift: float = option(
        Number("POINTS", example="0.05"), "Added to every volatility at those moves (0.05 = 5 points).", default=0.0
    )
    role: Role | None = option(ROLE, "What the money is for.", otherwise="not said, or the workspace's")

    def __post_init__(self) -> None:
        check(self)
