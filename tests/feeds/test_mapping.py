"""What somebody says that columns are: read, refused by name, remembered by the header, used again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.config.read import read_config
from trimtab.desk.books.intake import Outcome
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.errors import InputError, TrimtabError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.intake.files import Reading
from trimtab.feeds.reader import FileReader
from trimtab.feeds.statements.columns.mapping import MEANINGS, fingerprint, header_key, read_mapping, write_mapping
from trimtab.feeds.statements.doorway import Hints
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.files import open_inputs
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace, open_workspace

TEXT = "Xname;Zahl;Pr;Fooo\nAMZN;10;100,5;7,25\nMSFT;5;200,25;3,5\n"
WHOLE = "Xname=symbol,Zahl=quantity,Pr=price,Fooo=ignore"


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    """Give an empty workspace."""
    return create_workspace(tmp_path / "desk", benchmark="SPY")


def said(mapping: str) -> Reading:
    """Say what columns are."""
    return Reading(hints=Hints(mapping=mapping))


def write(folder: Path, text: str, name: str = "depot.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text)
    return path


@given(st.lists(st.tuples(st.text("abcÄß ,=;%/", min_size=1).map(str.strip), st.sampled_from(sorted(MEANINGS)))))
def test_a_mapping_that_is_written_is_read_again(pairs: list[tuple[str, str]]) -> None:
    """Names with commas, equals signs and blanks come back with their meanings."""
    named = {header_key(name): MEANINGS[meaning] for name, meaning in pairs if name}
    assert read_mapping(write_mapping((n, m) for n, m in pairs if n)) == named


@pytest.mark.parametrize(("words", "told"), [("Stück", "NAME=MEANING"), ("Stück=pieces", "Stück"), ("A=?", "A")])
def test_a_mapping_that_is_not_whole_is_refused(words: str, told: str) -> None:
    """The message names the column, the words there are, and the option."""
    with pytest.raises(InputError, match=told) as caught:
        read_mapping(words)
    assert "--map" in str(caught.value)


def test_a_file_that_is_not_understood_is_refused_with_a_mapping_to_fill_in(desk: Workspace, tmp_path: Path) -> None:
    """The refusal shows all its columns, ready to paste."""
    done = import_files([write(tmp_path, TEXT)], workspace=desk, as_of="2024-01-31")[0]
    assert done.outcome is Outcome.FAILED
    assert "--map 'Xname=?,Zahl=?,Pr=?,Fooo=?'" in str(done.error)


def test_a_mapping_reads_the_file_and_the_next_one_with_its_header(desk: Workspace, tmp_path: Path) -> None:
    """It is written into the settings once the file is kept, and holds for other orders of the columns."""
    first = import_files(
        [write(tmp_path, TEXT)],
        workspace=desk,
        as_of="2024-01-31",
        reading=said(WHOLE),
        accept=True,
    )[0]
    assert first.outcome is Outcome.KEPT
    again = open_workspace(tmp_path / "desk")
    assert [said.columns for said in again.config.mappings.values()] == [WHOLE]
    other = write(tmp_path, "Zahl;Fooo;Pr;xname\n7;1,5;101,5;AMZN\n", "next.csv")
    done = import_files([other], workspace=again, as_of="2024-02-29", accept=True)[0]
    assert done.outcome is Outcome.KEPT
    kept = again.journal.entries("holdings", newest=True, limit=1)[0].body["rows"]
    assert kept == [{"symbol": "AMZN", "quantity": "7", "kind": "share", "price": "101.5"}]


def test_a_mapping_is_not_kept_with_a_file_that_is_not(desk: Workspace, tmp_path: Path) -> None:
    """A dry run writes nothing, into the journal or the settings."""
    before = (tmp_path / "desk" / "trimtab.toml").read_bytes()
    import_files(
        [write(tmp_path, TEXT)],
        workspace=desk,
        as_of="2024-01-31",
        reading=said(WHOLE),
        dry_run=True,
    )
    assert (tmp_path / "desk" / "trimtab.toml").read_bytes() == before
    assert read_config(tmp_path / "desk").mappings == {}


def test_a_column_that_is_not_there_is_named(desk: Workspace, tmp_path: Path) -> None:
    """A mapping of another file is refused with the columns that there are."""
    done = import_files([write(tmp_path, TEXT)], workspace=desk, as_of="2024-01-31", reading=said("Nope=symbol"))[0]
    assert "nope" in str(done.error)
    assert "'Xname'" in str(done.error)


def test_holdings_are_read_with_a_mapping(tmp_path: Path) -> None:
    """The same words read a file for one question."""
    path = write(tmp_path, TEXT)
    with pytest.raises(TrimtabError, match="--map"):
        read_holdings(path, base="USD", contracts=bundled_contracts())
    book = read_holdings(path, base="USD", contracts=bundled_contracts(), hints=Hints(mapping=WHOLE))
    assert [(p.symbol, p.quantity) for p in book.positions] == [("AMZN", 10), ("MSFT", 5)]


def test_a_question_of_files_uses_what_the_workspace_around_remembers(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder of the workspace a header is known; outside of it, and beside --map, nothing is."""
    path = write(tmp_path, TEXT)
    import_files([path], workspace=desk, as_of="2024-01-31", reading=said(WHOLE), accept=True)

    def book(mapping: str | None = None) -> list[str]:
        asked = Instruments(mapping=mapping)
        inputs = open_inputs("unused.csv", str(path), Measuring(), asked)
        reader, contracts = inputs.reader, bundled_contracts()
        return [p.symbol for p in reader.portfolio(str(path), base="USD", contracts=contracts, as_of=None).positions]

    monkeypatch.setattr(FileReader, "prices", lambda *_, **__: None)
    monkeypatch.chdir(desk.folder)
    assert book() == ["AMZN", "MSFT"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TrimtabError, match="--map"):
        book()


def test_headers_of_one_file_have_one_fingerprint() -> None:
    """Order, case and marks make no other header; another column does."""
    assert fingerprint(["Stück", "ISIN"]) == fingerprint(["isin", "STUCK", ""])
    assert fingerprint(["Stück", "ISIN"]) != fingerprint(["Stück", "WKN"])


def test_an_alias_names_a_code_and_an_index(desk: Workspace, tmp_path: Path) -> None:
    """A security code becomes its ticker and SPX ^GSPC, in positions and under options, while the alias holds."""
    settings = tmp_path / "desk" / "trimtab.toml"
    settings.write_text(
        settings.read_text()
        + '\n[aliases.US0231351067]\nsymbol = "AMZN"\nsource = "custodian"\n[aliases.SPX]\nsymbol = "^GSPC"\n'
        + '[aliases.OLD]\nsymbol = "NEW"\nvalid_until = "2020-01-01"\n'
    )
    text = "ISIN;Stück;Kurs\nUS0231351067;10;100,5\n"
    again = open_workspace(tmp_path / "desk")
    import_files([write(tmp_path, text)], workspace=again, as_of="2024-01-31", accept=True)
    assert again.journal.entries("holdings", newest=True, limit=1)[0].body["rows"][0]["symbol"] == "AMZN"
    own = "symbol,quantity,kind,underlying,right,strike,expiry\nP,1,option,SPX,put,4000,2024-06-21\nOLD,5,,,,,\n"
    import_files([write(tmp_path, own)], workspace=again, as_of="2024-02-29", accept=True)
    rows = again.journal.entries("holdings", newest=True, limit=1)[0].body["rows"]
    assert (rows[0]["underlying"], rows[1]["symbol"]) == ("^GSPC", "OLD")
