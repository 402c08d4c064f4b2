"""Prices that go wrong, met at the command line: a right answer with a flag, or a refusal with its reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path

N = 400


def run(folder: Path, name: str, *more: str) -> tuple[int, dict, str]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "trimtab",
            "beta",
            "--prices",
            name,
            "--benchmark",
            "M",
            "--method",
            "ols",
            "--json",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def series(seed: int = 11) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, an asset with beta 1.50 and a small residual, and its market."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, N)
    return business_days(N + 1).astype(str), price_path(1.5 * market + rng.normal(0, 0.001, N)), price_path(market)


def write(folder: Path, days, asset, market, name: str = "p.csv") -> str:
    pl.DataFrame({"date": list(days), "A": list(asset), "M": list(market)}, strict=False).write_csv(folder / name)
    return name


def answer(document: dict) -> dict:
    return next(b for b in document["betas"] if b["asset"] == "A")


@pytest.mark.parametrize(
    ("spoil", "flag"),
    [
        (lambda a: a.__setitem__(200, a[200] * 10), "bad_print"),
        (lambda a: a.__setitem__(200, 0.0), "not_positive"),
        (lambda a: a.__setitem__(200, -5.0), "not_positive"),
        (lambda a: a.__setitem__(200, np.inf), "not_finite"),
        (lambda a: a.__setitem__(slice(200, None), a[200:] / 10), "split_suspected"),
        (lambda a: a.__setitem__(slice(200, 230), a[200]), "stale"),
    ],
)
def test_one_bad_stretch_leaves_the_beta_right_and_a_flag(tmp_path, spoil, flag):
    """A bad print, zero, negative and infinite prices, a missing split and stale prices are named; beta stays 1.50."""
    days, asset, market = series()
    spoil(asset)
    code, document, _ = run(tmp_path, write(tmp_path, days, asset, market))
    found = answer(document)
    assert code == 0
    assert found["value"] == pytest.approx(1.5, abs=0.03)
    assert flag in found["flags"]


def test_text_in_a_cell_is_set_aside_with_its_row(tmp_path):
    """A word where a price should be is listed with file, row and symbol; the rest is read."""
    days, asset, market = series()
    name = write(tmp_path, days, asset, market)
    lines = (tmp_path / name).read_text().splitlines()
    lines[300] = ",".join([lines[300].split(",")[0], "abc", lines[300].split(",")[2]])
    (tmp_path / name).write_text("\n".join(lines))
    code, document, _ = run(tmp_path, name)
    assert code == 0
    assert "unparsable" in answer(document)["flags"]
    assert any("301" in f["where"] for f in document["failures"]["shown"])


def test_shuffled_and_repeated_rows_give_the_same_beta(tmp_path):
    """Rows out of order and exact duplicates change nothing."""
    days, asset, market = series()
    _, plain, _ = run(tmp_path, write(tmp_path, days, asset, market))
    order = np.random.default_rng(0).permutation(len(days))
    order = np.concatenate([order, order[:5]])
    _, mixed, _ = run(tmp_path, write(tmp_path, days[order], asset[order], market[order], "q.csv"))
    assert answer(mixed)["value"] == answer(plain)["value"]
    assert {"out_of_order", "duplicates_dropped"} <= set(answer(mixed)["flags"])


def test_aware_stamps_against_naive_ones(tmp_path):
    """An asset stamped with a zone and a benchmark without one meet on their own dates: beta 1.50, not .09."""
    days, asset, market = series()
    rows = [(f"{d}T00:00:00-05:00", "A", p) for d, p in zip(days, asset, strict=True)]
    rows += [(d, "M", p) for d, p in zip(days, market, strict=True)]
    pl.DataFrame(rows, schema=["date", "symbol", "price"], orient="row").write_csv(tmp_path / "long.csv")
    code, document, _ = run(tmp_path, "long.csv")
    assert code == 0
    assert answer(document)["value"] == pytest.approx(1.5, abs=0.03)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 1, "Expected"),
        (b"date,A,M\n", 1, "Expected"),
        (b"\x00\x01\x02PNG\x00\xff" * 50, 1, "binary"),
        (b"just words, no table\nand more words\n", 1, "Expected"),
        (b"date;A;M\n2024-01-02;1;2\n2024-01-03;1;2\n", 4, ""),
    ],
)
def test_files_that_are_no_price_table(tmp_path, content, code, words):
    """Empty, header only, binary and prose are refused in three parts; another delimiter is found out."""
    (tmp_path / "p.csv").write_bytes(content)
    found, _, stderr = run(tmp_path, "p.csv")
    assert found == code
    assert words in stderr


def test_a_single_line_of_200_mb_is_refused(tmp_path):
    """A file that is one endless line is refused with a reason, not read into memory cell by cell."""
    with (tmp_path / "p.csv").open("wb") as handle:
        for _ in range(200):
            handle.write(b"1234567," * 131072)
    code, _, stderr = run(tmp_path, "p.csv")
    assert code == 1
    assert "Expected" in stderr
    (tmp_path / "p.csv").unlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    """No permission is an input-output error."""
    (tmp_path / "p.csv").write_text("date,A,M\n")
    (tmp_path / "p.csv").chmod(0)
    code, _, stderr = run(tmp_path, "p.csv")
    assert code == 74
    assert "p.csv" in stderr


def test_an_asset_in_another_currency_without_a_rate_is_refused(tmp_path):
    """Two currencies without a base are refused whole; with a base and no rates the foreign asset has a reason."""
    days, asset, market = series()
    rows = [(d, "A", p, "EUR") for d, p in zip(days, asset, strict=True)]
    rows += [(d, "M", p, "USD") for d, p in zip(days, market, strict=True)]
    pl.DataFrame(rows, schema=["date", "symbol", "price", "currency"], orient="row").write_csv(tmp_path / "l.csv")
    code, _, stderr = run(tmp_path, "l.csv")
    assert code == 1
    assert "--base" in stderr
    _, document, _ = run(tmp_path, "l.csv", "--base", "USD")
    assert answer(document)["reason"] == "no_rate"


def test_the_benchmark_says_what_it_is(tmp_path):
    """Currency, price or total return and calendar of the benchmark stand in the document."""
    days, asset, market = series()
    _, document, _ = run(tmp_path, write(tmp_path, days, asset, market), "--benchmark-returns", "total")
    assert document["benchmark_detail"]["returns"] == "total"
    assert document["benchmark_detail"]["calendar"] == "daily"
