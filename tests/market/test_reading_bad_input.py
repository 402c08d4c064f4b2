"""Bad input: each case is read with a flag, set aside with row and reason, or refused in three parts."""

import os

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels import TRUE_BETA, iso, measured_beta, panel
from trimtab.errors import FileFormatError, Reason, StorageError, TrimtabError
from trimtab.feeds.series.prices import read_prices
from trimtab.market.checks.findings import FAILURES_KEPT
from trimtab.market.prices import Flag, reason_of

WIDE = "date,A,B\n2024-01-02,10,20\n2024-01-03,11,21\n2024-01-04,12,22\n"


def write(tmp_path, content, name="prices.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path, kind=FileFormatError, **options):
    """Read a file that must be refused, and give the three-part message."""
    with pytest.raises(kind) as caught:
        read_prices(path, **options)
    message = str(caught.value)
    assert [line.split(":")[0] for line in message.splitlines() if line.startswith(("Expected", "Found", "Try"))] == [
        "Expected",
        "Found",
        "Try",
    ]
    return message


@pytest.mark.parametrize(
    ("cell", "reason", "flag"),
    [
        ("0", Reason.NOT_POSITIVE, Flag.NOT_POSITIVE),
        ("-5", Reason.NOT_POSITIVE, Flag.NOT_POSITIVE),
        ("inf", Reason.NOT_FINITE, Flag.NOT_FINITE),
        ("-Infinity", Reason.NOT_FINITE, Flag.NOT_FINITE),
        ("halted", Reason.UNPARSABLE, Flag.UNPARSABLE),
        ("1_000", Reason.UNPARSABLE, Flag.UNPARSABLE),
        ("0x1F", Reason.UNPARSABLE, Flag.UNPARSABLE),
    ],
)
@pytest.mark.parametrize("long", [False, True])
def test_a_cell_that_cannot_be_a_price_is_set_aside_with_its_row(tmp_path, cell, reason, flag, long):
    """Each bad cell is missing with its reason, flagged, and listed with file row and column."""
    if long:
        text = f"date,symbol,price\n2024-01-02,A,10\n2024-01-03,A,{cell}\n2024-01-04,A,12\n"
    else:
        text = f"date,A\n2024-01-02,10\n2024-01-03,{cell}\n2024-01-04,12\n"
    table = read_prices(write(tmp_path, text))
    assert reason_of(int(table.why[1, 0])) is reason
    assert np.isnan(table.values[1, 0])
    assert flag in table.flags[0]
    assert table.failures[0].reason is reason
    assert table.failures[0].where == ("prices.csv row 3, column price (A)" if long else "prices.csv row 3, column A")


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "nan", "NULL", "#N/A", "-", " "])
def test_an_empty_cell_is_absent_and_no_failure(tmp_path, cell):
    """The usual ways of writing nothing mean a missing price."""
    table = read_prices(write(tmp_path, f"date,A,B\n2024-01-02,10,1\n2024-01-03,{cell},1.1\n2024-01-04,12,1.2\n"))
    assert reason_of(int(table.why[1, 0])) is Reason.ABSENT
    assert not table.failures


def test_missing_prices_are_never_filled():
    """Prices missing on different dates stay missing, and the joined pairs give beta 1.50."""
    made = panel()
    rng = np.random.default_rng(4)
    frame = pl.DataFrame(
        {
            "date": made["dates"],
            **{n: np.where(rng.random(750) < 0.15, np.nan, made[n]) for n in ("A", "M")},
        }
    )
    table = read_prices(frame)
    assert (np.isnan(table.values) == np.isnan(frame.select("A", "M").to_numpy())).all()
    assert measured_beta(table) == pytest.approx(TRUE_BETA, abs=0.05)


def test_rows_with_too_many_or_too_few_fields_are_set_aside(tmp_path):
    """A ragged row costs itself; its line and field count are reported."""
    table = read_prices(write(tmp_path, "date,A\n2024-01-02,10\n2024-01-03,11,99\n2024-01-04\n2024-01-05,12\n"))
    assert table.values[:, 0].tolist() == [10, 12]
    assert [str(f) for f in table.failures] == [
        "prices.csv row 3: 3 fields where the header has 2 (malformed_row)",
        "prices.csv row 4: 1 field where the header has 2 (malformed_row)",
    ]


def test_a_quote_that_is_not_closed_spoils_one_row_only(tmp_path):
    """The rest of the file is read after a stray quote."""
    table = read_prices(write(tmp_path, 'date,A\n2024-01-02,10\n2024-01-03,"11\n2024-01-04,"12"\n'))
    assert table.values[:, 0].tolist() == [10, 12]
    assert "quote" in table.failures[0].detail


def test_identical_duplicates_are_dropped_and_flagged(tmp_path):
    """Rows that repeat one another count once."""
    text = "date,symbol,price\n2024-01-02,A,10\n2024-01-02,A,10\n2024-01-03,A,11\n"
    table = read_prices(write(tmp_path, text))
    assert table.values[:, 0].tolist() == [10, 11]
    assert Flag.DUPLICATES_DROPPED in table.flags[0]
    assert not table.failures


@pytest.mark.parametrize("wide", [True, False])
def test_conflicting_duplicates_are_both_set_aside(tmp_path, wide):
    """Two prices for one symbol and day: neither is used, and both rows are named."""
    text = (
        "date,A\n2024-01-02,10\n2024-01-02,10.5\n2024-01-03,11\n"
        if wide
        else "date,symbol,price\n2024-01-02,A,10\n2024-01-02,A,10.5\n2024-01-03,A,11\n"
    )
    table = read_prices(write(tmp_path, text))
    assert reason_of(int(table.why[0, 0])) is Reason.CONFLICT
    assert Flag.CONFLICT in table.flags[0]
    assert str(table.failures[0]) == (
        "prices.csv row 2 and row 3, A on 2024-01-02: different prices 10, 10.5; none is used (conflict)"
    )


def test_rows_out_of_order_are_sorted_and_flagged(tmp_path):
    """A file that runs backwards gives the same prices, flagged."""
    table = read_prices(write(tmp_path, "date,A\n2024-01-04,12\n2024-01-03,11\n2024-01-02,10\n"))
    assert table.values[:, 0].tolist() == [10, 11, 12]
    assert Flag.OUT_OF_ORDER in table.flags[0]


@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("|", ".")]
)
def test_delimiter_and_decimal_sign_are_found_out(tmp_path, delimiter, decimal):
    """Comma, semicolon, tab and bar, with decimal point or comma, give the same numbers."""
    text = WIDE.replace("10,", "10.25,").replace("21", "21.5")
    text = text.replace(",", "\x00").replace(".", decimal).replace("\x00", delimiter)
    table = read_prices(write(tmp_path, text))
    assert table.values.tolist() == [[10.25, 20.0], [11.0, 21.5], [12.0, 22.0]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('date,A\n2024-01-02,"1,234.50"\n', 1234.5),
        ("date;A\n2024-01-02;1.234,50\n", 1234.5),
        ("date;A\n2024-01-02;1.234.567,5\n", 1234567.5),
        ("date;A\n2024-01-02;1 234,50\n", 1234.5),
        ("date;A\n2024-01-02;1'234.50\n", 1234.5),
        ("date,A\n2024-01-02,$12.50\n", 12.5),
        ("date,A\n2024-01-02,1.25e2\n", 125.0),
        ("date;A\n2024-01-02;0,125\n", 0.125),
    ],
)
def test_thousands_signs_and_currency_signs_are_understood(tmp_path, text, value):
    """Grouped thousands are read in the usual ways of writing them."""
    assert read_prices(write(tmp_path, text)).values[0, 0] == value


def test_a_comma_that_could_mean_both_is_refused(tmp_path):
    """A cell "1,234" with nothing to tell is refused, and --decimal settles it."""
    path = write(tmp_path, "date;A\n2024-01-02;1,234\n2024-01-03;1,235\n")
    assert "--decimal" in refused(path)
    assert read_prices(path, decimal=",").values[0, 0] == 1.234
    assert read_prices(path, decimal=".").values[0, 0] == 1234


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encodings_are_recognised(tmp_path, encoding):
    """UTF-8 with a mark, UTF-16 and Latin-1 are read."""
    text = WIDE.replace("A", "Süd")
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    table = read_prices(write(tmp_path, mark + text.encode(encoding)))
    assert table.symbols == ("Süd", "B")


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_other_line_ends_are_read(tmp_path, ends):
    """Lines that end in CR LF or CR are lines."""
    assert read_prices(write(tmp_path, WIDE.replace("\n", ends))).shape == (3, 2)


def test_blank_lines_and_trailing_delimiters_do_no_harm(tmp_path):
    """Blank lines are passed over, a nameless empty last column is dropped, and lines keep their numbers."""
    table = read_prices(write(tmp_path, "\ndate,A,\n\n2024-01-02,10,\n\n2024-01-03,x,\n"))
    assert table.symbols == ("A",)
    assert table.failures[0].where == "prices.csv row 6, column A"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"\n\n  \n", "empty file"),
        (b"date,A\n", "none in"),
        (b"date\n2024-01-02\n", "one column only"),
        (b"hello\nworld\n", "one column only"),
        (b"A,B\n1,2\n3,4\n", "date column"),
        (b"date,A,A\n2024-01-02,1,2\n", "twice"),
        (b"PK\x03\x04" + bytes(200), "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
        (b"PAR1" + bytes(64), "damaged"),
        (b"\x1f\x8b\x08\x00broken", "damaged"),
    ],
)
def test_what_is_no_table_of_prices_is_refused_in_three_parts(tmp_path, content, said):
    """Empty, one column, no dates, binary, spreadsheet and damaged files each say what they are."""
    assert said in refused(write(tmp_path, content))


def test_a_wrong_delimiter_is_refused_with_the_right_one(tmp_path):
    """A given delimiter that leaves one column is refused and the one in the file is named."""
    message = refused(write(tmp_path, WIDE), delimiter=";")
    assert "one column only" in message
    assert "','" in message


def test_a_single_line_of_200_mb_is_refused_at_once(tmp_path):
    """Only the head of such a file is read: the refusal allocates little."""
    path = tmp_path / "line.csv"
    with path.open("wb") as stream:
        block = b"1234567890," * 100_000
        for _ in range(182):
            stream.write(block)
    assert path.stat().st_size > 200_000_000
    import tracemalloc

    tracemalloc.start()
    message = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "first line" in message
    assert peak < 40_000_000


def test_a_missing_file_a_directory_and_a_closed_file_say_so(tmp_path):
    """What the system refuses is a storage error with the path."""
    assert "no such file" in refused(tmp_path / "none.csv", StorageError)
    assert "directory" in refused(tmp_path, StorageError)
    if os.geteuid() != 0:
        path = write(tmp_path, WIDE)
        path.chmod(0)
        assert "permission" in refused(path, StorageError)


def test_failures_are_listed_up_to_a_limit_and_counted_beyond(tmp_path):
    """A column full of text does not make a list without end."""
    rows = "".join(f"{d},x,{i + 1}\n" for i, d in enumerate(iso(panel(1500)["dates"])))
    table = read_prices(write(tmp_path, "date,A,B\n" + rows), check=False)
    assert len(table.failures) == FAILURES_KEPT
    assert any("500 more cells" in note for note in table.notes)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    """Whatever the bytes, nothing but the package's own errors comes out."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        read_prices(path)
    except TrimtabError:
        return


@given(st.text(alphabet='date,;symbolpriceA0123456789.-/:"\n\t |TZ+ ', max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory, content):
    """Text that looks like a table, broken in any way, is read or refused."""
    path = tmp_path_factory.getbasetemp() / "anytext.csv"
    path.write_text("date,A\n2024-01-02,1\n" + content)
    try:
        read_prices(path)
    except TrimtabError:
        return
