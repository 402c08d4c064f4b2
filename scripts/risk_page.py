"""Print the tables and charts of docs/risk.md from the page's own Python blocks.

    python scripts/risk_page.py episodes       what a replay of each bundled episode gives
    python scripts/risk_page.py chart 2008     the book through one of them, and what its beta says
    python scripts/risk_page.py regime         beta and correlation on large moves and on all others
    python scripts/risk_page.py years          how alike the sample's shares moved, by year

`python scripts/figures.py make --page docs/risk.md` puts them into the page.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np

from trimtab.risk.convergence import convergence
from trimtab.risk.episodes import EPISODES
from trimtab.risk.regime import RegimeBeta

PAGE = Path(__file__).parents[1] / "docs" / "risk.md"
SHARES = 20
YEARS = (2006, 2008, 2011, 2017, 2020, 2022)


def run_page() -> dict[str, Any]:
    """Run the page's Python blocks one after the other and give the names they leave."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(block, names)  # noqa: S102 - the page's own examples, which the tests run too
    return names


def signed(value: float) -> str:
    """Write a share as a percentage with a typographic minus."""
    return f"{value:+.1%}".replace("-", "−")


def tell_episodes(names: dict[str, Any]) -> list[str]:
    """Write a row for each episode, shares of NAV."""
    lines = [
        "| episode | benchmark | book | by beta alone | beyond beta | own prices |",
        "|---|---|---|---|---|---|",
    ]
    for name, result in names["results"].items():
        parts = (signed(v / names["nav"]) for v in (result.profit, result.by_beta, result.beyond_beta))
        cells = " | ".join([name, signed(result.benchmark_return), *parts, f"{result.observed:.1%}"])
        lines.append(f"| {cells} |")
    return lines


def tell_regime(names: dict[str, Any]) -> list[str]:
    """Write beta and correlation on large moves and on the others."""

    def row(label: str, part: RegimeBeta) -> str:
        measured, corrected = (f"{v:.3f}".lstrip("0") for v in (part.correlation, part.corrected))
        return f"| {label} | {part.beta:.2f} ± {part.stderr:.2f} | {measured} | {corrected} |"

    review = names["large"]
    return [
        "| days | beta | correlation as measured | corrected |",
        "|---|---|---|---|",
        row("largest tenth of moves", review.stress),
        row("all others", review.calm),
    ]


def tell_years(names: dict[str, Any]) -> list[str]:
    """Write how alike the sample's shares moved in some years."""
    table, dates = names["table"], names["dates"]
    shares = table.columns[2 : 2 + SHARES]
    prices, spx = table.select(shares).to_numpy(), names["spx"]
    returns, market = prices[1:] / prices[:-1] - 1, spx[1:] / spx[:-1] - 1
    lines = [
        "| year | average correlation | absorption ratio | dispersion of betas | of which not error |",
        "|---|---|---|---|---|",
    ]
    for year in YEARS:
        rows = dates[1:].astype("datetime64[Y]") == np.datetime64(str(year), "Y")
        c = convergence(returns[rows], market[rows])
        figures = (c.average_correlation, c.absorption, c.dispersion, c.true_dispersion)
        lines.append(f"| {year} | {' | '.join(f'{v:.2f}'.lstrip('0') for v in figures)} |")
    return lines


def draw(names: dict[str, Any], episode: str) -> list[str]:
    """Draw the book (solid) and what its beta says (dashed), share of NAV."""
    result, span = names["results"][episode], next(e for e in EPISODES if e.name == episode)
    dates, spx, nav = names["dates"], names["spx"], names["nav"]
    inside = (dates >= np.datetime64(span.start)) & (dates <= np.datetime64(span.end))
    level = spx[inside]
    said = float(names["exposure"] @ names["betas"]) * (level / level[0] - 1) / nav
    book = result.path / nav
    shown = np.unique(np.linspace(0, len(book) - 1, min(len(book), 45)).round().astype(int))
    step = 0.2 if min(book.min(), said.min()) < -0.5 else 0.1
    top = step * np.ceil(max(book.max(), said.max()) / step)
    bottom = step * np.floor(min(book.min(), said.min()) / step)
    xs = np.linspace(46, 630, len(book))[shown]

    def height(value: np.ndarray) -> np.ndarray:
        return 10 + 208 * (top - value) / (top - bottom)

    def path(values: np.ndarray, style: str) -> str:
        points = " ".join(f"{x:.0f},{y:.0f}" for x, y in zip(xs, height(values[shown]), strict=True))
        return f'<polyline fill="none" {style} points="{points}"/>'

    lines = [
        '<svg viewBox="0 0 640 240" role="img" style="max-width:100%;font:12px sans-serif" '
        f'aria-label="Profit of the sample portfolio, {span.start} to {span.end}, share of NAV: '
        'replayed, and as beta says">'
    ]
    for tick in np.arange(bottom, top + step / 2, step):
        y = f"{height(tick):.0f}"
        lines.append(
            f'<line x1="46" x2="630" y1="{y}" y2="{y}" stroke="#8884"/>'
            f'<text x="40" y="{float(y) + 4:.0f}" text-anchor="end" fill="currentColor">{round(100 * tick)}%</text>'
        )
    return [
        *lines,
        path(said, 'stroke="#d97706" stroke-width="1.5" stroke-dasharray="5 3"'),
        path(book, 'stroke="#2563eb" stroke-width="2"'),
        f'<text x="46" y="235" fill="currentColor">{span.start}</text>'
        f'<text x="630" y="235" text-anchor="end" fill="currentColor">{span.end}</text>',
        "</svg>",
    ]


def main() -> None:
    """Print one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("episodes", "chart", "regime", "years"))
    parser.add_argument("episode", nargs="?", default="2008", choices=[e.name for e in EPISODES])
    asked = parser.parse_args()
    names = run_page()
    parts = {"episodes": tell_episodes, "regime": tell_regime, "years": tell_years}
    print("\n".join(draw(names, asked.episode) if asked.part == "chart" else parts[asked.part](names)))


if __name__ == "__main__":
    main()
