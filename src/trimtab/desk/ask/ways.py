"""Use case: plan every way of bringing beta back, and lay them side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.desk.ask.hedging.rule import measured_rule
from trimtab.desk.ask.propose import price_hedges
from trimtab.desk.moment.setting import Setting
from trimtab.errors import InputError, TrimtabError
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.futures.by_rule import plan_into
from trimtab.hedge.options.chain import OptionChain, StatedVolatility, chain_from_volatility, monthly_expiry
from trimtab.hedge.options.parity import settle_chain
from trimtab.hedge.options.plan import plan_options
from trimtab.hedge.options.records import OptionRequest, Strategy
from trimtab.hedge.reallocate.plan import plan_reallocation
from trimtab.hedge.reallocate.risk import PastOnce
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits
from trimtab.hedge.rule import USUAL_AIM, Aim, HedgeRule
from trimtab.hedge.ways.assumptions import settle_assumptions
from trimtab.hedge.ways.compare import Planner, compare
from trimtab.hedge.ways.records import Assumptions, Proposal, Ways
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.snapshot import Market
from trimtab.model.blend import parse_blend
from trimtab.model.contract import ContractTable
from trimtab.model.decimals import take_decimals
from trimtab.model.instrument import Exercise, Instrument, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["WAY_NAMES", "OptionTerms", "SpotTrades", "compare_ways", "find_ways"]

#: What may be asked for; `options` stands for every strategy that moves beta the right way.
WAY_NAMES = ("futures", "reallocate", "options", *(s.value for s in Strategy))
_LOWERING = (Strategy.PROTECTIVE_PUT, Strategy.PUT_SPREAD, Strategy.COLLAR, Strategy.CALL_OVERWRITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTerms:
    """Which options may be traded, and how they are asked for.

    Parameters
    ----------
    chain
        Given quotes; None makes a chain from `volatility`.
    volatility
        Stated volatility; one of the two is needed.
    underlying
        What options of a stated volatility are on; None takes the benchmark.
    multiplier, tick, exercise
        Of options of a stated volatility.
    expiry_days
        Options of a stated volatility expire on the first third Friday at least so far ahead.
    request
        Strikes, floor, limits and costs; its strategy and aim are set for each way.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab.hedge.options.chain import StatedVolatility
    >>> terms = tt.OptionTerms(volatility=StatedVolatility(vol=0.22), expiry_days=90)
    >>> terms.expiry_days, terms.multiplier
    (90, Decimal('100'))
    """

    chain: OptionChain | None = None
    volatility: StatedVolatility | None = None
    underlying: str | None = None
    multiplier: Decimal = Decimal(100)
    tick: Decimal = Decimal("0.05")
    exercise: Exercise = Exercise.EUROPEAN
    expiry_days: int = 60
    request: OptionRequest = field(default_factory=lambda: OptionRequest(strategy=Strategy.PROTECTIVE_PUT))

    def __post_init__(self) -> None:
        take_decimals(self, "multiplier", "tick")

    def make_chain(self, market: Market, benchmark: str, terms: YearTerms) -> OptionChain:
        """Give the chain, or make it.

        Raises
        ------
        InputError
            If there is neither a chain nor a volatility.
        """
        if self.chain is not None:
            return self.chain
        if self.volatility is None:
            raise InputError(
                expected="quotes of options, or a volatility",
                found="no quotes and no volatility of options",
                try_next="give a chain (--option-chain FILE) or state a volatility (--option-vol 0.2)",
            )
        on = self.underlying or benchmark
        blend = parse_blend(on)
        if blend is not None:
            raise InputError(
                expected="one symbol that options are on: nobody trades options on a blend",
                found=f"none stated, and the benchmark is {on}",
                try_next=f"name it (--option-on {blend.lead})",
            )
        return chain_from_volatility(
            market, underlying=on, volatility=self.volatility,
            expiry=monthly_expiry(market.day, days=self.expiry_days),
            multiplier=self.multiplier, tick=self.tick, exercise=self.exercise,
            rate=terms.continuous_of(market.currency_of(on) or market.base), dividend_yield=terms.yield_of((on,)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotTrades:
    """What a reallocation may trade.

    Parameters
    ----------
    limits
        What it may do; its aim is set for each way.
    also
        What it may buy though it is not held.
    liquidity
        What is stated of how symbols trade; the rest is measured.
    """

    limits: ReallocationLimits | None = None
    also: tuple[Spot, ...] = ()
    liquidity: tuple[Liquidity, ...] = ()


def find_ways(names: tuple[str, ...]) -> tuple[str, ...]:
    """Check the names of ways, each once.

    Examples
    --------
    >>> find_ways(("futures", "collar", "futures"))
    ('futures', 'collar')
    """
    unknown = [n for n in names if n not in WAY_NAMES]
    if unknown or not names:
        raise InputError(
            expected=f"ways among {', '.join(WAY_NAMES)}",
            found=", ".join(repr(n) for n in unknown) or "none",
            try_next="write for example --ways futures,reallocate,options",
        )
    return tuple(dict.fromkeys(names))


def compare_ways(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    *,
    ways: tuple[str, ...] = ("futures", "reallocate", "options"),
    hedges: tuple[Instrument, ...] = (),
    contracts: ContractTable | None = None,
    stated_prices: Mapping[str, float] | None = None,
    options: OptionTerms | None = None,
    spot: SpotTrades | None = None,
    aim: Aim = USUAL_AIM,
    assumptions: Assumptions | None = None,
    mix: bool = True,
) -> Ways:
    """Plan with futures, by reallocation and with options, and compare.

    A way that cannot be planned for want of data is listed as refused, and the others go on.

    Parameters
    ----------
    portfolio, mandate, setting
        As for `trimtab.desk.ask.review.review`.
    ways
        Among `WAY_NAMES`.
    hedges, contracts, stated_prices
        As for `trimtab.desk.ask.propose.propose`.
    options
        Which options may be traded.
    spot
        What a reallocation may trade.
    aim
        To the target, or to the edge of the band, the cheapest place inside it.
    assumptions
        Rates, horizon, margins and limits of the comparison.
    mix
        Whether to look for a cheaper mix of two ways.
    """
    chosen = assumptions or Assumptions()
    year = settle_assumptions(chosen, setting.facts, mandate.benchmark)[1]
    terms, trades = options or OptionTerms(), spot or SpotTrades()
    book = setting.of(portfolio).book
    down = book.exposure.beta.value > mandate.target
    table = contracts or ContractTable()
    # Each way says what is wrong with a hedge; the best trigger is then not known, and the other ways go on.
    rule = _rule(book, mandate, setting, hedges, table, stated_prices, aim, chosen.risk_aversion)
    aim = rule.aim
    planners: dict[str, Planner] = {}
    kinds: dict[str, str] = {}
    for name in find_ways(ways):
        if name == "futures":
            planners[name] = _futures(setting, hedges, table, stated_prices, aim)
        elif name == "reallocate":
            planners[name] = _reallocation(setting, trades, aim)
        else:
            lowering = _LOWERING if down else (Strategy.LONG_CALL,)
            for strategy in lowering if name == "options" else (Strategy(name),):
                planners.setdefault(strategy.value, _options(setting, terms, strategy, aim, year))
                kinds[strategy.value] = "options"
    if terms.request.floor is not None and Strategy.PROTECTIVE_PUT.value not in planners:
        raise InputError(
            expected="protective puts among the ways, to hold a floor",
            found=f"a floor of {terms.request.floor:,.0f} and {', '.join(planners)}",
            try_next="add protective_put to the ways, or leave the floor out",
        )
    return compare(
        book, rule, planners,
        assumptions=chosen, kinds=kinds, mix=mix,
        history=setting.converted, facts=setting.facts, contracts=contracts,
        inputs=(
            ways, hedges, contracts, dict(stated_prices or {}), terms, trades.limits, trades.also, trades.liquidity,
            aim.value,
        ),
    )  # fmt: skip


def _rule(
    book: MeasuredBook,
    mandate: Mandate,
    setting: Setting,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    stated: Mapping[str, float] | None,
    aim: Aim,
    risk_aversion: float,
) -> HedgeRule:
    try:
        priced = price_hedges(
            book.portfolio, mandate, setting.market, setting.betas, hedges, contracts, stated_prices=stated,
        )  # fmt: skip
    except TrimtabError as error:
        return HedgeRule(mandate=mandate, aim=aim, not_known=f"expected {error.expected}, found {error.found}")
    return measured_rule(mandate, book.exposure, setting, priced, aim=aim, risk_aversion=risk_aversion)


def _futures(
    setting: Setting,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    stated: Mapping[str, float] | None,
    aim: Aim,
) -> Planner:
    def planner(book: MeasuredBook, mandate: Mandate) -> Proposal:
        if not hedges:
            raise InputError(
                expected="futures that may be traded", found="none", try_next="give for example --hedge ES,MES"
            )
        priced = price_hedges(
            book.portfolio, mandate, setting.market, setting.betas, hedges, contracts, stated_prices=stated,
        )  # fmt: skip
        return plan_into(book, mandate, priced, aim)

    return planner


def _options(setting: Setting, terms: OptionTerms, strategy: Strategy, aim: Aim, year: YearTerms) -> Planner:
    def planner(book: MeasuredBook, mandate: Mandate) -> Proposal:
        chain = terms.make_chain(setting.market, mandate.benchmark, year)
        on = chain.currency or setting.market.currency_of(chain.underlying) or setting.market.base
        year_terms = {"rate": year.continuous_of(on), "dividend_yield": year.yield_of((chain.underlying,))}
        chain = settle_chain(chain, setting.market, book.portfolio, **year_terms)
        floor = terms.request.floor if strategy is Strategy.PROTECTIVE_PUT else None
        request = replace(terms.request, strategy=strategy, aim=aim, floor=floor)
        return plan_options(book, mandate, chain, request)

    return planner


def _reallocation(setting: Setting, trades: SpotTrades, aim: Aim) -> Planner:
    past = PastOnce(setting.market, setting.betas.benchmark, history=setting.converted)

    def planner(book: MeasuredBook, mandate: Mandate) -> Proposal:
        aimed = replace(trades.limits or ReallocationLimits(), aim=aim)
        return plan_reallocation(book, mandate, limits=aimed, also=trades.also, liquidity=trades.liquidity, past=past)

    return planner
