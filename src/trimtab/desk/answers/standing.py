"""What stands where a question does not say it: of a workspace's settings, for one account."""

from dataclasses import dataclass

from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.limits import StandingLimits
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring

__all__ = ["Standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What settings say where a question does not; its fields are named as those of questions.

    Parameters
    ----------
    mandate, measuring, instruments
        Of the account.
    role
        What its money is for.
    hedge
        Contracts that may be traded.
    aim, max_margin, standing
        Of a comparison of ways.
    periods_per_year
        For annualisation; None takes the calendar's.
    """

    mandate: MandateTerms
    measuring: Measuring
    instruments: Instruments
    role: str | None
    hedge: tuple[str, ...]
    aim: str | None
    max_margin: float | None
    standing: StandingLimits
    periods_per_year: float | None
