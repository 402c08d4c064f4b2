"""Positions: where beta comes from, and what becomes of it when the market moves."""

from trimtab.exposure.groups import Group
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.review import PositionLine
from trimtab.report.pages.parts import Cell, Column, Row, Section, Table, figure, money, share, text, whole
from trimtab.report.pages.pictures import Pictures
from trimtab.report.words import flag_words, is_measured, part_of

__all__ = ["hidden_section", "positions_section"]

#: Positions that a page lists, those that add most to beta first: more nobody reads.
_MOST = 400


def positions_section(d: ReportDocument, pictures: Pictures) -> Section:
    """Say what is held, and what each position adds to beta."""
    r = d.review
    part = part_of(r.coverage, r.exposure.beta.value)
    base = r.exposure.base_currency
    groups = [_groups(r.breakdown.by_kind, "By kind", base)]
    if len(r.breakdown.by_currency) > 1:
        groups.append(_groups(r.breakdown.by_currency, "By currency", base))
    return Section(
        key="positions",
        title="Positions",
        lead=(
            f"Each position adds its beta times its exposure; together they are beta{part}. A contract counts with "
            "what it moves, not with what it costs.",
        ),
        tables=(_positions(d), *groups, *((_moves(d),) if is_measured(r.coverage, r.exposure.beta.value) else ())),
        pictures=pictures.of(r, "contributions", "exposures", "moves"),
    )


def _positions(d: ReportDocument) -> Table:
    x = d.review.exposure
    ranked = sorted(d.review.positions, key=lambda p: (-abs(p.contribution or 0.0), p.asset))
    return Table(
        title="Positions by contribution to beta",
        columns=(
            Column(name="position", is_number=False), Column(name="kind", is_number=False), Column(name="quantity"),
            Column(name="value", unit=x.base_currency), Column(name="exposure", unit=x.base_currency),
            Column(name="beta"), Column(name="+/-"), Column(name="beta exposure", unit=x.base_currency),
            Column(name="adds to beta"), Column(name="remarks", is_number=False),
        ),
        rows=tuple(_position(p) for p in ranked),
        most=_MOST,
        note=f"beta and +/-: {x.beta.speaks_of.words}. Exposure: quantity x price x delta.",
    )  # fmt: skip


def _position(p: PositionLine) -> Row:
    remark = p.reason.value.replace("_", " ") if p.reason else flag_words(p.flags)
    return (
        text(p.asset), text(p.kind), whole(p.quantity), money(p.value), money(p.delta_exposure), figure(p.beta),
        figure(p.stderr), money(p.beta_exposure), figure(p.contribution), Cell(text=remark),
    )  # fmt: skip


def _groups(groups: tuple[Group, ...], title: str, base: str) -> Table:
    return Table(
        title=title,
        columns=(
            Column(name=title.removeprefix("By "), is_number=False), Column(name="value", unit=base),
            Column(name="exposure", unit=base), Column(name="part of beta"),
        ),
        rows=tuple((text(g.name), money(g.value), money(g.delta_exposure), figure(g.beta)) for g in groups),
    )  # fmt: skip


def _moves(d: ReportDocument) -> Table:
    x = d.review.exposure
    names = ("move", "profit", "net asset value", "beta")
    return Table(
        title=f"After a move of {d.review.mandate.terms.benchmark}, everything valued anew",
        columns=tuple(
            Column(name=n, unit=x.base_currency if n in {"profit", "net asset value"} else "", is_number=n != "move")
            for n in names
        ),
        rows=tuple((share(m.move, 0, sign=True), money(m.pnl), money(m.nav), figure(m.beta)) for m in d.review.moves),
        note="Every asset moves by its own beta.",
    )


def hidden_section(d: ReportDocument, pictures: Pictures) -> Section:
    """Say what beta does not show."""
    hidden = d.review.not_enough
    part = part_of(d.review.coverage, d.review.exposure.beta.value)
    rows = () if hidden is None else tuple(
        (text(h.kind.value), text(h.scenario), share(h.loss), Cell(text=h.words)) for h in hidden.hidden
    )  # fmt: skip
    notes = () if hidden is None else tuple(f"Not told: {u.kind.value}: {u.why}." for u in hidden.untold)
    table = Table(
        title="What beta does not show",
        columns=(
            Column(name="what", is_number=False), Column(name="if", is_number=False),
            Column(name=f"lost beyond beta, of NAV{part}"), Column(name="in words", is_number=False),
        ),
        rows=rows,
        note="Each is a scenario and no forecast; they are not equally probable, and do not add up.",
    )  # fmt: skip
    return Section(
        key="hidden",
        title="What beta hides",
        lead=(
            "Beta says what happens when the whole market moves. These losses come beside it."
            if rows
            else "Nothing was found that costs more than beta says, or it was not looked for.",
        ),
        tables=(table,) if rows else (),
        pictures=pictures.of(d.review, "hidden") if rows else (),
        notes=notes,
    )
