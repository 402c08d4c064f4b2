"""Charts of ways back to target: what each leaves of beta, and what it costs."""

from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.dots import Dot, dots
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.words import amount
from trimtab.report.documents.ways import BookFigures, WaysDocument
from trimtab.stats.normal import normal_quantile

__all__ = ["pictures"]

_WIDE = normal_quantile(0.975)


def pictures(document: WaysDocument) -> tuple[Drawn, ...]:
    """Give the charts of ways side by side."""
    return (_after(document), _costs(document))


def _after(d: WaysDocument) -> Drawn:
    title = f"Beta to {d.mandate.benchmark} after each way"
    if not d.ways:
        return Undrawn(name="after", title=title, why=d.reason)
    drawn = [_dot("as it is", d.before), *(_dot(_words(w.name), w.after, best=w.name == d.cheapest) for w in d.ways)]
    band = (d.mandate.lower, d.mandate.upper)
    return Picture(
        name="after",
        title=title,
        finding=d.reason,
        draw=lambda ink: dots(drawn, title="portfolio beta", ink=ink, band=band),
    )


def _dot(name: str, book: BookFigures, *, best: bool = False) -> Dot:
    wide = _WIDE * book.stderr
    words = f"{name} (cheapest)" if best else name
    return Dot(name=words, beta=book.beta, low=book.beta - wide, high=book.beta + wide, marked=best)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _costs(d: WaysDocument) -> Drawn:
    title = "What each way costs"
    if not d.ways:
        return Undrawn(name="costs", title=title, why=d.reason)
    drawn = [
        Bar(name=f"{_words(w.name)}: {when}", value=-cost, text=amount(-cost), level=when == "now")
        for w in d.ways
        for when, cost in (("now", w.cost_now.total), ("a year", w.cost_per_year.friction))
    ]
    best = next((w for w in d.ways if w.name == d.cheapest), None)
    finding = f"None of {len(d.ways)} ways satisfies the mandate; money in {d.base_currency}."
    if best is not None:
        finding = (
            f"Of those that satisfy the mandate {_words(best.name)} is cheapest: {amount(-best.cost_now.total)} now and"
            f" {amount(-best.cost_per_year.friction)} a year, {d.base_currency}."
        )
    return Picture(
        name="costs",
        title=title,
        finding=finding,
        draw=lambda ink: bars(
            drawn, title=f"{d.base_currency}; a gain is plus", ink=ink, form="~s", width=215, longest=34
        ),
    )
