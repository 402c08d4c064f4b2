"""A watch made of prices and holdings, as `trimtab.desk.watch.watching.Watch` follows them."""

from typing import Any, Unpack

from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.watch import WatchQuestion
from trimtab.desk.watch.renewal import watch_of
from trimtab.desk.watch.watching import Watch
from trimtab.model.mandate import Mandate
from trimtab.python.how import How, groups_of
from trimtab.wiring.files import open_inputs

__all__ = ["make_watch"]


def make_watch(
    prices: Any, holdings: Any, mandate: Mandate, *, name: str = "portfolio", jump: float = 0.25, **how: Unpack[How]
) -> Watch:
    """Make a watch from prices and holdings.

    Parameters
    ----------
    prices, holdings, mandate
        As for `trimtab.review`.
    name
        What the portfolio is called in the journal.
    jump
        Relative move of one quote beyond which a second must confirm it.
    **how
        As for `trimtab.review`.
    """
    measuring, instruments = groups_of(how)
    question = WatchQuestion(mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, jump=jump)
    return watch_of(question, open_inputs(prices, holdings, measuring, instruments), name=name)
