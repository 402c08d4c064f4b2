"""Do the tests notice a changed sign? Random mutants of the source, run against the tests of their folder.

    python scripts/mutate.py                       40 mutants of seed 1
    python scripts/mutate.py --count 20 --seed 7
    python scripts/mutate.py --folders beta hedge  of some folders only

A mutant is the source with one operator changed: + and -, * and /, < and <=, == and !=, and, or, min and max. Texts,
type annotations and docstrings are not changed, nor operators that join texts or lists. Everything else is, in code
that only words a message as well.

It is caught when the doctests of its module or the tests of its folder fail: those of `src/trimtab/hedge/often/` are
`tests/hedge/`, and no other folder's, though `tests/desk` may run the same lines. Doctests go first, then the test
files that import the module or bear its name, then the rest of the folder, in one process that ends with the first
failure.

What has been judged is kept in .mutants/, so a run that was stopped goes on where it was. A mutant that changes nothing
a user could see is listed, with its reason, in tests/equivalent_mutants.toml and counts neither way.
"""

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("beta", "exposure", "hedge", "ledger", "monitor", "performance", "risk", "market", "stats")
KEPT = ROOT / ".mutants"
EQUIVALENT = ROOT / "tests/equivalent_mutants.toml"
#: Seconds after which a mutant counts as caught: it made a loop endless.
_LIMIT = 900
_SWAPS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
#: Where an operator stands (line from 1, column from 0), and it with what takes its place.
Change = tuple[tuple[int, int], tuple[str, str]]
_CALLS = {"min": "max", "max": "min", "maximum": "minimum", "minimum": "maximum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one operator.

    Parameters
    ----------
    path
        From the root.
    line, column
        Where the operator stands; line from 1, column from 0 in characters of UTF-8.
    old, new
        The operator, and what takes its place.
    text
        The line as it is, stripped.
    """

    path: str
    line: int
    column: int
    old: str
    new: str
    text: str

    @property
    def name(self) -> str:
        """As it is printed and looked up."""
        return f"{self.path}:{self.line}:{self.column} {self.old} -> {self.new}"


def sites(path: Path) -> Iterator[Mutant]:
    """Give every mutant of a file."""
    source = path.read_bytes()
    lines = source.split(b"\n")
    for node in ast.walk(ast.parse(source)):
        change = _operator(node, lines) or _call(node)
        if change is not None:
            (line, column), (old, new) = change
            yield Mutant(
                path=path.relative_to(ROOT).as_posix(),
                line=line,
                column=column,
                old=old,
                new=new,
                text=lines[line - 1].decode().strip(),
            )


def _operator(node: ast.AST, lines: list[bytes]) -> Change | None:
    """Give the place of an operator between two values, and what takes its place."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if not _is_text(left, right):
            pass
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            pass
        case ast.BoolOp(op=op, values=[left, right, *_]):
            pass
        case _:
            return None
    swap = _SWAPS.get(type(op))
    if swap is None or left.end_lineno is None or left.end_col_offset is None:
        return None
    for line in range(left.end_lineno, right.lineno + 1):
        start = left.end_col_offset if line == left.end_lineno else 0
        stop = right.col_offset if line == right.lineno else len(lines[line - 1])
        # Comments and brackets may stand there too.
        at = lines[line - 1][start:stop].split(b"#")[0].find(swap[0].encode())
        if at >= 0:
            return (line, start + at), swap
    return None


def _call(node: ast.AST) -> Change | None:
    """Give the place of a call of min or max, and what takes its place."""
    match node:
        case ast.Call(func=ast.Name(id=name) as called) if name in _CALLS:
            return (called.lineno, called.col_offset), (name, _CALLS[name])
        case ast.Call(func=ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(end))) if name in _CALLS:
            return (line, end - len(name)), (name, _CALLS[name])
        case _:
            return None


def _is_text(*sides: ast.expr) -> bool:
    """Tell whether an operator joins texts or types, which no number depends on."""
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | None))
        for side in sides
    )


def pick(folders: tuple[str, ...], count: int, seed: int) -> list[Mutant]:
    """Pick mutants at random, each place once."""
    every = [
        mutant
        for folder in folders
        for path in sorted((ROOT / "src/trimtab" / folder).rglob("*.py"))
        for mutant in sites(path)
    ]
    return random.Random(seed).sample(every, min(count, len(every)))  # noqa: S311 - a sample, not a secret


def judge(mutant: Mutant, scratch: Path) -> str:
    """Run the tests against the changed source: "caught", "endless" or "survived"."""
    path = scratch / mutant.path
    whole = path.read_bytes()
    lines = whole.split(b"\n")
    line = lines[mutant.line - 1]
    lines[mutant.line - 1] = (
        line[: mutant.column] + mutant.new.encode() + line[mutant.column + len(mutant.old.encode()) :]
    )
    path.write_bytes(b"\n".join(lines))
    environment = {**os.environ, "PYTHONPATH": str(scratch / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests_of(mutant.path, scratch)]
    try:
        done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, check=False, timeout=_LIMIT)
        # Exit code 5 says that there was no test at all.
        if done.returncode not in {0, 5}:
            return "caught"
    except subprocess.TimeoutExpired:
        return "endless"
    finally:
        path.write_bytes(whole)
    return "survived"


def tests_of(path: str, root: Path) -> list[str]:
    """Give the module, for its doctests, and the test files of its folder, the nearest first."""
    files = sorted((root / "tests" / Path(path).parts[2]).rglob("test_*.py"))
    files.sort(key=lambda file: _distance(path, file))
    return [path, *(file.relative_to(root).as_posix() for file in files)]


def _distance(path: str, file: Path) -> int:
    """Give 0 for a test file that imports a module, 1 where its name says so or it imports the package, else 2."""
    module = Path(path).relative_to("src").with_suffix("")
    text = file.read_text(encoding="utf-8")
    own, package = (re.escape(name.as_posix().replace("/", ".")) for name in (module, module.parent))
    if re.search(rf"(from|import) {own}\b", text):
        return 0
    return 1 if module.name in file.name or re.search(rf"from {package} import", text) else 2


def main() -> int:
    """Judge the mutants of a seed, go on where an earlier run stopped, and say which survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folders", nargs="+", default=list(FOLDERS), choices=FOLDERS)
    parser.add_argument("--least", type=float, default=0.9, help="share that must be caught")
    options = parser.parse_args()
    mutants = pick(tuple(options.folders), options.count, options.seed)
    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else {}
    KEPT.mkdir(exist_ok=True)
    record = KEPT / f"seed-{options.seed}.jsonl"
    judged = {}
    if record.exists():
        for line in record.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            judged[Mutant(**entry["mutant"])] = entry["verdict"]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "copy"
        # The copy keeps times, so that compiled kernels are used again.
        ignored = shutil.ignore_patterns(".git", ".venv", "site", ".mypy_cache", ".hypothesis", ".mutants")
        shutil.copytree(ROOT, scratch, ignore=ignored)
        for number, mutant in enumerate(mutants, 1):
            if f"{mutant.path} {mutant.text} {mutant.old}" in equivalent:
                judged[mutant] = "equivalent"
            elif mutant not in judged:
                judged[mutant] = judge(mutant, scratch)
                with record.open("a", encoding="utf-8") as out:
                    out.write(json.dumps({"mutant": asdict(mutant), "verdict": judged[mutant]}) + "\n")
            print(f"{number}/{len(mutants)} {judged[mutant]:<10} {mutant.name}    {mutant.text}", flush=True)
    verdicts = [judged[mutant] for mutant in mutants]
    counted = [v for v in verdicts if v != "equivalent"]
    caught = sum(v != "survived" for v in counted)
    print(f"{caught} of {len(counted)} caught, {len(verdicts) - len(counted)} equivalent")
    return 0 if not counted or caught >= options.least * len(counted) else 1


if __name__ == "__main__":
    sys.exit(main())
