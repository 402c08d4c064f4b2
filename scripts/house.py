"""Measure the house: sizes, parameters, arguments carried by hand, questions of kind, floors, knots.

    python scripts/house.py                      a table of this tree
    python scripts/house.py --json > old.json    the same as data
    python scripts/house.py --beside old.json    old beside new
    python scripts/house.py --where kinds        the places behind a figure (see --help for names)

Only the syntax is read; nothing of trimtab is imported. Functions are those of the sources, methods and nested ones
included; a parameter is whatever a caller may give (`self` and `cls` are not), stars included.
"""

import argparse
import ast
import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: What decides how betas are measured: five or more of these in one signature are carried by hand.
SIX = frozenset({"method", "window", "as_of", "risk_free", "base", "fx"})
KINDS = frozenset({"Spot", "Future", "Perpetual", "Option", "Cash"})
WORDS = frozenset({"spot", "future", "perpetual", "option", "cash"})
#: Names that say how a value came and not what it is. In an error's three parts `found` stands beside `expected`.
VAGUE = frozenset({"found", "held", "known", "told", "said"})
#: Folders where arguments are carried from the user to a use case.
CARRIERS = ("cli", "wiring", "desk")
MOST_PARAMETERS, LONG_FUNCTION, LONG_FILE, FULL_FLOOR = 12, 60, 500, 20


@dataclass(kw_only=True)
class House:
    """What was counted, and where."""

    lines: dict[str, int] = field(default_factory=dict)
    bodies: list[int] = field(default_factory=list)
    parameters: list[int] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    kind_files: Counter[str] = field(default_factory=Counter)
    imports: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, figure: str, file: str, node: ast.AST, what: str = "") -> None:
        """Keep one place behind a figure."""
        self.places[figure].append(f"{file}:{getattr(node, 'lineno', 1)} {what}".rstrip())


def measure(source: Path) -> House:
    """Measure every file below a folder that holds the package."""
    house = House()
    package = source / "trimtab"
    modules = {_module(path, source): path for path in sorted(package.rglob("*.py"))}
    texts = {name: path.read_text(encoding="utf-8") for name, path in modules.items()}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    hidden = _aliases(trees.values())
    for name, path in modules.items():
        text, tree = texts[name], trees[name]
        file = path.relative_to(source).as_posix()
        house.lines[file] = text.count("\n")
        _count_text(house, file, text)
        _read(house, file, tree, hidden)
        for target in _imported(tree, name, is_package=path.name == "__init__.py"):
            found = next((t for t in (target, target.rpartition(".")[0]) if t in modules), None)
            if found is not None and found != name:
                house.imports[name].add(found)
    return house


def _module(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _count_text(house: House, file: str, text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        for figure, sign in (("type: ignore", "# type: ignore"), ("noqa", "# noqa"), ("fmt: skip", "# fmt: skip")):
            if sign in line:
                house.places[figure].append(f"{file}:{number}")


def _read(house: House, file: str, tree: ast.Module, hidden: frozenset[str]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _read_function(house, file, node)
        elif isinstance(node, ast.IfExp):
            if any(isinstance(part, ast.IfExp) for part in (node.test, node.body, node.orelse)):
                house.note("nested", file, node)
        elif isinstance(node, ast.Call) and _name(node.func) == "cast":
            house.note("cast", file, node)
        if _asks_kind(node):
            house.note("kinds", file, node)
            house.kind_files[file] += 1
        _read_untyped(house, file, node, hidden)


def _read_untyped(house: House, file: str, node: ast.AST, hidden: frozenset[str]) -> None:
    if _is_bag(node, hidden):
        house.note("bags", file, node, ast.unparse(node))
        if file.split("/")[1].removesuffix(".py") in CARRIERS:
            house.note("bags carried", file, node, ast.unparse(node))
    if isinstance(node, ast.Name) and node.id in hidden and isinstance(node.ctx, ast.Load):
        house.note("aliases", file, node, node.id)
    if isinstance(node, ast.Name) and node.id == "Any":
        house.note("Any", file, node)


def _read_names(house: House, file: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Note values that are named vaguely: what is assigned in a function, by whatever way."""
    inside = [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    parts = {part.id for part in inside} | {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
    for part in inside:
        if part.id in VAGUE and not (part.id == "found" and "expected" in parts):
            house.note("vague names", file, part, f"{node.name} {part.id}")


def _read_function(house: House, file: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    _read_names(house, file, node)
    first = node.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    start = first.end_lineno + 1 if told and first.end_lineno else first.lineno
    length = max(0, (node.end_lineno or start) - start + 1)
    house.bodies.append(length)
    if length > LONG_FUNCTION:
        house.note("long functions", file, node, f"{node.name} {length}")
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    names = [n for n in names if n not in {"self", "cls"}]
    stars = [a for a in (node.args.vararg, node.args.kwarg) if a is not None]
    house.parameters.append(len(names) + len(stars))
    if len(names) + len(stars) > MOST_PARAMETERS:
        house.note("many parameters", file, node, f"{node.name} {len(names) + len(stars)}")
    if len(SIX & set(names)) >= len(SIX) - 1:
        house.note("measuring", file, node, f"{node.name}: {', '.join(n for n in names if n in SIX)}")
    if node.args.kwarg is not None:
        house.note("**kwargs", file, node, f"{node.name} **{node.args.kwarg.arg}")
        if node.args.kwarg.annotation is None or _name(node.args.kwarg.annotation) in {"Any", "object"}:
            house.note("**kwargs untyped", file, node, f"{node.name} **{node.args.kwarg.arg}")
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *stars)
    for told_type in (*(a.annotation for a in given), node.returns):
        if isinstance(told_type, ast.Name) and told_type.id == "object" and not node.name.startswith("__"):
            house.note("object", file, told_type, node.name)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_bag(node: ast.AST, hidden: frozenset[str]) -> bool:
    """Tell `dict[str, Any]` and its like: a bag whose keys nothing checks, under an alias of its own as well."""
    if not isinstance(node, ast.Subscript) or _name(node.value) not in {"dict", "Mapping", "MutableMapping", "Dict"}:
        return False
    value = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else None
    return value is not None and _name(value) in {"Any", "object", *hidden}


def _aliases(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Give the names that stand for nothing but `Any`, `object` or a bag of them, wherever they are made."""
    hidden: frozenset[str] = frozenset()
    while True:
        more = {
            _name(target)
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and (_stands_for_any(node.value, hidden) or _is_bag(node.value, hidden))
        }
        if more <= hidden:
            return hidden
        hidden |= more


def _stands_for_any(node: ast.expr, hidden: frozenset[str]) -> bool:
    name = node.value if isinstance(node, ast.Constant) else _name(node)
    return name in {"Any", "object", *hidden} and not isinstance(node, ast.Attribute)


def _asks_kind(node: ast.AST) -> bool:
    """Tell a question which kind an instrument is: by isinstance, by a match, or by a word."""
    if isinstance(node, ast.Call) and _name(node.func) == "isinstance" and len(node.args) == 2:
        return any(_name(part) in KINDS for part in ast.walk(node.args[1]))
    if isinstance(node, ast.MatchClass):
        return _name(node.cls) in KINDS
    if isinstance(node, ast.Compare) and _name(node.left) == "kind":
        words = [c.value for right in node.comparators for c in ast.walk(right) if isinstance(c, ast.Constant)]
        return any(word in WORDS for word in words)
    return False


def _imported(tree: ast.Module, name: str, *, is_package: bool) -> Iterator[str]:
    """Give every module that is imported anywhere in a file, late or for the type checker alone included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = name.split(".")[: None if is_package and node.level == 1 else -node.level or None]
            start = ".".join([*above, *([node.module] if node.module else [])]) if node.level else node.module or ""
            yield from (f"{start}.{alias.name}" for alias in node.names)


def knots(imports: dict[str, set[str]]) -> list[list[str]]:
    """Give the sets of modules that import each other in a circle (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in sorted(imports.get(name, ())):
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            at = stack.index(name)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for name in sorted(imports):
        if name not in number:
            visit(name)
    return [knot for knot in found if len(knot) > 1]


def floors(house: House) -> dict[str, int]:
    """Give how many files lie on each floor, `__init__.py` not counted."""
    counted = Counter(Path(f).parent.as_posix() for f in house.lines if not f.endswith("__init__.py"))
    return {folder: n for folder, n in counted.most_common() if n > FULL_FLOOR}


def figures(house: House, tests: Path) -> dict[str, str]:
    """Give the table, by name."""
    sizes = sorted(n for n in house.lines.values() if n > 3)
    knotted = knots(house.imports)
    crowded = floors(house)
    tested = sum(path.read_text(encoding="utf-8").count("\n") for path in tests.rglob("*.py"))
    total = sum(house.lines.values())

    def count(name: str) -> str:
        return str(len(house.places[name]))

    return {
        "files / lines": f"{len(house.lines)} / {total}",
        "lines of a file: median / p90 / max": _spread(sizes, 0.9),
        f"files over {LONG_FILE} lines": str(sum(n > LONG_FILE for n in sizes)),
        f"floors over {FULL_FLOOR} files": ", ".join(f"{f.removeprefix('trimtab/')} {n}" for f, n in crowded.items())
        or "0",
        "tests: lines / to lines of source": f"{tested} / {tested / total:.2f}",
        "functions": str(len(house.bodies)),
        "body of a function: p50 / p95 / max": _spread(sorted(house.bodies), 0.95),
        f"functions over {LONG_FUNCTION} lines": count("long functions"),
        "parameters: p50 / p95 / max": _spread(sorted(house.parameters), 0.95),
        f"functions over {MOST_PARAMETERS} parameters": count("many parameters"),
        "signatures with 5+ of 6 measuring arguments": count("measuring"),
        "functions with **kwargs / of them untyped": f"{count('**kwargs')} / {count('**kwargs untyped')}",
        "untyped in all: bags, aliases of Any, object": str(
            sum(len(house.places[name]) for name in ("bags", "aliases", "object"))
        ),
        "dict[str, Any] and the like": count("bags"),
        "names that stand for Any or a bag, used": count("aliases"),
        f"the same in {' + '.join(CARRIERS)}": count("bags carried"),
        "object as a parameter or result": count("object"),
        "Any": count("Any"),
        "questions of kind / in files": f"{count('kinds')} / {len(house.kind_files)}",
        "nested conditional expressions": count("nested"),
        f"values named {', '.join(sorted(VAGUE))}": str(len(set(house.places["vague names"]))),
        "type: ignore / noqa / cast / fmt: skip": " / ".join(
            count(n) for n in ("type: ignore", "noqa", "cast", "fmt: skip")
        ),
        "import edges": str(sum(map(len, house.imports.values()))),
        "modules in import cycles": "; ".join(" <-> ".join(k) for k in knotted).replace("trimtab.", "") or "0",
    }


def _spread(values: list[int], share: float) -> str:
    return f"{statistics.median(values):g} / {values[int(share * (len(values) - 1))]} / {values[-1]}"


def main() -> None:
    """Print the table, or the places behind one figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, default=ROOT, help="repository to measure")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--beside", type=Path, help="figures of another tree, from --json")
    parser.add_argument(
        "--where",
        help="kinds, bags, bags carried, aliases, object, Any, **kwargs, **kwargs untyped, measuring, "
        "many parameters, long functions, nested, vague names",
    )
    told = parser.parse_args()
    house = measure(told.tree / "src")
    if told.where is not None:
        print("\n".join(house.places[told.where]))
        return
    table = figures(house, told.tree / "tests")
    if told.json:
        print(json.dumps(table, indent=1))
        return
    old = json.loads(told.beside.read_text(encoding="utf-8")) if told.beside else {}
    for name, value in table.items():
        then = f"{old.get(name, '-'):>28}  ->  " if old else ""
        print(f"{name:46} {then}{value}")


if __name__ == "__main__":
    main()
