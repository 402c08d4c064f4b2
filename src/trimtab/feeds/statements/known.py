"""Layouts that are known by the names of their columns, in any order, and what they leave unsaid.

A file is read by what its columns mean, known or not. Knowing the layout adds its name, and what the sender never
writes: the currency of its accounts, the order of day and month. Layouts were read in public parsers and test files in
November 2026; brokers change them without notice, so each line is one generation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from trimtab.feeds.statements.cells.spelling import plain_words

__all__ = ["KNOWN", "Layout", "formats_read", "recognise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One generation of one sender's layout.

    Parameters
    ----------
    name
        What the format is called here.
    title
        For people.
    holds
        positions, transactions, cash or both.
    columns
        Names of columns, in plain words, that tell it.
    currency
        Of its amounts, where the sender keeps accounts in one and does not write it; empty otherwise.
    asked
        Why that currency must be confirmed; empty if it is certain.
    month_first
        Whether 6/2 is the second of June; None if the file tells.
    """

    name: str
    title: str
    holds: str
    columns: frozenset[str]
    currency: str = ""
    asked: str = ""
    month_first: bool | None = None


def _layout(
    name: str,
    title: str,
    holds: str,
    columns: str,
    currency: str = "",
    asked: str = "",
    *,
    month_first: bool | None = None,
) -> Layout:
    words = frozenset(plain_words(c) for c in columns.split("|"))
    return Layout(
        name=name, title=title, holds=holds, columns=words, currency=currency, asked=asked, month_first=month_first
    )


_P, _T, _B = "positions", "transactions", "positions and transactions"
_EUR_ACCOUNT = "the file does not name the currency of its amounts"
KNOWN: tuple[Layout, ...] = (
    _layout("schwab-positions-csv", "Schwab positions", _P,
            "Symbol|Description|Qty (Quantity)|Price|Mkt Val (Market Value)|Cost Basis|Asset Type"
            "|Reinvest Capital Gains",
            "USD", month_first=True),
    _layout("schwab-positions-csv", "Schwab positions, until 2023", _P,
            "Symbol|Description|Quantity|Price|Market Value|Cost Basis|Security Type|Reinvest Dividends?", "USD",
            month_first=True),
    _layout("schwab-transactions-csv", "Schwab transactions", _T,
            "Date|Action|Symbol|Description|Quantity|Price|Fees & Comm|Amount", "USD", month_first=True),
    _layout("fidelity-positions-csv", "Fidelity positions", _P,
            "Account Number|Account Name|Symbol|Description|Quantity|Last Price|Current Value|Percent Of Account"
            "|Cost Basis Total",
            "USD", month_first=True),
    _layout("fidelity-history-csv", "Fidelity activity", _T,
            "Run Date|Action|Symbol|Description|Quantity|Price|Commission|Fees|Amount|Settlement Date", "USD",
            month_first=True),
    _layout("vanguard-us-csv", "Vanguard download", _B,
            "Account Number|Investment Name|Symbol|Shares|Share Price|Total Value", "USD", month_first=True),
    _layout("etrade-portfolio-csv", "E*TRADE portfolio", _P,
            "Symbol|Last Price $|Change $|Quantity|Price Paid $|Value $", "USD", month_first=True),
    _layout("etrade-transactions-csv", "E*TRADE transactions", _T,
            "Transaction Date|Transaction Type|Security Type|Symbol|Quantity|Amount|Price|Commission|Description",
            "USD", month_first=True),
    _layout("etrade-transactions-csv", "E*TRADE transactions, from 2025", _T,
            "Activity/Trade Date|Transaction Date|Settlement Date|Activity Type|Description|Symbol|Cusip|Quantity #"
            "|Price $|Amount $|Commission|Category", "USD", month_first=True),
    _layout("merrill-activity-csv", "Merrill activity", _T,
            "Trade Date|Settlement Date|Account|Account Nickname|Type|Description 1|Symbol/CUSIP #|Quantity|Price ($)"
            "|Amount ($)", "USD", month_first=True),
    _layout("merrill-holdings-csv", "Merrill holdings", _P,
            "Symbol|Description|Day's Price $ Chg % Chg|Quantity|Value|Price", "USD", month_first=True),
    _layout("thinkorswim-position-statement", "thinkorswim position statement", _P,
            "Instrument|Qty|Days|Trade Price|Mark|Mrk Chng|P/L Open|BP Effect", "USD", month_first=True),
    _layout("tastytrade-csv", "tastytrade transactions", _T,
            "Date|Type|Action|Symbol|Instrument Type|Value|Quantity|Average Price|Commissions|Multiplier"
            "|Root Symbol", "USD",
            month_first=True),
    _layout("robinhood-csv", "Robinhood activity", _T,
            "Activity Date|Process Date|Settle Date|Instrument|Description|Trans Code|Quantity|Price|Amount", "USD",
            month_first=True),
    _layout("ibkr-activity-csv", "Interactive Brokers activity statement", _B,
            "DataDiscriminator|Asset Category|Currency|Symbol|Quantity"),
    _layout("ibkr-flex-csv", "Interactive Brokers Flex query, CSV", _B,
            "ClientAccountID|CurrencyPrimary|AssetClass|Symbol|Conid"),
    _layout("ibkr-flex-xml", "Interactive Brokers Flex query, XML", _B, "accountId|assetCategory|conid|currency"
                                                                        "|levelOfDetail"),
    _layout("degiro-portfolio-csv", "Degiro portfolio", _P, "Product|Symbol/ISIN|Amount|Closing|Local value"
                                                            "|Value in EUR"),
    _layout("degiro-transactions-csv", "Degiro transactions (Dutch)", _T,
            "Datum|Tijd|Product|ISIN|Beurs|Aantal|Koers|Waarde|Wisselkoers|Totaal|Order ID"),
    _layout("degiro-transactions-csv", "Degiro transactions (English)", _T,
            "Date|Time|Product|ISIN|Reference exchange|Venue|Quantity|Price|Local value|Exchange rate|Total"
            "|Order ID"),
    _layout("degiro-transactions-csv", "Degiro transactions (German)", _T,
            "Datum|Uhrzeit|Produkt|ISIN|Referenzbörse|Ausführungsort|Anzahl|Kurs|Wert in Lokalwährung|Wechselkurs"
            "|Gesamt|Order-ID"),
    _layout("trading212-csv", "Trading 212", _T,
            "Action|Time|ISIN|Ticker|Name|No. of shares|Price / share|Currency (Price / share)|Exchange rate|Total"),
    _layout("saxo-transactions-csv", "Saxo transactions", _T,
            "Client ID|Trade Date|Value Date|Type|Instrument|Instrument ISIN|Instrument currency|Event|Amount", "EUR",
            _EUR_ACCOUNT),
    _layout("flatex-transactions-csv", "flatex Depotumsätze", _T,
            "Buchungstag|Valuta|Bezeichnung|ISIN|Nominal (Stk.)|Betrag|Kurs|Devisenkurs|Buchungsinformation"),
    _layout("swissquote-csv", "Swissquote transactions", _T,
            "Date|Order #|Transaction|Symbol|Name|ISIN|Quantity|Unit price|Costs|Net Amount|Balance|Currency"),
    _layout("traderepublic-csv", "Trade Republic export (German)", _T,
            "Datum|Typ|Wert|Notiz|ISIN|Stück|Gebühren|Steuern", "EUR", _EUR_ACCOUNT),
    _layout("traderepublic-csv", "Trade Republic export (English)", _T,
            "Date|Type|Value|Note|ISIN|Shares|Fees|Taxes", "EUR", _EUR_ACCOUNT),
    _layout("portfolio-performance-csv", "Portfolio Performance (German)", _T,
            "Datum|Typ|Wert|Buchungswährung|Bruttobetrag|Wechselkurs|Gebühren|Steuern|Stück|ISIN|WKN|Ticker-Symbol"),
    _layout("portfolio-performance-csv", "Portfolio Performance (English)", _T,
            "Date|Type|Value|Transaction Currency|Gross Amount|Exchange Rate|Fees|Taxes|Shares|ISIN|WKN"
            "|Ticker Symbol"),
    _layout("parqet-csv", "Parqet", _T,
            "datetime|date|time|price|shares|amount|tax|fee|type|broker|assettype|identifier|originalcurrency"
            "|holdingname"),
    _layout("coinbase-csv", "Coinbase transactions", _T,
            "Timestamp|Transaction Type|Asset|Quantity Transacted|Price Currency|Subtotal|Notes"),
    _layout("coinbase-csv", "Coinbase transactions, until 2023", _T,
            "Timestamp|Transaction Type|Asset|Quantity Transacted|Spot Price Currency|Spot Price at Transaction"
            "|Subtotal|Notes"),
    _layout("kraken-ledgers-csv", "Kraken ledgers", _T, "txid|refid|time|type|aclass|asset|amount|fee|balance"),
    _layout("binance-statement-csv", "Binance transaction history", _T, "User_ID|UTC_Time|Account|Operation|Coin"
                                                                        "|Change|Remark"),
    _layout("bitmex-wallet-csv", "BitMEX wallet history", _T,
            "transactTime|transactType|amount|fee|address|transactStatus|walletBalance"),
    _layout("ghostfolio-json", "Ghostfolio export", _T, "accountId|fee|quantity|type|unitPrice|currency"
                                                        "|dataSource|date|symbol"),
)  # fmt: skip
_ENOUGH = 0.8


def recognise(headers: Iterable[str]) -> tuple[Layout | None, float]:
    """Find the layout whose columns a file has; None, and how near the nearest came, if it has none's.

    Parameters
    ----------
    headers
        Names of all columns of all its tables.

    Examples
    --------
    >>> found, share = recognise(["Date", "Action", "Symbol", "Quantity", "Price", "Fees & Comm", "Amount"])
    >>> found.name, round(share, 2)
    ('schwab-transactions-csv', 0.88)
    """
    words = frozenset(plain_words(h) for h in headers if h)
    shares = [
        (len(layout.columns & words) / len(layout.columns), len(layout.columns & words), layout) for layout in KNOWN
    ]
    share, _, best = max(shares, key=lambda s: (s[0], s[1]))
    return (best, share) if share >= _ENOUGH else (None, share)


#: Formats that are known by how they are built, not by the names of columns.
_BUILT: tuple[tuple[str, str, str], ...] = (
    ("ofx-investment", "OFX and QFX: investments", _B),
    ("ofx-bank", "OFX and QFX: bank accounts", "cash"),
    ("sec-13f-xml", "SEC 13F information table", _P),
    ("sec-nport-xml", "SEC N-PORT portfolio report", _P),
    ("swift-mt535", "SWIFT MT535 statement of holdings", _P),
    ("swift-mt940", "SWIFT MT940 account statement", "cash"),
    ("beancount", "beancount ledger", _T),
    ("table", "any table whose columns say what they are (CSV, TSV, XLSX, XLS, ODS)", _B),
)


def formats_read() -> list[tuple[str, str, str]]:
    """Give every format that is read: its name, whose it is, and what it holds.

    Examples
    --------
    >>> [row for row in formats_read() if row[0] == "swift-mt940"]
    [('swift-mt940', 'SWIFT MT940 account statement', 'cash')]
    """
    return sorted((*((k.name, k.title, k.holds) for k in KNOWN), *_BUILT), key=lambda row: (row[1].casefold(), row[0]))
