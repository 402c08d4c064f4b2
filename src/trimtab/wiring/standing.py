"""What the settings of a workspace say where a question does not: sections of `trimtab.toml` as fields of questions."""

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from trimtab.config.config import Config
from trimtab.desk.answers.standing import Standing
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.limits import StandingLimits
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.plan import WaysQuestion
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from trimtab.market.benchmark import ReturnKind

__all__ = ["standing_of", "with_named_blend"]


Q = TypeVar("Q", bound=Question)


def with_named_blend(config: Config, question: Q) -> Q:
    """Let a question name a blend of the settings as its benchmark: ``--benchmark policy`` is ``[benchmarks.policy]``.

    The name of a benchmark that is one symbol is no symbol itself, and is left as it is.
    """
    named = config.benchmarks.get(question.mandate.benchmark or "")
    if named is None or not named.is_blend:
        return question
    return replace(question, mandate=replace(question.mandate, benchmark=named.benchmark))


def standing_of(config: Config, account: str, question: Question) -> Standing:
    """Give what the settings say of an account.

    Raises
    ------
    UsageError
        If the question names another base currency: a workspace has its own.
    """
    if isinstance(question, DriftQuestion):
        question.refuse_files()
    if question.measuring.base is not None and question.measuring.base != config.base(account):
        raise UsageError(
            expected=f"the base currency of the account, {config.base(account)}",
            found=f"base (--base) {question.measuring.base}",
            try_next="leave it out, or set base under [portfolios.NAME] in trimtab.toml",
        )
    mandate = MandateTerms.of(config.mandate(account))
    if question.mandate.band is not None:
        # A limit that is asked for instead says all: the trigger was one within another limit.
        mandate = replace(mandate, trigger=None, step=None)
    stated = config.mandates[config.portfolios[account].mandate]
    estimation = config.estimation
    returns = {b.benchmark: b.returns for b in config.benchmarks.values()}
    measuring = Measuring(
        method=estimation.method, window=estimation.window, half_life=estimation.half_life, errors=estimation.errors,
        risk_free=estimation.risk_free, fx=estimation.fx, base=config.base(account),
        benchmark_returns=cast("ReturnKind | None", returns.get(question.mandate.benchmark or mandate.benchmark or "")),
    )  # fmt: skip
    return Standing(
        mandate=mandate,
        measuring=measuring,
        instruments=Instruments(
            contracts=config.contracts.files, funds=config.funds.files,
            stated_betas=tuple(str(one.stated()) for one in config.stated_betas.values()) or None,
        ),
        role=config.portfolios[account].role,
        hedge=tuple(stated.hedge),
        # A maximum has an edge and no target.
        aim=None if isinstance(question, WaysQuestion) and question.target.at_most is not None else stated.aim,
        max_margin=stated.max_margin,
        standing=StandingLimits(
            long_only=stated.long_only, no_trade=stated.no_trade, max_weight=stated.max_weight,
            max_turnover=stated.max_turnover, half_spread=config.costs.half_spread, impact=config.costs.impact,
            commission_rate=config.costs.commission_rate, commission_per_unit=config.costs.commission_per_unit,
        ),
        periods_per_year=config.periods_per_year,
    )  # fmt: skip
