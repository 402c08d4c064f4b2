"""Plan with futures, perpetuals and funds as the rule says: the one road of plans, ways, policies and alerts."""

from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.futures.figures import plan_futures_to_edge
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.futures.plan import judged_by, plan_futures
from trimtab.hedge.plan import Plan
from trimtab.hedge.rule import Aim, HedgeRule
from trimtab.model.mandate import Mandate

__all__ = ["plan_by_rule", "plan_into"]


def plan_by_rule(book: MeasuredBook, rule: HedgeRule, hedges: tuple[Hedge, ...]) -> Plan:
    """Plan the trades that a rule asks for; none while its trigger is not reached.

    Parameters
    ----------
    book
        The portfolio, measured.
    rule
        When is traded, and how far.
    hedges
        One to four futures, perpetuals or funds that may be traded.
    """
    into = rule.into(book.exposure)
    plan = plan_into(book, into, hedges, rule.aim)
    return plan if into is rule.mandate else judged_by(plan, rule.mandate)


def plan_into(book: MeasuredBook, into: Mandate, hedges: tuple[Hedge, ...], aim: Aim) -> Plan:
    """Plan into a band, to its target or to its edge.

    Parameters
    ----------
    book, hedges
        As for `plan_by_rule`.
    into
        The band that trades go into, from `HedgeRule.into`.
    aim
        Where within it.
    """
    return plan_futures_to_edge(book, into, hedges) if aim is Aim.EDGE else plan_futures(book, into, hedges)
