"""The short page in every review: the five things that this book's beta hides most, and what cannot be told.

The same findings as those of `trimtab.desk.ask.risks`, from the same measurements; only the paths of options within
past episodes are left out, of which no finding makes use.
"""

from collections.abc import Mapping

import numpy as np

from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.findings import find_hidden
from trimtab.desk.ask.risks import betas_before, liquidity_of
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.ask.stress.run import run_stress
from trimtab.desk.moment.setting import Setting
from trimtab.desk.moment.todays_book import TodaysBook
from trimtab.errors import TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.risk.drawdown import DrawdownReview, drawdown_review
from trimtab.risk.hidden import Kind, NotEnough, Role, Untold, hidden_most
from trimtab.risk.liquidity import Exit

__all__ = ["find_not_enough"]

_ENDS = 2
_LEAST = 60
#: As in the risk review.
_PARTICIPATION, _HALF_SPREAD = 0.2, 0.0005
_OF_BOOK = (Kind.STRESS, Kind.REGIME, Kind.CONVERGENCE, Kind.OWN_RISK, Kind.DRAWDOWN, Kind.TAIL, Kind.CONCENTRATION)


def find_not_enough(
    setting: Setting,
    *,
    role: Role | None = None,
    fields: Mapping[str, HoldingFields] | None = None,
) -> NotEnough:
    """Find the five things that beta hides most, and say what cannot be told.

    Parameters
    ----------
    setting
        The moment, for the book in question.
    role
        What the money is for.
    fields
        What is known of holdings beyond prices.
    """
    asset_fields, exposure = fields or {}, setting.book.exposure
    untold: list[Untold] = []
    book: TodaysBook | None = None
    tested: Stress | None = None
    falls: DrawdownReview | None = None
    exits: tuple[Exit, ...] = ()
    try:
        exits = liquidity_of(
            exposure, setting.past_prices, setting.market, asset_fields, _PARTICIPATION, _HALF_SPREAD
        ).exits
        book = setting.past
        before = betas_before(book)
        has = np.isfinite(before)
        falls = drawdown_review(book.book[has], book.market[has], before[has]) if has.sum() >= _LEAST else None
        tested = run_stress(setting.portfolio, setting, fields=asset_fields, valuations=_ENDS)
    except TrimtabError as error:
        kinds = _OF_BOOK if book is None else (Kind.STRESS, Kind.REGIME, Kind.CONVERGENCE)
        untold += [Untold(kind=kind, why=f"{error.found}; expected {error.expected}") for kind in kinds]
    findings = find_hidden(exposure, tested, book, falls, exits, asset_fields)
    untold += _silent(exposure, tested, book, falls, exits, asset_fields)
    return NotEnough(role=role, hidden=hidden_most(findings, role=role), untold=tuple(untold))


def _silent(
    exposure: Exposure,
    tested: Stress | None,
    book: TodaysBook | None,
    falls: DrawdownReview | None,
    exits: tuple[Exit, ...],
    fields: Mapping[str, HoldingFields],
) -> list[Untold]:
    """Name what the data do not speak of; a thing that was looked at and found small is not among it."""
    untold = []
    if tested is not None and not tested.episodes:
        untold.append(Untold(kind=Kind.STRESS, why="the prices reach back to none of the past episodes"))
    if tested is not None and all(line.review is None for line in tested.regimes):
        untold.append(Untold(kind=Kind.REGIME, why="there are too few days of stress in these prices"))
    if tested is not None and tested.convergence is None:
        untold.append(Untold(kind=Kind.CONVERGENCE, why="there are fewer than two assets with a history of their own"))
    if book is not None and falls is None:
        untold.append(
            Untold(kind=Kind.DRAWDOWN, why=f"fewer than {book.year + _LEAST} periods in which all has prices")
        )
    if book is not None and book.stood_in:
        names = ", ".join(book.stood_in[:5])
        untold.append(
            Untold(kind=Kind.OWN_RISK, why=f"the history of {names} is too short: beta x benchmark stands in")
        )
    if not exits and any(p.is_owned for p in exposure.positions):
        untold.append(Untold(kind=Kind.EXIT, why="no volumes are known: add them to the prices, or daily_value"))
    if not any(f.duration is not None or f.spread_duration is not None for f in fields.values()):
        untold.append(Untold(kind=Kind.RATES, why="no holding states a duration (trimtab risk --fields)"))
    return untold
