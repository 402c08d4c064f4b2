"""The same book has the same betas, to the last digit, however its exchange rates came in."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import trimtab as tt

N = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prices of thirty shares, with and without exchange rates and a copy of the benchmark among them."""
    rng = np.random.default_rng(6)
    path = tmp_path_factory.mktemp("book")
    m = 0.008 * rng.standard_t(5, N)
    days = np.busday_offset(np.datetime64("2023-01-02"), np.arange(N), roll="forward").astype(str)
    moves = {f"S{i}": rng.uniform(0.4, 1.6) * m + rng.normal(0, 0.014, N) for i in range(30)}
    shares = {"date": days, "M": 100 * np.cumprod(1 + m), **{k: 50 * np.cumprod(1 + v) for k, v in moves.items()}}
    rates = {"EURUSD": 1.1 * np.cumprod(1 + rng.normal(0, 0.004, N)), "GBPUSD": 1.3 * np.cumprod(1 + 0.1 * m)}
    pl.DataFrame(shares).write_csv(path / "prices.csv")
    pl.DataFrame({**shares, **rates, "INDEX2": 3.0 * shares["M"]}).write_csv(path / "all.csv")
    pl.DataFrame({"date": days, **rates}).write_csv(path / "fx.csv")
    held = [{"symbol": f"S{i}", "quantity": 100 + i, "currency": "USD"} for i in range(12)]
    pl.DataFrame([*held, {"symbol": "USD", "quantity": 5000, "currency": "USD"}]).write_csv(path / "holdings.csv")
    return path


@pytest.mark.parametrize("method", ["default", "two-speed", "welch|vasicek"])
def test_exchange_rates_among_the_prices_change_no_beta(folder: Path, method: str) -> None:
    """0.783 from files and 0.790 in a workspace was one book: rates imported as prices counted as assets."""
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.1)
    found = [
        tt.review(folder / prices, folder / "holdings.csv", mandate=mandate, method=method).exposure.beta
        for prices in ("prices.csv", "all.csv")
    ]
    assert found[0].value == found[1].value
    assert found[0].stderr == found[1].stderr


def test_a_file_of_rates_or_columns_of_rates_are_one_book(folder: Path) -> None:
    """Betas of shares are the same whether rates come beside the prices or among them."""
    among = tt.estimate_betas(folder / "all.csv", benchmark="M", base="USD")
    beside = tt.estimate_betas(folder / "prices.csv", benchmark="M", base="USD", fx=folder / "fx.csv")
    for asset in beside.assets:
        assert among[asset].value == beside[asset].value
        assert among[asset].stderr == beside[asset].stderr
