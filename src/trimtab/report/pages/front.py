"""The first page: what a committee asks, answered before it turns the page."""

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.ways import WayFigures, WaysDocument
from trimtab.report.pages.parts import Cell, Fact, Front, error_bar, figure, money, share, signed, text
from trimtab.report.words import is_measured, part_of
from trimtab.report.words import money as money_words

__all__ = ["CAUSES", "front_page", "way_name"]

#: What each cause of a change is called for a reader who does not trade options.
CAUSES = {
    "price": "prices moved, and weights with them",
    "gamma": "options bent with the market (gamma)",
    "time": "options came closer to their end",
    "volatility": "the price of volatility changed",
    "currency": "exchange rates moved",
    "estimates": "betas were measured anew",
    "trades": "trades, and money in or out",
    "roll": "contracts were rolled or ended",
}
_MOST_NAMED = 5


def front_page(d: ReportDocument) -> Front:
    """Give the first page of a report."""
    r = d.review
    x, terms, judged = r.exposure, r.mandate.terms, r.mandate.judged
    part = part_of(r.coverage, x.beta.value)
    is_whole = _is_measured(d) and not part
    return Front(
        beta=figure(x.beta.value).text if is_whole else "unknown",
        error=f"+/- {figure(x.beta.stderr).text}" if is_whole else "",
        verdict=judged.status.value,
        sure=f"probability inside {judged.probability_inside:.1%}" if is_whole else "probability inside unknown",
        sentence=_meaning(d, part),
        figures=(
            (f"per +1% of {terms.benchmark}{part}, {x.base_currency}", _measured(d, money(x.money_per_1pct))),
            (f"value{part}, {x.base_currency}" if part else f"net asset value, {x.base_currency}", money(x.nav)),
            ("mandate", text(f"{terms.lower:.2f} to {terms.upper:.2f}")),
            (f"active beta{part} (beta less 1)", _measured(d, signed(r.active_beta))),
            ("leverage", _measured(d, figure(r.breakdown.leverage, 2))),
            ("measured, of gross exposure", share(r.coverage.share)),
        ),
        answers=(
            Fact(label="Is it where the mandate wants it?", sentences=(_capital(judged.why),)),
            Fact(label="What changed, and why?", sentences=_changed(d)),
            Fact(label="What is proposed, and what does it cost?", sentences=_proposed(d)),
            Fact(label="What does beta hide?", sentences=_hidden(d, part)),
            Fact(label="What was not covered?", sentences=_uncovered(d)),
        ),
    )


def _is_measured(d: ReportDocument) -> bool:
    return is_measured(d.review.coverage, d.review.exposure.beta.value)


def _measured(d: ReportDocument, cell: Cell) -> Cell:
    return cell if _is_measured(d) else text("unknown")


def _capital(sentence: str) -> str:
    whole = sentence[:1].upper() + sentence[1:]
    return whole if whole.endswith((".", "!", "?")) or not whole else f"{whole}."


def _meaning(d: ReportDocument, part: str) -> str:
    x, benchmark = d.review.exposure, d.review.mandate.terms.benchmark
    if not _is_measured(d):
        return f"Beta says by how much the account moves when {benchmark} moves by 1%. It could not be measured."
    gain = "gains" if x.money_per_1pct >= 0 else "loses"
    amount = money_words(abs(x.money_per_1pct), x.base_currency)
    whose = f"The account{part}" if part else "The account"
    return (
        f"{whose} {gain} {amount} when {benchmark} rises by 1%, and moves the other way when it falls. "
        f"The error (+/-) is that of {x.beta.speaks_of.words}: two times in three the truth lies within it."
    )


def _changed(d: ReportDocument) -> tuple[str, ...]:
    sentences = []
    last = d.last_report
    if last is not None and last.beta is not None:
        error = "" if last.stderr is None else f" +/- {last.stderr:.3f}"
        sentences.append(f"The last report, of {last.last}, had beta at {last.beta:.3f}{error}: {last.status}.")
    if d.drift is None:
        return (*sentences, f"Why beta changed is not known: {_absent(d, 'drift')}")
    first, end = d.drift.beta_start, d.drift.beta_end
    sentences.append(
        f"Beta went from {error_bar(first.value, first.stderr)} on {str(d.drift.from_)[:10]} to "
        f"{error_bar(end.value, end.stderr)}: {d.drift.change:+.3f}."
    )
    causes = sorted(d.drift.causes.items(), key=lambda part: -abs(part[1]))
    named = [f"{CAUSES[cause.value]} {value:+.3f}" for cause, value in causes if abs(value) >= 5e-4][:3]
    if named:
        sentences.append(f"Most of it: {'; '.join(named)}.")
    if d.drift.left_out:
        names = ", ".join(line.asset for line in d.drift.left_out[:_MOST_NAMED])
        sentences.append(f"Of the other positions: {names} could not be measured on both days.")
    return tuple(sentences)


def way_name(way: WayFigures | str) -> str:
    """Give the name of a way as people say it."""
    return (way if isinstance(way, str) else way.name).replace("_", " ")


def _proposed(d: ReportDocument) -> tuple[str, ...]:
    w = d.ways
    if w is None:
        return (f"No plan: {_absent(d, 'ways')}",)
    if w.cheapest is None:
        return (f"No way brings beta into the band. {_capital(w.reason)}",)
    way = next(one for one in w.ways if one.name == w.cheapest)
    if w.cheapest == "do_nothing":
        return (f"Nothing is to be traded. {_capital(w.reason)}",)
    return (_orders(way), _cost(way, w), _capital(w.reason))


def _orders(way: WayFigures) -> str:
    listed = [f"{o.side} {o.quantity:,g} {o.asset}" for o in way.orders[:_MOST_NAMED]]
    more = f", and {len(way.orders) - _MOST_NAMED} more orders" if len(way.orders) > _MOST_NAMED else ""
    return f"{_capital(way_name(way))[:-1]}: {', '.join(listed) or 'no order'}{more}."


def _cost(way: WayFigures, w: WaysDocument) -> str:
    now, year = way.cost_now.total, way.cost_per_year.friction
    after = error_bar(way.after.beta, way.after.stderr)
    return f"It {_costs(now, w.base_currency)} now, {_costs(year, w.base_currency)} a year, and brings beta to {after}."


def _costs(amount: float, currency: str) -> str:
    """Say money that is paid, or that comes in."""
    words = money_words(abs(amount), currency)
    return f"gives {words}" if amount < 0 else f"costs {words}"


def _hidden(d: ReportDocument, part: str) -> tuple[str, ...]:
    not_enough = d.review.not_enough
    if not_enough is None:
        return ("It was not looked for.",)
    if not not_enough.hidden:
        return ("Nothing was found that costs more than beta says.",)
    lines = tuple(
        f"{h.loss:.1%} of NAV{part} lost beyond beta, {h.scenario}: {h.kind.value}." for h in not_enough.hidden[:3]
    )
    return (*lines, "These are scenarios and no forecasts; they do not add up.")


def _uncovered(d: ReportDocument) -> tuple[str, ...]:
    c = d.review.coverage
    sentences = []
    if c.missing:
        names = ", ".join(f"{m.asset} ({m.reason.value.replace('_', ' ')})" for m in c.missing[:_MOST_NAMED])
        more = f" and {len(c.missing) - _MOST_NAMED} more" if len(c.missing) > _MOST_NAMED else ""
        sentences.append(f"Not measured: {names}{more}.")
    if c.stated_assets:
        sentences.append(f"{c.stated:.1%} of gross exposure has a stated beta and no measured one.")
    sentences += [f"Not in this report: {_PARTS.get(a.part, a.part)}." for a in d.absent]
    sentences += [
        f"Not told: {u.kind.value}: {u.why}." for u in (d.review.not_enough.untold if d.review.not_enough else ())
    ]
    count = len(d.review.positions)
    return tuple(sentences) or (f"All {count} positions were measured: {c.share:.1%} of gross exposure.",)


_PARTS = {"drift": "why beta changed", "ways": "a plan", "stress": "stress", "performance": "performance"}


def _absent(d: ReportDocument, part: str) -> str:
    why = next((a.why for a in d.absent if a.part == part), "it was not asked for")
    return _capital(why)
