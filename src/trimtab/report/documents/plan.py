"""A plan, for one target or for several, as a document."""

from trimtab.hedge.joint.records import JointPlan
from trimtab.hedge.plan import Order, Plan
from trimtab.report.documents.exposure import exposure_document, mandate_document, verdict_document
from trimtab.report.documents.readings import speaks_of_document
from trimtab.report.documents.write import Document

__all__ = ["order_document", "plan_document", "targets_document"]


def plan_document(plan: Plan) -> Document:
    """Document of `trimtab plan`: schema trimtab.plan/1."""
    return {
        "schema": "trimtab.plan/1",
        "status": plan.status.value,
        "as_of": plan.as_of.isoformat(),
        "mandate": mandate_document(plan.mandate),
        "orders": [order_document(o) for o in plan.orders],
        "before": {**exposure_document(plan.before), **verdict_document(plan.verdict_before)},
        "after": {**exposure_document(plan.after), **verdict_document(plan.verdict_after)},
        "residual": plan.residual,
        "cost": plan.cost,
        "notes": list(plan.notes),
    }


def order_document(o: Order) -> Document:
    """Write a futures order as every document has it."""
    return {
        "asset": o.future.symbol,
        "side": o.side.value,
        "quantity": int(o.quantity) if o.quantity == o.quantity.to_integral_value() else float(o.quantity),
        "price": float(o.price),
        "currency": o.future.currency,
        "multiplier": float(o.multiplier),
        "notional": o.notional,
        "cost": o.cost,
        "beta": o.beta,
        "stderr": o.stderr,
        "expiry": None if o.future.expiry is None else o.future.expiry.isoformat(),
        "flags": [f.value for f in o.flags],
    }


def targets_document(plan: JointPlan) -> Document:
    """Document of `trimtab plan --also-target`: schema trimtab.targets/1."""
    return {
        "schema": "trimtab.targets/1",
        "status": plan.status.value,
        "as_of": plan.as_of.isoformat(),
        "base_currency": plan.before.base,
        "targets": [
            {
                "benchmark": x.benchmark, "target": x.target, "lower": x.lower, "upper": x.upper,
                "before": {"value": x.before, "stderr": x.before_stderr, "verdict": x.verdict_before.status.value},
                "after": {"value": x.after, "stderr": x.after_stderr, "verdict": x.verdict_after.status.value},
                "probability_inside": x.verdict_after.probability_inside,
                "speaks_of": speaks_of_document(x.verdict_after.speaks_of),
            }
            for x in plan.lines
        ],
        "currencies": [
            {"currency": c.currency, "target": c.target, "band": c.band, "before": c.before, "after": c.after,
             "inside": c.inside}
            for c in plan.currencies
        ],
        "orders": [order_document(o) for o in plan.orders],
        "forwards": [{"currency": f.currency, "amount": str(f.amount), "rate": f.rate} for f in plan.forwards],
        "nav": {"before": plan.before.nav, "after": plan.after.nav},
        "cost": plan.cost,
        "proven_best": plan.proven,
        "notes": list(plan.notes),
    }  # fmt: skip
