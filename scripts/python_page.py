"""Write docs/python.md from the public names of the package.

    python scripts/python_page.py          writes the page
    python scripts/python_page.py --check  fails if the page is not that of the source

Every name of `trimtab.__all__` stands in one group; a name in none, or in two, is a mistake.
"""

import argparse
import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/python.md"
GROUPS: dict[str, tuple[str, ...]] = {
    "Reading what is there": ("read_prices", "read_portfolio", "portfolio", "market_at"),
    "Measuring": (
        "estimate_betas", "beta_between", "beta_history", "validate_betas", "diagnose_betas", "partial_betas",
        "apply_overrides", "expose", "explain",
    ),
    "Comparing and planning": (
        "review", "plan", "plan_targets", "compare_ways", "hedge_policy", "run_backtest", "review_roll", "fleet_check",
    ),
    "Watching and learning": ("drift", "drift_ahead", "stress", "review_risk", "review_performance"),
    "Showing": ("chart", "chart_names", "save_chart", "write_report"),
    "A workspace": ("Desk",),
    "Questions": (
        "ReviewQuestion", "PlanQuestion", "WaysQuestion", "TargetsQuestion", "StressQuestion", "RiskQuestion",
        "DriftQuestion", "PerformanceQuestion", "PolicyQuestion", "RollQuestion",
    ),
    "Groups that questions share": (
        "Measuring", "MandateTerms", "Instruments", "OtherTarget", "SeveralTargets", "Limits", "Taxes", "OptionWords",
        "Ahead",
    ),
    "What goes in": (
        "Mandate", "Costs", "Override", "StatedBeta", "Assumptions", "OptionTerms", "ReallocationLimits", "HedgeTerms",
        "Shock",
    ),
    "What comes out": (
        "PriceTable", "Market", "Portfolio", "BetaEstimate", "Betas", "BetaBetween", "BetaHistory",
        "PartialBetas", "Exposure", "Plan",
        "TrimtabError",
    ),
}  # fmt: skip
HEAD = """# Python

```python
import trimtab as tt
from trimtab import sample

prices = tt.read_prices(sample.prices_path())
mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
result = tt.review(prices, sample.portfolio_path(), mandate)
assert result.verdict.status == "outside"
```

Everywhere a price table is taken, a path, a pandas, Polars or Arrow frame, or a `PriceTable` will do. Frames come back
in the kind that went in. Each name below is one of `import trimtab as tt`; its examples are run by the tests.
`tt.attest` is a package of its own, with its own names: [a beta proven without the book](attest.md).
"""


def read_homes() -> dict[str, str]:
    """Give each public name and the module that it comes from, as the package states them."""
    tree = ast.parse((ROOT / "src/trimtab/__init__.py").read_text(encoding="utf-8"))
    homes = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_HOME"
    )
    return {str(name): str(home) for name, home in ast.literal_eval(homes).items()}


def write_page() -> str:
    """Give the page: a heading for each group, and each name with its docstring."""
    homes = read_homes()
    grouped = [name for names in GROUPS.values() for name in names]
    if sorted(grouped) != sorted(homes):
        sys.exit(f"groups of scripts/python_page.py and public names differ: {sorted(set(grouped) ^ set(homes))}")
    out = [HEAD]
    for title, names in GROUPS.items():
        out.append(f"## {title}\n")
        out += [
            f"### `tt.{name}`\n\n::: {homes[name]}.{name}\n    options:\n      show_root_heading: false\n"
            for name in names
        ]
    return "\n".join(out)


def main() -> None:
    """Write the page, or tell whether it is of today."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true")
    page = write_page()
    if not parser.parse_args().check:
        PAGE.write_text(page, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page:
        sys.exit("docs/python.md is not that of these names: run python scripts/python_page.py")


if __name__ == "__main__":
    main()
