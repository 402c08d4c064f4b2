"""Option pricing speed and error, in one run: trimtab beside vectorised NumPy and QuantLib.

    python benchmarks/options.py            one million European options
    python benchmarks/options.py --quick    a tenth of that

The NumPy side is the textbook formula with `scipy.special.ndtr`, every intermediate computed once. QuantLib prices one
option at a time, with its process built beforehand and only quotes changed, which is its fastest way from Python.
"""

import argparse
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import QuantLib as ql  # noqa: N813 - its usual name
from numpy.typing import NDArray
from scipy.special import ndtr

from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.black import european_greeks
from trimtab.exposure.pricing.reprice import Kind, reprice

Terms = dict[str, NDArray[np.float64]]
DAYS = ql.Actual365Fixed()
TODAY = ql.Date(1, 1, 2024)


def book(n: int, seed: int = 1) -> Terms:
    """Random options around the money with whole days to expiry."""
    rng = np.random.default_rng(seed)
    return {
        "right": rng.choice([-1.0, 1.0], n),
        "spot": rng.uniform(70.0, 140.0, n),
        "strike": np.full(n, 100.0),
        "vol": rng.uniform(0.1, 0.7, n),
        "time": rng.integers(5, 730, n) / 365.0,
        "rate": rng.uniform(0.0, 0.08, n),
        "dividend_yield": rng.uniform(0.0, 0.06, n),
    }


def best(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Shortest of several runs in seconds, and the last answer."""
    shortest, answer = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = run()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest, answer


def textbook(terms: Terms) -> tuple[NDArray[np.float64], ...]:
    """Value, delta, gamma, vega and theta in plain NumPy."""
    w, s, k, v, t, r, q = terms.values()
    root = np.sqrt(t)
    deviation = v * root
    d1 = (np.log(s / k) + (r - q + 0.5 * v * v) * t) / deviation
    carry, discount = np.exp(-q * t), np.exp(-r * t)
    n1, n2 = ndtr(w * d1), ndtr(w * (d1 - deviation))
    density = carry * np.exp(-0.5 * d1 * d1) * 0.3989422804014327
    a, b = s * carry * n1, k * discount * n2
    vega = s * density * root
    theta = -s * density * v / (2.0 * root) + w * (q * a - r * b)
    return w * (a - b), w * carry * n1, density / (s * deviation), vega, theta


class OneByOne:
    """QuantLib with quotes that are changed for each option."""

    def __init__(self) -> None:
        ql.Settings.instance().evaluationDate = TODAY
        self.quotes = [ql.SimpleQuote(x) for x in (100.0, 0.2, 0.01, 0.01)]
        spot, vol, rate, carry = (ql.QuoteHandle(quote) for quote in self.quotes)
        curves = [ql.YieldTermStructureHandle(ql.FlatForward(TODAY, quote, DAYS)) for quote in (carry, rate)]
        surface = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), vol, DAYS))
        self.process = ql.BlackScholesMertonProcess(spot, *curves, surface)

    def option(self, terms: Terms, i: int, *, american: bool) -> Any:
        """Set the quotes and return the option without its engine."""
        for quote, name in zip(self.quotes, ("spot", "vol", "rate", "dividend_yield"), strict=True):
            quote.setValue(float(terms[name][i]))
        expiry = TODAY + round(float(terms["time"][i]) * 365)
        kind = ql.Option.Call if terms["right"][i] > 0 else ql.Option.Put
        exercise = ql.AmericanExercise(TODAY, expiry) if american else ql.EuropeanExercise(expiry)
        return ql.VanillaOption(ql.PlainVanillaPayoff(kind, float(terms["strike"][i])), exercise)

    def european(self, terms: Terms, n: int) -> NDArray[np.float64]:
        """Five greeks of the first n options."""
        engine, out = ql.AnalyticEuropeanEngine(self.process), np.empty((5, n))
        for i in range(n):
            option = self.option(terms, i, american=False)
            option.setPricingEngine(engine)
            out[:, i] = option.NPV(), option.delta(), option.gamma(), option.vega(), option.theta()
        return out

    def american(self, terms: Terms, n: int, scheme: Any) -> NDArray[np.float64]:
        """Price of the first n options."""
        engine, out = ql.QdFpAmericanEngine(self.process, scheme), np.empty(n)
        for i in range(n):
            option = self.option(terms, i, american=True)
            option.setPricingEngine(engine)
            out[i] = option.NPV()
        return out


def show_european(n: int, n_one: int, repeats: int) -> None:
    terms = book(n)
    european_greeks(**terms)  # compile or load
    plain_s, plain = best(lambda: textbook(terms), repeats)
    mine_s, mine = best(lambda: european_greeks(**terms), repeats)
    one_s, one = best(lambda: OneByOne().european(terms, n_one), 1)
    print(f"European: value, delta, gamma, vega, theta of {n:,} options")
    print(f"  trimtab   {n / mine_s:14,.0f} a second")
    print(f"  NumPy     {n / plain_s:14,.0f} a second   trimtab is {plain_s / mine_s:.2f} times as fast")
    print(f"  QuantLib  {n_one / one_s:14,.0f} a second   trimtab is {n / mine_s * one_s / n_one:,.0f} times as fast")
    gap = np.abs(mine.value[:n_one] - one[0]).max()
    print(f"  largest difference of value: NumPy {np.abs(mine.value - plain[0]).max():.1e}, QuantLib {gap:.1e}")


def show_american(n: int, n_one: int, repeats: int) -> None:
    terms = book(n, seed=2)
    american_greeks(**{name: column[:2] for name, column in terms.items()})
    mine_s, mine = best(lambda: american_greeks(**terms), repeats)
    fine = OneByOne().american(terms, n_one, ql.QdFpAmericanEngine.highPrecisionScheme())
    fast_s, fast = best(lambda: OneByOne().american(terms, n_one, ql.QdFpAmericanEngine.fastScheme()), 1)
    error = np.abs(mine.value[:n_one] - fine)
    shifts = []
    for sign in (1.0, -1.0):
        moved = terms | {"spot": terms["spot"] * (1.0 + sign * 2e-4)}
        shifts.append(OneByOne().american(moved, n_one, ql.QdFpAmericanEngine.highPrecisionScheme()))
    delta = (shifts[0] - shifts[1]) / (4e-4 * terms["spot"][:n_one])
    off = np.abs(mine.delta[:n_one] - delta)
    print(f"American: value and four greeks of {n:,} options on 100")
    print(f"  trimtab   {n / mine_s:14,.0f} a second (three boundaries each, for vega)")
    print(f"  QuantLib  {n_one / fast_s:14,.0f} prices a second (fast scheme, no greeks)")
    print(f"  error of price: median {np.median(error):.1e}, largest {error.max():.1e};", end=" ")
    print(f"of QuantLib's fast scheme {np.abs(fast - fine).max():.1e}")
    print(f"  error of delta: median {np.median(off):.1e}, largest {off.max():.1e}")


def show_reprice(n: int, n_scenarios: int, repeats: int) -> None:
    terms, moves = book(n, seed=3), np.linspace(-0.4, 0.2, n_scenarios)
    print(f"Revaluation of {n:,} options in {n_scenarios} scenarios: value and delta")
    for kind in (Kind.EUROPEAN, Kind.AMERICAN):
        seconds, _ = best(lambda kind=kind: reprice(kind=kind, **terms, spot_move=moves), repeats)  # type: ignore[misc]
        print(f"  {kind.name.lower():9} {seconds:8.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    quick = parser.parse_args().quick
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, QuantLib {ql.__version__}")
    scale, repeats = (10, 2) if quick else (1, 5)
    show_european(1_000_000 // scale, 20_000 // scale, repeats)
    show_american(20_000 // scale, 1_000 // scale, 2)
    show_reprice(10_000 // scale, 50, repeats)


if __name__ == "__main__":
    main()
