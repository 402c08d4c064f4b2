"""`trimtab import` in a workspace with its real journal: previews, summaries, exit codes, documents."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BOOK = "symbol,quantity\nAAPL,400\nUSD,20000\n"
PRICES = "date,SPX,AAPL\n2024-01-02,4700,185\n2024-01-03,4710,184\n2024-01-04,4690,0\n"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def home(tmp_path) -> Path:
    assert run(tmp_path, "init", "desk", "--benchmark", "SPX").returncode == 0
    (tmp_path / "book.csv").write_text(BOOK)
    (tmp_path / "prices.csv").write_text(PRICES)
    return tmp_path


def test_a_new_format_is_shown_then_kept_and_then_adds_nothing(home):
    """Without --yes the first file is only shown and the exit code says so; a second import finds nothing new."""
    first = run(home, "import", "prices.csv", "-w", "desk")
    assert first.returncode == 1
    assert "--yes" in first.stdout
    assert "2024-01-02" in first.stdout
    assert run(home, "import", "prices.csv", "-w", "desk", "--dry-run").returncode == 0
    kept = run(home, "import", "prices.csv", "-w", "desk", "--yes", "--json")
    (file,) = json.loads(kept.stdout)["files"]
    assert (file["outcome"], file["new"], file["aside"]) == ("kept", 5, 1)
    assert "AAPL" in file["set_aside"][0]["where"]
    (home / "renamed.csv").write_text(PRICES)
    again = run(home, "import", "renamed.csv", "-w", "desk", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["files"][0]["outcome"] == "nothing_new"


def test_one_bad_file_leaves_the_others_and_sets_the_exit_code(home):
    """Each file stands alone: the good one is kept, the missing one is named, the code is that of a missing file."""
    done = run(home, "import", "none.csv", "book.csv", "-w", "desk", "--as-of", "2024-01-02", "--yes", "--json")
    assert done.returncode == 74
    document = json.loads(done.stdout)
    assert document["schema"] == "trimtab.import/1"
    assert [f["outcome"] for f in document["files"]] == ["failed", "kept"]
    assert document["files"][1]["portfolio"] == "main"
    assert "reading book.csv" in done.stderr


def test_a_kind_or_a_portfolio_that_is_not_there_is_an_error(home):
    """Words that name nothing are told so."""
    assert run(home, "import", "book.csv", "-w", "desk", "--kind", "poems").returncode == 1
    wrong = run(home, "import", "book.csv", "-w", "desk", "--as-of", "2024-01-02", "-p", "nobody", "--yes")
    assert wrong.returncode == 1
    assert "nobody" in wrong.stdout
    assert run(home, "import", "book.csv", "-w", "nowhere").returncode == 1
