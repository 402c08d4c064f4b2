"""Statements as brokers write them, made up, with what the books hold after them: for benchmarks/statements.py.

Sections with a header of their own (Interactive Brokers), elements of a Flex query, one table with dollars and brackets
(Schwab), decimal commas with unnamed currency columns (Degiro), totals in one currency (Trading 212), two rows for each
trade (Kraken), tags that are not closed (OFX), and a plain table. Every row adds up, so that a reader may hold one
number against the others.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

__all__ = ["WRITERS", "Truth"]

_SEED = 20260630
_NAMES = 40
_FIRST = dt.date(2016, 1, 4)
_CENT = Decimal("0.01")


@dataclass(slots=True)
class Truth:
    """What the books hold after a file: units by symbol, and money by currency."""

    units: dict[str, int] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)

    def add(self, symbol: str, units: int, currency: str, cash: Decimal) -> None:
        """Add one row."""
        self.units[symbol] = self.units.get(symbol, 0) + units
        self.money[currency] = self.money.get(currency, Decimal(0)) + cash


@dataclass(frozen=True, slots=True)
class Deal:
    """One row: a purchase, a sale, or a dividend (no units)."""

    moment: dt.datetime
    name: int
    units: int
    price: Decimal
    fee: Decimal
    number: int

    @property
    def cash(self) -> Decimal:
        """What came, or went."""
        if not self.units:
            return self.price
        return -self.units * self.price - self.fee


def deals(rows: int) -> Iterator[Deal]:
    """Make deals in the order of time; nobody sells what is not held."""
    rng = random.Random(_SEED)  # noqa: S311 - made-up trades
    held = [0] * _NAMES
    levels = [rng.uniform(8, 600) for _ in range(_NAMES)]
    step = dt.timedelta(days=10 * 365) / rows
    for number in range(rows):
        name = rng.randrange(_NAMES)
        levels[name] *= 1 + rng.gauss(0, 0.01)
        price = Decimal(f"{levels[name]:.2f}")
        moment = dt.datetime.combine(_FIRST, dt.time(9, 30), dt.UTC) + number * step
        fee = Decimal(rng.choice(["0", "1.00", "0.35", "2.64"]))
        what = rng.random()
        if what < 0.1 and held[name]:
            yield Deal(moment, name, 0, (price / 50).quantize(_CENT), Decimal(0), number)
            continue
        units = -rng.randint(1, held[name]) if what > 0.6 and held[name] else rng.randint(1, 200)
        held[name] += units
        yield Deal(moment, name, units, price, fee, number)


def symbol_of(name: int) -> str:
    """Give a made-up ticker."""
    return f"Q{chr(65 + name // 26)}{chr(65 + name % 26)}X"


def isin_of(name: int) -> str:
    """Give a made-up code with its check digit."""
    body = f"US99{name:07d}"
    digits = "".join(str(int(c, 36)) for c in body)
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(digits)))
    return f"{body}{-total % 10}"


def write_schwab(path: Path, rows: int) -> Truth:
    """Write a history as Schwab exports it: newest first, dollars, a minus before the sign of the currency."""
    truth, lines = Truth(), []
    for deal in deals(rows):
        symbol, day = symbol_of(deal.name), f"{deal.moment:%m/%d/%Y}"
        amount = f"{'-' if deal.cash < 0 else ''}${abs(deal.cash):,.2f}"
        truth.add(symbol, deal.units, "USD", deal.cash)
        if not deal.units:
            lines.append(f'"{day}","Qualified Dividend","{symbol}","SAMPLE {symbol} INC","","","","{amount}"')
            continue
        what, fee = ("Buy" if deal.units > 0 else "Sell"), (f"${deal.fee}" if deal.fee else "")
        lines.append(
            f'"{day}","{what}","{symbol}","SAMPLE {symbol} INC","{abs(deal.units):,}","${deal.price:,}","{fee}",'
            f'"{amount}"'
        )
    header = '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"'
    path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    return truth


def write_ibkr(path: Path, rows: int) -> Truth:
    """Write an activity statement: sections, a header for each, subtotals."""
    truth = Truth()
    trades, paid = [], []
    for deal in deals(rows):
        symbol = symbol_of(deal.name)
        truth.add(symbol, deal.units, "USD", deal.cash)
        if not deal.units:
            words = f"{symbol}({isin_of(deal.name)}) Cash Dividend USD {deal.price} per Share"
            paid.append(f"Dividends,Data,USD,{deal.moment:%Y-%m-%d},{words},{deal.price}")
            continue
        proceeds = -deal.units * deal.price
        trades.append(
            f'Trades,Data,Order,Stocks,USD,{symbol},"{deal.moment:%Y-%m-%d, %H:%M:%S}","{deal.units:,}",{deal.price},'
            f"{deal.price},{proceeds},{-deal.fee},{-proceeds + deal.fee},0,0,O"
        )
    last = deal.moment
    head = [
        "Statement,Header,Field Name,Field Value", "Statement,Data,BrokerName,Interactive Brokers LLC",
        "Statement,Data,Title,Activity Statement",
        f'Statement,Data,Period,"January 4, 2016 - {last:%B} {last.day}, {last.year}"',
        "Account Information,Header,Field Name,Field Value", "Account Information,Data,Account,U0000002",
        "Account Information,Data,Base Currency,USD",
        "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,"
        "Comm/Fee,Basis,Realized P/L,MTM P/L,Code",
    ]  # fmt: skip
    between = ["Dividends,Header,Currency,Date,Description,Amount"]
    path.write_text("\n".join([*head, *trades, *between, *paid]) + "\n")
    return truth


def write_degiro(path: Path, rows: int) -> Truth:
    """Write transactions as Degiro exports them: decimal commas, currencies in columns without a name, no tickers."""
    truth, lines = Truth(), []
    for deal in (d for d in deals(rows * 10 // 9) if d.units):
        isin = isin_of(deal.name)
        truth.add(isin, deal.units, "EUR", deal.cash)
        worth = f"{-deal.units * deal.price:.2f}".replace(".", ",")
        total, fee = f"{deal.cash:.2f}".replace(".", ","), (f"-{deal.fee}".replace(".", ",") if deal.fee else "")
        price = f"{deal.price:.4f}".replace(".", ",")
        lines.append(
            f'{deal.moment:%d-%m-%Y,%H:%M},SAMPLE {isin},{isin},EAM,XAMS,{deal.units},"{price}",EUR,"{worth}",EUR,'
            f'"{worth}",EUR,,"{fee}",EUR,"{total}",EUR,00000000-0000-4000-8000-{deal.number:012d}'
        )
    header = (
        "Datum,Tijd,Product,ISIN,Beurs,Uitvoeringsplaats,Aantal,Koers,,Lokale waarde,,Waarde,,Wisselkoers,"
        "Transactiekosten en/of,,Totaal,,Order ID"
    )
    path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    return truth


def write_flex(path: Path, rows: int) -> Truth:
    """Write a Flex query in XML: trades and dividends as elements."""
    truth, trades, paid = Truth(), [], []
    for deal in deals(rows):
        symbol, isin = symbol_of(deal.name), isin_of(deal.name)
        truth.add(symbol, deal.units, "USD", deal.cash)
        head = f'accountId="U0000002" currency="USD" fxRateToBase="1" assetCategory="STK" symbol="{symbol}" '
        head += f'description="SAMPLE {symbol} INC" conid="{900000 + deal.name}" isin="{isin}" multiplier="1" '
        if not deal.units:
            paid.append(
                f'<CashTransaction {head}dateTime="{deal.moment:%Y-%m-%d}" settleDate="{deal.moment:%Y-%m-%d}" '
                f'amount="{deal.price}" type="Dividends" transactionID="{810000000 + deal.number}" '
                'levelOfDetail="DETAIL" />'
            )
            continue
        proceeds = -deal.units * deal.price
        trades.append(
            f'<Trade {head}tradeID="{deal.number}" transactionID="{910000000 + deal.number}" '
            f'tradeDate="{deal.moment:%Y-%m-%d}" dateTime="{deal.moment:%Y-%m-%d;%H%M%S}" quantity="{deal.units}" '
            f'tradePrice="{deal.price}" tradeMoney="{-proceeds}" proceeds="{proceeds}" ibCommission="{-deal.fee}" '
            f'ibCommissionCurrency="USD" netCash="{deal.cash}" buySell="{"BUY" if deal.units > 0 else "SELL"}" '
            'levelOfDetail="EXECUTION" />'
        )
    path.write_text(
        '<FlexQueryResponse queryName="Book" type="AF">\n<FlexStatements count="1">\n'
        f'<FlexStatement accountId="U0000002" fromDate="2016-01-04" toDate="{deal.moment:%Y-%m-%d}" period="" '
        f'whenGenerated="{deal.moment:%Y-%m-%d;%H%M%S}">\n<Trades>\n' + "\n".join(trades) + "\n</Trades>\n"
        "<CashTransactions>\n" + "\n".join(paid) + "\n</CashTransactions>\n</FlexStatement>\n</FlexStatements>\n"
        "</FlexQueryResponse>\n"
    )  # fmt: skip
    return truth


def write_trading212(path: Path, rows: int) -> Truth:
    """Write the history of Trading 212: pounds, a total that holds the costs, no sign."""
    truth = Truth()
    lines = [
        "Action,Time,ISIN,Ticker,Name,Notes,ID,No. of shares,Price / share,Currency (Price / share),Exchange rate,"
        "Total,Currency (Total),Currency conversion fee,Currency (Currency conversion fee)"
    ]
    for deal in deals(rows):
        symbol = symbol_of(deal.name)
        truth.add(symbol, deal.units, "GBP", deal.cash)
        what = "Dividend (Ordinary)" if not deal.units else f"Market {'buy' if deal.units > 0 else 'sell'}"
        numbers = f"{abs(deal.units)}.0000000000,{deal.price},GBP,1.00000000" if deal.units else ",,,"
        lines.append(
            f"{what},{deal.moment:%Y-%m-%d %H:%M:%S}.{deal.number % 1000:03d},{isin_of(deal.name)},{symbol},"
            f'"Sample {symbol}",,EOF{deal.number:010d},{numbers},{abs(deal.cash):.2f},"GBP",{deal.fee or ""},'
            f"{'GBP' if deal.fee else ''}"
        )
    path.write_text("\n".join(lines) + "\n")
    return truth


def write_kraken(path: Path, rows: int) -> Truth:
    """Write a ledger of Kraken: each trade is a row of money and a row of coins, with running balances."""
    truth = Truth()
    lines = [
        '"txid","refid","time","type","subtype","aclass","subclass","asset","wallet","amount","fee","balance"',
        '"LSTART-00000-000000","DSTART-00000-000000","2016-01-01 00:00:00","deposit","","currency","fiat","ZEUR",'
        '"spot / main",900000000.0000,0.0000,900000000.0000',
    ]
    truth.add("", 0, "EUR", Decimal(900_000_000))
    coins = {"XXBT": "BTC", "XETH": "ETH", "SOL": "SOL", "ADA": "ADA"}
    balances = {"ZEUR": Decimal(900_000_000), **dict.fromkeys(coins, Decimal(0))}
    for deal in (d for d in deals(rows * 5 // 9) if d.units):
        asset = list(coins)[deal.name % 4]
        units = deal.units if deal.units > 0 or balances[asset] + deal.units >= 0 else -deal.units
        euros = -units * deal.price
        balances[asset] += units
        balances["ZEUR"] += euros - deal.fee
        truth.add(coins[asset], units, "EUR", euros - deal.fee)
        for leg, (coin, moved, fee) in enumerate((("ZEUR", euros, deal.fee), (asset, Decimal(units), Decimal(0)))):
            lines.append(
                f'"L{deal.number:06d}-{leg}","T{deal.number:06d}","{deal.moment:%Y-%m-%d %H:%M:%S}","trade",'
                f'"tradespot","currency","{"crypto" if leg else "fiat"}","{coin}","spot / main",{moved:.4f},{fee:.4f},'
                f"{balances[coin]:.4f}"
            )
    path.write_text("\n".join(lines) + "\n")
    del truth.units[""]
    return truth


def write_ofx(path: Path, rows: int) -> Truth:
    """Write OFX 1: tags of values are not closed, tickers stand in a list of their own."""
    truth, lines = Truth(), []
    for deal in deals(rows):
        symbol, cusip = symbol_of(deal.name), isin_of(deal.name)[2:11]
        truth.add(symbol, deal.units, "USD", deal.cash)
        thing = f"<SECID><UNIQUEID>{cusip}<UNIQUEIDTYPE>OTHER</SECID>"
        head = f"<INVTRAN><FITID>F{deal.number}<DTTRADE>{deal.moment:%Y%m%d%H%M%S}.000[-5:EST]<MEMO>X</INVTRAN>{thing}"
        ends = "<SUBACCTSEC>CASH<SUBACCTFUND>CASH"
        if not deal.units:
            lines.append(f"<INCOME>{head}<INCOMETYPE>DIV<TOTAL>{deal.price}{ends}</INCOME>")
            continue
        way = "BUY" if deal.units > 0 else "SELL"
        lines.append(
            f"<{way}STOCK><INV{way}>{head}<UNITS>{deal.units}<UNITPRICE>{deal.price}<COMMISSION>{deal.fee}"
            f"<TOTAL>{deal.cash}{ends}</INV{way}><{way}TYPE>{way}</{way}STOCK>"
        )
    listed = [
        f"<STOCKINFO><SECINFO><SECID><UNIQUEID>{isin_of(n)[2:11]}<UNIQUEIDTYPE>OTHER</SECID><SECNAME>SAMPLE "
        f"{symbol_of(n)} INC<TICKER>{symbol_of(n)}</SECINFO></STOCKINFO>"
        for n in range(_NAMES)
    ]
    path.write_text(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
        "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        "<DTSERVER>20260701001702<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>\n<INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>0"
        f"<STATUS><CODE>0<SEVERITY>INFO</STATUS><INVSTMTRS><DTASOF>{deal.moment:%Y%m%d%H%M%S}<CURDEF>USD<INVACCTFROM>"
        "<BROKERID>sample.example<ACCTID>00000002</INVACCTFROM>\n<INVTRANLIST><DTSTART>20160101<DTEND>"
        f"{deal.moment:%Y%m%d}\n" + "\n".join(lines) + "\n</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS>"
        "</INVSTMTMSGSRSV1>\n<SECLISTMSGSRSV1><SECLIST>\n" + "\n".join(listed) + "\n</SECLIST></SECLISTMSGSRSV1>"
        "</OFX>\n"
    )  # fmt: skip
    return truth


def write_plain(path: Path, rows: int) -> Truth:
    """Write a table whose columns say what they are, and of no broker."""
    truth, lines = Truth(), ["Trade date,Direction,Ticker,Units,Price,Costs,Net amount,Currency"]
    for deal in (d for d in deals(rows * 10 // 9) if d.units):
        symbol = symbol_of(deal.name)
        truth.add(symbol, deal.units, "USD", deal.cash)
        lines.append(
            f"{deal.moment:%Y-%m-%d},{'Buy' if deal.units > 0 else 'Sell'},{symbol},{abs(deal.units)},{deal.price},"
            f"{deal.fee},{deal.cash},USD"
        )
    path.write_text("\n".join(lines) + "\n")
    return truth


WRITERS: dict[str, tuple[str, Callable[[Path, int], Truth]]] = {
    "ibkr-activity": ("csv", write_ibkr), "ibkr-flex": ("xml", write_flex), "schwab": ("csv", write_schwab),
    "degiro": ("csv", write_degiro), "trading212": ("csv", write_trading212), "kraken": ("csv", write_kraken),
    "ofx": ("ofx", write_ofx), "plain-table": ("csv", write_plain),
}  # fmt: skip
