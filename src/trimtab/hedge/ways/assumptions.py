"""Assumptions of a comparison, filled from the moment that it is made in."""

from dataclasses import replace

from trimtab.hedge.standing.records import BookTerms
from trimtab.hedge.ways.records import Assumptions
from trimtab.hedge.year_terms import ASSUMED_RATE, ASSUMED_YIELD, YearTerms
from trimtab.market.facts import Facts
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate

__all__ = ["book_terms", "settle_assumptions"]

#: Rows that a yearly deviation needs on slow prices.
_FEWEST = 60


def settle_assumptions(asked: Assumptions, facts: Facts, benchmark: str) -> tuple[Assumptions, YearTerms]:
    """Fill what was not stated from the moment, and what that does not know with an assumption.

    Parameters
    ----------
    asked
        As stated; None in it is not stated.
    facts
        Of the moment.
    benchmark
        Whose yield is shown with the answer.

    Returns
    -------
    The assumptions as they are used for the base currency and the benchmark, and the terms for everything.
    """
    known_rate, known_yield = facts.rate(facts.base), facts.dividend_yield((benchmark,))
    terms = YearTerms(
        facts=facts,
        rate=ASSUMED_RATE if asked.rate is None else asked.rate,
        dividend_yield=ASSUMED_YIELD if asked.dividend_yield is None else asked.dividend_yield,
        rate_assumed=asked.rate is None,
        yield_assumed=asked.dividend_yield is None,
        window=facts.frequency.rows(252, least=_FEWEST) if asked.window is None else asked.window,
        per_year=facts.frequency.periods_per_year if asked.per_year is None else asked.per_year,
    )
    used = replace(
        asked,
        rate=terms.rate if asked.rate is not None or known_rate is None else known_rate,
        dividend_yield=terms.dividend_yield if known_yield is None else known_yield,
        window=terms.window,
        per_year=terms.per_year,
    )
    return used, terms


def book_terms(a: Assumptions, mandate: Mandate, contracts: ContractTable | None) -> BookTerms:
    """Give what the figures of a whole book are counted with.

    Parameters
    ----------
    a, mandate
        Margins, rolls and fees; costs of a trade.
    contracts
        What is known of what is held; None knows nothing.
    """
    return BookTerms(
        contracts=contracts or ContractTable(),
        commission=mandate.costs.commission,
        half_spread_ticks=mandate.costs.half_spread_ticks,
        margin_share=a.margin_share,
        margins=a.margins,
        rolls_per_year=a.rolls_per_year,
        funding_spread=a.funding_spread,
        borrow_fee=a.borrow_fee,
    )
