"""Words in cells: what happened, which way, what kind of thing, and money under other names."""

import re
from dataclasses import dataclass
from functools import lru_cache

from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.records import Fact, NameKind

__all__ = [
    "DIRECTIONS",
    "Action",
    "direction",
    "is_cash_name",
    "is_in_lieu",
    "is_total",
    "kind_word",
    "looks_like_action",
    "read_action",
    "read_margin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """What a word says.

    Parameters
    ----------
    fact
        What happened; None for a trade whose direction the word does not say.
    sign
        +1 where units come in, -1 where they go, 0 where the word does not say.
    trade
        Whether units change hands for money.
    """

    fact: Fact | None
    sign: int = 0
    trade: bool = False


_BUY, _SELL, _SHORT = (
    Action(Fact.BUY, 1, trade=True),
    Action(Fact.SELL, -1, trade=True),
    Action(Fact.SHORT, -1, trade=True),
)
_W_BUY = (
    r"buy|bought|bot|kopt|kjopt|kupno|osto|kauf|kaufen|gekauft|koop|gekocht|achat|achete|compra|comprado"
    r"|acquisto|purchase|kop|kob|zeichnung"
)
_W_SELL = (
    r"sell|sold|sld|salt|solgt|salg|sprzedaz|myynti|sale|verkauf|verkaufen|verkauft|verkoop|verkocht|vente|vendu"
    r"|venta|vendita|venda|salg|salj"
    r"|forsaljning"
)
#: (what, pattern over plain words), in the order in which they are tried.
_ACTIONS: tuple[tuple[Action, re.Pattern[str]], ...] = tuple(
    (action, re.compile(rf"\b(?:{pattern})\b"))
    for action, pattern in (
        # What they bought or sold stands in a row of its own, which says that it was assigned.
        (Action(Fact.EXPIRY, 1), r"(?<!bought )(?<!sold )assign(?:ed|ments?)|oasgn|zuteilung|zugeteilt"),
        (Action(Fact.EXPIRY, -1), r"(?<!bought )(?<!sold )exercised?|oexcs|ausubung|ausgeubt"),
        (Action(Fact.EXPIRY), r"expir\w*|oexp|verfall\w*|worthless|echu"),
        (Action(None, 0, trade=True), r"receive deliver"),
        (Action(Fact.FUNDING), r"funding(?: fee| payment)?"),
        (Action(Fact.REALISED_PNL), r"realised ?pnl|realized ?pnl|realized p l|profit and loss|realised p l"),
        (Action(Fact.SWEEP), r"sweep(?: in| out)?"),
        (_SHORT, r"sell short|sold short|short sale|short sell|sell ?to ?open|sold to open|sto|sold opening"
                 r"|sell_to_open"
                 r"|opening sale|verkauf zur eroffnung|ouverture vente|yousoldshort|short"),
        (_SELL, r"sell to close|stc|sold closing|sold to close|closing sale"),
        (_BUY, r"buy to (?:open|close|cover)|bto|btc|bought (?:opening|closing|to open|to close)|cover"
               r"|closing purchase"),
        (_BUY, r"reinvest(?:ment)? (?:shares?|purchase)|reinvestment|wiederanlage|dividend reinvestment|drip"),
        (Action(Fact.TAX), r"(?:nra|foreign|withholding|stamp duty|transaction|quellen)\s?(?:tax|steuer)(?: adj"
                           r"| withheld| paid)?"
                           r"|steuer\w*|tax(?:es)?|belasting|bronbelasting|dividendbelasting|impot"
                           r"|kapitalertragsteuer|imposta"),
        (Action(Fact.DIVIDEND), r"dividend\w*|divident|utdelning|utbytte|udbytte|dywidenda|osinko|cdiv|div|mdiv"
                                r"|ausschuttung\w*|dividendo|distribution|return of capital"
                                r"|cap(?:ital)? gains?(?: distribution)?|ertrag|ertrage|lt cap gain|st cap gain"
                                r"|dividende|coupon payment"
                                r"|cash in lieu|cil"),
        (Action(Fact.STAKING), r"staking(?: income| reward)?|rewards?(?: income)?|eth2|inflation reward"),
        (Action(Fact.INTEREST), r"interest|zins|zinsen|rente|interets?|interesse|intereses|coupon|int|interessi"
                                r"|simple earn"
                                r"|credit interest|earn"),
        (Action(Fact.EXCHANGE), r"convert(?:ed)?|conversion|forex(?: (?:credit|debit|trade))?|fx(?: trade)?"
                                r"|exchange|umtausch"
                                r"|devisen\w*|currency (?:exchange|conversion)|valuta (?:creditering|debitering)"
                                r"|fxt|swap"
                                r"|autofx|cash conversion"),
        (_BUY, rf"{_W_BUY}|market buy|limit buy|bought to"),
        (_SELL, rf"{_W_SELL}|market sell|limit sell"),
        (Action(Fact.FEE), r"fees?|gebuhr\w*|charges?|commission|commissions|depotgebuhr|frais|costs?|kosten"
                           r"|gastos|spesen"
                           r"|adr mgmt|service fee|afee|dfee|gold|regulatory|spese|comision|maintenance"
                           r"|balance adjustment"),
        (Action(Fact.TRANSFER), r"(?:transfer|ubertrag|virement de titres|overboeking) (?:inbound|outbound"
                                r"|in kind|of (?:shares|securities))"
                                r"|acats?|einlieferung|auslieferung|security transfer|transfer of|delivery (?:in"
                                r"|out)bound"
                                r"|internal (?:securities )?transfer|umlagerung"),
        (Action(Fact.DEPOSIT, 1), r"deposits?(?: and)? withdrawals?|ein(?:zahlungen)?(?: und)? auszahlungen"),
        (Action(Fact.WITHDRAWAL, -1), r"withdraw\w*|uttag|uttak|haevning|wyplata|nosto|send|sent|auszahlung"
                                      r"|entnahme|opname|retrait|retiro|prelievo"
                                      r"|removal|wire out"
                                      r"|abhebung|uitbetaling|levantamento|withdrawn|ausgehende uberweisung"),
        (Action(Fact.DEPOSIT, 1), r"deposit\w*|insattning|innskudd|indsaettelse|indbetaling|wplata|talletus|einlage"
                                  r"|einzahlung|storting|depot de fonds|deposito|ingreso"
                                  r"|payment|receive|received"
                                  r"|moneylink(?: transfer)?|ach|wire(?: in| received| funds)?"
                                  r"|electronic funds transfer(?: received| paid)?"
                                  r"|funds received|cash transfer|bank transfer|contribution|top ?up|versement"
                                  r"|ideal|sofort|eft|uberweisung"
                                  r"|money movement|xfer|journal|deposits withdrawals|transfer|cash deposit"),
        (Action(None, 0, trade=True), r"trade|trades|order|execution|ausfuhrung\w*|handel|transaction"
                                      r"|receive deliver|opening transaction"
                                      r"|closing transaction|fill|spot trade|tradespot|book trade|asset trade"),
        (Action(None), r"corporate action|journal entry|adjustment|miscellaneous|other"),
    )
)  # fmt: skip

#: Words of a direction, for columns that hold nothing else.
DIRECTIONS: dict[str, int] = {
    **dict.fromkeys(
        ["buy", "b", "bot", "bought", "long", "l", "kauf", "koop", "achat", "compra", "acquisto", "bto", "btc", "cover",
         "incoming", "buy to open", "buy to close", "buy to cover", "market buy", "limit buy", "in", "k",
         "long position", "kop"], 1
    ),
    **dict.fromkeys(
        ["sell", "s", "sld", "sold", "short", "verkauf", "verkoop", "vente", "venta", "vendita", "venda", "sto", "stc",
         "outgoing", "sell to open", "sell to close", "sell short", "market sell", "limit sell", "out", "v", "ss",
         "short position"], -1
    ),
}  # fmt: skip

_KINDS: tuple[tuple[NameKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (NameKind.FUTURE_OPTION, r"future'?s? options?|options? on futures?|^fop$"),
        (NameKind.OPTION, r"\boptions?\b|^optn?$|^calls?$|^puts?$|\boptie|\bwarrants?$"),
        (NameKind.FUTURE, r"\bfutures?\b|^fut$"),
        (NameKind.MONEY_MARKET, r"money market|geldmarkt"),
        (NameKind.CASH, r"^cash\b|^currency$|^fiat$|^forex$|^wahrung$|^cash and|^devisen"),
        (NameKind.BOND, r"bond|fixed income|anleihe|obligat|treasur|^debt|certificate of deposit|^cd$|rente|^note"
                        r"|municipal"),
        (NameKind.COIN, r"crypto|coin|krypto|digital"),
        (NameKind.FUND, r"\bfunds?\b|\betfs?\b|\betc\b|fonds|mutual|^mf$|closed end|\betps?\b|ucits|unit trust"),
        (NameKind.SHARE, r"^eq$|stock|stk|equit|share|common|aktie|actions?$|accion|azion|aandel|security|securities"
                         r"|spot|adr|reit"
                         r"|wertpapier"),
    )
)  # fmt: skip
_CASH = re.compile(
    r"^(?:cash\b.*|money accounts?|pending activity|cash balance|.*\bsweep vehicle|kontostand|geldkonto"
    r"|verrechnungskonto"
    r"|liquiditat|bargeld|liquidites|efectivo|liquidita|kontoguthaben|settlement fund|core (?:cash|position)"
    r"|uninvested cash"
    r"|free cash|available cash|bankguthaben|barbestand|guthaben|total cash|net cash|us dollars?|dollar balance)$"
)
#: Never the name of a company or fund that begins so: TOTALENERGIES, Total World Stock ETF.
_TOTAL = re.compile(
    r"^(?:(?:grand|account|positions?|transactions?|portfolio|overall|sub|running|report)? ?totals?"
    r"|totals?(?: (?:in [a-z]{3}|for .*|value|account|portfolio|assets?|positions?|holdings?|general))?"
    r"|summe|(?:zwischen|end|gesamt)summe|gesamt(?:wert)?|totaal|totale|insgesamt|sous total|total generale?"
    r"|net liq(?:uidating)? value|net account value)$"
)
_IN_LIEU = re.compile(
    r"\b(?:cash in lieu|cil|fractional shares?|in lieu of fraction\w*|barausgleich|spitzenausgleich)\b"
)
_MARGIN = {"cash", "margin", "short", "long", "type 1", "type 2", "cash account", "margin account", "kasse", ""}


@lru_cache(maxsize=50_000)
def read_action(text: str) -> Action | None:
    """Read what happened from a word or a line of prose; None if nothing is understood.

    Examples
    --------
    >>> read_action("SELL_TO_OPEN").fact.value, read_action("Qualified Dividend").fact.value
    ('short', 'dividend')
    >>> (
    ...     read_action("YOU SOLD OPENING TRANSACTION PUT (SPY)").fact.value,
    ...     read_action("Ausführung ORDER Kauf").fact.value,
    ... )
    ('short', 'buy')
    >>> read_action("Hokuspokus") is None
    True
    """
    words = plain_words(text)
    return next((action for action, pattern in _ACTIONS if pattern.search(words)), None)


def looks_like_action(cells: list[str]) -> bool:
    """Tell whether most cells of a column say that something happened."""
    return bool(cells) and sum(read_action(c) is not None for c in cells) >= 0.5 * len(cells)


def direction(text: str) -> int | None:
    """Give +1 or -1 for a cell that holds nothing but a direction; None for any other.

    Examples
    --------
    >>> direction("SLD"), direction("Long"), direction("maybe")
    (-1, 1, None)
    """
    return DIRECTIONS.get(plain_words(text))


@lru_cache(maxsize=5_000)
def kind_word(text: str) -> NameKind | None:
    """Read a kind of instrument.

    Examples
    --------
    >>> kind_word("Equity and Index Options").value, kind_word("STK").value, kind_word("Margin") is None
    ('option', 'share', True)
    """
    words = plain_words(text)
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


def is_cash_name(text: str) -> bool:
    """Tell whether a name is one of money in the account.

    Examples
    --------
    >>> is_cash_name("Cash & Cash Investments"), is_cash_name("CASHFLOW CORP")
    (True, False)
    """
    return _CASH.fullmatch(plain_words(text)) is not None


def is_in_lieu(text: str) -> bool:
    """Tell whether words are those of money for the fraction of a unit.

    Examples
    --------
    >>> is_in_lieu("Cash In Lieu"), is_in_lieu("Qualified Dividend")
    (True, False)
    """
    return _IN_LIEU.search(plain_words(text)) is not None


@lru_cache(maxsize=20_000)
def is_total(text: str) -> bool:
    """Tell whether a name is one of a row of totals.

    Examples
    --------
    >>> is_total("Account Total"), is_total("OVERALL TOTALS"), is_total("TOTALENERGIES SE")
    (True, True, False)
    """
    return bool(text) and not text[0].isdigit() and _TOTAL.fullmatch(plain_words(text)) is not None


def read_margin(cells: list[str]) -> bool:
    """Tell whether the cells of a column say in which sort of account a row stands, and nothing more."""
    return all(c.strip().lower() in _MARGIN for c in cells)
