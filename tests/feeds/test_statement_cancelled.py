"""Trades that were cancelled and corrected: paired off exactly and told, else refused by name."""

import pytest

from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Statement
from trimtab.feeds.statements.road import Settings

SCHWAB = (
    "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n"
    "06/18/2026,Buy,SPY,SPDR,100,$560.00,$5.00,-$56005.00\n"
    "06/18/2026,Cancel Buy,SPY,SPDR,100,$560.00,$5.00,$56005.00\n"
    "06/18/2026,Buy,SPY,SPDR,10,$560.00,$5.00,-$5605.00\n"
    "06/19/2026,Sell,SPY,SPDR,4,$561.00,,$2244.00\n"
    "06/19/2026,Cancel Sell,SPY,SPDR,4,$561.00,,-$2244.00\n"
)
ACTIVITY = (
    'Statement,Header,Field Name,Field Value\nStatement,Data,Period,"May 1, 2024 - May 31, 2024"\n'
    "Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,U1\n"
    "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,"
    "Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n"
    'Trades,Data,Order,Stocks,USD,MSFT,"2024-05-15, 10:00:00",10,400,405,-4000,-1,4001,0,50,O\n'
    'Trades,Data,Order,Stocks,USD,MSFT,"2024-05-15, 10:00:00",-10,400,405,4000,1,-4001,0,50,Ca;O\n'
    'Trades,Data,Order,Stocks,USD,MSFT,"2024-05-15, 10:00:00",10,390,405,-3900,-1,3901,0,50,Co;O\n'
)
FLEX = (
    '<FlexQueryResponse><FlexStatements><FlexStatement accountId="U1" fromDate="20240501" toDate="20240531"><Trades>'
    "{}{}{}</Trades></FlexStatement></FlexStatements></FlexQueryResponse>"
)


def flex_trade(name: str, side: str, quantity: int, price: int) -> str:
    """A trade of a Flex query, with its commission of one dollar paid or given back."""
    way = 1 if quantity > 0 else -1
    return (
        f'<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="MSFT" tradeDate="20240515" '
        f'quantity="{quantity}" tradePrice="{price}" proceeds="{-quantity * price}" ibCommission="{-way}" '
        f'netCash="{-quantity * price - way}" buySell="{side}" tradeID="{name}" levelOfDetail="EXECUTION" />'
    )


QUERY = FLEX.format(
    flex_trade("1", "BUY", 10, 400), flex_trade("2", "BUY (Ca.)", -10, 400), flex_trade("3", "BUY", 10, 390)
)


def read(text: str) -> Statement:
    return read_statement(text.encode(), name="a file", settings=Settings(contracts=bundled_contracts()))


def booked(statement: Statement) -> list[tuple[str, float, float]]:
    return [(str(f.fact), float(f.quantity or 0), float(f.price or 0)) for f in statement.facts]


@pytest.mark.parametrize(
    ("text", "left", "pairs"),
    [
        (SCHWAB, [("buy", 10, 560)], [(2, 3), (5, 6)]),
        (ACTIVITY, [("buy", 10, 390)], [(6, 7)]),
        (QUERY, [("buy", 10, 390)], None),
    ],
    ids=["schwab", "activity", "flex"],
)
def test_a_cancelled_trade_goes_with_its_cancellation(
    text: str, left: list[object], pairs: list[object] | None
) -> None:
    """What remains is the trade that stands; a cancelled purchase of IBKR was once booked as a short sale beside it."""
    statement = read(text)
    assert statement.faults == ()
    assert booked(statement) == left
    told = [one.lines for one in statement.left_out if "cancels the trade of" in one.why]
    assert len(told) == 1 if pairs is None else told == pairs


@pytest.mark.parametrize(
    ("text", "was", "becomes"),
    [
        (SCHWAB, "Cancel Buy,SPY,SPDR,100,$560.00,$5.00,$56005.00", "Cancel Buy,SPY,SPDR,90,$560.00,$5.00,$50405.00"),
        (SCHWAB, "Cancel Buy,SPY,SPDR,100,$560.00", "Cancel Buy,SPY,SPDR,100,$561.00"),
        (SCHWAB, "Cancel Buy,SPY", "Cancel Buy,IWM"),
        (SCHWAB, "Cancel Buy,SPY", "Cancel Sell,SPY"),
        (SCHWAB, "Cancel Buy,SPY,SPDR,100,$560.00,$5.00,$56005.00", "Cancel Buy,SPY,SPDR,100,$560.00,$4.00,$56004.00"),
        (ACTIVITY, "-10,400,405,4000,1,-4001", "-10,401,405,4010,1,-4011"),
        (ACTIVITY, "-10,400,405,4000,1,-4001", "10,400,405,-4000,-1,4001"),
        (ACTIVITY, "-10,400,405,4000,1,-4001", "-10,400,405,4000,0,-4000"),
        (QUERY, 'quantity="-10"', 'quantity="-9"'),
    ],
)
def test_a_cancellation_without_its_exact_opposite_is_refused_by_name(text: str, was: str, becomes: str) -> None:
    """Another quantity, price, thing, direction, amount or cost: the row is named, and never booked as a trade."""
    assert was in text
    whys = [fault.why for fault in read(text.replace(was, becomes, 1)).faults]
    assert any("cancels a trade, and no row of the file is its exact opposite" in why for why in whys)


def test_a_correction_without_a_cancelled_trade_is_refused_by_name() -> None:
    """A corrected trade beside the uncorrected one would count twice."""
    lines = [line for line in ACTIVITY.splitlines(keepends=True) if "Ca;O" not in line]
    (fault,) = read("".join(lines)).faults
    assert (fault.line, fault.why.split(",")[0]) == (7, "MSFT")
    assert "corrects a trade" in fault.why


def test_one_of_two_equal_trades_is_cancelled() -> None:
    """Bought twice, taken back once: once bought."""
    buy = "06/18/2026,Buy,SPY,SPDR,100,$560.00,$5.00,-$56005.00\n"
    assert booked(read(SCHWAB.replace(buy, buy + buy))) == [("buy", 100, 560), ("buy", 10, 560)]
