"""Run the cells of examples/review.ipynb and write what they show: into the notebook, and into docs/notebook.md.

    python scripts/notebook.py           run every cell, write both
    python scripts/notebook.py --check   fail if what a cell shows is not what stands there

A light stand-in for a notebook server: each cell is run in order in one namespace, and shows what its last line is
worth, as text and as the HTML by which results show themselves. Nothing is fetched.
"""

import argparse
import ast
import contextlib
import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTEBOOK, PAGE = ROOT / "examples/review.ipynb", ROOT / "docs/notebook.md"
HEAD = """<!-- Written by scripts/notebook.py from examples/review.ipynb: change it there. -->
"""


def run_cells(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the cells again, each with what it shows now."""
    world: dict[str, Any] = {"__name__": "__main__"}
    ran, count = [], 0
    for cell in cells:
        if cell["cell_type"] != "code":
            ran.append(cell)
            continue
        count += 1
        ran.append({**cell, "execution_count": count, "outputs": _shown("".join(cell["source"]), world, count)})
    return ran


def _shown(source: str, world: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Run one cell: what it prints, and what its last line is worth."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body=body, type_ignores=[]), "<cell>", "exec"), world)  # noqa: S102 - our own cells
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), world)  # noqa: S307 - our own cells
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if value is not None:
        outputs.append(
            {"data": _data(value), "execution_count": count, "metadata": {}, "output_type": "execute_result"}
        )
    return outputs


def _data(value: Any) -> dict[str, list[str]]:
    data = {"text/plain": _lines(repr(value))}
    own = getattr(value, "_repr_html_", lambda: None)()
    return data if own is None else {"text/html": _lines(own), **data}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def texts(cells: Sequence[dict[str, Any]]) -> list[str]:
    """Give what each output says, without its drawing: what is compared."""
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    said = ["".join(o.get("text", []) or o["data"]["text/plain"]) for o in outputs]
    html = ["".join(o["data"].get("text/html", [])) for o in outputs if "data" in o]
    return [*said, *(re.sub(r"<svg.*?</svg>", "", h, flags=re.DOTALL) for h in html)]


def write_page(cells: Sequence[dict[str, Any]]) -> str:
    """Give the notebook as a page: its words, its code, and what each cell shows."""
    parts: list[str] = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        # `py`: the test of the notebook runs these cells, and the test of pages would run them again.
        parts.append(f"```py\n{source}\n```")
        for output in cell["outputs"]:
            html = "".join(output.get("data", {}).get("text/html", []))
            plain = "".join(output.get("text", []) or output["data"]["text/plain"]).rstrip("\n")
            parts.append(html or f"```text\n{plain}\n```")
    head, *rest = parts
    return "\n\n".join([head, HEAD.strip(), *rest]) + "\n"


def main() -> None:
    """Run the cells, and write or compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true")
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = run_cells(notebook["cells"])
    if parser.parse_args().check:
        if texts(cells) != texts(notebook["cells"]):
            sys.exit("examples/review.ipynb shows other figures than its cells give: run python scripts/notebook.py")
        return
    written = json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False) + "\n"
    NOTEBOOK.write_text(written, encoding="utf-8")
    PAGE.write_text(write_page(cells), encoding="utf-8")


if __name__ == "__main__":
    main()
