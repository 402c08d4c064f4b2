"""The one place that turns what a user gives (paths, frames, numbers) into what the use cases take.

Python, the command line and every later edge call these functions, so their numbers are the same numbers.
"""

from trimtab.feeds.prices import read_prices
from trimtab.wiring.inputs import as_fx, as_moment, as_risk_free, demo_inputs, load_contracts, settle
from trimtab.wiring.measuring import (
    beta_history,
    diagnose_betas,
    estimate_betas,
    explain,
    expose,
    measure,
    portfolio,
    read_portfolio,
    review,
    validate_betas,
)
from trimtab.wiring.planning import compare_ways, plan, plan_targets

__all__ = [
    "as_fx", "as_moment", "as_risk_free", "beta_history", "compare_ways", "demo_inputs", "diagnose_betas",
    "estimate_betas", "explain", "expose", "load_contracts", "measure", "plan", "plan_targets", "portfolio",
    "read_portfolio", "read_prices", "review", "settle", "validate_betas",
]  # fmt: skip
