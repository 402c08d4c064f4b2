"""Last trading days: published ones, and the calendars of exchanges that no rule here knows of."""

import datetime as dt

import pytest

from trimtab.config.exchanges.table import exchange_calendar
from trimtab.model.contract import ContractSpec, ContractTable
from trimtab.model.expiry import third_friday
from trimtab.model.instrument import Terms
from trimtab.model.last_day import last_trading_day

DAY = dt.timedelta(days=1)
QUARTERS = [(year, month) for year in range(2015, 2028) for month in (3, 6, 9, 12)]
MONTHS = [(year, month) for year in range(2015, 2027) for month in range(1, 13)]


def session(exchange: str, day: dt.date) -> dt.date:
    """Give a day, or the last session before it, by the table of an exchange."""
    calendar = exchange_calendar(exchange)
    while not calendar.is_session(day):
        day -= DAY
    return day


@pytest.mark.parametrize(
    ("root", "year", "month", "last"),
    [
        ("ES", 2023, 3, "2023-03-17"),
        ("ES", 2008, 3, "2008-03-20"),  # Good Friday was the third Friday
        ("BTC", 2024, 3, "2024-03-28"),  # and here the last one
        ("VX", 2019, 3, "2019-03-19"),  # Good Friday 30 days later moves the settlement to Tuesday
        ("VX", 2024, 3, "2024-03-20"),
        ("NKD", 2023, 3, "2023-03-09"),
    ],
)
def test_published_last_days(root: str, year: int, month: int, last: str) -> None:
    """As the exchanges' expiration calendars of those years have them."""
    assert str(last_trading_day(root, year, month)) == last


def test_index_futures_end_on_a_session_of_their_exchange() -> None:
    """The third Friday, or the session before it in New York and on Eurex, for thirteen years."""
    assert all(last_trading_day("ES", *m) == session("XNYS", third_friday(*m)) for m in QUARTERS)
    assert all(last_trading_day("FESX", *m) == session("XEUR", third_friday(*m)) for m in QUARTERS)


def test_volatility_and_coin_futures_end_on_a_session_of_their_exchange() -> None:
    """Thirty days before the next month's options, and the last Friday, by the exchange's table."""
    for year, month in MONTHS:
        options = session("XCBF", third_friday(year + month // 12, month % 12 + 1))
        assert last_trading_day("VX", year, month) == session("XCBF", options - 30 * DAY), (year, month)
        end = dt.date(year + month // 12, month % 12 + 1, 1) - DAY
        friday = next(end - k * DAY for k in range(7) if (end - k * DAY).weekday() == 4)
        assert last_trading_day("MBT", year, month) == session("XNYS", friday), (year, month)


def test_the_front_contract_is_one_that_still_trades() -> None:
    """On the Friday of 19 June 2026 the June contract ended the day before; a coin's ends after its third Friday."""
    specs = (
        ContractSpec(root="ES", name="", exchange="CME", currency="USD", terms=(Terms(multiplier=50),)),
        ContractSpec(
            root="BTC", name="", exchange="CME", currency="USD", terms=(Terms(multiplier=5),), months="FGHJKMNQUVXZ"
        ),
    )
    table = ContractTable(specs=specs)
    assert table.root("ES").front(dt.date(2026, 6, 18)).symbol == "ESM6"
    assert table.root("ES").front(dt.date(2026, 6, 19)).symbol == "ESU6"
    assert table.root("BTC").front(dt.date(2024, 5, 30)).symbol == "BTCK4"
    found = table.find("BTCK4", as_of=dt.date(2024, 5, 30))
    assert found is not None
    assert str(found.expiry) == "2024-05-31"
