"""What the words of a row say, whatever its numbers: what happened, to what, for whom.

Most rows repeat the words of another: what they mean is found once.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, say
from trimtab.feeds.statements.booking.identity import ThingTexts, identify, option_in_prose
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.events import Event, read_event
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import Action, direction, read_action
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Fact, Identity, NameKind
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.coins import COINS, read_pair
from trimtab.model.names.options import read_option

__all__ = ["Wording", "Wordings"]

#: Interactive Brokers names the share of a dividend in its description: MSFT(US5949181045) Cash Dividend ...
_NAMED = re.compile(r"([A-Z0-9. ]{1,12}?)\s?\(([A-Z]{2}[A-Z0-9]{9}\d)\)")
_CUSIP = re.compile(r"\bCUSIP:?\s*([0-9A-Z]{9})\b")
#: Descriptions repeat.
_named_in = lru_cache(maxsize=20_000)(_NAMED.match)
_cusip_in = lru_cache(maxsize=20_000)(_CUSIP.search)
_ISIN = 12
_WEAK = {Fact.DEPOSIT}
_PLAIN = {Fact.FEE, Fact.TAX, Fact.DIVIDEND, Fact.INTEREST, Fact.STAKING, Fact.WITHDRAWAL, Fact.DEPOSIT}
_FIAT = CURRENCIES - {"USDT", "USDC"}
#: Columns of words: what rows have in common.
_WORDED = (
    Role.ACTION, Role.SIDE, Role.NOTE, Role.NAME, Role.SYMBOL, Role.KIND, Role.ISIN, Role.CUSIP, Role.SEDOL, Role.WKN,
    Role.FIGI, Role.CODE, Role.UNDERLYING, Role.EXPIRY, Role.STRIKE, Role.RIGHT, Role.MULTIPLIER, Role.SOURCE,
    Role.ACCOUNT, Role.CURRENCY, Role.CODES,
)  # fmt: skip
_MOST_KEPT = 20_000


@dataclass(slots=True, kw_only=True)
class Wording:
    """What the words of a row say.

    Parameters
    ----------
    words, action
        The file's words for what happened, and what they mean.
    side
        +1 or -1 as a column of directions says; 0 if none.
    texts
        What they say of its thing.
    account, currency
        That the row names; empty if none.
    price_code
        Currency of the instrument, where no column of prices owns it.
    named
        Whether they name a thing.
    by_name
        Whether a trade's thing is known by its name alone.
    event
        What a company did; None for all else.
    text
        All that they say in prose.
    """

    words: str
    action: Action
    side: int
    texts: ThingTexts
    account: str
    currency: str
    price_code: str
    named: bool
    by_name: bool
    event: Event | None
    text: str = field(init=False)
    _dated: bool = field(init=False)
    _things: dict[tuple[Action, tuple[int, int] | None], tuple[Identity, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = self.texts
        self.text = f"{self.words} {texts.prose}"
        # Only the year of a contract of one digit needs a day.
        self._dated = any(map(str.isdigit, f"{texts.symbol}{texts.underlying}{texts.group}{texts.name}"))

    def thing(self, action: Action, file: File, day: dt.date) -> tuple[Identity | None, str]:
        """Give what a row is about, and the currency that its name says; None for money alone.

        Raises
        ------
        InputError
            If it is a derivative that cannot be read.
        """
        if not (self.named or (self.by_name and action.trade and self.event is None)):
            return None, ""
        key = (action, (day.year, day.month) if self._dated else None)
        thing = self._things.get(key)
        if thing is None:
            texts = replace(self.texts, codes=dict(self.texts.codes))
            thing = self._things[key] = _thing(texts, action, file, day)
        return thing


class Wordings:
    """Reads the words of a table's rows, those of rows that have the same words once.

    Parameters
    ----------
    layout
        What its columns are.
    days
        Its dates.
    file
        What is known of the file.
    section
        What the file calls the table.
    """

    def __init__(self, layout: Layout, days: Days, file: File, *, section: str = "") -> None:
        self._layout, self._days, self._file, self._section = layout, days, file, section
        self._pick = _picker([c.at for role in _WORDED for c in layout.of(role)])
        self._kept: dict[tuple[object, bool], Wording] = {}

    def of(self, row: Row) -> Wording:
        """Give what the words of a row say.

        Raises
        ------
        InputError
            If nobody can tell what happened.
        """
        moved = bool(self._layout.text(row, Role.QUANTITY).strip("0.,"))
        try:
            key = (self._pick(row.cells), moved)
        except IndexError:
            return _read(row, self._layout, self._days, self._file, self._section)
        kept = self._kept.get(key)
        if kept is None:
            kept = _read(row, self._layout, self._days, self._file, self._section)
            if len(self._kept) < _MOST_KEPT:
                self._kept[key] = kept
        return kept


def _picker(places: list[int]) -> Callable[[tuple[str, ...]], object]:
    return itemgetter(*places) if places else lambda _: ""


def _read(row: Row, layout: Layout, days: Days, file: File, section: str) -> Wording:
    acts, described = _texts(row, layout, Role.ACTION), _texts(row, layout, Role.NOTE, Role.NAME)
    event = read_event(tuple(acts), tuple(described), section=section)
    words, action = _action(row, layout, section) if event is None else (event.words, Action(None))
    texts = say(row, layout, days)
    texts.prose = " ".join(described)
    if event is not None:
        _name_moved(texts, event)
    # Where every description says what happened, that is what its column is.
    named = _named_in(texts.prose or " ".join(acts))
    if named is not None and not texts.symbol:
        texts.symbol, texts.name = named[1], ""
        texts.codes.setdefault("isin", named[2])
    cusip = _cusip_in(texts.prose)
    if cusip is not None:
        texts.codes.setdefault("cusip", cusip[1])
    side = layout.text(row, Role.SIDE)
    turned = _side(side) if side else 0
    opened = read_action(side) if side else None
    if event is not None:
        signs = {a.sign for text in acts if (a := read_action(text)) is not None and a.trade}
        turned = turned or sum(signs - {0})
    elif opened is not None and opened.fact is Fact.SHORT and action.fact in {None, Fact.SELL}:
        action = opened
    # Where no column has tickers or codes, a trade's thing is known by its name.
    by_name = bool(texts.name) and not layout.has(Role.SYMBOL, Role.ISIN, Role.CUSIP, Role.CODE)
    return Wording(
        words=words, action=action, side=turned, texts=texts,
        account=layout.text(row, Role.ACCOUNT) or file.account, currency=layout.row_currency(row),
        price_code=_price_code(row, layout), named=_has_thing(texts), by_name=by_name, event=event,
    )  # fmt: skip


def _texts(row: Row, layout: Layout, *roles: Role) -> list[str]:
    """Give all cells of some roles that say something."""
    return [row.cells[c.at] for role in roles for c in layout.of(role) if c.at < len(row.cells) and row.cells[c.at]]


def _name_moved(texts: ThingTexts, event: Event) -> None:
    """Say of what a company's act moves units: its description names that last, in brackets."""
    if event.moved:
        texts.symbol, texts.name = event.moved, ""
        texts.codes = {"isin" if len(event.moved_code) == _ISIN else "cusip": event.moved_code}
    elif event.of and not texts.symbol:
        texts.symbol = event.of
    texts.prose = ""  # It speaks of companies, not of options.


def _side(text: str) -> int:
    side = direction(text)
    if side is not None:
        return side
    action = read_action(text)
    if action is None or action.sign == 0:
        raise InputError(expected="a direction: buy or sell", found=f"{text!r}", try_next="correct the row")
    return action.sign


def _action(row: Row, layout: Layout, section: str) -> tuple[str, Action]:
    """Read what happened from the columns that say it, the most telling one; last from the name of the section."""
    texts = _texts(row, layout, Role.ACTION)
    read = [(text, action) for text in reversed(texts) if (action := read_action(text)) is not None]
    strong = [(t, a) for t, a in read if a.fact is not None and a.fact not in _WEAK]
    if strong:
        return strong[0]
    if not any(a.fact is not None for _, a in read) or not layout.text(row, Role.SYMBOL):
        for text in _texts(row, layout, Role.NOTE, Role.NAME):
            meaning = read_action(text)
            if meaning is None or meaning.fact is None:
                continue
            if meaning.fact is Fact.EXPIRY or (
                meaning.fact in _PLAIN and not layout.text(row, Role.QUANTITY).strip("0.,")
            ):
                return text, meaning
    weak = [(t, a) for t, a in read if a.fact is not None] or read
    if weak:
        return weak[0]
    side = layout.text(row, Role.SIDE)
    if side:
        return side, Action(Fact.BUY if _side(side) > 0 else Fact.SELL, _side(side), trade=True)
    headed = read_action(section) if section else None
    if headed is not None and headed.fact in _PLAIN:
        return section, headed
    if texts:
        raise InputError(
            expected="a word for what happened", found=f"{' / '.join(texts)[:80]!r}",
            try_next="write what it is (buy, sell, dividend, fee, ...), or leave the row out",
        )  # fmt: skip
    return "", Action(None, 0, trade=layout.has(Role.QUANTITY))


def _has_thing(texts: ThingTexts) -> bool:
    return bool(texts.symbol or any(texts.codes.values()) or (texts.name and option_in_prose(texts.name)))


def _thing(texts: ThingTexts, action: Action, file: File, day: dt.date) -> tuple[Identity, str]:
    plain = texts.symbol.upper()
    if plain in _FIAT and not any(texts.codes.values()):
        return Identity(kind=NameKind.CASH, symbol=plain), ""
    pair = read_pair(texts.symbol) if not any(texts.codes.values()) else None
    if pair is not None and pair.base in COINS and pair.quote in CURRENCIES:
        return Identity(kind=NameKind.COIN, symbol=pair.base, stated=texts.symbol), pair.quote
    if read_option(texts.symbol) is None and not (action.trade or action.fact is Fact.EXPIRY):
        texts.prose = ""  # A dividend's description may speak of options; it is about the share.
    return identify(texts, contracts=file.contracts, as_of=day), ""


def _price_code(row: Row, layout: Layout) -> str:
    """Give the currency of an instrument that no column of prices owns."""
    for column in layout.of(Role.CURRENCY):
        words = plain_words(column.header)
        if column.owner == -2 and column.at < len(row.cells) and ("instrument" in words or "price" in words):
            return row.cells[column.at].strip().upper()
    return ""
