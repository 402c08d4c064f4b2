"""What a column can be, and the words by which its header says so, in the languages brokers write in.

A header is read by its meaning: the first rule that it fits, in the order of `RULES`. A rule may be wrong for a word
that means two things (Amount, Type, Valuta): `candidates` gives them all, and the cells decide (`columns.layout`).
"""

import re
from enum import StrEnum
from functools import lru_cache

from trimtab.feeds.statements.cells.spelling import plain_words

__all__ = ["COUNTED", "Role", "candidates"]


class Role(StrEnum):
    """What a column is."""

    ACCOUNT = "account"
    ACCOUNT_NAME = "account name"
    WALLET = "wallet"
    SYMBOL = "symbol"
    NAME = "name"
    ISIN = "isin"
    CUSIP = "cusip"
    SEDOL = "sedol"
    WKN = "wkn"
    FIGI = "figi"
    CODE = "security code"
    SOURCE = "source of the symbol"
    KIND = "kind"
    VENUE = "venue"
    QUANTITY = "quantity"
    SIDE = "side"
    PRICE = "price"
    VALUE = "value"
    NET = "net amount"
    GROSS = "gross amount"
    AMOUNT = "amount"
    BALANCE = "balance"
    FEE = "fee"
    TAX = "tax"
    FX = "exchange rate"
    CURRENCY = "currency"
    MULTIPLIER = "multiplier"
    UNIT = "unit of the quantity"
    UNDERLYING = "underlying"
    EXPIRY = "expiry"
    STRIKE = "strike"
    RIGHT = "right"
    ACTION = "action"
    NOTE = "description"
    CODES = "codes of the trade"
    STATUS = "status"
    LEVEL = "level of detail"
    DATE = "date"
    CLOCK = "time of day"
    SETTLE = "settlement date"
    BOOKED = "booking date"
    AS_OF = "as of"
    ID = "id"
    REF = "reference"
    UNIT_COST = "cost per unit"
    COST = "cost"
    GAIN = "gain"
    LABEL = "label"
    ACCRUED = "accrued interest"
    FX_BASE = "rate to the base currency"
    BASE_VALUE = "value in the base currency"
    MARGIN = "margin type"
    INERT = "without consequence"


#: Roles whose cells are numbers.
COUNTED = frozenset(
    [
        Role.QUANTITY, Role.PRICE, Role.VALUE, Role.NET, Role.GROSS, Role.AMOUNT, Role.BALANCE, Role.FEE, Role.TAX,
        Role.FX, Role.MULTIPLIER, Role.STRIKE, Role.UNIT_COST, Role.COST, Role.GAIN, Role.ACCRUED, Role.BASE_VALUE,
    ]
)  # fmt: skip

_CURRENCY = (
    r"(?:currency|ccy|curr|cur|crncy|wahrung|devise|divisa|moneda|valuta|munt|moeda|monnaie|valutakod"
    r"|isocode)"
)
_UNIT_WORDS = (
    r"(?:quantity|qty|shares|units|contracts|stuck|stucke|stueck|stuecke|stk|anzahl|menge|aantal|quantite|cantidad|quantita"
    r"|quantidade|antal|nombre|titulos|titoli|nominal|nominale|nominaal|balance of shares|holding)"
)
_PRICE_WORDS = (
    r"(?:price|\w*kurs|\w*koers|prix|precio|prezzo|preco|cours|\w*preis|mark|cotizacion|stuckpreis|pris|last|close"
    r"|closing|nav|cotation|quote)"
)
_FEE_WORDS = (
    r"(?:fees?|commissions?|comm|brokerage|costs?|charges?|gebuhr|gebuhren|provision|kosten|transaktionskosten"
    r"|transactiekosten|frais(?: de courtage)?|comision|comisiones|commissioni|spese|courtage|kommission|spesen"
    r"|duties|orderkosten"
    r"|taxas?|comissao|gastos|avgift|kurtage|spread)"
)
_TAX_WORDS = (
    r"(?:tax|taxes|duty|levy|steuer|steuern|belasting|impot|impots|impuesto|impuestos|imposta|imposte|tasse"
    r"|imposto|withholding|quellensteuer|kest|soli|vat|ftt|retenue|bronbelasting|skatt|skat)"
)

#: (role, pattern over the plain words of a header), in the order in which they are tried.
RULES: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (Role.LEVEL, r"^(?:data discriminator|level of detail)$"),
        (Role.FX_BASE, r"\bfx rate to base\b|\brate to base\b"),
        (Role.FEE, rf"^(?:currency )?conversion {_FEE_WORDS}$|^fx {_FEE_WORDS}$"),
        (Role.LABEL, r"^currency summary$|^wahrungsubersicht$|^resume des devises$|^valutaoverzicht$"),
        (Role.SOURCE, r"^data source$"),
        (Role.QUANTITY, r"^(?:quantity|qty|shares|units) number$|^(?:amount asset|asset amount)$"),
        (Role.FEE, r"^transaction and or third(?: party(?: fees?)?)?$"),
        (Role.VALUE, r"^(?:montant|importe|importo|valor|valore|betrag) (?:en |in )?(?:devise|divisa|moneda"
                     r"|valuta) local"),
        # What was paid for all of it, in the money of a pair; never the price of one.
        (Role.AMOUNT, r"^quote (?:asset )?(?:amount|quantity|volume|value|total)$"),
        (Role.INERT, r"\bbps\b|\btotalt antal\b|makulering"),
        (Role.NET, r"inclusive of fees|^total inclusive"),
        (Role.INERT, r"^(?:ending settled cash|price paid change|price change .*)$"),
        (Role.FX, r"exchange rate|vaxlingskurs|vekslingskurs|kurs valuta|fx ?rate|conversion rate|wechselkurs"
                  r"|devisenkurs|wisselkoers|umrechnungskurs"
                  r"|taux de change"
                  r"|tipo de cambio|tasso di cambio|taxa de cambio|^forex rate|^fx$|valutakurs|vaxlingskurs|^rate$"),
        (Role.SETTLE, r"likviddag|oppgjorsdag|settle|settlement|value date|valuta$|valutadat|valutering"
                      r"|date de valeur|fecha valor"
                      r"|data valuta"
                      r"|wertstellung"),
        (Role.CURRENCY, rf"\b{_CURRENCY}\b|(?:^|\s)\w+wahrung\b|^commission asset$|^original ?currency$"),
        (Role.PRICE, rf"\b{_PRICE_WORDS}\b.*\b(?:share|stuck|part|aandeel|titre|transaction|coin)s?$"),
        (Role.INERT, r"\b(?:resultat|change|chng|chg|mrk chng|gain|loss|pct|percent|weight|reinvest|p l|pnl|yield|rank"
                     r"|delta|gamma"
                     r"|theta|vega|days?|bp effect|margin req|sector|country|industry|beta|result|realized|realised"
                     r"|realizedgains|unrealized|unrealised|avgholdingperiod|nickname|holdingnickname|holding$"
                     r"|platform|tags|dividend yield|52|volume|rating|resultaat|ergebnis|gewinn|verlust|rendite|perf"
                     r"|performance|profit|plus value|ganancia|rendement|earnings|eps|mtm)\b"),
        (Role.INERT, r"\bc price\b|\bg v\b|\bdiff\b|^order ?type$|^ledgers$|^margin$|^misc$|^ordertxid$|seit kauf"
                     r"|^hash$|^conid$|underlying conid|listing exch|sub ?category|security id type|issuer"
                     r"|^basis$"
                     r"|^exchange quantity$|capital gains|^open date time$|holding period|original trade|notes codes"
                     r"|^sort|filter|^investment discretion|voting|^lei$|last updated|^time zone$|account type"
                     r"|^transaction type code$|^client account id alias$|^model$|^acct alias$|order type|position id"
                     r"|intraday|purchasing power|available for|^currency symbol$|hash"),
        (Role.EXPIRY, r"expir|maturity|verfall|fallig|echeance|vencimiento|scadenza|vencimento|^exp$|last trading"),
        (Role.AS_OF, r"^(?:as of|report date|position date|stand|price date|kursdatum|date as of|as of date"
                     r"|valuation date"
                     r"|holdings? date)$"),
        (Role.BOOKED, r"bokforingsdag|bokforingsdato|process date|posting date|post date|booking date$|entry date"
                      r"|buchungsdatum"),
        (Role.DATE, r"\b(?:date|datum|time|timestamp|buchungstag|handelstag|fecha|data|zeit|zeitpunkt|day|tag"
                    r"|executed"
                    r"|execution|created|completed|date time|datetime|utc time|transact time|ausfuhrung|jour"
                    r"|horodatage"
                    r"|created at|executed at|dato|trade date|transaktionsdatum|datetime utc|transacttime|filled)\b"
                    r"|^affarsdag$|^handelsdag$|^(?:tijd|uhrzeit|heure|hora|ora)$|datum$"),
        (Role.CLOCK, r"^(?:zeit|tijd|uhrzeit|heure|hora|ora|time|clock)$"),
        (Role.SYMBOL, r"^symbol (?:or )?cusip\b"),
        (Role.ISIN, r"\bisin\b"),
        (Role.CUSIP, r"\bcusip\b"),
        (Role.SEDOL, r"\bsedol\b"),
        (Role.WKN, r"\bwkn\b"),
        (Role.FIGI, r"\bfigi\b"),
        (Role.CODE, r"^(?:security id|identifier|valor|valoren|instrument id|asset id|security code|unique id"
                    r"|secid)$"),
        (Role.ACCOUNT, r"\b(?:account|acct|depot|client|user|konto|rekening|compte|cuenta|conto|portfolio|subaccount)"
                       r"(?: (?:number|no|nr|id|number id|nummer))?$|^account$|^broker$|kontonummer|depotnummer"
                       r"|rekeningnummer|account id|user id|client id|^depot$|^depa$|^konto\b"),
        (Role.ACCOUNT_NAME, r"\baccount (?:name|title|alias|description)|^registration"),
        (Role.WALLET, r"^wallet$|^sub ?account$"),
        (Role.RIGHT, r"call or put|put or call|put call|call put|option type|^right$|^c p$|^p c$|^put$"),
        (Role.STRIKE, r"strike|basispreis|exercise price|prix d exercice|uitoefenprijs"),
        (Role.UNDERLYING, r"underlying|basiswert|underlier|sous jacent|^root(?: symbol)?$"),
        (Role.MULTIPLIER, r"^mult$|multiplier|contract size|kontraktgrosse|multiplicator|units per contract"
                          r"|shares per contract"),
        (Role.UNIT, r"^(?:unit|einheit|units? type|quantity type)$"),
        (Role.UNIT_COST, r"(?:average|avg|mean|unit|durchschn\w*|gemiddelde|pru|medio|moyen) (?:cost|entry|buy"
                         r"|purchase)"
                         r"|price paid|purchase price|einstand(?:skurs|spreis)?\b|open price|average cost basis"
                         r"|cost price"
                         r"|cost per|unit cost|kaufkurs|entry price|cost basis price|prix de revient|aankoopkoers"
                         r"|average open price|trade price paid|acquisition price|cost share|basis price|bep\b"
                         r"|break even|^pru$|^pmc$|^gak$|prezzo medio|prix moyen|precio medio|prezzo di carico"
                         r"|costo unitario"),
        (Role.COST, r"cost basis|^inkopsvarde$|\bcoste total|costo total|prix de revient total|valore di carico"
                    r"|aankoopwaarde|kostenbasis|kaufwert|^cost$|book cost|total cost|einstandswert|purchase value"
                    r"|invested|basis money"
                    r"|anschaffung"
                    r"|acquisition (?:cost|value)|^cost value$|cost basis total|book value"),
        (Role.ACCRUED, r"accrued|stuckzins|opgelopen rente|interets courus"),
        (Role.BASE_VALUE, r"\b(?:value|market value|wert|waarde|valeur|valor) (?:in|en) (?:[a-z]{3}|base|local base)$"
                          r"|\bbase (?:market )?value\b|(?:market )?value base|^gegenwert$|value in base"
                          r"|market value eur$"
                          r"|value \(?(?:eur|chf|gbp|usd)\)?$"),
        (Role.TAX, rf"\b{_TAX_WORDS}\b"),
        (Role.BALANCE, r"\b(?:balance|saldo|solde|wallet balance|kontostand|kontosaldo|running)\b"),
        (Role.STATUS, r"\b(?:status|state|transact status)$"),
        (Role.CODES, r"^codes?$|open close|^o c$|open close indicator|position effect"),
        (Role.LEVEL, r"^level$"),
        (Role.SIDE, r"^in out$|buy sell|^side$|^b s$|direction|long short|order side|^l s$|richtung|kauf verkauf"
                    r"|achat vente"
                    r"|sens|pos(?:ition)? type|position side|koop verkoop|pay ?off profile|bs$"),
        (Role.ACTION, r"\b(?:action|activity|transaction type|trans code|transaction|operation|sub ?type"
                      r"|type of transaction"
                      r"|activity type|activity description|transact type|event|buchungsinformation|buchungstext"
                      r"|vorgang|umsatzart|transaktion|transaktionstyp|transaksjonstype|typ av transaktion"
                      r"|geschaftsart|auftragsart|order type"
                      r"|buchungsart|tran code|operacion|operazione"
                      r"|transactietype|soort|omschrijving|mutatiesoort|transaction description"
                      r"|tipo de operacion)\b"),
        (Role.KIND, r"vermogenswertkategorie|^security ?type$|asset (?:category|class|type)|security type"
                    r"|instrument type|sec ?type|asset ?type|product type"
                    r"|wertpapierart|asset cat|gattung|anlageklasse|type d actif|^kind$|^aclass$|^subclass$"
                    r"|^category$"
                    r"|instrument class|anlageart|asset ?class"),
        (Role.ACTION, r"^(?:type|typ|tipo|transaction|art)$"),
        (Role.KIND, r"^(?:type|typ|tipo|art)$"),
        (Role.MARGIN, r"^(?:type|margin|held in|type of account|account type)$"),
        (Role.REF, r"\border\b|^clordid$|\bordre\b|\borden\b|ref ?id|\brefid\b|auftrag(?:s)?nummer|order ?id|order nr"
                   r"|order number"),
        (Role.ID, r"\b(?:id|no|nr|number|reference|ref|txid|uuid|trade ?id|transaction ?id|ta nr|referenz|kenmerk"
                  r"|exec id"
                  r"|belegnummer|notanummer|verifikationsnummer|transaktionsnummer|address)$|^ta nr$"),
        (Role.VENUE, r"\b(?:exchange|venue|beurs|borse|bolsa|borsa|mic|market|uitvoeringsplaats|handelsplatz"
                     r"|ausfuhrungsort"
                     r"|exchange description|place(?: boursiere)?|bourse|lieu d execution|place of execution"
                     r"|listing exchange|reference exchange"
                     r"|boerse)$"),
        (Role.FEE, rf"\b{_FEE_WORDS}\b(?!.*\bbasis\b)"),
        (Role.NET, r"\bnet (?:amount|cash|proceeds|value|money)|^net$|inclusive of fees|nettobetrag|netto"
                   r"|montant net|importe neto"
                   r"|totaal|^total$|^total amount$|^amount net$|^gesamt$|^total value in|^total neto"
                   r"|importo netto|^totale$"
                   r"|ausmachender betrag|endbetrag|^total \w{3}$|^total inclusive|buchungsbetrag|^trading total$"),
        (Role.GROSS, r"gross|brutto|bruto|\blordo\b|\bbrut\b|subtotal|principal|proceeds|erlos|trade money|kurswert"
                     r"|montant brut|^trade value$"
                     r"|^consideration$"),
        (Role.VALUE, r"\b(?:market value|mkt val|marktwert|position value|current value|mark value|total value"
                     r"|value|val|wert"
                     r"|waarde|valeur|valor|valore|varde|vaerdi|marknadsvarde|lokale waarde|local value|valorisation"
                     r"|montant evalue|bewertung|kurswert|val usd|controvalore|ctv)\b"),
        (Role.QUANTITY, rf"\b{_UNIT_WORDS}\b|^position$|^size$|^volume$|^filled$|quantity transacted"
                        rf"|^no of shares|^pos$"
                        r"|^amount of shares|^bestand$|^base amount$"),
        (Role.PRICE, rf"\b{_PRICE_WORDS}\b|stuckpreis"),
        (Role.AMOUNT, r"\b(?:amount|betrag|bedrag|montant|importe|importo|mutatie|change|cash|belopp|belob"
                      r"|cantidad total|money"
                      r"|amount usd|valor total|mouvement|debits?|credits?|soll|haben|paid (?:in|out)|money (?:in"
                      r"|out)|umsatz)\b"),
        (Role.QUANTITY, r"^(?:amount|cantidad|executed)$"),
        (Role.SYMBOL, r"\b(?:symbol|ticker|instrument|security|asset|coin|tickersymbol|kurzel|produkt symbol|code"
                      r"|ric)$"
                      r"|^symbol\b|ticker symbol|instrument symbol|^instrument$|^pair$|^market$|symbole|simbolo|symbool"
                      r"|valor mobiliario"),
        (Role.NAME, r"\b(?:name|description|product|produkt|bezeichnung|wertpapier|investment|title|security name"
                    r"|titel|titre|produit|stock|vardepapper beskrivning|verdipapir|vaerdipapir"
                    r"|libelle|descripcion|descrizione|producto|prodotto|produto|navn|namn|beschreibung"
                    r"|wertpapiername"
                    r"|holding ?name|company|fonds|instrument name|omschrijving|naam|vardepapper|titolo"
                    r"|title of class)$"),
        (Role.NOTE, r"\b(?:transaktionstext|transaksjonstekst|notes?|notiz|remarks?|memo|comment|verwendungszweck"
                    r"|description|info|omschrijving|nota"
                    r"|commentaire"
                    r"|details|bemerkung|kommentar)\b"),
        (Role.LABEL, r"^(?:field name|label)$"),
    )
)  # fmt: skip

#: Words of headers that are written together.
_JOINED = frozenset(
    [
        "account", "acct", "activity", "amount", "and", "asset", "average", "base", "basis", "broker", "buy",
        "call", "cash", "category", "class", "client", "close", "code", "commission", "contract", "cost",
        "currency", "current", "date", "datetime", "day", "description", "exchange", "expiration", "expiry",
        "fee", "fees", "fx", "gross", "ib", "id", "instrument", "isin", "last", "level", "long", "mark",
        "market", "maturity", "money", "multiplier", "name", "net", "number", "of", "open", "order", "original",
        "paid", "place", "position", "posted", "price", "primary", "proceeds", "process", "processed",
        "product", "put", "quantity", "rate", "realized", "report", "run", "security", "sell", "settle",
        "settlement", "share", "shares", "short", "side", "size", "strike", "sub", "symbol", "tax", "taxes",
        "time", "to", "total", "trade", "transaction", "type", "underlying", "unit", "unrealized", "value"
    ]
)  # fmt: skip


@lru_cache(maxsize=5_000)
def candidates(header: str) -> tuple[tuple[Role, str], ...]:
    """Give what a header may mean, best first, each with what a currency column is the currency of.

    Examples
    --------
    >>> candidates("Currency (Price / share)")[0]
    (<Role.CURRENCY: 'currency'>, 'price share')
    >>> candidates("Qty (Quantity)")[0][0].value, candidates("Frobnication")
    ('quantity', ())
    """
    words = plain_words(header)
    if not words:
        return ()
    parted = " ".join(_parted(w) for w in words.split())
    return tuple(dict.fromkeys([*_fitting(parted), *_fitting(words)]))


def _fitting(words: str) -> list[tuple[Role, str]]:
    return [(role, _rest(words) if role is Role.CURRENCY else "") for role, rule in RULES if rule.search(words)]


def _parted(word: str) -> str:
    """Part words that are written as one, as capitals do to IBCOMMISSIONCURRENCY; a word that is no such is itself."""
    parts: list[str | None] = [""]
    for end in range(1, len(word) + 1):
        starts = (at for at in range(end - 1, -1, -1) if parts[at] is not None and word[at:end] in _JOINED)
        parts.append(min((f"{parts[at]} {word[at:end]}" for at in starts), key=lambda p: p.count(" "), default=None))
    return (parts[-1] or word).strip()


def _rest(words: str) -> str:
    """Give what is left of a currency's header: what it is the currency of."""
    bare = re.sub(rf"\b{_CURRENCY}\b|\bprimary\b|\bcode\b|\biso\b|\bsymbol\b", " ", words)
    if bare.strip() == words:
        bare = re.sub(r"wahrung\b", " ", words)
    return " ".join(bare.split())
