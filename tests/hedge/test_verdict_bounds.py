"""What was not measured is tried at its worst: a verdict stands if it stays the same, else who decides is named."""

from decimal import Decimal
from io import StringIO

import numpy as np
import pytest
from given import given_betas
from option_books import hold, moment, option
from rich.console import Console

from trimtab.desk.ask.stress.lines import Stress
from trimtab.exposure.coverage import ASSUMED_BETAS, Covered, PositionBounds, bound_exposure, cover
from trimtab.exposure.expose import expose
from trimtab.exposure.valuation import Basis
from trimtab.hedge.verdict import Status, judge
from trimtab.hedge.verdict_bounds import worst_case
from trimtab.model.instrument import Cash, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.report.tables.review import headline
from trimtab.report.tables.stress import show_stress
from trimtab.report.words import part_valued


def share(symbol, quantity, **more):
    return Position(instrument=Spot(symbol=symbol, currency="USD", **more), quantity=Decimal(str(quantity)))


def judged(positions, *, cash=0, band=0.1, target=1.0, betas=None, prices=None, **mandate):
    money = Position(instrument=Cash(currency="USD"), quantity=Decimal(str(cash)))
    book = Portfolio(positions=(*positions, money), base="USD")
    found = expose(
        book, moment(S=4500.0, **({"Q": 100.0} | (prices or {}))), betas or given_betas("S", {"P": (1.0, 0.02)})
    )
    return found, judge(found, Mandate(benchmark="S", target=target, band=band, **mandate))


def no_stress(exposure) -> Stress:
    return Stress(
        exposure=exposure, episodes=(), skipped=(), shocks=(), regimes=(), convergence=None, pushed=(), margins=None,
        accounts=(),
        window=504, n_obs=0, notes=(),
    )  # fmt: skip


def as_text(panel) -> str:
    console = Console(width=120, file=StringIO())
    console.print(panel)
    return console.file.getvalue()


def test_a_worthless_put_beside_an_index_is_no_reason_to_be_undecided():
    """N3: a put with bid 0 / ask .05 beside 4.5m of the index: coverage by money is 99.99%, and the verdict stands."""
    put = hold(option("put", 2500, days=30), bid=0, ask=0.05)
    found, verdict = judged([share("S", 1000), put])
    assert verdict.status is Status.INSIDE
    assert "the verdict is the same" in verdict.why
    assert verdict.deciding == ()
    assert found.coverage.share > 0.999
    assert found.coverage.unpriced == 0
    (bound,) = found.coverage.bounds
    assert (bound.value_low, bound.value_high) == (0.0, pytest.approx(5.0))
    assert -3000 < bound.beta_exposure_low < bound.beta_exposure_high == 0.0
    assert verdict.worst_low < 1.0 <= verdict.worst_high + 1e-6


@pytest.mark.parametrize("quote", [{"bid": 0.06, "ask": 0.05}, {"bid": 0.01}, {}, {"ask": 0.05}])
def test_whatever_its_quote_a_far_put_is_bounded(quote):
    """Crossed, one-sided or without any quote: a put struck at a ninth of the index changes no verdict here."""
    put = hold(option("put", 500, days=30), **quote)
    _, verdict = judged([share("S", 1000), put])
    assert verdict.status is Status.INSIDE
    assert "OPT" in verdict.why


def test_an_unmeasured_share_decides_where_it_could_change_the_verdict():
    """A priced share without a beta is taken at the assumed range, which is said; at the edge it decides."""
    found, verdict = judged([share("S", 1000), share("Q", 1000)], target=0.9)
    assert verdict.status is Status.UNDECIDED
    assert verdict.deciding == ("Q",)
    assert "Q (beta -1 to 3 assumed)" in verdict.why
    assert "97.8%" in verdict.why
    (bound,) = found.coverage.bounds
    assert (bound.beta_exposure_low, bound.beta_exposure_high) == (-100_000.0, 300_000.0)
    assert bound.assumed
    assert bound.basis is Basis.VALUE
    # in the middle of a wide band it does not
    _, wide = judged([share("S", 1000), share("Q", 1000)], band=0.2)
    assert wide.status is Status.INSIDE
    assert "the verdict is the same" in wide.why


def test_a_mandate_may_accept_what_was_not_measured():
    """With a minimum coverage the point estimate is judged, and that it could be otherwise is said."""
    _, verdict = judged([share("S", 1000), share("Q", 1000)], target=0.9, min_coverage=0.95)
    assert verdict.status is Status.INSIDE
    assert "could change it" in verdict.why
    assert verdict.deciding == ("Q",)


def test_far_outside_stays_outside():
    """However the rest turns out, a beta of 1 is outside a band around 0: the verdict stands."""
    _, verdict = judged([share("S", 1000), share("Q", 5000)], target=0.0)
    assert verdict.status is Status.OUTSIDE
    assert "the verdict is the same" in verdict.why


def test_ends_on_two_sides_of_the_band_are_not_one_verdict():
    """Outside below at one end and outside above at the other is no agreement."""
    _, verdict = judged([share("S", 100), share("Q", 40_000)], cash=-3_800_000, target=1.0, band=0.01)
    assert verdict.status is Status.UNDECIDED


def test_a_position_without_a_price_stays_undecided():
    """Nothing says how large it is."""
    _, verdict = judged([share("S", 1000), share("NOSUCH", 1)])
    assert verdict.status is Status.UNDECIDED
    assert verdict.deciding == ("NOSUCH",)


def test_a_confidence_counts_at_both_ends():
    """A verdict that is sure at the estimate and not at an end does not stand."""
    betas = given_betas("S", {"P": (1.0, 0.04)})
    positions = [share("P", 45_000), share("Q", 1000)]
    _, plain = judged(positions, betas=betas, prices={"P": 100.0}, confidence=0.5, band=0.2)
    assert plain.status is Status.INSIDE
    _, sure = judged(positions, betas=betas, prices={"P": 100.0}, confidence=0.99, band=0.12)
    assert sure.status is Status.UNDECIDED
    assert sure.deciding == ("Q",)


def test_a_leveraged_fund_without_a_beta_may_be_its_multiple_of_anything():
    """The assumed range of a -3x fund is -9 to 3."""
    found, _ = judged([share("S", 1000), share("Q", 1000, leverage=Decimal(-3))])
    (bound,) = found.coverage.bounds
    assert (bound.beta_low, bound.beta_high) == (-9.0, 3.0)
    assert ASSUMED_BETAS["spot"] == (-1.0, 3.0)


def test_a_net_asset_value_that_is_not_sure_gives_no_verdict():
    """A short option without a quote may cost more than there is."""
    put = hold(option("put", 4000, days=30), quantity=-3)
    _, verdict = judged([put], cash=1_000_000)
    assert verdict.status is Status.UNDECIDED
    assert "net asset value" in verdict.why


def test_bounds_of_exposure_are_those_of_every_corner():
    """The ends of a product lie in the corners; here by trying a grid of both factors."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        e, b = np.sort(rng.normal(0, 100, 2)), np.sort(rng.normal(0.5, 1.5, 2))
        low, high = bound_exposure(e[0], e[1], b[0], b[1])
        grid = np.multiply.outer(np.linspace(*e, 23), np.linspace(*b, 23))
        assert low == pytest.approx(grid.min())
        assert high == pytest.approx(grid.max())


def test_the_worst_beta_is_that_of_every_corner_of_value_and_exposure():
    """Beta's ends by trying every corner of every position's value and beta exposure."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        bounds, corners = [], []
        for k in range(3):
            value, money = np.sort(rng.uniform(-5, 10, 2)), np.sort(rng.normal(0, 30, 2))
            ends = {"exposure_low": money[0], "exposure_high": money[1]}
            ends |= {f"beta_{name}": end for name, end in ends.items()}
            rest = {"basis": Basis.NO_ARBITRAGE, "beta_low": 1.0, "beta_high": 1.0, "assumed": False}
            nothing = {"measured": False, "value": 0.0, "beta_exposure": 0.0}
            bounds.append(
                PositionBounds(asset=f"X{k}", value_low=value[0], value_high=value[1], **ends, **rest, **nothing)
            )
            corners.append([(v, m) for v in value for m in money])
        lines = [Covered(asset=b.asset, delta_exposure=None, reason=None, bounds=b) for b in bounds]
        found = cover(lines, nav=100.0, beta_exposure=80.0)
        tried = [
            (80 + sum(m for _, m in picked)) / (100 + sum(v for v, _ in picked))
            for picked in ((a, b, c) for a in corners[0] for b in corners[1] for c in corners[2])
        ]
        assert found.beta_low == pytest.approx(min(tried))
        assert found.beta_high == pytest.approx(max(tried))


def test_stated_prices_count_in_the_bounds():
    """A share known by its stated price alone is bounded by it."""
    position = Position(
        instrument=Spot(symbol="PRIVATE", currency="USD"), quantity=Decimal(10), stated=Stated(price=Decimal(20))
    )
    found, verdict = judged([share("S", 1000), position])
    assert found.coverage.bounds[0].exposure_high == 200.0
    assert verdict.status is Status.INSIDE


def test_what_is_shown_first_is_the_whole_or_says_that_it_is_a_part():
    """A call quoted crossed may be most of a book: its range leads. A far put moves no digit of the whole's."""
    call, far = option("call", 4400, days=60), option("put", 500, days=30)
    crossed, verdict = judged([share("S", 10), hold(call, quantity=2, bid=120, ask=100)], cash=50_000)
    assert part_valued(crossed) == " of the rest"
    shown = as_text(headline(crossed, Mandate(benchmark="S", target=1.0, band=0.1), verdict))
    assert f"{crossed.coverage.beta_low:.3f} to {crossed.coverage.beta_high:.3f}" in shown.splitlines()[1]
    assert "beta of the rest" in shown
    assert "probability inside unknown" in shown
    stressed = StringIO()
    show_stress(no_stress(crossed), Console(width=120, file=stressed))
    assert "NAV of the rest" in stressed.getvalue()
    assert "beta of the rest" in stressed.getvalue()
    nearly, _ = judged([share("S", 1000), hold(far, bid=0.06, ask=0.05)])
    assert part_valued(nearly) == ""


@pytest.mark.parametrize("shift", [0.0, 0.3, -0.2])
def test_another_reading_of_beta_moves_both_ends(shift):
    """The ends are those of the bounds and the shift; the verdict stands only where it is one at both and between."""
    found, _ = judged([share("P", 100), share("Q", 20)], cash=5000, prices={"P": 100.0})
    low, high = found.coverage.beta_low, found.coverage.beta_high
    middle = (low + high) / 2 + shift
    told = worst_case(found.coverage, middle, shift, lambda beta: beta > low + shift - 0.01)
    assert (told.low, told.high) == pytest.approx((low + shift, high + shift))
    assert told.stands
    for edge in (low + shift + 1e-6, high + shift - 1e-6):
        case = worst_case(found.coverage, middle, shift, lambda beta, edge=edge: beta > edge)
        assert not case.stands
        assert case.deciding == ("Q",)
