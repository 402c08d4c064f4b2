"""Performance: what was earned apart from beta."""

from trimtab.performance.regression import Estimate
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.performance import EarnedFigures, PerformanceDocument
from trimtab.report.pages.parts import Cell, Column, Row, Section, Table, figure, share, text
from trimtab.report.pages.pictures import Pictures

__all__ = ["performance_section"]

_THREE = (
    Column(name="figure", is_number=False),
    Column(name="value"),
    Column(name="what it says", is_number=False),
)


def performance_section(d: ReportDocument, pictures: Pictures, absent: str) -> Section:
    """Say what was earned apart from beta, and whether that can be told from luck."""
    p = d.performance
    if p is None:
        return Section(key="performance", title="Performance apart from beta", lead=(absent,))
    alpha = p.ratios.alpha
    year = alpha.arithmetic
    sure = alpha.per_period.low > 0 or alpha.per_period.high < 0
    lead = (
        f"From {str(p.measured.first)[:10]} to {str(p.measured.last)[:10]} the account "
        f"{'earned' if year.value >= 0 else 'lost'} {abs(year.value):.2%} a year apart from its beta of "
        f"{alpha.beta.value:.2f} (alpha).",
        "The 95% interval leaves out zero."
        if sure
        else "The 95% interval holds zero: this record cannot tell it from luck.",
    )
    earned = () if p.earned is None else (_earned(p.earned),)
    return Section(
        key="performance",
        title="Performance apart from beta",
        lead=lead,
        tables=(_alpha(p), *earned, _ratios(p)),
        pictures=pictures.of(p, "earned", "falls", *(() if p.hedge is None else ("hedge",))),
        notes=p.notes,
    )


def _range(e: Estimate) -> str:
    return f"95% interval {e.low:+.2%} to {e.high:+.2%}"


def _alpha(p: PerformanceDocument) -> Table:
    a = p.ratios.alpha
    luck = f"luck alone goes beyond {a.critical:.2f}, up or down, in one record of twenty"
    return Table(
        title="Apart from beta",
        columns=_THREE,
        rows=(
            (text("alpha, arithmetic"), share(a.arithmetic.value, 2), text(f"a year; {_range(a.arithmetic)}")),
            (text("alpha, compounded"), share(a.compounded.value, 2), text(f"a year; {_range(a.compounded)}")),
            (text("t of alpha"), figure(a.per_period.t, 2), text(luck)),
            (text("beta"), figure(a.beta.value), text(f"95% interval {a.beta.low:.3f} to {a.beta.high:.3f}")),
        ),
        note=f"{p.measured.n_obs} {p.measured.calendar} returns, risk-free {p.measured.risk_free}.",
    )  # fmt: skip


def _cents(amount: float | None) -> Cell:
    if amount is None:
        return Cell(text="-")
    return Cell(text=f"{amount:+,.2f}", value=amount, form="+#,##0.00;-#,##0.00;+0.00")


def _earned(e: EarnedFigures) -> Table:
    parts: tuple[tuple[str, float | None, str], ...] = (
        ("income", e.income, "dividends, interest and funding received"),
        ("cost", None if e.expense is None else -e.expense, "fees, taxes, interest and funding paid"),
        ("prices", e.price_gains, "in the currencies things trade in"),
        ("exchange rates", e.currency, "of money and of what is held"),
        ("not explained", e.unexplained, "what snapshots found that no fact says"),
    )
    made_of: tuple[Row, ...] = tuple((text(n), _cents(v), text(says)) for n, v, says in parts if v)
    return Table(
        title=f"On the money that was in it, {e.first} to {e.last}",
        columns=_THREE,
        rows=(
            (text("gain"), _cents(e.gain), text(f"from {e.opening:,.2f} to {e.closing:,.2f}")),
            (text("money in or out"), _cents(e.flows), text(f"on {e.days_with_flows} days; neither gain nor loss")),
            (text("time-weighted"), share(e.time_weighted, 2), text("over the whole time")),
            (text("money-weighted"), share(e.money_weighted, 2), text("a year, on the money at work")),
            *made_of,
        ),
        note="; ".join(e.reasons),
    )


def _ratios(p: PerformanceDocument) -> Table:
    r, beside = p.ratios, p.relative.arithmetic
    return Table(
        title="Ratios",
        columns=_THREE,
        rows=(
            (text("yearly return"), share(r.annual_return, 2), text("compound")),
            (text("volatility"), share(beside.portfolio_sd, 2),
             text(f"a year; benchmark {beside.benchmark_sd:.2%}")),
            (text("Sharpe"), figure(r.sharpe.annual, 2), text("excess return per unit of risk, a year")),
            (text("largest drawdown"), share(r.largest_drawdown), text("deepest fall from a height")),
            (text("tracking error"), share(beside.tracking_error, 2), text("a year, beside the benchmark")),
            (text("information ratio"), figure(beside.information, 2), text("excess return per unit of that")),
            (text("up capture"), share(r.capture.up), text("share of the benchmark's rises that was had")),
            (text("down capture"), share(r.capture.down), text("share of its falls; less is better")),
        ),
    )  # fmt: skip
