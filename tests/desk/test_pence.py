"""Prices in pence: pounds once, whoever says it."""

from dataclasses import replace

import pytest
from given import planted

import trimtab as tt

MANDATE = tt.Mandate(benchmark="M", target=1.0, band=0.1)


@pytest.mark.parametrize("row", ["VOD,1000,GBX,", "VOD,1000,GBP,pence", "VOD,1000,GBX,pence"])
@pytest.mark.parametrize("stated", [True, False])
def test_a_thousand_shares_at_pence_are_worth_pounds(tmp_path, row, stated):
    """A file that says GBX and holdings that say pence divide once, not twice; a silent file is divided once."""
    table = planted({"VOD": 0.9})
    symbols = ("M", "VOD")
    if stated:
        lines = ["date,symbol,price,currency"]
        for day, (m, vod) in zip(table.dates.astype("datetime64[D]"), table.values, strict=True):
            lines += [f"{day},M,{m!r},GBP", f"{day},VOD,{vod!r},GBX"]
        (tmp_path / "p.csv").write_text("\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n")
        prices = tmp_path / "p.csv"
    else:
        prices = replace(table, symbols=symbols, currencies=(None, None))
    (tmp_path / "b.csv").write_text(f"symbol,quantity,currency,quotation\n{row}\n")
    found = tt.review(prices, tmp_path / "b.csv", MANDATE, base="GBP", method="ols")
    assert found.exposure.nav == pytest.approx(10 * table.values[-1, 1])
    assert found.exposure.net == pytest.approx(found.exposure.nav)


def test_a_stated_price_in_pence_is_pounds(tmp_path):
    """The holdings' own price, used where the table has none, is divided as well."""
    (tmp_path / "b.csv").write_text("symbol,quantity,currency,price\nOTHER,1000,GBX,250\n")
    held = tt.read_portfolio(tmp_path / "b.csv", base="GBP").positions[0]
    assert (held.instrument.currency, held.stated.price) == ("GBP", 2.5)


def test_pence_are_pounds_without_the_review_too(tmp_path):
    """Measured directly against a moment of silent prices, the same holdings have the same value."""
    table = replace(planted({"VOD": 0.9}), currencies=(None, None))
    (tmp_path / "b.csv").write_text("symbol,quantity,currency\nVOD,1000,GBX\n")
    betas = tt.estimate_betas(table, benchmark="M", method="ols")
    held = tt.read_portfolio(tmp_path / "b.csv", base="GBP")
    assert tt.expose(held, tt.market_at(table, base="GBP"), betas).nav == pytest.approx(10 * table.values[-1, 1])
