"""Charts of results: in a notebook, and as files."""

# ruff: noqa: PLC0415 - Altair is an extra, loaded when a chart is drawn
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.model.shown import Shown
from trimtab.report.charts.catalogue import charts_of, missing, the_chart
from trimtab.wiring.shown.charts import write_chart
from trimtab.wiring.shown.documents import document_of

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Chart

__all__ = ["chart", "chart_names", "save_chart"]


def chart(result: Shown, name: str | None = None, *, dark: bool = False) -> "Chart":
    """Draw a result as an Altair chart, with its title and what there is to see.

    Parameters
    ----------
    result
        What `review`, `compare_ways`, `drift`, `stress`, `review_risk`, `review_performance`, `hedge_policy`,
        `validate_betas` or `plan` returned.
    name
        Which chart, one of `chart_names(result)`; None is the first that can be drawn.
    dark
        In colours for a dark page.

    Returns
    -------
    An Altair chart: a notebook shows it; it can be changed and saved as any other.

    Raises
    ------
    MissingExtraError
        If the extra `trimtab[report]` is not installed.
    NotEnoughDataError
        If what it would draw is not known.
    InputError
        If the result has no charts, or none of that name.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate, method="ols", hidden=False)
    >>> tt.chart(result).to_dict()["title"]["text"]
    'Portfolio beta to SPX'
    """
    picture = the_chart(document_of(result), name)
    try:
        from trimtab.report.charts.marks.ink import DARK, LIGHT
        from trimtab.report.charts.render import chart_of

        return chart_of(picture, DARK if dark else LIGHT)
    except ImportError as error:
        raise missing(error) from error


def chart_names(result: Shown) -> tuple[str, ...]:
    """Name the charts that a result has, the one that answers its question first.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate, method="ols", hidden=False)
    >>> tt.chart_names(result)
    ('beta', 'contributions', 'moves', 'hidden', 'exposures')
    """
    return tuple(drawn.name for drawn in charts_of(document_of(result)))


def save_chart(result: Shown, path: str | Path, name: str | None = None) -> None:
    """Draw a result into a file, without a browser.

    Parameters
    ----------
    result
        As for `chart`.
    path
        Ends in .svg, .png or .pdf for one chart; .html has all charts of the result on one page, without script,
        light and dark.
    name
        Which chart; None is the first.

    Raises
    ------
    UsageError
        If the file's name ends in something else.
    StorageError
        If it cannot be written.
    MissingExtraError
        If the extra `trimtab[report]` is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate, method="ols", hidden=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tt.save_chart(result, Path(folder) / "beta.svg")
    ...     (Path(folder) / "beta.svg").read_text()[:4]
    '<svg'
    """
    write_chart(document_of(result), path, name)
