"""How fast a ledger is: 100,000 facts to any day's book, from a checkpoint, a day more, and its memory.

    python benchmarks/ledger.py                      100,000 facts, half a minute
    python benchmarks/ledger.py --quick              5,000 facts
    python benchmarks/ledger.py --beancount PYTHON   also beancount on the same facts, with that interpreter

Ten years of a busy account: 200 shares in three currencies, futures settled every day, dividends, splits, deposits,
conversions. Everything is timed in this one process, each figure the median of its turns; beancount, which is another
program, is timed by itself inside its own process, loading the export that `trimtab.ledger.beancount` writes.
"""

# ruff: noqa: S311 - facts drawn, not secrets

import argparse
import datetime as dt
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from trimtab.ledger.beancount import beancount_text
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Settlement
from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.model.instrument import Future, Spot, Terms

START = dt.date(2015, 1, 1)
YEARS_DAYS = 2520
CURRENCIES = ("USD", "EUR", "GBP")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="5,000 facts")
    parser.add_argument("--beancount", metavar="PYTHON", help="an interpreter that has beancount")
    chosen = parser.parse_args()
    count = 5_000 if chosen.quick else 100_000
    facts = random_facts(count, random.Random(7))
    rules = Rules(base="USD", rates=lambda currency, _day: Decimal("1.1") if currency != "USD" else Decimal(1))
    print(f"{len(facts):,} facts over {YEARS_DAYS:,} days, median of turns; {sys.version.split()[0]}")
    whole = [timed(lambda: Ledger(facts, rules).book_on(facts[-1].day)) for _ in range(3)]
    show("all facts to the last day's book", whole, aim=None if chosen.quick else 2000)
    ledger = Ledger(facts, rules)
    ledger.book_on(facts[-1].day)
    picked = random.Random(1).sample(range(YEARS_DAYS), 50)
    show(
        "any day's book from a checkpoint",
        [timed(partial(ledger.book_on, day_of(d))) for d in picked],
        aim=None if chosen.quick else 50,
    )
    show("a day appended, and its book", appended(ledger), aim=None if chosen.quick else 10)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'memory of this process, at most':42s} {memory:9.0f} MB   ({met(memory, 500)})")
    if chosen.beancount:
        beside(ledger, chosen.beancount, statistics.median(whole))


def day_of(number: int) -> dt.date:
    """Give the day of a number: weekdays only."""
    return START + dt.timedelta(days=number // 5 * 7 + number % 5)


def timed(run: Callable[[], object]) -> float:
    """Give the seconds a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def show(what: str, seconds: list[float], *, aim: float | None = None) -> None:
    """Print one line; `aim` in milliseconds, for 100,000 facts on two quiet cores."""
    middle = statistics.median(seconds) * 1e3
    told = "" if aim is None else f"; {met(middle, aim)}"
    print(f"  {what:42s} {middle:9.1f} ms   (largest {max(seconds) * 1e3:.1f} ms{told})")


def met(value: float, aim: float) -> str:
    """Say whether an aim is met."""
    return f"aim {aim:g}, {'met' if value <= aim else 'missed'}"


def appended(ledger: Ledger) -> list[float]:
    """Append twenty days of forty facts, one after another."""
    rng, seconds = random.Random(3), []
    for i in range(20):
        day = day_of(YEARS_DAYS + i)
        facts = [trade(rng, day, f"late {i} {j}", rng.randrange(200)) for j in range(40)]
        start = time.perf_counter()
        ledger = ledger.append(facts)
        ledger.book_on(day)
        seconds.append(time.perf_counter() - start)
    return seconds


def trade(rng: random.Random, day: dt.date, name: str, number: int) -> Event:
    """Trade a share: more is bought than sold."""
    side = Side.BUY if rng.random() < 0.55 else Side.SELL
    share = Spot(symbol=f"S{number}", currency=CURRENCIES[number % 3])
    price = Decimal(rng.randint(5000, 15000)) / 100
    return Trade(
        day=day, id=name, of=about(share), side=side, quantity=Decimal(rng.randint(1, 200)), price=price, fee=Decimal(1)
    )


def random_facts(count: int, rng: random.Random) -> list[Event]:
    """Draw facts in order of their days."""
    future = Future(symbol="ESZ9", root="ES", currency="USD", terms=(Terms(multiplier=Decimal(50)),))
    facts: list[Event] = [
        Trade(day=START, id="es", of=about(future), side=Side.BUY, quantity=Decimal(5), price=Decimal(3000))
    ]
    facts += [Deposit(day=START, currency=c, amount=Decimal(10**8)) for c in CURRENCIES]
    facts += [trade(rng, START, f"open {i}", i) for i in range(200)]
    for i in range(count - len(facts)):
        day = day_of(i * YEARS_DAYS // count)
        draw, number = rng.random(), rng.randrange(200)
        if draw < 0.75:
            facts.append(trade(rng, day, f"t{i}", number))
        elif draw < 0.85:
            facts.append(Payout(day=day, of=about(f"S{number}"), per_unit=Decimal("0.3"), everywhere=True))
        elif draw < 0.9:
            facts.append(Settlement(day=day, of=about("ESZ9"), price=Decimal(rng.randint(2900, 3100))))
        elif draw < 0.95:
            facts.append(CashItem(day=day, kind=CashKind.INTEREST, amount=Decimal(rng.randint(1, 9)), currency="USD"))
        elif draw < 0.999:
            facts.append(
                Conversion(day=day, sold_currency="USD", sold=Decimal(100), bought_currency="EUR", bought=Decimal(90))
            )
        else:
            facts.append(Split(day=day, of=about(f"S{number}"), new=Decimal(2)))
    return facts


def beside(ledger: Ledger, python: str, ours: float) -> None:
    """Load the same facts in beancount, and say how many times as long that takes as the fold from the start."""
    book = ledger.book_on(ledger.days[-1])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.beancount"
        path.write_text(beancount_text(ledger.entries(), book))
        code = (
            "import sys, time; from beancount import loader; s = time.perf_counter();"
            "e, errors, _ = loader.load_file(sys.argv[1]); print(time.perf_counter() - s, len(e), len(errors))"
        )
        run = subprocess.run([python, "-c", code, str(path)], capture_output=True, text=True, check=True)
    seconds, entries, errors = run.stdout.split()
    show(f"beancount: load, {int(entries):,} entries, {errors} errors", [float(seconds)])
    print(f"  beancount takes {float(seconds) / ours:.0f} times as long: it reads text, books and checks each balance")


if __name__ == "__main__":
    main()
