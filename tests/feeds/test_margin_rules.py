"""Files of margin rules: the shipped ones name their sources, and a slip of the pen is refused by name."""

import pytest

from trimtab import sample
from trimtab.errors import FileFormatError, StorageError
from trimtab.feeds.contracts import open_contracts
from trimtab.feeds.venues.margin import bundled_venues, is_venue_file, read_venue

OWN = """
schema = "trimtab.margin-rules/1"
venue = "House"
names = ["My broker"]
[[products]]
rates = { initial = 0.2, maintenance = 0.1 }
"""


def test_shipped_rules_name_source_and_what_is_approximate():
    """Nobody takes them for a venue's own."""
    for rules in bundled_venues():
        assert rules.source
        assert rules.approximation
    assert len(bundled_venues()) == len(sample.margin_paths()) == 5
    grid = open_contracts(None).needed_rules("CME").products[0].scan.scenarios
    assert len(grid) == 16
    assert sorted({round(abs(s.price), 4) for s in grid}) == [0.0, 0.3333, 0.6667, 1.0, 3.0]


def test_a_file_of_rules_goes_with_contracts(tmp_path):
    """Whatever it is called: what it says of itself decides. Later rules of a venue go before."""
    file = tmp_path / "rules"
    file.write_text(OWN)
    assert is_venue_file(file)
    assert not is_venue_file(sample.contracts_path())
    assert not is_venue_file(tmp_path)
    table = open_contracts(str(file))
    assert table.needed_rules("my BROKER").products[0].rates.initial == 0.2
    assert table.rules_at("CME") is not None
    other = tmp_path / "cme.toml"
    other.write_text(OWN.replace("House", "CME"))
    assert open_contracts((str(other),)).needed_rules("CME").products[0].scan is None


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        (("/1", "/2"), "schema", "trimtab.margin-rules/2"),
        (("maintenance = 0.1", "maintenence = 0.1"), "keys of rates", "maintenence"),
        (("maintenance = 0.1", "maintenance = 10"), "shares from 0 to 1", "10"),
        (("maintenance = 0.1", "maintenance = 0.3"), "initial margin", "0.3"),
        ((", maintenance = 0.1", ""), "maintenance of rates", "nothing"),
        (("rates = {", "rate = {"), "keys of products", "rate"),
        (("initial = 0.2", 'initial = "0.2"'), "initial of rates", "0.2"),
        (('venue = "House"', "venue = 3"), "text in venue", "3"),
        (("[[products]]", "[products]"), "tables", "initial"),
        (('names = ["My broker"]', "names = [1]"), "list of names", "1"),
        (("rates = { initial = 0.2, maintenance = 0.1 }", 'on = ["X"]'), "rates, short_options or a scan", "none"),
        (("rates = { initial = 0.2, maintenance = 0.1 }", "scan = { volatility_range = 1 }"), "scenarios", "None"),
        (("rates = { initial = 0.2, maintenance = 0.1 }", "scan = { volatility_range = 1, scenarios = [[1, 2]] }"),
         "three numbers", "[1, 2]"),
        (("rates = { initial = 0.2, maintenance = 0.1 }", "scan = { volatility_range = 1, scenarios = [[1, 2, 0]] }"),
         "shares of the loss", "0"),
        (("[[products]]", "long_share = 0.5\n[[products]]"), "initial and maintenance share", "0.5"),
        (("[[products]]", "option_value = 1\n[[products]]"), "true or false", "1"),
        (("[[products]]", "haircuts = { BTC = 2 }\n[[products]]"), "haircuts", "2"),
        (("schema", "schema = "), "TOML", ""),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_refused(tmp_path, change, expected, said):
    """In three parts: what was expected, what stands there and in which file, and what to do."""
    file = tmp_path / "house.toml"
    file.write_text(OWN.replace(*change))
    with pytest.raises(FileFormatError) as refused:
        read_venue(file)
    assert expected in refused.value.expected
    assert said in refused.value.found
    assert refused.value.try_next


def test_a_file_that_is_not_there(tmp_path):
    """It is said so."""
    with pytest.raises(StorageError):
        read_venue(tmp_path / "none.toml")
