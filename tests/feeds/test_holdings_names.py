"""What a row leaves unsaid and its name says; what looks like a derivative is never a share."""

import datetime as dt

import pytest

import trimtab as tt
from trimtab.errors import FileFormatError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.model.instrument import Cash, Future, Option, Spot

DAY = dt.date(2024, 6, 28)


def book(tmp_path, text):
    path = tmp_path / "h.csv"
    path.write_text(text)
    return read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY)


@pytest.mark.parametrize(
    "symbol",
    ["AAPL240719C00080000", "AAPL  240719C00080000", "-AAPL240719C80", "AAPL 19JUL24 80 C", "AAPL 07/19/2024 80.00 C"],
)
def test_an_option_is_known_by_its_name(tmp_path, symbol):
    """Without a single further column: a call on 100 shares at 80, not one share of something."""
    option = book(tmp_path, f"symbol,quantity,price\nAAPL,100,88.98\n{symbol},-1,9.50\n").positions[1].instrument
    assert isinstance(option, Option)
    assert (option.underlying, option.right.value, str(option.strike)) == ("AAPL", "call", "80")
    assert (option.expiry, option.terms_on(DAY).multiplier) == (dt.date(2024, 7, 19), 100)


def test_a_sold_call_takes_beta_away(tmp_path):
    """100 shares with a call sold on them have the beta of the same row with its columns filled."""
    days = [dt.date(2023, 1, 2) + dt.timedelta(days=i) for i in range(540)]
    days = [d for d in days if d.weekday() < 5]
    spy = [400 * 1.0004**i * (1 + 0.004 * ((i * 7919) % 13 - 6) / 6) for i in range(len(days))]
    aapl = [80 * (s / 400) ** 1.3 * (1 + 0.002 * ((i * 104729) % 17 - 8) / 8) for i, s in enumerate(spy)]
    rows = [f"{d},{s:.4f},{a:.4f}" for d, s, a in zip(days, spy, aapl, strict=True)]
    (tmp_path / "p.csv").write_text("date,SPY,AAPL\n" + "\n".join(rows) + "\n")
    expiry, strike = days[-1] + dt.timedelta(days=21), round(aapl[-1] * 0.95)
    named, filled = tmp_path / "a.csv", tmp_path / "b.csv"
    named.write_text(f"symbol,quantity,vol\nAAPL,100,\nAAPL{expiry:%y%m%d}C{strike * 1000:08d},-1,.3\nUSD,1000,\n")
    filled.write_text(
        "symbol,quantity,vol,kind,underlying,right,strike,expiry\nAAPL,100,,,,,,\n"
        f"X,-1,.3,option,AAPL,call,{strike},{expiry}\nUSD,1000,,,,,,\n"
    )
    mandate = tt.Mandate(benchmark="SPY", target=1.0, band=0.05)
    one, other = (tt.review(tmp_path / "p.csv", h, mandate, method="ols").exposure.beta.value for h in (named, filled))
    assert one == other


@pytest.mark.parametrize(
    ("row", "kind", "symbol"),
    [
        ("/MESU4,2,", Future, "MESU4"), ("ESU24.CME,2,", Future, "ESU4"), ("MES 20SEP24,1,", Future, "MESU4"),
        ("USD Cash,500,", Cash, "USD"), ("CASH,500,EUR", Cash, "EUR"), ("BRK.B,5,", Spot, "BRK.B"),
        ("HEN3.DE,5,EUR", Spot, "HEN3.DE"), ("BTC-USD,1,", Spot, "BTC-USD"),
    ],
)  # fmt: skip
def test_names_of_contracts_and_cash(tmp_path, row, kind, symbol):
    """Contracts of known families and money are known by their name; tickers stay as they are written."""
    instrument = book(tmp_path, f"symbol,quantity,currency\n{row}\n").positions[0].instrument
    assert isinstance(instrument, kind)
    assert instrument.symbol == symbol


@pytest.mark.parametrize(
    ("symbol", "told"),
    [
        ("MUV2", "kind"), ("XYZH27", "futures contract"), ("SPY 19JUL24 560", "call or put"), ("SPY CALL", "option"),
        ("BTC-PERP", "perpetual"), ("CASH", "currency"), ("SPY 5800 PUT/5600 PUT", "option"),
    ],
)  # fmt: skip
def test_a_name_that_says_too_little_is_refused(tmp_path, symbol, told):
    """It is asked for its kind; nothing is valued as one share."""
    with pytest.raises(FileFormatError, match=told) as caught:
        book(tmp_path, f"symbol,quantity\nAAPL,100\n{symbol},-1\n")
    assert "row 3" in caught.value.found
    assert "nothing was read" in caught.value.try_next


def test_somebody_who_says_share_is_believed(tmp_path):
    """MUV2 is Munich Re where the file states a share."""
    held = book(tmp_path, "symbol,quantity,kind,currency\nMUV2,10,share,EUR\n").positions[0].instrument
    assert isinstance(held, Spot)


@pytest.mark.parametrize(("column", "value"), [("strike", "90"), ("right", "put"), ("expiry", "2024-08-16")])
def test_columns_that_contradict_the_name_are_refused(tmp_path, column, value):
    """A row that says one option in its name and another in its columns is not guessed at."""
    with pytest.raises(FileFormatError, match=f"one {column} of"):
        book(tmp_path, f"symbol,quantity,{column}\nAAPL240719C00080000,-1,{value}\n")
    with pytest.raises(tt.TrimtabError, match="items like"):
        tt.portfolio("100 MUV2, 5 USD")
