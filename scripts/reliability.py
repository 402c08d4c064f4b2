"""What the page on reliability states: measured one part at a time, kept, and printed as a table.

    python scripts/reliability.py measure             every part, one after the other (two hours on two cores)
    python scripts/reliability.py measure folder hours   the parts named
    python scripts/reliability.py                     prints the table of what was measured, with commands and dates
    python scripts/reliability.py short               prints what the README shows of it
    python scripts/reliability.py pages               puts both tables in their places

Parts: folder (files of quotes), growth (a file that grows), journal-day (a watch of 1,000 symbols), hours (a watch
through eight hours of market time), known-rows (1.26 million rows imported again), crowd (four writers, two readers and
a watch), columns (wide files), kills, disks, flips and seeds (scripts of tests/chaos), damage (what tests damage and
read). What was broken off goes on where it was: pieces that are done are kept in `.long` until the code changes, or all
parts that were asked for are done. Results stand in docs/data/reliability.json.
"""

import argparse
import datetime as dt
import importlib
import json
import os
import subprocess
import sys

from reliability_parts.pieces import ROOT, Rows, kept_pieces
from reliability_parts.table import short_table, table

KEPT = ROOT / "docs/data/reliability.json"
PAGES = ("docs/reliability.md", "README.md")
#: Part -> module and function.
PARTS = {
    "folder": ("watching", "folder"), "growth": ("watching", "growth"), "journal-day": ("watching", "journal_day"),
    "hours": ("watching", "hours"), "known-rows": ("desks", "known_rows"), "crowd": ("desks", "crowd"),
    "columns": ("desks", "columns"), "kills": ("faults", "kills"), "disks": ("faults", "disks"),
    "flips": ("faults", "flips"), "seeds": ("faults", "seeds"), "damage": ("faults", "damage"),
}  # fmt: skip


def main() -> None:
    """Measure, or print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["measure", "short", "pages"])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if arguments.what == "measure":
        _measure(arguments.parts or list(PARTS))
    elif arguments.what == "pages":
        _renew_pages()
    else:
        write = short_table if arguments.what == "short" else table
        print(write(json.loads(KEPT.read_text(encoding="utf-8"))))


def _measure(parts: list[str]) -> None:
    """Measure parts: one in this process, several each in one of its own, so that none bears the memory of others."""
    for number, part in enumerate(parts, start=1):
        print(f"[{number}/{len(parts)}] {part}", file=sys.stderr, flush=True)
        if len(parts) > 1:
            subprocess.run([sys.executable, __file__, "measure", part], check=True, env={**os.environ, _WITHIN: "1"})
        else:
            module, name = PARTS[part]
            _note(part, getattr(importlib.import_module(f"reliability_parts.{module}"), name)())
    if _WITHIN not in os.environ:
        for file in kept_pieces().glob("*.json"):
            if file.name.startswith(tuple(parts)):
                file.unlink()
        _renew_pages()


#: Set where a part is measured as one of several.
_WITHIN = "TRIMTAB_MEASURED_WITHIN"


def _note(part: str, rows: Rows) -> None:
    """Keep what was measured, in the order of the parts."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    day = dt.datetime.now(dt.UTC).date().isoformat()
    kept[part] = {"day": day, "load": round(os.getloadavg()[1]), "rows": rows}
    text = json.dumps({name: kept[name] for name in PARTS if name in kept}, indent=1) + "\n"
    KEPT.write_text(text, encoding="utf-8")
    for row in rows:
        print(f"{part}: {' | '.join(row)}", file=sys.stderr)


def _renew_pages() -> None:
    """Put the tables in their places, and say in docs/figures.toml that this script backs their new figures."""
    figures = importlib.import_module("figures")
    for name in PAGES:
        page = ROOT / name
        figures.make(page)
        ledger = figures.LEDGER.read_text(encoding="utf-8")
        for block in figures.unbacked(page):
            words = block.key.partition(" ")[2]
            stale = [key for key in figures.idle(page) if key.partition(" ")[2] == words]
            if words.startswith("<!-- made by: python scripts/reliability.py") and len(stale) == 1:
                ledger = ledger.replace(f'"{stale[0]}"', f'"{block.key}"')
        figures.LEDGER.write_text(ledger, encoding="utf-8")


if __name__ == "__main__":
    main()
