"""Who belongs to a shrinkage prior is a rule that holds, whatever else stands among the prices."""

from dataclasses import replace

import numpy as np
import pytest

from beta_pairs import pairs_of
from trimtab.beta.method import parse_method
from trimtab.beta.population import population_of
from trimtab.beta.running import begin, read, update
from trimtab.beta.walk import until_row, walk
from trimtab.market.asset_facts import NO_FACTS, AssetFacts, AssetKind
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns


@pytest.fixture(scope="module")
def shares() -> PairedReturns:
    """Thirty shares over a year and a half."""
    rng = np.random.default_rng(2)
    m = 0.01 * rng.standard_t(5, 400)
    return pairs_of(m, rng.uniform(0.4, 1.6, 30) * m[:, None] + rng.normal(0, 0.015, (400, 30)))


def beside(pairs: PairedReturns, **columns: np.ndarray) -> PairedReturns:
    """Put more assets beside those that are there."""
    more = np.column_stack(list(columns.values()))
    more[0] = np.nan
    n = len(columns)
    return replace(
        pairs,
        symbols=(*pairs.symbols, *columns),
        asset=np.hstack([pairs.asset, more]),
        market=np.hstack([pairs.market, np.repeat(pairs.market[:, :1], n, axis=1)]),
        joined=np.hstack([pairs.joined, np.zeros((len(more), n), dtype=bool)]),
        gaps=np.hstack([pairs.gaps, np.zeros((len(more), n), dtype=bool)]),
    )


@pytest.mark.parametrize("method", ["auto", "two-speed", "welch|vasicek", "ols|double"])
def test_rates_futures_and_copies_change_no_share(shares: PairedReturns, method: str) -> None:
    """Exchange rates, a future, a rate and the benchmark under another name leave every share's beta as it was."""
    rng = np.random.default_rng(9)
    m, n = np.nan_to_num(shares.market[:, 0]), len(shares.dates)
    crowd = beside(
        shares,
        EURUSD=rng.normal(0, 0.005, n),
        ES=m + rng.normal(0, 0.002, n),
        TNX=rng.normal(0, 0.02, n),
        INDEX2=m + 1e-9,
    )
    crowd = replace(crowd, facts=AssetFacts(kinds=(("ES", AssetKind.FUTURE), ("TNX", AssetKind.RATE))))
    alone, among = (parse_method(method).estimate(p) for p in (shares, crowd))
    for asset in shares.symbols:
        assert among[asset].value == alone[asset].value
        assert among[asset].stderr == alone[asset].stderr


def test_what_belongs_to_no_prior_is_drawn_nowhere(shares: PairedReturns) -> None:
    """An exchange rate keeps its own slope, and the result says that no prior speaks of it."""
    rng = np.random.default_rng(9)
    pairs = beside(shares, EURUSD=0.1 * np.nan_to_num(shares.market[:, 0]) + rng.normal(0, 0.005, len(shares.dates)))
    plain, shrunk = (parse_method(m).estimate(pairs)["EURUSD"] for m in ("ols", "ols|vasicek"))
    assert (shrunk.value, shrunk.stderr) == (plain.value, pytest.approx(plain.stderr, rel=1e-12))
    assert Flag.NO_PRIOR in shrunk.flags
    assert Flag.NO_PRIOR in parse_method("auto").estimate(pairs)["EURUSD"].flags


def test_too_few_alike_mean_a_stated_prior_and_the_notes_say_how_many() -> None:
    """Nine shares and five exchange rates are nine alike."""
    rng = np.random.default_rng(1)
    m = 0.01 * rng.standard_t(5, 200)
    nine = pairs_of(m, m[:, None] + rng.normal(0, 0.01, (200, 9)))
    pairs = beside(nine, **{f"{c}USD": rng.normal(0, 0.005, len(nine.dates)) for c in ("EUR", "GBP", "CHF", "AUD")})
    (note,) = parse_method("ols|vasicek").estimate(pairs).notes
    assert "stated; 9 assets alike, 10 are needed; apart: EURUSD, GBPUSD, CHFUSD, AUDUSD" in note


@pytest.mark.parametrize(
    ("name", "belongs"),
    [("EURUSD", False), ("EUR/USD", False), ("EURUSD=X", False), ("C:EURUSD", False), ("usdjpy", False),
     ("JPY=X", False), ("^TNX", False), ("VIX", False), ("DGS10", False), ("US10Y", False), ("ES=F", False),
     ("ES", True), ("MET", True), ("EURO", True), ("USM", True), ("DGX", True),
     ("AAPL", True), ("COP", True), ("GOOGLE", True), ("EURABC", True)],
)  # fmt: skip
def test_what_is_no_share_is_told_by_name(name: str, belongs: bool) -> None:
    """Pairs, yields and continuous futures are named as such; a lone code or root may be a share's ticker."""
    assert population_of((name,), "SPX", NO_FACTS).drawn.tolist() == [belongs]


def test_a_stated_kind_goes_before_the_name() -> None:
    """A share may be called EURUSD."""
    facts = AssetFacts(kinds=(("EURUSD", AssetKind.SHARE), ("BOND", AssetKind.RATE)))
    split = population_of(("EURUSD", "BOND"), "SPX", facts)
    assert split.drawn.tolist() == [True, False]


def test_day_by_day_the_rule_is_the_same(shares: PairedReturns) -> None:
    """Batch, history and a state fed in pieces agree on a universe with series that count for nobody."""
    rng = np.random.default_rng(9)
    m = np.nan_to_num(shares.market[:, 0])
    more = {"A0 in EUR": rng.normal(0, 0.02, len(m)), "EUR": rng.normal(0, 0.004, len(m)), "ES": m + 0.002}
    crowd = beside(shares, **more)
    crowd = replace(crowd, outside=frozenset({"A0 in EUR", "EUR"}), facts=AssetFacts(kinds=(("ES", AssetKind.FUTURE),)))
    method = parse_method("two-speed")
    batch, history = method.estimate(crowd), walk(crowd, method)
    assert batch.values()[: len(shares.symbols)].tolist() == method.estimate(shares).values().tolist()
    assert history.beta[-1] == pytest.approx(batch.values(), rel=1e-12)
    state = begin(method, until_row(crowd, 250))
    for row in (251, 300, len(m) - 1):
        state = update(state, until_row(crowd, row))
    assert read(state).value == pytest.approx(batch.values(), rel=1e-12)
