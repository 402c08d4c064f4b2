"""How long a backtest takes: 20 years of 500 names, and of that what one more policy costs.

python benchmarks/backtest.py                 the table of docs/backtest.md
python benchmarks/backtest.py --names 100     a smaller book

Times are of the processor, after a first small run that loads what is compiled. Beside it, where `bt` is installed, the
same never, monthly and band job in weights only: without lots, rolls, costs by the contract or errors.
"""

import argparse
import resource
import time
from importlib.util import find_spec

import numpy as np

import trimtab as tt
from trimtab.backtest.rule import parse_rule
from trimtab.desk.answers.backtest import laid_for
from trimtab.desk.ask.backtest.replay import Terms, replay_rules
from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.market.prices import PriceTable
from trimtab.wiring.files import open_inputs

YEAR, WARM = 252, 260
POLICIES = ("never", "monthly", "band:0.05:edge", "band:0.05:centre")


def panel(names: int, years: int) -> PriceTable:
    """Make daily prices of an index and of names with betas from 0.3 to 2."""
    n_days = YEAR * years + WARM
    rng = np.random.default_rng(1)
    market = rng.normal(0.0003, 0.011, n_days)
    betas = rng.uniform(0.3, 2.0, names)
    returns = np.column_stack([market, market[:, None] * betas + rng.normal(0.0, 0.015, (n_days, names))])
    levels = np.vstack([np.ones(names + 1), np.cumprod(1.0 + returns, axis=0)])
    columns = {"SPX": 1000.0 * levels[:, 0]} | {f"N{k:03d}": 50.0 * levels[:, k + 1] for k in range(names)}
    days = np.busday_offset("2001-01-01", np.arange(n_days + 1), roll="forward").astype("datetime64[s]")
    return PriceTable.of(columns, dates=days, currency="USD")


def run(prices: PriceTable, policies: tuple[str, ...], method: str) -> dict[str, float]:
    """Lay a tape and replay policies on it; give seconds of the processor for each."""
    measuring = Measuring(method=method)
    held = ", ".join(f"1000 {name}" for name in prices.symbols if name != "SPX") + ", 1000000 USD"
    question = usual(
        BacktestQuestion(
            mandate=MandateTerms(benchmark="SPX", target=1.0, band=0.05), measuring=measuring, hedge=("ES",),
            start=str(prices.dates[WARM])[:10], policies=policies,
        )
    )  # fmt: skip
    inputs = open_inputs(prices, held, measuring, Instruments())
    began = time.process_time()
    laid = laid_for(question, inputs)
    middle = time.process_time()
    terms = Terms(mandate=question.mandate.mandate(), risk_aversion=3.0, same_close=False, seed=1)
    result = replay_rules(laid, [parse_rule(words) for words in policies], terms)
    ended = time.process_time()
    return {"lay": middle - began, "replay": ended - middle, "days": float(result.n_days)}


def many(count: int) -> tuple[str, ...]:
    """Give bands of many widths."""
    return ("never", *(f"band:{0.01 + 0.0002 * k:.4f}:edge" for k in range(count - 1)))


def weights_only(prices: PriceTable) -> float | None:
    """Run never, monthly and a band in bt: weights of the book and of the index short."""
    if find_spec("bt") is None:
        return None
    import bt  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    closes = prices.values[WARM:]  # noqa: PD011 - an array, no frame
    frame = pd.DataFrame({s: closes[:, k] for k, s in enumerate(prices.symbols)}, index=prices.dates[WARM:])
    names = [s for s in prices.symbols if s != "SPX"]
    weights = {**dict.fromkeys(names, 1.0 / len(names)), "SPX": -0.1}
    once, monthly = bt.algos.RunOnce(), bt.algos.RunMonthly()
    band = bt.algos.RunIfOutOfBounds(0.05)
    began = time.process_time()
    for when in ([once], [monthly], [band]):
        algos = [*when, bt.algos.SelectAll(), bt.algos.WeighSpecified(**weights), bt.algos.Rebalance()]
        bt.run(bt.Backtest(bt.Strategy(str(when[0]), algos), frame))
    return time.process_time() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=500)
    parser.add_argument("--years", type=int, default=20)
    asked = parser.parse_args()
    for method in ("ols", "default"):
        run(panel(8, 3), POLICIES, method)
    prices = panel(asked.names, asked.years)
    print(f"| job ({asked.years} years, {asked.names} names) | seconds of processor time |")
    print("|---|---:|")
    for method in ("ols", "default"):
        done = run(prices, POLICIES, method)
        print(f"| betas by `{method}` and the tape | {done['lay']:.2f} |")
        print(f"| 4 policies, measured and compared, on {done['days']:.0f} days | {done['replay']:.3f} |")
    eight, four = (_replay(prices, many(count)) for count in (8, 4))
    print(f"| one more policy | {(eight - four) / 4.0:.4f} |")
    print(f"| 1,000 policies | {_replay(prices, many(1000)):.2f} |")
    beside = weights_only(prices)
    print(
        f"| `bt`, never, monthly and a band, weights only | {'not installed' if beside is None else f'{beside:.2f}'} |"
    )
    print(
        f"\nmost memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; trimtab {tt.__version__}"
    )


def _replay(prices: PriceTable, policies: tuple[str, ...]) -> float:
    return run(prices, policies, "ols")["replay"]


if __name__ == "__main__":
    main()
