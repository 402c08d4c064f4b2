"""The answer that says which held futures are to be rolled, and into what."""

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.questions.roll import RollQuestion
from trimtab.hedge.roll.records import RollCosts, Rolls
from trimtab.hedge.roll.review import review_rolls

__all__ = ["rolls_of"]


def rolls_of(question: RollQuestion, inputs: Inputs) -> Rolls:
    """Take the moment, and review the rolls of its book."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    setting, half = settled.setting, mandate.costs.half_spread_ticks
    costs = RollCosts(
        commission=mandate.costs.commission, half_spread_ticks=half,
        spread_half_ticks=half if question.spread_ticks is None else question.spread_ticks,
        spread_commission=question.spread_commission,
    )  # fmt: skip
    return review_rolls(
        setting.portfolio, setting.market, setting.facts.with_yields(question.yields), settled.contracts, costs,
        window_days=question.roll_days, stated_prices=question.hedge_prices,
    )  # fmt: skip
