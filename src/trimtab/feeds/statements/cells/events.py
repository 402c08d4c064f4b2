"""What companies do, as brokers write it: splits, other names, mergers, spin-offs, dividends in units.

Interactive Brokers: AAPL(US0378331005) Split 4 for 1 (AAPL, APPLE INC, US0378331005): what it was, what became of it,
and in the last brackets the thing of which the row moves units. Others have a word alone (Stock Split, SPR). A name may
hold such a word (a fund of mergers, a split corporation): it counts where nothing else was said before it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import read_action
from trimtab.feeds.statements.records import Fact

__all__ = ["Event", "read_event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a row says that a company did.

    Parameters
    ----------
    kind
        Split, change of symbol, merger, spin-off or dividend in units; None: something that is none of these.
    words
        The file's own.
    ratio
        New units for each old ones, as written; None if no ratio stands there.
    is_plain
        Whether the words say which number is the new units (4 for 1); 1:10 may be meant both ways.
    is_reverse
        Whether the words say that units become fewer.
    of, moved, moved_code
        The company's ticker; ticker and code of what the row moves; empty where the words do not say.
    way
        +1 or -1 where the words say that units came or went (Stock split open, close); 0 if they do not.
    """

    kind: Fact | None
    words: str
    ratio: tuple[Decimal, Decimal] | None = None
    is_plain: bool = False
    is_reverse: bool = False
    of: str = ""
    moved: str = ""
    moved_code: str = ""
    way: int = 0


_SPLIT = (
    r"(?:stock |share |forward |reverse |fwd |rev |aktien|aandelen)*split(?:s|sing|ting)?(?: up)?|splt|spl|spr|r s from"
    r"|r s to|fractionnement|regroupement|frazionamento|raggruppamento|desdobramento|consolidation|zusammenlegung"
)
_KINDS: tuple[tuple[Fact | None, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{pattern})\b"))
    for kind, pattern in (
        (None, r"rights? (?:issue|offering|distribution)|subscribable rights|dividend rights|exchange offer"
               r"|tender(?:ed)?(?: to| offer)?|voluntary offer|election|warrant exercise"),
        (Fact.SPIN_OFF, r"spin ?offs?|spun off|soff|abspaltung|scission|scissione|afsplitsing|demerger|entflechtung"),
        (Fact.SYMBOL_CHANGE, r"(?:name|symbol|ticker|cusip|isin|cusip isin|issue) changed?"
                             r"|change of (?:name|symbol)|symbol exchange|sxch|namensanderung|umbenennung"
                             r"|naamswijziging|changement de nom|cambio (?:de )?nombre|cambio nome"),
        (Fact.STOCK_DIVIDEND, r"stock dividend|(?:share|scrip) dividend|bonus (?:issue|shares)|stock distribution|sdiv"
                              r"|stockdividend\w*|gratisaktien"),
        (Fact.SPLIT, _SPLIT),
        (Fact.MERGER, r"(?:stock |cash |cash and stock |cash stock )?mergers?|merged|mrg[cs]|fusion(?:e|ie)?|takeover"
                      r"|ubernahme|overname|cash acquisition|delisted|worthless removal"),
    )
)  # fmt: skip
_OF_COMPANY = re.compile(r"^(?P<of>[A-Z0-9][A-Z0-9. ]{0,14}?)\s?\((?P<code>[A-Z0-9]{8,12})\)\s+(?P<what>.+)$")
_MOVED = re.compile(r"\((?P<symbol>[^(),]+), (?P<name>[^()]*(?:\([^()]*\)[^()]*)*), (?P<code>[A-Z0-9]{8,12})\)\s*$")
_NUMBER = r"\d+(?:[.,]\d+)?"
_FOR = re.compile(
    rf"\b(?P<new>{_NUMBER})\s*(?:-\s*)?(?:for|fur|für|pour|per|voor)\s*(?:-\s*)?(?P<old>{_NUMBER})\b", re.IGNORECASE
)
#: 10:1, but no hour: 09:30.
_COLON = re.compile(rf"(?<![\d:/.])(?!\d\d:\d\d\b)(?P<new>{_NUMBER})\s*:\s*(?P<old>{_NUMBER})(?![\d:/])")
_REVERSE = re.compile(r"\b(?:reverse|rev|r s|spr|regroupement|raggruppamento|consolidation|zusammenlegung)\b")
_CAME = re.compile(r"\b(?:open|opened|received|eingang)\b")
_WENT = re.compile(r"\b(?:close|closed|removed|ausgang|delivered)\b")
_GENERAL = re.compile(r"^(?:corporate actions?|kapitalmassnahmen?|operations? sur titres?|corporate action\b.*)$")
#: Words before it that say nothing else happened.
_BEFORE = frozenset(
    ["", "distribution", "mandatory", "receive deliver", "corporate action", "cash", "stock", "cash and"]
)


@lru_cache(maxsize=20_000)
def read_event(action_texts: tuple[str, ...], described: tuple[str, ...], *, section: str = "") -> Event | None:
    """Read what a company did; None if nothing of the kind is said.

    Parameters
    ----------
    action_texts
        Cells that say what happened.
    described
        Descriptions: they count where the section or a cell says corporate action, or where they are written as
        Interactive Brokers does.
    section
        What the file calls the table.

    Examples
    --------
    >>> read = read_event((), ("AAPL(US0378331005) Split 4 for 1 (AAPL, APPLE INC, US0378331005)",))
    >>> read.kind.value, read.ratio, read.moved
    ('split', (Decimal('4'), Decimal('1')), 'AAPL')
    >>> read_event(("Name Change",), ("META PLATFORMS",)).kind.value
    'symbol_change'
    >>> read_event(("YOU BOUGHT CANADIAN BANC SPLIT CORP",), ()) is None
    True
    """
    # Saxo writes Corporate action, and beside it Dividend.
    other = any(action is not None and action.fact is not None for action in map(read_action, action_texts))
    general = not other and any(_GENERAL.match(plain_words(text)) for text in (section, *action_texts))
    for text in action_texts:
        kinds = _kinds_told(text)
        if kinds:
            return _event(kinds[0], text, described)
    for text in described:
        company = _OF_COMPANY.match(text.strip())
        kinds = [k for k, pattern in _KINDS if pattern.search(plain_words(company["what"]))] if company else []
        if company is not None and kinds and (general or _MOVED.search(text)):
            return _event(kinds[0], company["what"], [text], of=company["of"].strip())
        if general and (kinds := _kinds_told(text)):
            return _event(kinds[0], text, described)
    return Event(kind=None, words=" / ".join([*action_texts, *described])[:80]) if general else None


def _kinds_told(text: str) -> list[Fact | None]:
    """Give the kind that a cell names, where no other word for what happened stands before it."""
    words = plain_words(text)
    for kind, pattern in _KINDS:
        match = pattern.search(words)
        if match is None:
            continue
        before = words[: match.start()].strip()
        earlier = read_action(before) if before else None
        other = before not in _BEFORE and earlier is not None and earlier.fact is not None
        return [] if other or len(before.split()) > 3 else [kind]
    return []


def _event(kind: Fact | None, text: str, described: Sequence[str], *, of: str = "") -> Event:
    whole = " ".join((text, *(d for d in described if d != text)))
    moved = next((m for d in described if (m := _MOVED.search(d.strip())) is not None), None)
    words = plain_words(text)
    plain = _FOR.search(whole)
    ratio = plain or (_COLON.search(whole) if kind in {Fact.SPLIT, Fact.SPIN_OFF, Fact.MERGER} else None)
    came, went = bool(_CAME.search(words)), bool(_WENT.search(words))
    return Event(
        kind=kind, words=text.strip()[:80], ratio=None if ratio is None else _ratio(ratio["new"], ratio["old"]),
        is_plain=plain is not None, is_reverse=bool(_REVERSE.search(plain_words(whole))), of=of,
        moved="" if moved is None else moved["symbol"].strip().removesuffix(".OLD"),
        moved_code="" if moved is None else moved["code"], way=0 if came == went or of else int(came) - int(went),
    )  # fmt: skip


def _ratio(new: str, old: str) -> tuple[Decimal, Decimal] | None:
    one, other = Decimal(new.replace(",", ".")), Decimal(old.replace(",", "."))
    return (one, other) if one > 0 and other > 0 else None
