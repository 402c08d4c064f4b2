"""The one place that turns what a user gives (paths, frames, numbers) into what the use cases take.

Python, the command line and every later edge call these functions, so their numbers are the same numbers. Names are
loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.feeds.series.prices import read_prices as read_prices
    from trimtab.wiring.functions.measuring import beta_history as beta_history
    from trimtab.wiring.functions.measuring import diagnose_betas as diagnose_betas
    from trimtab.wiring.functions.measuring import estimate_betas as estimate_betas
    from trimtab.wiring.functions.measuring import explain as explain
    from trimtab.wiring.functions.measuring import expose as expose
    from trimtab.wiring.functions.measuring import measure as measure
    from trimtab.wiring.functions.measuring import portfolio as portfolio
    from trimtab.wiring.functions.measuring import read_portfolio as read_portfolio
    from trimtab.wiring.functions.measuring import review as review
    from trimtab.wiring.functions.measuring import validate_betas as validate_betas
    from trimtab.wiring.functions.planning import compare_ways as compare_ways
    from trimtab.wiring.functions.planning import plan as plan
    from trimtab.wiring.functions.planning import plan_targets as plan_targets
    from trimtab.wiring.inputs import as_fx as as_fx
    from trimtab.wiring.inputs import as_moment as as_moment
    from trimtab.wiring.inputs import as_risk_free as as_risk_free
    from trimtab.wiring.inputs import load_contracts as load_contracts

_INPUTS = ("as_fx", "as_moment", "as_risk_free", "load_contracts")
_MEASURING = (
    "beta_history", "diagnose_betas", "estimate_betas", "explain", "expose", "measure", "portfolio", "read_portfolio",
    "review", "validate_betas",
)  # fmt: skip
_PLANNING = ("compare_ways", "plan", "plan_targets")
_HOME = {
    **dict.fromkeys(_INPUTS, "trimtab.wiring.inputs"),
    **dict.fromkeys(_MEASURING, "trimtab.wiring.functions.measuring"),
    **dict.fromkeys(_PLANNING, "trimtab.wiring.functions.planning"),
    "read_prices": "trimtab.feeds.series.prices",
}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'trimtab.wiring' has no attribute {name!r}")
