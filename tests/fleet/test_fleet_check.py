"""From files to a folder: every account as `review` and `plan` have it, nothing lost, nothing half written."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import trimtab as tt
from trimtab.cli.app import app
from trimtab.desk.fleet.mandates import FAULT, mandate_table
from trimtab.errors import InputError, StorageError, TrimtabError
from trimtab.report.documents.catalogue import document_schema

HOW = {"method": "ols", "window": 250}
#: Of two files; what is wrong with an account stands in its flag.
POSITIONS = (
    [("K1", "AAA", 100.0), ("K1", "USD", 500.0), ("K2", "AAA", 10.0), ("K2", "AAA", 5.0), ("K2", "USD", 900.0),
     ("K3", "BBB", 30_000.0), ("K3", "ESH5", -2.0), ("K3", "USD", 50_000.0)],
    [("K4", "BBB", float("nan")), ("K5", "ZZZ", 3.0), ("K5", "USD", 100.0), ("K6", "CCC", 20_000.0),
     ("K7", "USD", -5.0), ("K8", "USD", 5.0), ("K9", "BBB", 1e30), ("KA", "ABC 30X", 2.0)],
)  # fmt: skip
FLAGS = {
    "K1": "above_band", "K2": None, "K3": "below_band", "K4": "bad_quantity", "K5": "not_covered", "K6": "below_band",
    "K7": "no_nav", "K8": "no_mandate", "K9": "bad_quantity", "KA": "no_nav", "KB": "no_positions",
    "KC": "no_positions", "KD": "no_positions",
}  # fmt: skip


def write_positions(folder: Path, name: str, rows: list[tuple[str, str, float]]) -> Path:
    path = folder / f"{name}.parquet"
    pl.DataFrame(rows, schema=["account", "symbol", "quantity"], orient="row").write_parquet(path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prices, mandates and two files of positions."""
    folder = tmp_path_factory.mktemp("fleet")
    rng, n = np.random.default_rng(1), 260
    dates = np.busday_offset(np.datetime64("2024-01-02"), np.arange(n), roll="forward")
    market = rng.normal(0, 0.01, n)
    columns = {"date": dates.astype(str), "SPX": 5000 * np.cumprod(1 + market)}
    for name, beta in (("AAA", 1.2), ("BBB", 0.7), ("CCC", 0.2)):
        columns[name] = 100 * np.cumprod(1 + beta * market + rng.normal(0, 0.002, n))
    pl.DataFrame(columns).write_csv(folder / "prices.csv")
    (folder / "positions").mkdir()
    for name, rows in zip(("a", "b"), POSITIONS, strict=True):
        write_positions(folder / "positions", name, rows)
    accounts = [name for name in FLAGS if name != "K8"]
    confidence = [None, 0.9, *[None] * (len(accounts) - 2)]
    columns = {"account": accounts, "benchmark": ["SPX"] * (len(accounts) - 1) + ["NIX"], "target": 1.0}
    columns |= {"band": [0.7 if name == "K2" else 0.1 for name in accounts], "confidence": confidence}
    pl.DataFrame(columns).write_csv(folder / "mandates.csv")
    return folder


def run_of(files: Path, out: Path, **more):
    return tt.fleet_check(
        files / "positions", mandates=files / "mandates.csv", prices=files / "prices.csv", out=out, hedge="ES,MES",
        **HOW, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def done(files: Path, tmp_path_factory: pytest.TempPathFactory):
    """One run, its folder, and its checks by account."""
    out = tmp_path_factory.mktemp("out") / "checks"
    run = run_of(files, out)
    return run, out, {row["account"]: row for row in pl.read_parquet(out / "checks" / "*.parquet").to_dicts()}


def contents(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


@pytest.mark.parametrize("account", ["K1", "K2", "K3", "K6"])
def test_an_account_is_what_review_and_plan_say_of_it(files, done, account):
    """The same beta to the last bit, the same verdict, and the same orders, also where a hedge is held already."""
    row = done[2][account]
    held = ", ".join(f"{q:g} {s}" for part in POSITIONS for name, s, q in part if name == account)
    asked = {"K2": {"band": 0.7, "confidence": 0.9}}.get(account, {"band": 0.1})
    mandate = tt.Mandate(benchmark="SPX", target=1.0, **asked)
    review = tt.review(files / "prices.csv", held, mandate, **HOW)
    assert (row["nav"], row["beta"]) == (review.exposure.nav, review.exposure.beta.value)
    assert row["stderr"] == pytest.approx(review.exposure.beta.stderr, rel=1e-12)
    assert (row["status"], row["coverage"]) == (review.verdict.status.value, review.exposure.coverage.share)
    assert row["probability_inside"] == pytest.approx(review.verdict.probability_inside, abs=1e-12)
    if row["status"] == "outside":
        plan = tt.plan(files / "prices.csv", held, mandate, hedge="ES,MES", **HOW)
        assert [(t["symbol"], t["quantity"]) for t in row["contracts"]] == [
            (o.symbol, float(o.signed)) for o in plan.orders
        ]


def test_every_account_has_one_row_and_every_position_is_counted(done):
    """What cannot be checked is undecided with its reason; counts add up to the input."""
    run, out, rows = done
    assert {name: row["flag"] for name, row in rows.items()} == {**FLAGS, "K2": "repeated"}
    assert all((row["reason"] is None) is (row["flag"] is None) for row in rows.values())
    sent = {name: sum(one == name for part in POSITIONS for one, _, _ in part) for name in FLAGS}
    assert {name: row["positions"] for name, row in rows.items()} == sent
    assert run.counts.positions == sum(map(len, POSITIONS))
    assert run.counts.accounts == len(FLAGS) == run.counts.inside + run.counts.outside + run.counts.undecided
    exceptions = pl.read_parquet(out / "exceptions.parquet")
    assert exceptions.height == run.counts.exceptions == len(FLAGS)
    assert exceptions["status"].to_list() == sorted(exceptions["status"], key=["outside", "undecided", "inside"].index)
    outside = exceptions.filter(pl.col("status") == "outside")["probability_inside"].to_list()
    assert outside == sorted(outside)


def test_what_is_not_known_is_null_and_never_nan(done):
    """For Polars and for Arrow, in every file: a reader that takes NaN for a number would add up nonsense."""
    _, out, rows = done
    for path in out.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        for name in frame.select(pl.col(pl.Float64)).columns:
            assert frame[name].is_nan().sum() == 0
            assert pq.read_table(path, columns=[name])[name].null_count == frame[name].null_count()
    assert rows["K4"]["nav"] is rows["K5"]["nav"] is rows["K7"]["beta"] is rows["K8"]["coverage"] is None


def test_the_manifest_names_every_file_with_its_hash(done):
    """Its chunks are those that lie there, and its document keeps to the schema."""
    run, out, _ = done
    manifest = json.loads((out / "manifest.json").read_text())
    assert list(Draft202012Validator(document_schema(manifest["schema"], closed=True)).iter_errors(manifest)) == []
    assert {chunk["key"] for chunk in manifest["chunks"]} == {
        str(p.relative_to(out)) for p in (out / "checks").glob("*")
    }
    assert sum(chunk["rows"] for chunk in manifest["chunks"]) == manifest["counts"]["accounts"]
    assert manifest["run"] == run.run
    assert [one["file"] for one in manifest["inputs"]] == ["a.parquet", "b.parquet", "mandates.csv", "prices.csv"]


def test_a_run_that_was_cut_off_goes_on_to_the_same_bytes(files, done, tmp_path):
    """Without its manifest and one chunk, with a leaving of another process; another question is refused."""
    _, out, _ = done
    copy = tmp_path / "checks"
    shutil.copytree(out, copy)
    whole = contents(copy)
    (copy / "manifest.json").unlink()
    min((copy / "checks").glob("*.parquet")).unlink()
    with pytest.raises(StorageError, match="--resume"):
        run_of(files, copy)
    run_of(files, copy, resume=True)
    assert contents(copy) == whole
    with pytest.raises(StorageError, match="a file or an option has changed"):
        tt.fleet_check(
            files / "positions", mandates=files / "mandates.csv", prices=files / "prices.csv", out=copy, resume=True,
            method="ols", window=249,
        )  # fmt: skip
    assert contents(copy) == whole


@pytest.mark.long
def test_processes_give_the_bytes_of_one_process(files, done, tmp_path):
    """Where a chunk is worked changes nothing."""
    run_of(files, tmp_path / "checks", executor="processes", workers=1)
    assert contents(tmp_path / "checks") == contents(done[1])


def test_what_is_not_sorted_or_overlaps_is_refused_by_name(files, tmp_path):
    """Before anything is written, or with the row."""
    tangled = [("K1", "AAA", 1.0), ("K3", "AAA", 1.0), ("K2", "AAA", 1.0), ("K4", "AAA", 1.0)]
    write_positions(tmp_path, "a", tangled)
    asked = {"mandates": files / "mandates.csv", "prices": files / "prices.csv", **HOW}
    with pytest.raises(InputError, match="K2 in row 3 after K3"):
        tt.fleet_check(tmp_path / "a.parquet", out=tmp_path / "one", **asked)
    write_positions(tmp_path, "a", [("K1", "AAA", 1.0), ("K2", "AAA", 1.0)])
    write_positions(tmp_path, "b", [("K2", "BBB", 1.0)])
    with pytest.raises(InputError, match="a.parquet ends with K2, b.parquet begins with K2"):
        tt.fleet_check(tmp_path, out=tmp_path / "two", **asked)
    assert not (tmp_path / "two").exists()
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(TrimtabError, match="c.parquet"):
        tt.fleet_check(tmp_path, out=tmp_path / "two", **asked)
    pl.DataFrame({"account": ["K1"], "symbol": ["AAA"]}).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(InputError, match="add quantity"):
        tt.fleet_check(tmp_path / "d.parquet", out=tmp_path / "two", **asked)


def test_a_mandate_that_cannot_be_one_keeps_its_account():
    """With what is wrong; the account is undecided, and the others are checked."""
    columns = {
        "Account": ["K1", "K2", "K2", "K3", "K4", "K5", "K6"], "benchmark": ["X", "X", "X", None, "X", "X", "X"],
        "target": [1.0, 1.0, 1.0, 1.0, None, 1.0, 1.0], "band": [0.1, 0.1, 0.1, 0.1, 0.1, -0.1, 0.1],
        "confidence": ["", "0.9", "0.9", "0.9", "0.9", "0.9", "high"],
    }  # fmt: skip
    rows = pl.DataFrame(columns)
    table = mandate_table(rows, base="EUR", where="m.csv")
    assert dict(table.select("account", FAULT).iter_rows()) == {
        "K1": None, "K2": "it has more than one mandate", "K3": "benchmark is missing",
        "K4": "target is missing or no number", "K5": "band is below zero", "K6": "confidence is missing or no number",
    }  # fmt: skip
    assert table.row(0, named=True) | {"confidence": 0.5, "base": "EUR"} == table.row(0, named=True)


def test_the_command_says_the_worst_first_and_leaves_with_three(files, tmp_path):
    """On eighty columns, whole; as JSON it is the manifest."""
    words = ["fleet", "check", str(files / "positions"), "--mandates", str(files / "mandates.csv"), "--prices",
             str(files / "prices.csv"), "-m", "ols", "--window", "250"]  # fmt: skip
    shown = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "one")], env={"COLUMNS": "80"})
    assert shown.exit_code == 3, shown.output
    assert max(map(len, shown.stdout.splitlines())) <= max(80, len(str(tmp_path)) + 70)
    assert shown.stdout.index("K6") < shown.stdout.index("K1") < shown.stdout.index("K4")
    said = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "two"), "--json"])
    assert said.stdout == (tmp_path / "two" / "manifest.json").read_text()


def test_accounts_that_are_numbers_are_sorted_as_numbers(files, tmp_path):
    """Account 10 comes after account 9, in a file and between files."""
    rows = {"account": [9, 10], "symbol": ["AAA", "AAA"], "quantity": [1.0, 1.0]}
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({**rows, "account": [100, 200]}).write_parquet(tmp_path / "b.parquet")
    run = tt.fleet_check(
        tmp_path, mandates=files / "mandates.csv", prices=files / "prices.csv", out=tmp_path / "out", **HOW
    )
    assert (run.counts.positions, run.counts.accounts) == (4, 4 + 12)
