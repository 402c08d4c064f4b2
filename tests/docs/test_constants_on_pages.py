"""Numbers that were chosen stand on the pages as they stand in the code."""

import csv
import re
from fractions import Fraction
from math import exp
from pathlib import Path

import pytest

from trimtab.beta.estimators.robust.theil_sen import MAX_WINDOW
from trimtab.beta.estimators.two_speed import TwoSpeed
from trimtab.beta.estimators.vasicek import _REFUTED
from trimtab.beta.method import parse_method
from trimtab.beta.population import LEAST
from trimtab.desk.ask.drift_ahead import WEEKS, WINDOW
from trimtab.desk.books.runs import _MOST_DIFFERENCES
from trimtab.desk.watch.outbox import Retry
from trimtab.exposure.carry import _ROOM
from trimtab.exposure.coverage import _ASSUMED_OTHERS, ASSUMED_BETAS
from trimtab.exposure.kinds import root_column
from trimtab.exposure.moves import MOVES
from trimtab.exposure.options.last_day import _EXERCISE
from trimtab.exposure.options.value import _WIDE, OTHER_RATE
from trimtab.feeds.folder.feed import MOST_BYTES
from trimtab.feeds.intake.arrivals import MOST_UNASKED_BYTES
from trimtab.feeds.quotes import _MOST_ROWS
from trimtab.hedge.often.simulate import CONTINUITY
from trimtab.hedge.ways.records import WAY_MOVES
from trimtab.hedge.year_terms import ASSUMED_RATE, ASSUMED_YIELD
from trimtab.market.checks import jumps, quality, splits
from trimtab.model.decimals import HIGHEST, LOWEST
from trimtab.model.portfolio import _MOST_DELTA
from trimtab.monitor.alerts.rules import KINDS
from trimtab.notify.deadline import DEADLINE
from trimtab.runner.watch import _LONGEST_WAIT
from trimtab.sample import contracts_path

ROOT = Path(__file__).parents[2]
ESTIMATORS = sorted((ROOT / "docs/estimators").glob("*.md"))
SHRINKAGES = {"adjusted", "blume", "double"}
OPTION = re.compile(r"`(\w+)` \((inf|\d+/\d+|\d*\.?\d+)\b")


def words(page: str) -> str:
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


def short(value: float) -> str:
    return f"{value:g}".removeprefix("0") if 0 < value < 1 else f"{value:g}"


def percent(value: float) -> str:
    return f"{100 * value:g}%"


WAYS = ", ".join(f"{100 * m:+g}" if m else "0" for m in WAY_MOVES[:-1]) + f" and {WAY_MOVES[-1]:+.0%}"
TWO = TwoSpeed()
SHARES, MONEY, OTHERS = (f"{low:g} to {high:g}" for low, high in (*ASSUMED_BETAS.values(), _ASSUMED_OTHERS))
PHRASES = [
    ("docs/estimators/vasicek.md", f"lies more than {_REFUTED} deviations from m the prior is refuted"),
    ("docs/estimators/theil-sen.md", f"on windows beyond {MAX_WINDOW:,} days"),
    ("docs/estimators/two-speed.md", f"*z* comes back with a half-life of {TWO.slow_half_life:g} days (standard "
     f"deviation {TWO.slow_sd:.2f}), *d* with one of {TWO.fast_half_life:g} days ({TWO.fast_sd:.2f})"
     .replace("0.", ".")),
    ("docs/estimators/two-speed.md", f"<!-- math \\mu = 1 + {TWO.tilt:g}\\,("),
    ("docs/estimators/two-speed.md", f"by {short(TWO.limit)} of that forecast's error at most (over {TWO.horizon} "),
    ("docs/drift.md", f"volatilities of the last {WINDOW} days: of the benchmark"),
    ("docs/drift.md", f"measured from {WEEKS} weeks of them"),
    ("docs/instruments.md", f"ends are more than {short(_WIDE)} of delta apart"),
    ("docs/instruments.md", f"an assumed beta of {SHARES} (shares"),
    ("docs/instruments.md", f"{MONEY} (money) or {OTHERS} ("),
    ("docs/decisions/15-tried-at-its-worst.md", f"which is said: {SHARES} for shares"),
    ("docs/decisions/15-tried-at-its-worst.md", f"{MONEY} for money, {OTHERS} for"),
    ("docs/price-checks.md", f"more than a quarter of the last {quality._SHARE_WINDOW} prices repeat"),
    ("docs/price-checks.md", f"from the {jumps._WINDOW} steps before"),
    ("docs/price-checks.md", f"more than {jumps._TIMES:g} usual sizes ({jumps._TIMES_SMALL:g} below "
     f"{exp(jumps._SEVERAL) - 1:.0%})"),
    ("docs/price-checks.md", f"within {splits._WITHIN:.0%} and {splits._WITHIN_USUAL:g} usual sizes; from "
     f"{splits._LARGE}:1 on {splits._WITHIN_USUAL_LARGE:g}"),
    ("docs/price-checks.md", f"no more than 1/{1 / jumps._BACK:.0f} of it or {jumps._BACK_USUAL} usual sizes, "
     f"1/{1 / jumps._BACK_MOST:.0f} at most"),
    ("docs/alerts.md", f"After {Retry().first.seconds} seconds, then twice as long each time, at most an hour; twelve"),
    ("docs/alerts.md", f"One send has {DEADLINE:g} seconds for everything"),
    ("docs/files.md", "A bundled table holds {} common futures.".format(
        len(list(csv.DictReader(contracts_path().read_text(encoding="utf-8").splitlines()))))),
    ("docs/hedge-policy.md", f"acts like one wider by {CONTINUITY:.4f} s √dt"),
    ("docs/instruments.md", f"(correlation of {root_column._CORRELATION} over a year)"),
    ("docs/instruments.md", f"one beyond {_MOST_DELTA} is in another unit and refused"),
    ("docs/instruments.md", f"A forward more than {percent(_ROOM)} a year from what rate"),
    ("docs/instruments.md", f"says what the delta exposure would be at {percent(OTHER_RATE)}"),
    ("docs/instruments.md", f"Where that is within {_EXERCISE:.2f} of exercise".replace("0.", ".")),
    ("docs/decisions/16-stated-forward-first.md", f"contradicts it by more than {percent(_ROOM)} a year is refused"),
    ("docs/results.md", f"at most {_MOST_DIFFERENCES} are listed"),
    ("docs/watch.md", f"beyond {LOWEST:g} to {HIGHEST:.0e} |".replace("e+", "e")),
    ("docs/watch.md", f"larger than {MOST_BYTES // 10**6} MB or {_MOST_ROWS:,} rows"),
    ("docs/watch.md", f"or is larger than {MOST_UNASKED_BYTES // 10**6} MB, waits"),
    ("docs/watch.md", f"A feed that fails is tried again after 1, 2, 4, ... {_LONGEST_WAIT:g} seconds"),
    ("docs/ways.md", f"Where there is none, {percent(ASSUMED_RATE)} and {percent(ASSUMED_YIELD)} are assumed"),
    ("docs/ways.md", f"**After moves** of {WAYS}"),
    ("README.md", f"after a move of {MOVES[0]:.0%} to {MOVES[-1]:+.0%}"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "phrase"), PHRASES)
def test_a_page_states_what_the_code_holds(page, phrase):
    """The sentence, with the code's number in it, stands on the page."""
    assert phrase in words(page)


def test_ten_assets_make_a_population():
    """What is written in words on docs/estimators/population.md and vasicek.md."""
    assert LEAST == 10


def test_the_outbox_gives_up_after_twelve_attempts_and_waits_an_hour_at_most():
    """What is written in words on docs/alerts.md."""
    assert (Retry().attempts, Retry().longest.total_seconds()) == (12, 3600)


@pytest.mark.parametrize("page", ["docs/alerts.md"])
def test_alerts_fire_and_clear_where_the_page_says(page):
    """Each kind's threshold and clear, as in the monitor's rules."""
    rows = {
        name: line.split("|")[4].strip()
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and line.count("|") == 6
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert rows == {str(kind): f"{terms.threshold:g}, {terms.clear:g}" for kind, terms in KINDS.items()}


@pytest.mark.parametrize("page", ESTIMATORS, ids=lambda page: page.stem)
def test_the_options_of_a_method_have_their_defaults(page):
    """Each default in a line of options is that of the method, rounded as it is written."""
    line = re.search(r"^\*\*Options\.\*\*.*?$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, stated in OPTION.findall(line.group()) if line else ():
        method = parse_method(f"ols|{page.stem}" if page.stem in SHRINKAGES else page.stem)
        default = getattr(method, name) if hasattr(method, name) else getattr(method.then[0], name)
        digits = 6 if "/" in stated else len(stated.partition(".")[2])
        assert round(float(default), digits) == pytest.approx(float(Fraction(stated)), abs=1e-6)
