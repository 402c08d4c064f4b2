"""Why figures of a performance review are missing: each absent one has its reason, and none is left without."""

from collections.abc import Mapping

from trimtab.desk.ask.learned import Performance
from trimtab.performance.capture import MIN_SIDE
from trimtab.performance.regression import Estimate

__all__ = ["missing_figures"]

_COPY = "the portfolio does not move apart from the benchmark"


def missing_figures(p: Performance) -> Mapping[str, str]:
    """Give the reason for each figure that is missing, by its name in the document.

    Parameters
    ----------
    p
        The review.

    Returns
    -------
    Names and reasons; empty where everything is there.
    """
    arithmetic, _ = p.relative
    reasons = {
        "sharpe.annual_adjusted": "the autocorrelations leave no positive variance",
        "sortino": "no return fell short of the target",
        "calmar": "there was no drawdown",
        "treynor": f"beta, {arithmetic.beta:.2f}, is not above zero: it would rank backwards",
        "m_squared": "the portfolio does not move",
        "information": _COPY,
        "appraisal": _COPY,
        "timing": f"{p.n_obs} returns, at least 24 are needed",
        "conditional": "too few returns, or a benchmark whose volatility never changed",
        "drawdowns": "no beta was known before enough of the periods",
        "capture.ratio": "one side is missing, or the falls brought no loss",
        "capture.whole": "the benchmark did not rise over the whole time",
    }
    figures: dict[str, object | None] = {
        "sharpe.annual_adjusted": p.sharpe.annual_adjusted, "sortino": p.sortino, "calmar": p.calmar,
        "treynor": arithmetic.treynor, "m_squared": arithmetic.m_squared, "information": arithmetic.information,
        "appraisal": arithmetic.appraisal, "timing": p.timing or None, "conditional": p.conditional,
        "drawdowns": p.drawdowns, "capture.ratio": p.capture.ratio, "capture.whole": p.capture.whole,
    }  # fmt: skip
    missing = {name: reasons[name] for name, figure in figures.items() if figure is None}
    return missing | _sides(p)


def _sides(p: Performance) -> dict[str, str]:
    c = p.capture
    missing: dict[str, str] = {}
    sides: tuple[tuple[str, str, int, float | None, Estimate | None], ...] = (
        ("up", "rises", c.n_up, c.up, c.up_beta), ("down", "falls", c.n_down, c.down, c.down_beta),
    )  # fmt: skip
    for side, plural, count, kept, slope in sides:
        if kept is None:
            missing[f"capture.{side}"] = f"everything was lost in the {plural}" if count else f"there were no {plural}"
        if slope is None:
            few = f"{count} {plural}, at least {MIN_SIDE} are needed"
            missing[f"capture.{side}_beta"] = few if count < MIN_SIDE else f"all {plural} are of one size"
    return missing
