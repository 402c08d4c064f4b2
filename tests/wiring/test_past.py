"""What a workspace's portfolio earned: arithmetic by hand, through trades, flows, fees, splits and snapshots."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import trimtab as tt
from trimtab.python.desk import Desk
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

PRICES = """date,A,M
2024-01-02,400,100
2024-01-03,420,101
2024-01-04,110,102
2024-01-05,99,103
2024-01-08,100,104
"""


def desk_with(folder: Path, **files: tuple[str, dict[str, object]]) -> Desk:
    create_workspace(folder, benchmark="M")
    for name, (text, how) in files.items():
        file = folder.parent / f"{name}.csv"
        file.write_text(text)
        (done,) = import_files([file], workspace=open_workspace(folder), accept=True, **how)  # type: ignore[arg-type]
        assert done.error is None, done.error
    return Desk(folder)


def returns(desk: Desk, **how: object) -> list[float]:
    return desk.past(tt.PerformanceQuestion(**how)).history.returns.tolist()[1:]  # type: ignore[arg-type]


def test_a_split_is_no_gain(tmp_path: Path) -> None:
    """10 at 420, split four for one into 40 at 110: up 200 of 5,200, not down 3,100."""
    desk = desk_with(
        tmp_path / "desk",
        prices=(PRICES, {}),
        book=("symbol,quantity\nA,10\nUSD,1000\n", {"as_of": "2024-01-02"}),
        split=("effective,symbol,ratio\n2024-01-04,A,4:1\n", {}),
    )
    expected = [200 / 5000, 200 / 5200, -440 / 5400, 40 / 4960]
    np.testing.assert_allclose(returns(desk), expected, rtol=1e-12)
    # The same from a day before the split was due: nothing of it is known in the units of that day.
    np.testing.assert_allclose(returns(desk, measuring=tt.Measuring(as_of="2024-01-03")), expected[:1], rtol=1e-12)
    assert desk.past(tt.PerformanceQuestion(measuring=tt.Measuring(as_of="2024-01-03"))).history.nav[0] == 5000


def test_trades_fees_and_flows_are_counted(tmp_path: Path) -> None:
    """Bought 10 at 415 for a fee of 5 on a day that closes at 420, with 5,000 paid in that day: 245 of 5,000."""
    desk = desk_with(
        tmp_path / "desk",
        prices=(PRICES.replace("110", "440").replace(",99,", ",396,").replace("100,104", "400,104"), {}),
        book=("symbol,quantity\nA,10\nUSD,1000\n", {"as_of": "2024-01-02"}),
        trades=(
            "date,symbol,quantity,price,fee\n2024-01-03,A,10,415,5\n2024-01-03,USD,5000,,\n2024-01-05,USD,-500,,\n",
            {},
        ),
    )
    # Cash: 1,000 + 5,000 - 4,150 - 5 = 1,845; NAV 20 x 420 + 1,845 = 10,245.
    expected = [245 / 5000, 400 / 10245, -880 / 10645, 80 / 9265]
    np.testing.assert_allclose(returns(desk), expected, rtol=1e-12)


def test_a_new_snapshot_is_no_gain(tmp_path: Path) -> None:
    """A snapshot that says that more is held than before says nothing of how: the day's gain is what was held."""
    desk = desk_with(
        tmp_path / "desk",
        prices=(PRICES.replace("110", "440").replace(",99,", ",396,").replace("100,104", "400,104"), {}),
        first=("symbol,quantity\nA,10\nUSD,1000\n", {"as_of": "2024-01-02"}),
        second=("symbol,quantity\nA,100\nUSD,1000\n", {"as_of": "2024-01-04"}),
    )
    expected = [200 / 5000, 200 / 5200, -4400 / 45000, 400 / 40600]
    np.testing.assert_allclose(returns(desk), expected, rtol=1e-12)


def test_performance_is_that_of_the_same_returns(tmp_path: Path) -> None:
    """The workspace's performance is that of its own index put into the function for plain files."""
    rng = np.random.default_rng(7)
    days = np.busday_offset(np.datetime64("2023-01-02"), np.arange(120), roll="forward")
    market = 100 * np.cumprod(1 + 0.01 * rng.standard_normal(120))
    asset = 50 * np.cumprod(1 + 0.008 * rng.standard_normal(120))
    rows = "\n".join(f"{d},{a!r},{m!r}" for d, a, m in zip(days, asset.tolist(), market.tolist(), strict=True))
    desk = desk_with(
        tmp_path / "desk",
        prices=(f"date,A,M\n{rows}\n", {}),
        book=("symbol,quantity\nA,10\n", {"as_of": "2023-01-02"}),
    )
    done = desk.performance()
    r, m = asset[1:] / asset[:-1] - 1, market[1:] / market[:-1] - 1
    slope, alpha = np.polyfit(m, r, 1)
    assert done.alpha.beta.value == pytest.approx(slope, rel=1e-9)
    assert done.alpha.per_period.value == pytest.approx(alpha, rel=1e-9, abs=1e-12)
    assert done.attributed is not None
    (run,) = desk.runs()
    assert run.command == "performance"
    assert desk.replay(run.seq).same


def test_days_without_a_return_are_said(tmp_path: Path) -> None:
    """A share without prices leaves days without a return: how many, and for what, stands in the notes."""
    desk = desk_with(
        tmp_path / "desk",
        prices=(PRICES, {}),
        book=("symbol,quantity\nM,10\nUSD,1000\n", {"as_of": "2024-01-02"}),
        trades=("date,symbol,quantity,price,fee\n2024-01-05,ZZZ,10,20,1\n", {}),
    )
    past = desk.past()
    assert np.isnan(past.history.returns[-2:]).all()
    assert any(n.startswith("2 of 4 days have no return") and "ZZZ (" in n for n in past.notes), past.notes


def test_foreign_money_needs_no_column_of_prices(tmp_path: Path) -> None:
    """Money valued by the file of rates alone is in the returns, and in the attribution under the name of its rate."""
    desk_with(
        tmp_path / "desk", prices=(PRICES, {}), book=("symbol,quantity\nM,10\nEUR,1000\n", {"as_of": "2024-01-02"})
    )
    rates = "date,EURUSD\n2024-01-02,1.0\n2024-01-03,1.1\n2024-01-04,1.1\n2024-01-05,1.1\n2024-01-08,1.1\n"
    (tmp_path / "desk" / "fx.csv").write_text(rates)
    settings = tmp_path / "desk" / "trimtab.toml"
    settings.write_text(settings.read_text().replace('#fx = "fx.csv"', 'fx = "fx.csv"'))
    past = Desk(tmp_path / "desk").past()
    np.testing.assert_allclose(past.history.returns[1], (10 + 100) / 2000, rtol=1e-12)
    assert past.weights.symbols == ("M", "EUR")
    assert past.weights.outside == {"EUR"}
    assert past.prices.currencies[past.prices.column("EUR")] == "EUR"
    assert not any("residual" in note for note in past.notes)


def test_pence_written_as_pounds_are_doubted(tmp_path: Path) -> None:
    """A share held in pence and sold at 101 "GBP" when its price is 101 pence: the cash would be a hundredfold."""
    line = "id,date,symbol,quantity,price,fee,currency\nt,2024-01-03,M,-100,{},0,{}\n"
    doubted = {}
    for price, currency in (("101", "GBP"), ("101", "GBX"), ("1.01", "GBP")):
        folder = tmp_path / f"{price}{currency}"
        folder.mkdir()
        desk_with(
            folder / "desk",
            prices=(PRICES, {}),
            book=("symbol,quantity,currency,quotation\nM,1000,GBP,pence\n", {"as_of": "2024-01-02"}),
            trades=(line.format(price, currency), {}),
        )
        workspace = open_workspace(folder / "desk")
        found = held_at(workspace, "main", dt.date(2024, 1, 4), prices=workspace.prices.table())
        doubted[price + currency] = [reason.where for reason in found.reasons]
    assert doubted == {"101GBP": ["M"], "101GBX": [], "1.01GBP": []}
