"""A stated beta, or a proxy, for what has no prices: value and error by hand, class in coverage, last day."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import planted

import trimtab as tt
from trimtab.attest.plain import plain_of, record_of
from trimtab.cli.app import app
from trimtab.errors import FileFormatError, InputError, UsageError
from trimtab.model.portfolio import Position
from trimtab.model.stated_beta import StatedBeta, parse_stated_beta

FUND = "FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs"
BONDS = "BONDS=0.5*A +- 0.2 until 2027-06-30: duration"
BOOK = pl.DataFrame(
    {
        "symbol": ["A", "FUND", "BONDS", "USD"], "quantity": [100, 50, 20, 1000], "price": [None, 200.0, 100.0, None],
    }
)  # fmt: skip
MANDATE = tt.Mandate(benchmark="M", target=1.0, band=0.2)


@pytest.fixture(scope="module")
def prices():
    return planted({"A": 1.3}, n=300)


def review(prices, book=BOOK, **how):
    return tt.review(prices, book, MANDATE, method="ols", hidden=False, **how)


def lines(done):
    return {p.asset: p for p in done.exposure.positions}


def test_value_error_and_class_by_hand(prices):
    """Betas as stated; the error of the book from least squares, errors of the proxy shared; a class in coverage."""
    done = review(prices, stated_betas=[FUND, BONDS])
    a = tt.estimate_betas(prices, benchmark="M", method="ols")["A"]
    at = lines(done)
    assert at["FUND"].beta == 0.8
    assert at["FUND"].stderr == pytest.approx(0.1)
    assert at["BONDS"].beta == 0.5 * a.value
    assert at["BONDS"].stderr == pytest.approx(np.hypot(0.5 * a.stderr, 0.2), rel=1e-12)
    money = {s: p.delta_exposure for s, p in at.items()}
    of_a = (money["A"] + 0.5 * money["BONDS"]) * a.stderr
    error = np.sqrt(of_a**2 + (money["FUND"] * 0.1) ** 2 + (money["BONDS"] * 0.2) ** 2) / done.exposure.nav
    assert done.exposure.beta.stderr == pytest.approx(error, rel=1e-12)
    cover = done.exposure.coverage
    assert cover.share == 1.0
    assert cover.stated_assets == ("FUND", "BONDS")
    gross = abs(money["A"]) + 10_000 + 2_000
    assert cover.stated == pytest.approx(12_000 / gross)
    assert {"beta_stated", "beta_from_proxy"} <= {f.value for p in at.values() for f in p.flags}
    assert any("two years of NAVs" in note for note in done.notes)


def test_a_long_asset_and_a_short_proxy_cancel(prices):
    """Half of A against its own half: no beta and no error but the own one; without it the error is 0 and said so."""
    value = float(prices.values[-1, prices.column("A")])
    book = pl.DataFrame(
        {"symbol": ["BONDS", "A", "USD"], "quantity": [200, -100, 90_000], "price": [value, None, None]}
    )
    done = review(prices, book, stated_betas=["BONDS=0.5*A until 2027-06-30: duration"])
    assert abs(done.exposure.beta.value) < 1e-12
    assert done.exposure.beta.stderr < 1e-12
    assert "own_error_unknown" in [f.value for f in lines(done)["BONDS"].flags]
    assert any("its own error is not known" in note for note in done.notes)


def test_without_a_statement_and_after_its_last_day(prices):
    """Not covered without; expired: not used, its own reason, a note, and the verdict undecided as it was without."""
    bare, expired = review(prices), review(prices, stated_betas=[FUND.replace("2027-06-30", "2015-06-30"), BONDS])
    assert lines(bare)["FUND"].reason.value == "no_beta"
    assert lines(expired)["FUND"].reason.value == "stated_expired"
    assert expired.exposure.coverage.stated_assets == ("BONDS",)
    assert expired.exposure.coverage.share < 1
    assert any("expired on 2015-06-30" in note and "not used" in note for note in expired.notes)
    day = str(prices.dates[-1])[:10]
    on_the_day = review(prices, stated_betas=[FUND.replace("2027-06-30", day), BONDS])
    assert on_the_day.exposure.coverage.share == 1.0


@pytest.mark.parametrize(
    ("days", "words"), [(-1, None), (0, "today"), (1, "in 1 day,"), (30, "in 30 days,"), (31, None)]
)
def test_a_statement_says_that_it_is_about_to_expire(prices, days, words):
    """In the month before its last day, on it, and not earlier; afterwards it has expired."""
    last = prices.dates[-1].astype("datetime64[D]") + np.timedelta64(days, "D")
    done = review(prices, stated_betas=[FUND.replace("2027-06-30", str(last)), BONDS])
    soon = [note for note in done.notes if "FUND expires" in note]
    assert len(soon) == (words is not None)
    assert words is None or f"expires {words}" in soon[0].replace("today,", "today")
    assert ("FUND" in done.exposure.coverage.stated_assets) is (days >= 0)


def test_a_column_beta_alone_is_a_vendor_s_and_says_that_it_is_not_used(prices):
    """The numbers are those without the column; the note names the rows that have one, and what is missing."""
    book = pl.DataFrame({"symbol": ["A", "USD"], "quantity": [100, 1000]})
    plain, vendor = review(prices, book), review(prices, book.with_columns(beta=pl.Series([2.5, None])))
    assert vendor.exposure.beta == plain.exposure.beta
    (note,) = [note for note in vendor.notes if "column beta" in note]
    assert note.startswith("the column beta of A is not used")
    assert "beta_expires" in note
    assert not any("column beta" in note for note in plain.notes)


def test_columns_of_holdings_say_the_same(prices):
    """By columns as by lines, bit for bit; a vendor's column beta alone is not used; both that differ are refused."""
    columns = BOOK.with_columns(
        beta=pl.Series([None, 0.8, None, None]), beta_stderr=pl.Series([None, 0.1, 0.2, None]),
        beta_source=pl.Series([None, "two years of NAVs", "duration", None]),
        beta_expires=pl.Series([None, "2027-06-30", "2027-06-30", None]),
        proxy=pl.Series([None, None, "A", None]), proxy_factor=pl.Series([None, None, 0.5, None]),
    )  # fmt: skip
    by_column, by_line = review(prices, columns), review(prices, stated_betas=[FUND, BONDS])
    assert by_column.exposure.beta == by_line.exposure.beta
    vendor = BOOK.with_columns(beta=pl.Series([9.9, 9.9, 9.9, None]))
    assert lines(review(prices, vendor))["FUND"].reason.value == "no_beta"
    with pytest.raises(InputError, match="one beta stated of FUND"):
        review(prices, columns, stated_betas=[FUND.replace("0.8", "0.9")])


def test_it_goes_before_what_is_measured_and_reaches_plans_and_blends(prices):
    """An override of A; of a blend as of a symbol; plans, stress and drift count it."""
    mine = "A=2.0 +- 0.05 until 2027-06-30: a new division"
    done = review(prices, stated_betas=[mine, FUND, BONDS])
    assert lines(done)["A"].beta == 2.0
    assert lines(done)["BONDS"].beta == 1.0
    blended = tt.review(
        prices, BOOK, tt.Mandate(benchmark="0.5*M + 0.5*A", target=1.0, band=0.2), method="ols", hidden=False,
        stated_betas=[FUND, BONDS],
    )  # fmt: skip
    assert lines(blended)["FUND"].beta == 0.8
    assert tt.stress(prices, BOOK, benchmark="M", method="ols", stated_betas=[FUND, BONDS]).shocks
    whole = tt.review(prices, BOOK, MANDATE, method="ols", stated_betas=[FUND, BONDS])
    assert whole.not_enough is not None


def test_another_currency_takes_the_currency_s_beta_off(prices):
    """A fund in euros with a stated beta of its dollar price: money and price add up to it."""
    rate = 1.1 * np.cumprod(1 + np.random.default_rng(4).normal(0, 0.004, 301))
    table = tt.read_prices(
        pl.DataFrame({"date": prices.dates.astype("datetime64[D]"), "M": prices.values[:, 0], "EURUSD": rate})
    )
    book = pl.DataFrame(
        {"symbol": ["FUND", "USD"], "quantity": [50, 100], "price": [200.0, None], "currency": ["EUR", "USD"]}
    )
    (fund, _) = review(table, book, stated_betas=[FUND]).exposure.positions
    assert fund.beta_exposure == pytest.approx(0.8 * fund.value, rel=1e-12)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FUND=0.8 until 2027-06-30: NAVs", "a standard error beside the beta"),
        ("FUND=0.8 +- 0.1: NAVs", "until DAY: SOURCE"),
        ("FUND=0.8 +- 0.1 until 2027-06-31: NAVs", "a day such as"),
        ("FUND=0.8 +- -1 until 2027-06-30: NAVs", "an error of 0 or more"),
        ("FUND=0*A until 2027-06-30: NAVs", "a factor other than 0"),
        ("A=0.5*A until 2027-06-30: NAVs", "another series as the proxy"),
        ("nonsense", "a stated beta: ASSET=BETA"),
    ],
)
def test_lines_that_state_nothing_are_refused(line, expected):
    """In three parts."""
    with pytest.raises(InputError) as refused:
        parse_stated_beta(line)
    assert expected in refused.value.expected
    assert refused.value.found
    assert refused.value.try_next
    with pytest.raises(UsageError):
        review(None, stated_betas=[line])


def test_rows_that_lack_a_part_and_proxies_of_nothing_are_refused(prices):
    """No last day; a proxy of a proxy; the benchmark; a proxy without a beta has its reason."""
    lacking = BOOK.with_columns(beta=pl.lit(0.8), beta_stderr=pl.lit(0.1), beta_source=pl.lit("NAVs"))
    with pytest.raises(FileFormatError, match="no beta_expires"):
        review(prices, lacking)
    with pytest.raises(InputError, match="which has a proxy itself"):
        review(prices, stated_betas=[BONDS, "FUND=1.0*BONDS until 2027-06-30: alike"])
    with pytest.raises(InputError, match="of the benchmark M"):
        review(prices, stated_betas=["M=0.9 +- 0.1 until 2027-06-30: why"])
    done = review(prices, stated_betas=["FUND=1.0*NOBODY until 2027-06-30: alike"])
    assert lines(done)["FUND"].reason.value == "unknown_instrument"


def test_one_form():
    """Records of Python and lines are each other's."""
    for line in (FUND, BONDS, "X=1.0*A until 2027-06-30: b"):
        assert str(parse_stated_beta(line)) == line
    assert parse_stated_beta(FUND) == StatedBeta(
        asset="FUND", value=0.8, stderr=0.1, source="two years of NAVs", expires=parse_stated_beta(FUND).expires
    )


def test_settings_and_a_workspace(prices, tmp_path):
    """[stated_betas.NAME] counts in every question of the workspace, and a snapshot with columns keeps them."""
    frame = pl.DataFrame(
        {"date": prices.dates.astype("datetime64[D]"), **dict(zip(prices.symbols, prices.values.T, strict=True))}
    )
    frame.write_csv(tmp_path / "prices.csv")
    columns = BOOK.with_columns(
        proxy=pl.Series([None, None, "A", None]), proxy_factor=pl.Series([None, None, 0.5, None]),
        beta_stderr=pl.Series([None, None, 0.2, None]), beta_source=pl.Series([None, None, "duration", None]),
        beta_expires=pl.Series([None, None, "2027-06-30", None]),
    )  # fmt: skip
    columns.write_csv(tmp_path / "book.csv")

    def run(*words):
        result = CliRunner().invoke(app, [str(w) for w in (*words, "-w", tmp_path / "desk")])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    CliRunner().invoke(app, ["init", str(tmp_path / "desk"), "--benchmark", "M"])
    with (tmp_path / "desk/trimtab.toml").open("a") as file:
        file.write("[stated_betas.fund]\nasset = 'FUND'\nbeta = 0.8\nstderr = 0.1\n")
        file.write("source = 'two years of NAVs'\nexpires = 2027-06-30\n")
    run("import", tmp_path / "prices.csv", "--yes")
    run("import", tmp_path / "book.csv", "--as-of", str(prices.dates[-1])[:10], "--yes")
    document = json.loads(run("review", "--method", "ols", "--json").stdout)
    by_hand = review(prices, stated_betas=[FUND, BONDS])
    assert document["coverage"]["stated_assets"] == ["FUND", "BONDS"]
    assert document["beta"]["value"] == pytest.approx(by_hand.exposure.beta.value, rel=1e-12)
    assert document["beta"]["stderr"] == pytest.approx(by_hand.exposure.beta.stderr, rel=1e-12)


def test_a_leaf_without_a_statement_is_as_it_was(prices):
    """A committed position says nothing of a beta that is not stated, and keeps one that is."""
    bare = tt.portfolio("100 A").positions[0]
    assert "beta" not in plain_of(bare)["stated"]
    stated = replace(bare, stated=replace(bare.stated, beta=parse_stated_beta(FUND)))
    assert record_of(Position, plain_of(stated), "a position") == stated
    wordy = plain_of(bare)
    wordy["stated"] = {**wordy["stated"], "beta": None}
    with pytest.raises(FileFormatError):
        record_of(Position, wordy, "a position")
