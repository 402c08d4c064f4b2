"""`trimtab doctor --compile`: what commands compile at their first use, compiled now, by using them on the sample."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import io
import tempfile
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import click

from trimtab import sample
from trimtab.errors import TrimtabError
from trimtab.progress import each, told_to

__all__ = ["compile_ahead"]

_HELD = """symbol,kind,quantity,currency,multiplier,expiry,underlying,right,strike,exercise,vol,rate,dividend_yield
AAPL,spot,8000,USD,,,,,,,,,
MSFT,spot,900,USD,,,,,,,,,
JPM,spot,700,USD,,,,,,,,,
SPX 3500P,option,-10,USD,100,2023-06-16,SPX,put,3500,european,0.25,0.04,0.015
AAPL 120P,option,10,USD,100,2023-06-16,AAPL,put,120,american,0.35,0.04,0.005
"""
_QUOTES = "time,symbol,price\n2022-12-29T15:00:00Z,AAPL,126\n2022-12-29T15:00:01Z,AAPL,126.5\n"
_MANDATES = "account,benchmark,target,band\nA,SPX,0.2,0.05\n"
#: Commands that between them use what is compiled for everyday work, by what is said while they run.
_FIELD = "ols,ewma,welch,kalman,two-speed,mixture"
_WAYS = "--target 0.5 --ways futures,reallocate,options --hedge ES"
_COMMANDS = {
    "betas": "beta {prices} --method welch",
    "forecasts": "beta {prices} --method default",
    "other filters": "beta {prices} --method kalman",
    "two speeds": "beta {prices} --method two-speed",
    "reviews": "review {prices} --holdings {held}",
    "plans": "plan {prices} --holdings {held} {ways}",
    "policies": "hedge-policy {prices} --holdings {held} --hedge ES",
    "policies of options": "hedge-policy --strike 100 --spot 100 --vol 0.2 --days 90",
    "histories": "league {prices} --methods {field} --horizons 21 --as-of 1995-06-30",
    "quotes": "watch {prices} --holdings {held} --replay {quotes} --once",
    "accounts": "fleet check {positions} --mandates {mandates} --prices {table} --out {out} --executor inline",
}


def compile_ahead() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Use commands on the bundled sample, so that what they compile is kept.

    Returns
    -------
    What was used, and what could not be, with its reason.
    """
    done, failed = [], []
    with tempfile.TemporaryDirectory(prefix="trimtab-") as folder, chdir(folder):
        places = _write(Path(folder))
        for what, words in each(_COMMANDS.items(), "compiling once, kept for the next time"):
            why = _run([part for word in words.split() for part in _filled(word, places)])
            if why:
                failed.append(f"{what}: {why}")
            else:
                done.append(what)
    return tuple(done), tuple(failed)


def _write(folder: Path) -> dict[str, str]:
    """Write the files that the commands read, and give where they are."""
    import polars as pl

    (folder / "held.csv").write_text(_HELD)
    (folder / "quotes.csv").write_text(_QUOTES)
    (folder / "mandates.csv").write_text(_MANDATES)
    held = {"account": ["A", "A"], "symbol": ["AAPL", "USD"], "quantity": [10.0, 1000.0]}
    pl.DataFrame(held).write_parquet(folder / "positions.parquet")
    files = {"held": "held.csv", "quotes": "quotes.csv", "mandates": "mandates.csv", "positions": "positions.parquet"}
    return {**files, "out": "checks", "table": str(sample.prices_path()), "field": _FIELD}


def _filled(word: str, places: Mapping[str, str]) -> list[str]:
    """Give the words that one stands for; a path with spaces stays one."""
    if word == "{prices}":
        return ["--prices", str(sample.prices_path()), "--benchmark", sample.BENCHMARK]
    return _WAYS.split() if word == "{ways}" else [word.format(**places)]


def _run(words: list[str]) -> str:
    """Run a command with nothing shown; gives why it could not, or nothing."""
    from trimtab.cli.app import app

    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), told_to(None):
            app(args=words, prog_name="trimtab", standalone_mode=False)
    except TrimtabError as error:
        return " ".join(str(error).split())
    except click.ClickException as error:
        return error.message
    return ""
