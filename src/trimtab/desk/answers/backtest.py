"""The answer of a backtest: the book read, a tape laid for each method, rules replayed."""

import datetime as dt

from trimtab.backtest.rule import Rule, parse_rule
from trimtab.beta.method import Estimator, parse_method
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import last_day, read_book
from trimtab.desk.ask.backtest import lay
from trimtab.desk.ask.backtest.replay import Backtest, Progress, Terms, replay_rules
from trimtab.desk.moment.asset_facts import with_funds
from trimtab.desk.moment.one_currency import to_base
from trimtab.desk.moment.setting import with_stated_currencies
from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.errors import InputError, UsageError
from trimtab.market.daycount import as_moment
from trimtab.market.frequency import frequency_of
from trimtab.market.prices import PriceTable
from trimtab.model.blend import parse_blend
from trimtab.model.contract import ContractSpec
from trimtab.model.portfolio import Portfolio

__all__ = ["backtest_of", "laid_for"]


def backtest_of(question: BacktestQuestion, inputs: Inputs, progress: Progress | None = None) -> Backtest:
    """Replay rules over a book's past."""
    rules = _rules(question.policies)
    mandate = question.mandate.mandate()
    laid = laid_for(question, inputs)
    terms = Terms(
        mandate=mandate, risk_aversion=question.risk_aversion, same_close=question.fill == "same-close",
        seed=question.seed, exact=question.exact,
    )  # fmt: skip
    return replay_rules(laid, rules, terms, progress=progress)


def laid_for(question: BacktestQuestion, inputs: Inputs) -> tuple[lay.Laid, ...]:
    """Lay one tape for each method that is asked for."""
    mandate, measuring = question.mandate.mandate(), question.measuring
    spec = _family(question.hedge, inputs)
    portfolio = read_book(inputs, inputs.holdings, last_day(inputs, measuring))
    start = None if question.start is None else dt.date.fromisoformat(str(question.start))
    prices = _prices(question, inputs, portfolio, mandate.benchmark)
    terms = lay.Terms(
        mandate=mandate, spec=spec, start=start, roll_days=question.roll_days, risk_aversion=question.risk_aversion,
        risk_free=inputs.risk_free,
    )  # fmt: skip
    book = lay.book_of(portfolio)
    return tuple(lay.lay_tape(prices, book, terms, base=inputs.base, method=m) for m in _methods(question))


def _rules(policies: tuple[str, ...]) -> tuple[Rule, ...]:
    rules = tuple(dict.fromkeys(parse_rule(words) for words in policies))
    if not rules:
        raise UsageError(
            expected="policies (--policies): one or more", found="none", try_next="give for example never,monthly"
        )
    return rules


def _methods(question: BacktestQuestion) -> tuple[Estimator, ...]:
    if question.methods is None:
        return (question.measuring.estimator(),)
    if not question.methods:
        raise UsageError(
            expected="methods (--methods): one or more", found="none", try_next="give for example auto,ols"
        )
    return tuple(parse_method(name) for name in dict.fromkeys(question.methods))


def _family(hedge: tuple[str, ...] | None, inputs: Inputs) -> ContractSpec:
    name = hedge[0] if hedge else "none"
    spec = inputs.contracts.spec(name)
    if spec is None or not spec.is_dated or spec.currency != inputs.base or spec.quanto:
        dated = sorted(s.root for s in inputs.contracts.specs if s.is_dated and s.currency == inputs.base)
        what = "not in the contract table" if spec is None else f"a {spec.kind} in {spec.currency}"
        raise InputError(
            expected=f"hedge (--hedge): one family of dated futures in {inputs.base}: {', '.join(dated[:8])}",
            found=f"{name}: {what}", try_next="give for example --hedge ES, or its terms with --contracts",
        )  # fmt: skip
    return spec


def _prices(question: BacktestQuestion, inputs: Inputs, portfolio: Portfolio, benchmark: str) -> PriceTable:
    if parse_blend(benchmark) is not None:
        raise InputError(
            expected="a benchmark that has a column of its own", found=f"a blend: {benchmark}",
            try_next="give a symbol in the prices with --benchmark",
        )  # fmt: skip
    table = with_funds(inputs.prices, inputs.contracts).until(as_moment(question.measuring.as_of))
    table = with_stated_currencies(table.select(sorted(table.symbols)), portfolio)
    name = frequency_of(table.dates).name
    if name not in {"daily", "daily-7"}:
        raise InputError(
            expected="daily prices: a rule decides at each close", found=f"{name} ones", try_next="give daily prices"
        )
    return to_base(table, base=inputs.base, fx=inputs.fx)
