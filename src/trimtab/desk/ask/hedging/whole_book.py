"""The whole book before and after trades, whatever plan they come from, at the usual assumptions."""

from trimtab.desk.moment.setting import Setting
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.standing.measure import change, measure_standing
from trimtab.hedge.standing.records import Standing, Standings
from trimtab.hedge.ways.assumptions import book_terms, settle_assumptions
from trimtab.hedge.ways.figures import benchmark_volatility
from trimtab.hedge.ways.records import Assumptions
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate

__all__ = ["standings_of"]


def standings_of(
    book: MeasuredBook, after: MeasuredBook, mandate: Mandate, setting: Setting, contracts: ContractTable
) -> Standings:
    """Measure the figures of a book, of the book that a plan leaves, and the difference.

    Parameters
    ----------
    book, after
        As it is, and with the trades done; the very same book if there are none.
    mandate
        What the probability of being inside and the distance from the target are taken to.
    setting, contracts
        The moment, and what is known of contracts.
    """
    history = setting.converted
    usual, year = settle_assumptions(Assumptions(), setting.facts, mandate.benchmark)
    vol = benchmark_volatility(history, mandate.benchmark, window=year.window, per_year=year.per_year)
    terms = book_terms(usual, mandate, contracts)

    def standing(of: MeasuredBook) -> Standing:
        return measure_standing(of, mandate, terms, year, history=history, market_vol=vol)

    had = standing(book)
    has = had if after is book else standing(after)
    return Standings(before=had, after=has, change=change(had, has))
