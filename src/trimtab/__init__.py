"""trimtab: portfolio beta management.

Measure a portfolio's beta with its error, compare it with a mandate, and plan the trades that bring it back.

>>> import trimtab as tt
>>> from trimtab import sample
>>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
>>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate)
>>> result.verdict.status.value
'outside'

Names are loaded when they are first used, so that `import trimtab` itself costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trimtab.version import VERSION

if TYPE_CHECKING:
    from trimtab.beta.estimate import BetaEstimate as BetaEstimate
    from trimtab.beta.estimate import Betas as Betas
    from trimtab.beta.history import BetaHistory as BetaHistory
    from trimtab.beta.override import Override as Override
    from trimtab.beta.override import apply_overrides as apply_overrides
    from trimtab.beta.partial import PartialBetas as PartialBetas
    from trimtab.desk.answers.between import BetaBetween as BetaBetween
    from trimtab.desk.ask.learned import HedgeTerms as HedgeTerms
    from trimtab.desk.ask.ways import OptionTerms as OptionTerms
    from trimtab.desk.questions.drift import Ahead as Ahead
    from trimtab.desk.questions.drift import DriftQuestion as DriftQuestion
    from trimtab.desk.questions.groups.instruments import Instruments as Instruments
    from trimtab.desk.questions.groups.limits import Limits as Limits
    from trimtab.desk.questions.groups.limits import OptionWords as OptionWords
    from trimtab.desk.questions.groups.limits import Taxes as Taxes
    from trimtab.desk.questions.groups.mandate import MandateTerms as MandateTerms
    from trimtab.desk.questions.groups.measuring import Measuring as Measuring
    from trimtab.desk.questions.performance import PerformanceQuestion as PerformanceQuestion
    from trimtab.desk.questions.plan import PlanQuestion as PlanQuestion
    from trimtab.desk.questions.plan import WaysQuestion as WaysQuestion
    from trimtab.desk.questions.policy import PolicyQuestion as PolicyQuestion
    from trimtab.desk.questions.review import ReviewQuestion as ReviewQuestion
    from trimtab.desk.questions.roll import RollQuestion as RollQuestion
    from trimtab.desk.questions.stress import RiskQuestion as RiskQuestion
    from trimtab.desk.questions.stress import StressQuestion as StressQuestion
    from trimtab.desk.questions.targets import OtherTarget as OtherTarget
    from trimtab.desk.questions.targets import SeveralTargets as SeveralTargets
    from trimtab.desk.questions.targets import TargetsQuestion as TargetsQuestion
    from trimtab.errors import TrimtabError as TrimtabError
    from trimtab.exposure.expose import Exposure as Exposure
    from trimtab.feeds.series.prices import read_prices as read_prices
    from trimtab.hedge.plan import Plan as Plan
    from trimtab.hedge.reallocate.terms import ReallocationLimits as ReallocationLimits
    from trimtab.hedge.ways.records import Assumptions as Assumptions
    from trimtab.market.prices import PriceTable as PriceTable
    from trimtab.market.snapshot import Market as Market
    from trimtab.model.mandate import Costs as Costs
    from trimtab.model.mandate import Mandate as Mandate
    from trimtab.model.portfolio import Portfolio as Portfolio
    from trimtab.model.stated_beta import StatedBeta as StatedBeta
    from trimtab.python.backtesting import run_backtest as run_backtest
    from trimtab.python.between import beta_between as beta_between
    from trimtab.python.charting import chart as chart
    from trimtab.python.charting import chart_names as chart_names
    from trimtab.python.charting import save_chart as save_chart
    from trimtab.python.desk import Desk as Desk
    from trimtab.python.drifting import drift as drift
    from trimtab.python.drifting import drift_ahead as drift_ahead
    from trimtab.python.fleet import fleet_check as fleet_check
    from trimtab.python.learning import review_performance as review_performance
    from trimtab.python.learning import review_risk as review_risk
    from trimtab.python.learning import stress as stress
    from trimtab.python.measuring import beta_history as beta_history
    from trimtab.python.measuring import diagnose_betas as diagnose_betas
    from trimtab.python.measuring import estimate_betas as estimate_betas
    from trimtab.python.measuring import explain as explain
    from trimtab.python.measuring import expose as expose
    from trimtab.python.measuring import portfolio as portfolio
    from trimtab.python.measuring import read_portfolio as read_portfolio
    from trimtab.python.measuring import review as review
    from trimtab.python.measuring import validate_betas as validate_betas
    from trimtab.python.planning import compare_ways as compare_ways
    from trimtab.python.planning import plan as plan
    from trimtab.python.planning import plan_targets as plan_targets
    from trimtab.python.policies import hedge_policy as hedge_policy
    from trimtab.python.reporting import write_report as write_report
    from trimtab.python.rolling import review_roll as review_roll
    from trimtab.python.tables import market_at as market_at
    from trimtab.python.tables import partial_betas as partial_betas
    from trimtab.risk.shocks import Shock as Shock

__version__ = VERSION

_HOME = {
    "BetaBetween": "trimtab.desk.answers.between",
    "BetaHistory": "trimtab.beta.history",
    "beta_between": "trimtab.python.between",
    "BetaEstimate": "trimtab.beta.estimate",
    "PartialBetas": "trimtab.beta.partial",
    "partial_betas": "trimtab.python.tables",
    "Override": "trimtab.beta.override",
    "StatedBeta": "trimtab.model.stated_beta",
    "apply_overrides": "trimtab.beta.override",
    "diagnose_betas": "trimtab.python.measuring",
    "compare_ways": "trimtab.python.planning",
    "Assumptions": "trimtab.hedge.ways.records",
    "OptionTerms": "trimtab.desk.ask.ways",
    "ReallocationLimits": "trimtab.hedge.reallocate.terms",
    "review_performance": "trimtab.python.learning",
    "review_risk": "trimtab.python.learning",
    "review_roll": "trimtab.python.rolling",
    "write_report": "trimtab.python.reporting",
    "RollQuestion": "trimtab.desk.questions.roll",
    "stress": "trimtab.python.learning",
    "HedgeTerms": "trimtab.desk.ask.learned",
    "Shock": "trimtab.risk.shocks",
    "Betas": "trimtab.beta.estimate",
    "Instruments": "trimtab.desk.questions.groups.instruments",
    "MandateTerms": "trimtab.desk.questions.groups.mandate",
    "Measuring": "trimtab.desk.questions.groups.measuring",
    "PlanQuestion": "trimtab.desk.questions.plan",
    "WaysQuestion": "trimtab.desk.questions.plan",
    "TargetsQuestion": "trimtab.desk.questions.targets",
    "OtherTarget": "trimtab.desk.questions.targets",
    "SeveralTargets": "trimtab.desk.questions.targets",
    "StressQuestion": "trimtab.desk.questions.stress",
    "RiskQuestion": "trimtab.desk.questions.stress",
    "DriftQuestion": "trimtab.desk.questions.drift",
    "Ahead": "trimtab.desk.questions.drift",
    "PerformanceQuestion": "trimtab.desk.questions.performance",
    "PolicyQuestion": "trimtab.desk.questions.policy",
    "Limits": "trimtab.desk.questions.groups.limits",
    "Taxes": "trimtab.desk.questions.groups.limits",
    "OptionWords": "trimtab.desk.questions.groups.limits",
    "ReviewQuestion": "trimtab.desk.questions.review",
    "Desk": "trimtab.python.desk",
    "run_backtest": "trimtab.python.backtesting",
    "chart": "trimtab.python.charting",
    "chart_names": "trimtab.python.charting",
    "save_chart": "trimtab.python.charting",
    "drift": "trimtab.python.drifting",
    "drift_ahead": "trimtab.python.drifting",
    "hedge_policy": "trimtab.python.policies",
    "Costs": "trimtab.model.mandate",
    "Exposure": "trimtab.exposure.expose",
    "Mandate": "trimtab.model.mandate",
    "Market": "trimtab.market.snapshot",
    "Plan": "trimtab.hedge.plan",
    "Portfolio": "trimtab.model.portfolio",
    "PriceTable": "trimtab.market.prices",
    "TrimtabError": "trimtab.errors",
    "beta_history": "trimtab.python.measuring",
    "validate_betas": "trimtab.python.measuring",
    "estimate_betas": "trimtab.python.measuring",
    "explain": "trimtab.python.measuring",
    "expose": "trimtab.python.measuring",
    "fleet_check": "trimtab.python.fleet",
    "market_at": "trimtab.python.tables",
    "plan": "trimtab.python.planning",
    "plan_targets": "trimtab.python.planning",
    "portfolio": "trimtab.python.measuring",
    "read_portfolio": "trimtab.python.measuring",
    "read_prices": "trimtab.feeds.series.prices",
    "review": "trimtab.python.measuring",
}

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    if name == "attest":  # a package of its own, with its own names
        return import_module("trimtab.attest")
    raise AttributeError(f"module 'trimtab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
