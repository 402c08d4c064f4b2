"""Output that the terminal cannot encode is written as numbers: the work was done, and an answer is an answer."""

import os
import subprocess
import sys

BOOK = "symbol,quantity\nÄÖ€,50\n"


def test_command_of_a_terminal_that_knows_ascii_alone(tmp_path):
    (tmp_path / "book.csv").write_text(BOOK, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", "formats", str(tmp_path / "Ä.csv")],
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict", "COLUMNS": "100"}, capture_output=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert b"UnicodeEncodeError" not in done.stderr
    assert b"\\xc4" in done.stdout + done.stderr
