"""What every question about a portfolio has, for whoever works one out without knowing which it is."""

from typing import ClassVar, Protocol

from trimtab.desk.questions.instruments import Instruments
from trimtab.desk.questions.mandate import MandateTerms
from trimtab.desk.questions.measuring import Measuring

__all__ = ["PortfolioQuestion"]


class PortfolioQuestion(Protocol):
    """A question about a portfolio: a mandate, how to measure, what is known of instruments."""

    ask: ClassVar[str]

    @property
    def mandate(self) -> MandateTerms:
        """What beta should be."""
        ...

    @property
    def measuring(self) -> Measuring:
        """How betas are measured."""
        ...

    @property
    def instruments(self) -> Instruments:
        """What is known of instruments."""
        ...
