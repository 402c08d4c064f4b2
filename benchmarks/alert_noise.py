"""How often the band rule cries wolf: with probability, hysteresis and duration, and as a naive threshold.

A book whose true beta stands still is watched for ten years of days. What is seen is a rolling estimate from 252 days
(so its errors are as autocorrelated as real ones), or one that also jitters within the day. Every alarm is false
while the true beta is inside the band. The same rules then see a true beta that steps out of the band: how long until
they say so.

Run: python benchmarks/alert_noise.py [--paths 400]
"""

import argparse
import datetime as dt
from dataclasses import dataclass

import numpy as np

from trimtab.monitor.alerts.machine import step
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.readings import Reading, Signal, read_rule
from trimtab.monitor.alerts.rules import Rule, rule_of
from trimtab.monitor.alerts.state import AlertState, EventKind

DAY = dt.timedelta(days=1)
START = dt.datetime(2016, 1, 4, 21, tzinfo=dt.UTC)
WINDOW, YEARS, SESSIONS = 252, 10, 252
#: Daily volatility of the market and of what it does not explain: an error of a 252-day beta of 0.05.
MARKET, REST = 0.01, 0.008
LOWER, UPPER = 0.9, 1.1


@dataclass(frozen=True)
class Outcome:
    """Alarms a year, and days from the step to the first alarm after it (NaN if none)."""

    alarms: float
    delay: float


def estimates(truth: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Give rolling least-squares betas and errors of days after the first window; truth: shape (n_days,)."""
    x = rng.normal(0.0, MARKET, truth.size)
    y = truth * x + rng.normal(0.0, REST, truth.size)

    def rolled(v: np.ndarray) -> np.ndarray:
        total = np.concatenate([[0.0], np.cumsum(v)])
        return total[WINDOW:] - total[:-WINDOW]

    sx, sy, sxx, sxy, syy = (rolled(v) for v in (x, y, x * x, x * y, y * y))
    vxx, vxy, vyy = sxx - sx**2 / WINDOW, sxy - sx * sy / WINDOW, syy - sy**2 / WINDOW
    beta = vxy / vxx
    return beta, np.sqrt((vyy - beta * vxy) / (WINDOW - 2) / vxx)


def rules() -> dict[str, Rule]:
    """Give the naive threshold, and what each ingredient adds."""
    one = {"name": "r", "portfolio": "p", "kind": "band"}
    hold = {"hold": 3 * DAY, "clear_hold": 3 * DAY}
    return {
        "naive: estimate outside the band": rule_of(**one, threshold=0.5, clear=0.5),
        "probability 50%, duration 3 days": rule_of(**one, threshold=0.5, clear=0.5, **hold),
        "+ hysteresis 50% / 20%": rule_of(**one, threshold=0.5, clear=0.2, **hold),
        "probability 90%": rule_of(**one, threshold=0.9, clear=0.9),
        "+ hysteresis 90% / 50%": rule_of(**one, threshold=0.9, clear=0.5),
        "+ duration 3 days": rule_of(**one, threshold=0.9, clear=0.5, **hold),
    }


def readings(beta: np.ndarray, error: np.ndarray, rule: Rule) -> list[Reading]:
    """Read each day by the rule."""
    return [
        read_rule(
            rule,
            Observation(at=START, portfolio="p", beta=float(b), stderr=float(s), lower=LOWER, upper=UPPER),
        )
        for b, s in zip(beta, error, strict=True)
    ]


def naive(reading: Reading, beta: float) -> Reading:
    """Look at the point estimate alone, as a naive rule does."""
    outside = beta < LOWER or beta > UPPER
    return Reading(signal=Signal.TRIP if outside else Signal.CALM, value=reading.value, words="")


def run(rule: Rule, beta: np.ndarray, error: np.ndarray, *, point: bool, after: int) -> Outcome:
    """Alarms a year, and days from day `after` to the first raise."""
    state, raised = AlertState(), []
    for day, (reading, b) in enumerate(zip(readings(beta, error, rule), beta, strict=True)):
        state, events = step(state, rule, naive(reading, b) if point else reading, START + day * DAY)
        raised += [day for e in events if e.kind is EventKind.RAISED]
    late = [d - after for d in raised if d >= after]
    early = sum(d < after for d in raised)
    return Outcome(alarms=early / (after / SESSIONS), delay=late[0] if late else np.nan)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20260105)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    n = YEARS * SESSIONS
    for true in (1.0, 1.05, 1.09):
        truth = np.full(WINDOW + n + SESSIONS, true)
        truth[WINDOW + n :] = 1.35
        seen = [estimates(truth, rng) for _ in range(asked.paths)]
        print(f"\ntrue beta {true} in [{LOWER}, {UPPER}], error {np.mean([e.mean() for _, e in seen]):.3f}; then 1.35")
        print(f"{'rule':44}{'false alarms a year':>22}{'days until it is said':>24}")
        for name, rule in rules().items():
            point = name.startswith("naive")
            found = [run(rule, b, e, point=point, after=n) for b, e in seen]
            alarms, delay = np.mean([o.alarms for o in found]), np.nanmedian([o.delay for o in found])
            print(f"{name:44}{alarms:22.2f}{delay:24.0f}")


if __name__ == "__main__":
    main()
