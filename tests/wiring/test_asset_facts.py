"""What is known of assets reaches every estimate: names, contract months, stated multiples."""

import numpy as np
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import pair_returns

SHARES = 14


@pytest.fixture(scope="module")
def shares() -> dict[str, np.ndarray]:
    """Returns of a benchmark and shares over two years."""
    rng = np.random.default_rng(5)
    m = 0.01 * rng.standard_t(5, 500)
    return {"M": m} | {f"S{i}": (0.5 + 0.08 * i) * m + rng.normal(0, 0.012, 500) for i in range(SHARES)}


@pytest.fixture(scope="module")
def crowd(shares: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same among what is no share, and a fund of three times the benchmark."""
    rng = np.random.default_rng(6)
    m = shares["M"]
    return shares | {
        "ESH3": m + rng.normal(0, 0.002, 500),
        "NQ=F": 1.2 * m + rng.normal(0, 0.004, 500),
        "EURUSD": rng.normal(0, 0.005, 500),
        "^TNX": rng.normal(0, 0.02, 500),
        "INDEX2": m,
        "L3": 3.0 * m + rng.normal(0, 0.02, 500),
    }


def table(returns: dict[str, np.ndarray]) -> PriceTable:
    columns = {name: price_path(r) for name, r in returns.items()}
    return PriceTable.of(columns, dates=business_days(501), currency="USD")


@pytest.mark.parametrize("method", ["auto", "two-speed", "welch|vasicek", "ols|vasicek", "welch|double"])
def test_what_is_no_share_changes_no_share(
    method: str, shares: dict[str, np.ndarray], crowd: dict[str, np.ndarray]
) -> None:
    """Whether asked once or day by day, from names and one stated multiple alone."""
    alone = tt.estimate_betas(table(shares), benchmark="M", method=method)
    among = tt.estimate_betas(table(crowd), benchmark="M", method=method, multiples={"L3": 3})
    past = tt.beta_history(table(crowd), benchmark="M", method=method, multiples={"L3": 3})
    for name in shares:
        assert among[name].value == alone[name].value
        assert among[name].stderr == alone[name].stderr
    assert past.beta[-1] == pytest.approx(among.values(), rel=1e-12)
    assert past.stderr[-1] == pytest.approx(among.stderrs(), rel=1e-9, abs=1e-8)
    assert all(Flag.NO_PRIOR in among[name].flags for name in ("ESH3", "NQ=F", "EURUSD", "^TNX"))


def test_a_stated_multiple_moves_the_prior_of_its_fund_in_the_league_as_well(crowd: dict[str, np.ndarray]) -> None:
    """Forecasts of the fund are drawn towards three, and not towards one."""
    errors = {}
    for stated in (None, {"L3": 3}):
        league = tt.validate_betas(
            table(crowd), benchmark="M", methods=["ols|vasicek"], horizons=[21], min_obs=60, multiples=stated
        )
        errors[stated is None] = {(s.method, s.asset): s.rmse for s in league.assets}["ols|vasicek", "L3"]
    assert errors[False] != errors[True]
    plain = tt.estimate_betas(table(crowd), benchmark="M", method="ols|vasicek(mean=1, sd=.1)")["L3"].value
    told = tt.estimate_betas(table(crowd), benchmark="M", method="ols|vasicek(mean=1, sd=.1)", multiples={"L3": 3})
    assert abs(told["L3"].value - 3.0) < abs(plain - 3.0)


def test_a_multiple_of_nothing_is_refused(shares: dict[str, np.ndarray]) -> None:
    """A symbol that is not there, a multiple of 0, and columns without names."""
    with pytest.raises(UnknownSymbolError):
        tt.estimate_betas(table(shares), benchmark="M", multiples={"L3": 3})
    with pytest.raises(InputError):
        tt.estimate_betas(table(shares), benchmark="M", multiples={"S1": 0})
    with pytest.raises(InputError):
        tt.beta_history(np.zeros((5, 1)), benchmark=np.zeros(5), multiples={"S1": 2})


def test_no_rate_comes_off_what_costs_nothing(crowd: dict[str, np.ndarray]) -> None:
    """A future's return is an excess return already, and an exchange rate is no investment."""
    prices = tt.read_prices(table(crowd))
    plain = pair_returns(prices, benchmark="M")
    over = pair_returns(prices, benchmark="M", risk_free=RiskFree.constant(0.05))
    gone = dict(zip(plain.symbols, np.nanmean(plain.asset - over.asset, axis=0), strict=True))
    for name in ("ESH3", "NQ=F", "EURUSD", "^TNX"):
        assert gone[name] == 0.0
    for name in ("M", "S1", "INDEX2", "L3"):
        assert gone[name] == pytest.approx(0.05 * 7 / 5 / 365, rel=0.05)
