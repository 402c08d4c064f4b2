"""Draw the pictures of docs/charts.md from the bundled sample: `make pictures`.

    python scripts/pictures.py            draw them all into docs/pictures
    python scripts/pictures.py --list     their names

Each shows the reader's own light or dark; figures are what the commands print.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import trimtab as tt
from trimtab import sample
from trimtab.report.charts.catalogue import charts_of
from trimtab.report.charts.marks.frame import Picture
from trimtab.report.charts.render import svg_by_itself
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


def main() -> None:
    """Draw every picture that can be drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="only their names")
    only_names = parser.parse_args().list
    HOME.mkdir(exist_ok=True)
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
