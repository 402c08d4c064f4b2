"""The answer that lays every way of bringing beta back side by side."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.plan import target_rule
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.limits import ReallocationTerms, purchases, with_lots
from trimtab.desk.ask.targets import TargetRule, set_target
from trimtab.desk.ask.ways import OptionTerms, SpotTrades
from trimtab.desk.ask.ways import compare_ways as run_ways
from trimtab.desk.questions.plan import WaysQuestion
from trimtab.errors import UsageError
from trimtab.hedge.roll.due import roll_notes
from trimtab.hedge.rule import USUAL_AIM, Aim
from trimtab.hedge.ways.records import Assumptions, Ways
from trimtab.model.instrument import Spot

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.measuring import TableLike

__all__ = ["WaysTerms", "ways_of"]

#: Ways that are compared unless others are named.
USUAL_WAYS = ("futures", "reallocate", "options")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysTerms:
    """What Python may give a comparison of ways as records, in place of a question's words; None takes the words.

    Parameters
    ----------
    options
        Which options may be traded.
    reallocation
        Limits, purchases and liquidity of a reallocation.
    also
        Shares or funds that may be bought though they are not held.
    assumptions
        Carry, margin, horizon and expiry of the proposals.
    target
        A target other than the mandate's beta.
    """

    options: OptionTerms | None = None
    reallocation: ReallocationTerms | None = None
    also: tuple[Spot, ...] = ()
    assumptions: Assumptions | None = None
    target: TargetRule | None = None


def ways_of(
    question: WaysQuestion, inputs: Inputs, terms: WaysTerms | None = None, *, lots: "TableLike | None" = None
) -> Ways:
    """Plan each way and lay them side by side; tax `lots` of Python need no rates beside them."""
    given_terms = terms or WaysTerms()
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring, hedge=question.hedge or ())
    setting, portfolio = settled.setting, settled.held
    if question.yields:
        setting = replace(setting, facts=setting.facts.with_yields(dict(question.yields)))
    limits = given_terms.reallocation or inputs.reader.reallocation(question.limits, question.taxes, question.standing)
    limits = limits or ReallocationTerms()
    if question.taxes.lots is not None:
        if limits.limits.taxes is None:
            raise UsageError(
                expected="rates of tax (--tax-short, --tax-long) for the lots (--lots)", found="none",
                try_next="give for example 0.37 and 0.2, or [taxes] in the limits file",
            )  # fmt: skip
        portfolio = with_lots(portfolio, inputs.reader.lots(question.taxes.lots))
    if lots is not None:
        portfolio = with_lots(portfolio, inputs.reader.lots(lots))
    asked = given_terms.target or target_rule(question.target)
    why = None
    if asked is not None:
        mandate, why = set_target(mandate, asked, portfolio, setting)
    market = setting.market
    currencies = dict(zip(market.prices.symbols, market.prices.currencies, strict=True))
    comparison = run_ways(
        portfolio,
        mandate,
        setting,
        ways=tuple(name.replace("-", "_") for name in question.ways or USUAL_WAYS),
        hedges=settled.hedges,
        contracts=settled.contracts,
        stated_prices=dict(question.hedge_prices),
        options=given_terms.options or inputs.reader.options(question.options),
        spot=SpotTrades(
            limits=limits.limits,
            also=(*given_terms.also, *purchases(limits.buy, currencies, market.base)),
            liquidity=limits.liquidity,
        ),
        aim=Aim(question.aim or USUAL_AIM),
        assumptions=given_terms.assumptions
        or Assumptions(horizon_years=question.horizon, max_margin=question.max_margin),
        mix=question.mix,
    )
    rolls = roll_notes(portfolio, settled.contracts, market.day)
    comparison = replace(comparison, notes=(*comparison.notes, *rolls)) if rolls else comparison
    return comparison if why is None else replace(comparison, reason=f"{comparison.reason} ({why})")
