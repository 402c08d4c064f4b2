"""Draw the pictures of docs/charts.md and docs/report.md from the bundled sample: `make pictures`.

    python scripts/pictures.py            draw them all into docs/pictures
    python scripts/pictures.py --list     their names
    python scripts/pictures.py --report   the first two pages of the report alone

Each shows the reader's own light or dark; figures are what the commands print.
"""

import argparse
import io
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT

import trimtab as tt
from trimtab import sample
from trimtab.report.charts.catalogue import charts_of
from trimtab.report.charts.marks.frame import Picture
from trimtab.report.charts.render import svg_by_itself
from trimtab.report.pages.story import story_of
from trimtab.report.pages.typeset import page_images
from trimtab.report.tables.depth import Depth
from trimtab.report.tables.review import show_review
from trimtab.report.tables.sheet import Screen
from trimtab.wiring.shown.documents import document_of

HOME = Path(__file__).parents[1] / "docs" / "pictures"
MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)


def answers() -> Mapping[str, object]:
    """Ask the questions whose charts the page shows."""
    prices, holdings = sample.prices_path(), sample.portfolio_path()
    return {
        "review": tt.review(prices, holdings, MANDATE),
        "ways": tt.compare_ways(prices, holdings, MANDATE, ways="futures,reallocate", hedge="ES,MES"),
        "drift": tt.drift(prices, holdings, MANDATE, start="2022-01-03", end="2022-12-28", by="week", method="ols"),
        "stress": tt.stress(prices, holdings, benchmark="SPX"),
        "risk": tt.review_risk(prices, holdings, benchmark="SPX"),
        "performance": tt.review_performance(prices, portfolio="MTUM", benchmark="SPX", method="ols"),
        "hedge-policy": tt.hedge_policy(prices, holdings, MANDATE, hedge="ES,MES"),
    }


def draw_report() -> None:
    """Draw the first two pages of the sample's report, as its PDF has them; they are printed, so light."""
    with tempfile.TemporaryDirectory() as place:
        document = tt.Desk.create(Path(place) / "desk", sample=True).report(period="quarter", record=False)
    for number, page in enumerate(page_images(story_of(document, pictured=True), 80)[:2], start=1):
        (HOME / f"report-page-{number}.png").write_bytes(page)


def terminal() -> str:
    """Draw what `trimtab review` prints, as a picture that needs no font and nothing else from outside."""
    screen = Screen(record=True, width=100, file=io.StringIO(), markup=False, emoji=False, highlight=False)
    prices = [sample.prices_path(), sample.futures_path()]
    show_review(tt.review(prices, sample.portfolio_path(), MANDATE), screen, depth=Depth(full=False))
    # rich's own frame, without the font that it would load from a server.
    frame = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    frame = re.sub(r"<!--.*?-->", "", frame)
    return screen.export_svg(title="trimtab review", code_format=frame, unique_id="review")


def main() -> None:
    """Draw every picture that can be drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="only their names")
    parser.add_argument("--report", action="store_true", help="the report alone")
    given = parser.parse_args()
    only_names = given.list
    HOME.mkdir(exist_ok=True)
    print("terminal-review.svg: what `trimtab review` prints")
    if not only_names:
        (HOME / "terminal-review.svg").write_text(terminal(), encoding="utf-8", newline="\n")
    if not only_names:
        draw_report()
    if given.report:
        return
    for question, result in answers().items():
        for drawn in charts_of(document_of(result)):
            if not isinstance(drawn, Picture):
                print(f"{question}: {drawn.title}: {drawn.why}")
                continue
            path = HOME / f"{question}-{drawn.name}.svg"
            print(f"{path.name}: {drawn.finding}")
            if not only_names:
                path.write_text(svg_by_itself(drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
