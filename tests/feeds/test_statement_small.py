"""Small files in the layouts of brokers, of other generations, languages and numbers than those of the look-alikes."""

from decimal import Decimal

import pytest

from trimtab.errors import FileFormatError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Fact, Holds, NameKind, Statement
from trimtab.feeds.statements.road import Settings


def read(text: str | bytes, **settings: object) -> Statement:
    """Read a file without a name."""
    data = text.encode() if isinstance(text, str) else text
    return read_statement(data, name="a file", settings=Settings(contracts=bundled_contracts(), **settings))  # type: ignore[arg-type]


def held(statement: Statement) -> dict[str, Decimal]:
    """Give quantities by symbol, or by code where there is none."""
    return {p.what.symbol or p.what.code("isin") or "?": p.quantity for p in statement.positions}


def cash(statement: Statement) -> list[tuple[str, str, str]]:
    """Give what each fact did to money, as texts."""
    return [(f.fact.value, f"{f.cash:f}", f.currency or "?") for f in statement.facts if f.cash is not None]


OLD_SCHWAB = """"Positions for account Brokerage ...777 as of 04:15 PM ET, 2023/03/31",,,
,,,
"Symbol","Description","Quantity","Price","Price Change $","Market Value","Cost Basis","Security Type",
"AMZN","AMAZON.COM INC","1,250","$103.29","$1.29","$129,112.50","$98,000.00","Equity",
"QQQ 06/16/2023 300.00 P","PUT INVESCO QQQ TR $300 EXP 06/16/23","3","$7.10","-$0.20","$2,130.00","$2,400.00","Option",
"TBIL","US TREASURY 3 MONTH ETF","40","$50.02","$0.00","$2,000.80","$2,001.00","ETFs & Closed End Funds",
"Cash & Cash Investments","--","--","--","--","$4,200.55","--","Cash and Money Market",
"Positions Total","--","--","--","--","$137,443.85","--","--",
"""


def test_an_older_generation_of_positions_is_read_by_the_meaning_of_its_columns() -> None:
    """A plain Quantity for Qty (Quantity), other columns and another total: the same book."""
    statement = read(OLD_SCHWAB)
    assert held(statement) == {"AMZN": 1250, "QQQ   230616P00300000": 3, "TBIL": 40}
    assert statement.cash_totals == {"USD": Decimal("4200.55")}
    assert (str(statement.as_of), statement.accounts, statement.faults) == ("2023-03-31", ("Brokerage ...777",), ())
    assert statement.positions[1].what.multiplier_from == "value"


def test_a_total_that_is_not_the_sum_of_the_rows_is_told() -> None:
    """A row that fell out of the file shows in the total at its foot."""
    broken = "\n".join(line for line in OLD_SCHWAB.splitlines() if "AMZN" not in line)
    assert [ask.what for ask in read(broken).asks] == ["total"]


def test_two_accounts_in_one_file_stay_apart() -> None:
    """Each title names the account of the table under it."""
    second = (
        OLD_SCHWAB.replace("Brokerage ...777", "Roth IRA ...111")
        .replace("1,250", "10")
        .replace("129,112.50", "1,032.90")
    )
    statement = read(OLD_SCHWAB.rsplit('"Positions Total"', 1)[0] + "\n" + second.rsplit('"Positions Total"', 1)[0])
    amazons = [(p.account, p.quantity) for p in statement.positions if p.what.symbol == "AMZN"]
    assert amazons == [("Brokerage ...777", 1250), ("Roth IRA ...111", 10)]


GERMAN_DEGIRO = (
    "Datum,Uhrzeit,Produkt,ISIN,Referenzbörse,Ausführungsort,Anzahl,Kurs,,Wert in Lokalwährung,,Wert,,Wechselkurs,"
    "Transaktionsgebühren,,Gesamt,,Order-ID\n"
    '14-03-2025,10:01,MUSTER AG,DE0007164600,XET,XETA,20,"101,5000",EUR,"-2030,00",EUR,"-2030,00",EUR,,"-4,90",EUR,'
    '"-2034,90",EUR,a\n'
    '17-03-2025,15:45,SAMPLE INC,US0378331005,NDQ,XNAS,-8,"215,0000",USD,"1720,00",USD,"1582,34",EUR,"1,0870",'
    '"-2,00",EUR,"1580,34",EUR,b\n'
)


def test_another_language_of_one_broker_is_the_same_file() -> None:
    """Header in German: the currency beside a number is its own, sells are negative quantities, days come first."""
    statement = read(GERMAN_DEGIRO)
    assert cash(statement) == [("buy", "-2034.90", "EUR"), ("sell", "1580.34", "EUR")]
    assert [(f.fx, f.fx_means, f.price_currency) for f in statement.facts] == [
        (None, None, None), (Decimal("1.0870"), "USD per EUR", "USD")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["Buy/Sell", "B/S", "Side", "Transaction Type", "Order Side", "Transaction", "Trans Code", "Frob"]
)
def test_a_direction_is_one_whatever_its_header(header: str) -> None:
    """Six headers under which sells were once booked as buys, and one that means nothing: the cells say what it is."""
    text = (
        f"Trade Date,Symbol,{header},Quantity,Price,Brokerage,Currency\n"
        "2024-05-01,AAPL,buy,100,90,1.5,USD\n2024-06-03,AAPL,sell,60,91,1.5,USD\n"
    )
    assert cash(read(text)) == [("buy", "-9001.5", "USD"), ("sell", "5458.5", "USD")]


@pytest.mark.parametrize(
    "header", ["Fees & Comm", "IBCommission", "Brokerage", "Comm/Fee", "Provision", "Frais", "Courtage"]
)
def test_a_cost_is_one_under_any_of_its_names(header: str) -> None:
    """What was paid beside the price lowers the money, under seven names."""
    text = f"Date,Action,Symbol,Quantity,Price,{header},Currency\n2024-05-13,Sell,AAPL,10,90,2.25,USD\n"
    assert cash(read(text)) == [("sell", "897.75", "USD")]


@pytest.mark.parametrize(
    "header", ["CurrencyPrimary", "Price Currency", "Instrument currency", "Währung", "Devise", "Ccy"]
)
def test_a_currency_is_one_under_any_of_its_names(header: str) -> None:
    """A share in euros is never one in dollars."""
    text = f"Symbol,Quantity,{header},Price\nAAPL,100,USD,88.98\nSAP,50,EUR,169.0\n"
    assert [(p.what.symbol, p.currency) for p in read(text).positions] == [("AAPL", "USD"), ("SAP", "EUR")]


@pytest.mark.parametrize(
    ("name", "occ"),
    [
        ("AAPL240719C00080000", "AAPL  240719C00080000"),
        ("AAPL  240719C00080000", "AAPL  240719C00080000"),
        ("-AAPL240719C80", "AAPL  240719C00080000"),
        ("AAPL 19JUL24 80 C", "AAPL  240719C00080000"),
        ("AAPL 07/19/2024 80.00 C", "AAPL  240719C00080000"),
    ],
)
def test_an_options_name_is_an_option(name: str, occ: str) -> None:
    """Five spellings: each is a contract of 100 shares, none a share at 9.50."""
    position = read(f"symbol,quantity,price\nAAPL,100,88.98\n{name},-1,9.50\n").positions[1]
    assert (position.what.kind, position.what.symbol, position.what.multiplier) == (NameKind.OPTION, occ, 100)


def test_what_looks_like_an_option_and_is_not_whole_is_refused() -> None:
    """A derivative that cannot be read is no share: its row is named."""
    faults = read("symbol,quantity,price\nSPY 560 put,-1,9.50\nSPY,1,500\n").faults
    assert [(f.line, "option" in f.why) for f in faults] == [(2, True)]


def test_pence_are_told_by_the_stated_value() -> None:
    """1,000 shares at 46.95 that are worth 469.50 pounds are priced in pence."""
    position = read("Symbol,Quantity,Price,Currency,Market Value\nVOD.L,1000,46.95,GBP,469.50\n").positions[0]
    assert (position.price_unit, position.currency) == ("minor", "GBP")


def test_a_bond_at_par_without_a_value_is_asked_for_its_quotation() -> None:
    """6,000 at 97.05 is 5,823 in percent and 582,300 in money: the careful reading is told."""
    statement = read("Symbol,Quantity,Price,Kind\nUST45,6000,97.05,bond\n")
    assert (statement.positions[0].price_unit, [a.what for a in statement.asks if a.what == "unit"]) == (
        "percent",
        ["unit"],
    )


def test_a_value_that_contradicts_quantity_and_price_refuses_its_row() -> None:
    """Two numbers of one row that cannot both be right are no holding."""
    faults = read("Symbol,Quantity,Price,Market Value\nABC,10,5,50\nXYZ,10,5,73\n").faults
    assert [(f.line, "XYZ" in f.why) for f in faults] == [(3, True)]


def test_numbers_of_every_sort_are_read() -> None:
    """Brackets, a minus behind, an apostrophe, a true minus, a currency: what holdings and trades both write."""
    text = "Symbol;Quantity;Price\nA;(50);$80.00\nB;1'000;2.5\nC;50-;1.0\nD;\u2212100;USD 1,200.00\n"
    assert held(read(text)) == {"A": -50, "B": 1000, "C": -50, "D": -100}


def test_a_number_that_could_be_two_is_refused() -> None:
    """1,250 alone may be one and a quarter or a thousand and more; nothing in the file tells."""
    faults = read('Symbol,Quantity\nA,"1,250"\nB,"2,500"\n').faults
    assert len(faults) == 2
    assert read('Symbol,Quantity\nA,"1,250"\nB,"2,500"\n', decimal=".").positions[0].quantity == 1250


def test_an_unread_column_of_numbers_refuses_the_file_and_names_the_way_out() -> None:
    """A cost under a name that means nothing could change what was paid; with a mapping it is read."""
    text = "Date,Action,Symbol,Quantity,Price,Frob,Currency\n2024-05-13,Sell,AAPL,10,90,2.25,USD\n"
    fault = read(text).faults[0]
    assert "Frob" in fault.why
    assert (fault.column, fault.try_next) == ("Frob", "say what it is with --map")
    from trimtab.feeds.statements.columns.roles import Role

    assert cash(read(text, mapped={"Frob": Role.FEE})) == [("sell", "897.75", "USD")]


def test_trades_without_a_direction_are_refused() -> None:
    """Amounts without a sign and no word for what happened: sells would be buys."""
    text = "Date,Symbol,Quantity,Price,Amount,Currency\n2024-05-13,AAPL,10,90,900,USD\n2024-05-14,AAPL,4,91,364,USD\n"
    assert all("bought or sold" in f.why or "bought or sold" in f.why + f.try_next for f in read(text).faults)
    assert len(read(text).faults) == 2


KRAKEN = """"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"
"L1","T1","2025-02-03 10:00:00","trade","","currency","ZUSD",-500.00,1.30,498.70
"L2","T1","2025-02-03 10:00:00","trade","","currency","XETH",0.20000,0.00000,0.20000
"L3","T2","2025-02-04 11:00:00","trade","","currency","XETH",-0.05000,0.00010,0.14990
"L4","T2","2025-02-04 11:00:00","trade","","currency","ZUSD",130.00,0.00,628.70
"L5","W1","2025-02-05 12:00:00","withdrawal","","currency","ZUSD",-100.00,5.00,523.70
"""


def test_legs_of_one_reference_are_one_trade() -> None:
    """A cost in money lowers the money, one in coin the coins; the last balances are told."""
    statement = read(KRAKEN)
    assert [(f.fact, f.quantity, f.cash) for f in statement.facts] == [
        (Fact.BUY, Decimal("0.2"), Decimal("-501.30")),
        (Fact.SELL, Decimal("-0.0501"), Decimal("130.00")),
        (Fact.WITHDRAWAL, None, Decimal("-105.00")),
    ]
    assert (statement.cash_totals, dict(statement.balances)) == ({"USD": Decimal("523.70")}, {"ETH": Decimal("0.1499")})


def test_a_leg_that_is_missing_is_told_by_the_balance() -> None:
    """A row taken out leaves a balance that does not follow."""
    without = "\n".join(line for line in KRAKEN.splitlines() if '"L4"' not in line and '"L3"' not in line)
    assert "balance" in [ask.what for ask in read(without).asks]


OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20250331<CURDEF>USD<INVACCTFROM><ACCTID>77</INVACCTFROM>
<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>594918104<UNIQUEIDTYPE>CUSIP</SECID><POSTYPE>SHORT<UNITS>15<UNITPRICE>400
<MKTVAL>-6000</INVPOS></POSSTOCK></INVPOSLIST><INVBAL><AVAILCASH>12.50</INVBAL></INVSTMTRS></INVSTMTTRNRS>
</INVSTMTMSGSRSV1><SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>594918104</SECID><TICKER>MSFT</SECINFO>
</STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>"""


def test_a_short_with_positive_units_is_a_short() -> None:
    """Some senders leave the minus to the position's type."""
    statement = read(OFX)
    assert held(statement) == {"MSFT": -15}
    assert statement.cash_totals == {"USD": Decimal("12.50")}


def test_a_cash_statement_whose_entries_do_not_add_up_is_refused() -> None:
    """Opening balance and entries must make the closing balance."""
    text = ":20:X\n:25:1/2\n:28C:1/1\n:60F:C250301EUR100,\n:61:2503050305D40,NTRFNONREF\n:62F:C250331EUR60,\n-\n"
    assert cash(read(text)) == [("withdrawal", "-40", "EUR")]
    assert len(read(text.replace("D40,", "D45,")).faults) == 1


def test_entities_in_xml_are_refused() -> None:
    """A document that could expand without end is not read."""
    pytest.importorskip("defusedxml")
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'
    with pytest.raises(FileFormatError, match="without entities"):
        read(bomb)


FLEX = """<FlexQueryResponse><FlexStatements><FlexStatement accountId="U1" toDate="20250331"><OpenPositions>
<OpenPosition accountId="U1" currency="USD" assetCategory="STK" symbol="MSFT" multiplier="1" reportDate="20250331"
 position="30" markPrice="400" positionValue="12000" levelOfDetail="LOT"/>
<OpenPosition accountId="U1" currency="USD" assetCategory="STK" symbol="MSFT" multiplier="1" reportDate="20250331"
 position="30" markPrice="400" positionValue="12000" levelOfDetail="SUMMARY"/>
</OpenPositions></FlexStatement></FlexStatements></FlexQueryResponse>"""


def test_lots_and_summary_are_counted_once() -> None:
    """One level of detail: 30 shares, never 60."""
    pytest.importorskip("defusedxml")
    statement = read(FLEX)
    assert (held(statement), str(statement.as_of)) == ({"MSFT": 30}, "2025-03-31")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_is_the_same_in_every_encoding(encoding: str) -> None:
    """Umlauts in headers, with and without a mark at the beginning."""
    data = "Bezeichnung;Stück;Währung;Kurs\nÄtna AG;12;EUR;3,50\nÖl SE;1.200;EUR;10,00\n".encode(encoding)
    assert [(p.what.name, p.quantity) for p in read(data).positions] == [("Ätna AG", 12), ("Öl SE", 1200)]


def test_a_company_whose_name_begins_like_a_total_is_held() -> None:
    """Total Energies and a Total Stock fund are no rows of totals."""
    statement = read(
        "Name,ISIN,Quantity,Price\nTOTALENERGIES SE,FR0000120271,5,50\nTotal World Stock ETF,US9220427424,3,100\n"
    )
    assert len(statement.positions) == 2


@pytest.mark.parametrize(
    "text",
    [
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n2024-01-02,1,2,1,2,2,5,0,1\n",
        "Date,Price,Open,High,Low,Vol.,Change %\n2024-01-02,1,1,2,1,5,0.5\n",
        "just some prose\nwithout any table\n",
        "",
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    """Price histories and prose are no positions, transactions or balances."""
    with pytest.raises(FileFormatError):
        read(text)


def test_a_history_of_actions_and_fees_is_transactions_not_prices() -> None:
    """A tracker's export with Code, Action and Fee: a purchase and a dividend, no close of 0.62."""
    text = (
        "Date,Code,DataSource,Currency,Price,Quantity,Action,Fee,Note\n12/13/2024,MSFT,YAHOO,USD,298.58,5,buy,19,\n"
        "12/16/2024,MSFT,YAHOO,USD,0.62,5,dividend,0,\n"
    )
    statement = read(text)
    assert statement.holds is Holds.TRANSACTIONS
    assert cash(statement) == [("buy", "-1511.90", "USD"), ("dividend", "3.10", "USD")], statement.faults


def test_a_cost_in_another_coin_is_no_part_of_the_money() -> None:
    """A fee in BTC beside an amount in USDT stays in BTC; costs in two currencies are refused."""
    header = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee"
    text = f"{header}\n2021-05-10 09:11:02,BTCUSDT,BUY,56000,0.01BTC,560USDT,0.00001BTC\n"
    fact = read(text).facts[0]
    assert (fact.cash, fact.fee, fact.fee_currency) == (Decimal(-560), Decimal("0.00001"), "BTC")
    two = (
        "Date,Action,Symbol,Quantity,Price,Fee,Fee currency,Tax,Tax currency,Amount,Currency\n"
        "2024-05-13,Buy,AAPL,10,90,1,USD,2,EUR,-901,USD\n"
    )
    assert "tax in another currency" in read(two).faults[0].why


def test_the_order_of_day_and_month_is_told_where_no_date_tells_it() -> None:
    """A header in German says day first, and the file says that it was so decided; in English it is refused."""
    german = "Datum;Typ;Symbol;Stück;Kurs;Betrag;Währung\n02-03-2023;Kauf;AAPL;1;90,00;-90,00;EUR\n"
    statement = read(german)
    assert str(statement.facts[0].day) == "2023-03-02"
    assert any("day first" in note for note in statement.notes)
    with pytest.raises(FileFormatError, match="told apart"):
        read("Date,Action,Symbol,Quantity,Price,Amount,Currency\n02-03-2023,Buy,AAPL,1,90,-90,EUR\n")


def test_rows_with_the_same_words_are_read_each_by_its_own_day_and_numbers() -> None:
    """Two names, each of several rows, keep their things apart; each row keeps its day and amount."""
    money = (
        "Date,Description,Symbol,Quantity,Price,Amount,Currency\n2026-03-02,Dividend received,KO,,,12.50,USD\n"
        "2026-03-03,Dividend received,KO,,,7.50,USD\n2026-03-03,Dividend received,PEP,,,1.50,USD\n"
    )
    assert [(f.day.day, f.what.symbol, str(f.cash)) for f in read(money).facts if f.what is not None] == [
        (2, "KO", "12.50"), (3, "KO", "7.50"), (3, "PEP", "1.50"),
    ]  # fmt: skip


def test_a_decimal_sign_is_told_by_any_cell_of_a_long_column() -> None:
    """Nine hundred cells that do not tell, and one that does; and two that tell different things."""
    rows = "".join(f"A{i};1.{i:03d}\n" for i in range(100, 1000))
    assert held(read(f"Ticker;Menge\n{rows}Z;2,5\n"))["A100"] == 1100
    assert "A100" not in held(read(f"Ticker;Menge\n{rows}Y;2,5\nZ;2.5\n"))
