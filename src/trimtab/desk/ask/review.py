"""Use case: review a portfolio against its mandate."""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.desk.ask.not_enough import find_not_enough
from trimtab.desk.moment.joint import JointBeta, joint_betas
from trimtab.desk.moment.setting import Setting, set_up
from trimtab.desk.moment.spellings import spelling_notes
from trimtab.errors import Failure, NotEnoughDataError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.groups import Breakdown, break_down
from trimtab.exposure.moves import MOVES, MoveRow, revalue_moves
from trimtab.hedge.margin.build import usual_margin
from trimtab.hedge.margin.measure import measure_accounts
from trimtab.hedge.margin.records import AccountMargin
from trimtab.hedge.verdict import Verdict, judge
from trimtab.market.benchmark import Benchmark
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown
from trimtab.risk.active import ActiveRisk, active_risk
from trimtab.risk.hidden import NotEnough, Role

__all__ = ["Review", "Setting", "review", "set_up"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Review(Shown):
    """A portfolio measured, compared with its mandate, taken apart, and moved; and what its beta hides."""

    mandate: Mandate
    exposure: Exposure
    verdict: Verdict
    breakdown: Breakdown
    moves: tuple[MoveRow, ...]
    joint: tuple[JointBeta, ...]
    benchmark: Benchmark
    betas: Betas
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    not_enough: NotEnough | None = None
    accounts: tuple[AccountMargin, ...] = ()
    active_risk: ActiveRisk | None = None

    @property
    def active_beta(self) -> float:
        """Portfolio beta less 1, which is the benchmark's; its error is that of beta."""
        return self.exposure.beta.value - 1.0


def review(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    *,
    moves: tuple[float, ...] = MOVES,
    vol_shift: float = 0.0,
    also: tuple[str, ...] = (),
    role: Role | None = None,
    hidden: bool = True,
    contracts: ContractTable | None = None,
) -> Review:
    """Measure a portfolio, judge it, and show what becomes of its beta when the benchmark moves.

    Parameters
    ----------
    also
        Further benchmarks, to measure against each alone and all at once.
    role
        What the money is for, "spending", "growth" or "trading": what weighs more among the five things beta hides.
    hidden
        Whether to look for them at all; a watch that reviews every minute need not.
    contracts
        What is known of contracts, and margin rules of venues; None leaves venue accounts out.
    """
    setting = setting.of(portfolio)
    exposure = setting.book.exposure
    names = tuple(dict.fromkeys((mandate.benchmark, *also)))
    joint = joint_betas(exposure, setting.converted, names, risk_free=setting.risk_free) if len(names) > 1 else ()
    joint_notes = ("betas to several benchmarks are least squares over one window of the past, not the measured beta",)
    return Review(
        mandate=mandate,
        exposure=exposure,
        verdict=judge(exposure, mandate),
        breakdown=break_down(exposure),
        moves=revalue_moves(setting.book, moves=moves, vol_shift=vol_shift),
        joint=joint,
        benchmark=setting.benchmark,
        betas=setting.betas,
        failures=setting.failures,
        notes=(
            *setting.notes,
            *spelling_notes(exposure, setting.market.prices.symbols),
            *(joint_notes if joint else ()),
        ),
        not_enough=find_not_enough(setting, role=role) if hidden else None,
        accounts=() if contracts is None else measure_accounts(setting.book, usual_margin(contracts)),
        active_risk=_active_risk(setting) if hidden else None,
    )


def _active_risk(setting: Setting) -> ActiveRisk | None:
    """Give the active risk of today's exposures over the last year of returns; None where they have no such past."""
    try:
        past = setting.past
    except NotEnoughDataError:
        return None
    year = past.year
    return active_risk(
        past.book[-year:], past.market[-year:], periods_per_year=past.periods_per_year, lacking=past.stood_in
    )
