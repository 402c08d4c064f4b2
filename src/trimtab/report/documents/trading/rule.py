"""The rule of how much is traded and when, as plans, ways and hedging policies show it."""

from dataclasses import dataclass

from trimtab.hedge.plan import Plan
from trimtab.hedge.rule import Aim, BestTrigger, HedgeRule

__all__ = ["RuleFigures", "TradeNow", "best_words", "rule_figures", "trade_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """When is traded, and how far.

    Parameters
    ----------
    target, limit
        Wanted beta, and the half-width beyond which it is a breach.
    trigger, step
        Half-width at which a plan trades, and how far within it; null where the mandate says none.
    aim
        Where trades go within what they are made at.
    best
        The best trigger for this book; null where it is not known.
    not_known
        Why it is not known; empty otherwise.
    """

    target: float
    limit: float
    trigger: float | None
    step: float | None
    aim: Aim
    best: BestTrigger | None
    not_known: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """One contract of a trade.

    Parameters
    ----------
    contract, contracts
        Which, and how many with sign.
    """

    contract: str
    contracts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeNow:
    """What a rule trades now.

    Parameters
    ----------
    orders
        Empty if it trades nothing.
    beta_after, cost
        Beta with them done, and what they cost, base currency.
    """

    orders: tuple[Traded, ...]
    beta_after: float
    cost: float


def rule_figures(rule: HedgeRule) -> RuleFigures:
    """Put a rule into a document."""
    m = rule.mandate
    return RuleFigures(
        target=m.target, limit=m.band, trigger=m.trigger, step=m.step, aim=rule.aim, best=rule.best,
        not_known=rule.not_known,
    )  # fmt: skip


def trade_now(plan: Plan | None) -> TradeNow | None:
    """Put what a rule trades now into a document; None stays None."""
    if plan is None:
        return None
    orders = tuple(Traded(contract=o.symbol, contracts=float(o.signed)) for o in plan.orders)
    return TradeNow(orders=orders, beta_after=plan.after.beta.value, cost=plan.cost)


def best_words(rule: HedgeRule) -> str:
    """Say the best trigger in a sentence, or why it is not known."""
    if rule.best is None:
        return f"best trigger not known: {rule.not_known}" if rule.not_known else ""
    b = rule.best
    return (
        f"best trigger {b.trigger:g} with {b.hedge}, as beta drifts {b.drift:.3f} a year ({b.flat_from:.2f} to "
        f"{b.flat_to:.2f} cost hardly more); this mandate trades at {rule.trades_at:g}"
    )
