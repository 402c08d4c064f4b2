"""Forwards from option chains, and options on futures, in a portfolio."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas, given_market
from scipy.stats import norm

from trimtab.desk.moment.looked_through import with_forwards
from trimtab.errors import FileFormatError, NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.feeds.chain import read_chain
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.model.instrument import Option

DAY = dt.date(2024, 3, 1)
YEARS = (dt.date(2024, 6, 21) - DAY).days / 365


def black76(right: int, forward: float, strike: float, vol: float, rate: float) -> tuple[float, float]:
    """Value and forward delta from the textbook."""
    d1 = (np.log(forward / strike) + vol**2 / 2 * YEARS) / (vol * np.sqrt(YEARS))
    d2 = d1 - vol * np.sqrt(YEARS)
    discount = np.exp(-rate * YEARS)
    value = discount * right * (forward * norm.cdf(right * d1) - strike * norm.cdf(right * d2))
    return float(value), float(discount * right * norm.cdf(right * d1))


def write_chain(folder, forward: float = 4060.0, rate: float = 0.04):
    rows = ["underlying,expiry,strike,call,put"]
    for strike in (3800, 3900, 4000, 4100, 4200):
        call, put = (black76(r, forward, strike, 0.2, rate)[0] for r in (1, -1))
        rows.append(f"SPX,2024-06-21,{strike},{call},{put}")
    (folder / "chain.csv").write_text("\n".join(rows) + "\n")
    return folder / "chain.csv"


def test_a_chain_gives_forward_and_rate_back(tmp_path):
    """Put-call parity recovers the planted forward and discount factor to nine digits."""
    fit = read_chain(write_chain(tmp_path))["SPX", dt.date(2024, 6, 21)]
    assert fit.forward == pytest.approx(4060.0, rel=1e-9)
    assert fit.discount == pytest.approx(np.exp(-0.04 * YEARS), rel=1e-9)


def test_an_option_is_valued_from_its_chains_forward(tmp_path):
    """Value and delta of an index put follow Black's formula on the chain's forward, not on the spot."""
    (tmp_path / "book.csv").write_text(
        "symbol,kind,quantity,underlying,right,strike,expiry,vol\nP,option,2,SPX,put,3900,2024-06-21,0.21\nUSD,,100000,,,,,\n"
    )
    held = read_holdings(tmp_path / "book.csv", base="USD", contracts=bundled_contracts(), as_of=DAY)
    held = with_forwards(held, read_chain(write_chain(tmp_path)), DAY)
    market = given_market({"SPX": 4000.0})
    line = expose(held, market, given_betas("SPX", {})).positions[0]
    value, delta = black76(-1, 4060.0, 3900.0, 0.21, 0.04)
    assert line.value == pytest.approx(200 * value, rel=1e-8)
    # Delta by spot is delta by forward times F / S.
    assert line.delta == pytest.approx(delta * 4060.0 / 4000.0, rel=1e-8)


def test_an_option_on_a_future_moves_with_the_future(tmp_path):
    """Black-76 on the futures price, the contract's multiplier, and the future's own beta."""
    (tmp_path / "book.csv").write_text(
        "symbol,kind,quantity,underlying,right,strike,expiry,vol,rate\nC,option,3,ESM24,call,4100,2024-06-21,0.2,0.05\nUSD,,90000,,,,,,\n"
    )
    held = read_holdings(tmp_path / "book.csv", base="USD", contracts=bundled_contracts(), as_of=DAY)
    option = held.positions[0].instrument
    assert isinstance(option, Option)
    assert option.on_future
    assert option.terms[0].multiplier == Decimal(50)
    line = expose(
        held, given_market({"ES": 4050.0, "SPX": 4000.0}), given_betas("SPX", {"ES": (1.01, 0.01)})
    ).positions[0]
    value, delta = black76(1, 4050.0, 4100.0, 0.2, 0.05)
    assert line.value == pytest.approx(150 * value, rel=1e-9)
    assert line.delta_exposure == pytest.approx(150 * delta * 4050.0, rel=1e-9)
    assert (line.follows, line.beta) == ("ES", 1.01)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("underlying,expiry,strike,call\nSPX,2024-06-21,1,1\n", FileFormatError, "no put"),
        ("underlying,expiry,strike,call,put\nSPX,soon,1,1,1\n", FileFormatError, "row 1"),
        ("underlying,expiry,strike,call,put\nSPX,2024-06-21,4000,90,80\n", NotEnoughDataError, "SPX 2024-06-21"),
    ],
)
def test_a_chain_that_cannot_be_used_says_why(tmp_path, text, error, words):
    """Missing columns, bad dates and too few strikes are refused with their place."""
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(error, match=words):
        read_chain(tmp_path / "c.csv")
