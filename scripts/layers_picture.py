"""Draw the layers from the imports that the source really has: docs/layers.svg.

    python scripts/layers_picture.py          writes the picture
    python scripts/layers_picture.py --check  fails if the picture is not that of the source

A box is a part, a row is a layer of the contract in pyproject.toml, a line is an import that exists, in three
widths: up to two modules, up to nine, more. A line that went upwards would be drawn red, but the contract fails before.
Everything imports `errors`, and much of it `progress`; those lines are left out.
"""

import argparse
import ast
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/trimtab"
PICTURE = ROOT / "docs/layers.svg"
WIDTH, BOX, HIGH, GAP, TOP = 760, 112, 38, 46, 14


def read_layers() -> list[list[str]]:
    """Give the rows of the contract of layers, top to bottom."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["trimtab"])
    return [[name.strip() for name in row.split("|")] for row in layers]


def count_imports() -> Counter[tuple[str, str]]:
    """Give for each pair of parts how many modules of the one import the other."""
    edges: Counter[tuple[str, str]] = Counter()
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE).parts
        part = inside[0].removesuffix(".py")
        if part.startswith("__"):
            continue
        for other in sorted(_imported(ast.parse(path.read_text(encoding="utf-8"))) - {part}):
            edges[part, other] += 1
    return edges


def _imported(tree: ast.Module) -> set[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "trimtab":
            names += [f"trimtab.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    parts = {name.split(".")[1] for name in names if name.startswith("trimtab.")}
    return {part for part in parts if (SOURCE / part).exists() or (SOURCE / f"{part}.py").exists()}


def draw() -> str:
    """Give the picture as SVG: two inks, for light and for dark pages."""
    layers = read_layers()
    edges = count_imports()
    place = {}
    for row, names in enumerate(layers):
        step = WIDTH / len(names)
        for column, name in enumerate(names):
            place[name] = (step * (column + 0.5), TOP + row * (HIGH + GAP))
    height = TOP * 2 + len(layers) * (HIGH + GAP) - GAP
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-label="The layers of trimtab and the imports between them">',
        "<style>.box{fill:#f4f6f8;stroke:#5b6b7a}text{fill:#17212b}.line{stroke:#3b6ea5}"
        "@media(prefers-color-scheme:dark){.box{fill:#1e2731;stroke:#8a9bab}text{fill:#eef2f5}"
        ".line{stroke:#8fb9e6}}.wrong{stroke:#c62828}text{font:600 14px system-ui,sans-serif;text-anchor:middle}"
        "path{fill:none;stroke-opacity:.3}</style>",
    ]
    for (above, below), count in sorted(edges.items()):
        if above in place and below in place and below not in {"errors", "progress"}:
            out.append(_line(place[above], place[below], count))
    for name, (x, y) in place.items():
        out.append(f'<rect class="box" x="{x - BOX / 2:.0f}" y="{y}" width="{BOX}" height="{HIGH}" rx="6"/>')
        out.append(f'<text x="{x:.0f}" y="{y + HIGH / 2 + 5:.0f}">{name}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _line(above: tuple[float, float], below: tuple[float, float], count: int) -> str:
    (x0, y0), (x1, y1) = (above[0], above[1] + HIGH), below
    kind = "line" if y1 > y0 else "line wrong"
    bend = (y1 - y0) * 0.45
    return (
        f'<path class="{kind}" stroke-width="{0.8 if count < 3 else 1.6 if count < 10 else 3}"'
        f' d="M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"/>'
    )


def main() -> None:
    """Write the picture, or tell whether it is of today."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true")
    picture = draw()
    if not parser.parse_args().check:
        PICTURE.write_text(picture, encoding="utf-8")
    elif PICTURE.read_text(encoding="utf-8") != picture:
        sys.exit("docs/layers.svg is not drawn from these imports: run python scripts/layers_picture.py")


if __name__ == "__main__":
    main()
