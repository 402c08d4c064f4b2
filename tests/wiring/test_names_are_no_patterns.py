"""Brackets, stars and question marks in the names of folders and files are names: what lies beside is never read."""

import ast
import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

import trimtab
from trimtab.cli.app import app
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.replay import ReplayFeed
from trimtab.feeds.series.prices import read_prices
from trimtab.store.backup import back_up
from trimtab.store.restore import restore
from trimtab.store.verify import verify
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import SourceFolders, import_files
from trimtab.wiring.workspace import open_workspace

#: A name that a pattern, a style or a shell could be taken for, and names beside it that it would match.
NAMES = {
    "p[1]": ("p1",),
    "p?": ("p1", "px"),
    "p*": ("p1", "p22"),
    "p{1,2}": ("p1", "p2"),
    "[!a]x": ("bx",),
    "**": ("p1",),
    "~p": ("p1",),
    "year=2024": ("p1",),
    "[bold]m[": ("m",),
    ":key:": ("m",),
    "p#%41;--": ("pA",),
}
OWN, OTHER = 100.0, 900.0
NOW = dt.datetime.now(dt.UTC)


def frame(level):
    return pl.DataFrame({"date": ["2024-01-02", "2024-01-03", "2024-01-04"], "SPX": [level, level + 1, level + 2]})


def write(path, level):
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".parquet":
            with path.open("wb") as stream:
                frame(level).write_parquet(stream)
        case ".gz":
            path.write_bytes(gzip.compress(frame(level).write_csv().encode()))
        case _:
            path.write_text(frame(level).write_csv())


def first(table):
    return float(table.values[0][table.symbols.index("SPX")])


@pytest.mark.parametrize("ending", ["parquet", "csv", "csv.gz"])
@pytest.mark.parametrize("name", NAMES)
def test_prices_are_those_of_the_file_that_was_named(tmp_path, name, ending):
    """In the name of a file and in that of its folder, for every kind of file; a missing one is missing."""
    for place, level in ((name, OWN), *((other, OTHER) for other in NAMES[name])):
        write(tmp_path / f"{place}.{ending}", level)
        write(tmp_path / place / f"x.{ending}", level)
    assert first(read_prices({"SPX": tmp_path / f"{name}.{ending}"})) == OWN
    assert first(read_prices(str(tmp_path / name / f"x.{ending}"))) == OWN
    (tmp_path / f"{name}.{ending}").unlink()
    with pytest.raises(trimtab.TrimtabError, match="no such file"):
        read_prices(tmp_path / f"{name}.{ending}")


@pytest.mark.parametrize("name", ["p[1]", "p?", "p*", "p{1,2}", "[bold]m["])
def test_a_workspace_reads_its_own_prices(tmp_path, name):
    """Read, merged, verified, backed up and restored: the prices are those that were imported here."""
    desks = {}
    for place, level in (*((other, OTHER) for other in NAMES[name]), (name, OWN)):
        desks[place] = create_workspace(tmp_path / place, benchmark="SPX")
        for day, ending in enumerate(("parquet", "csv")):
            file = tmp_path / "in" / place / f"{name}.{ending}"
            write(file, level + 10 * day)
            (done,) = import_files([file], workspace=desks[place], accept=True)
            assert done.error is None
    own = open_workspace(tmp_path / name)
    assert first(own.prices.table()) == OWN + 10
    assert first(own.prices.table(known=own.journal.entries("prices")[0].seq)) == OWN
    assert own.prices.merge() is not None
    assert first(own.prices.table()) == OWN + 10
    assert own.prices.check() == 1
    assert verify(own.journal).ok
    for target in (f"copy-{name}.tar.gz", f"copy-{name}"):
        back_up(own.journal, tmp_path / name / "data", tmp_path / target)
        kept = restore(tmp_path / target, tmp_path / f"again-{target}-{name}")
        assert first(open_workspace(kept.folder).prices.table()) == OWN + 10


@pytest.mark.parametrize("name", ["p[1]", "p?", "p*", "p{1,2}"])
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_quotes_are_those_of_the_folder_that_was_named(tmp_path, name, ending):
    """A folder of quotes, and a recorded file, with a decoy beside."""
    for place, level in ((name, OWN), *((other, OTHER) for other in NAMES[name])):
        write(tmp_path / place / f"{name}.{ending}", level)
    batch = FolderFeed(tmp_path / name, clock=lambda: NOW).read(None)
    assert [t.price for t in batch.ticks] == [OWN, OWN + 1, OWN + 2]
    replay = ReplayFeed(tmp_path / name / f"{name}.{ending}", speed=float("inf"), clock=lambda: NOW)
    assert [t.price for t in replay.read(None).ticks] == [OWN, OWN + 1, OWN + 2]


def test_files_that_arrive_are_those_of_the_folder_that_was_named(tmp_path):
    """A folder of `[sources]` whose name is a pattern for another."""
    desk = create_workspace(tmp_path / "desk", benchmark="SPX")
    for name, level in (("in1", OTHER), ("in[1]", OWN)):
        write(tmp_path / name / "x[1].parquet", level)
    settings = tmp_path / "desk" / "trimtab.toml"
    settings.write_text(settings.read_text() + '\n[sources.feed]\nfolder = "../in[1]"\nkind = "prices"\n')
    import_files([tmp_path / "in[1]" / "x[1].parquet"], workspace=desk, accept=True, source="feed")
    write(tmp_path / "in[1]" / "y[1].parquet", OWN + 50)
    desk = open_workspace(tmp_path / "desk")
    kept = SourceFolders(lambda: NOW + dt.timedelta(minutes=5)).look(desk)
    assert kept == ("y[1].parquet imported (prices from feed)",)
    assert first(desk.prices.table()) == OWN + 50


@pytest.mark.parametrize("name", ["[bold]m[", ":key:", "[/]", "[link=x]", "p[1]"])
def test_what_is_printed_is_the_name_as_it_is(tmp_path, name):
    """Brackets are no style and colons no picture, in any command that names a folder, a file or a symbol."""
    desk, runner = tmp_path / name, CliRunner()
    write(tmp_path / "SPX.csv", OWN)
    file = (tmp_path / "SPX.csv").rename(tmp_path / f"{name.replace('/', '')}.csv")
    desk = tmp_path / name.replace("/", "")
    for words in (
        ["init", str(desk), "--benchmark", "SPX"],
        ["import", str(file), "-w", str(desk), "--yes"],
        ["config", "show", "-w", str(desk)],
        ["config", "check", "-w", str(desk)],
        ["verify", "-w", str(desk)],
        ["journal", "-w", str(desk)],
        ["backup", str(tmp_path / f"b-{desk.name}.tar.gz"), "-w", str(desk)],
    ):
        done = runner.invoke(app, words)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code == 0, (words, done.output)
        if words[0] in {"init", "import", "backup"}:
            assert desk.name in done.output.replace("\n", ""), (words, done.output)


def test_polars_is_never_given_a_path():
    """Each call that reads a file reads a stream or bytes: a path would be a pattern, a cloud address or a home."""
    wrong = []
    for file in sorted(Path(trimtab.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if not isinstance(node.func.value, ast.Name) or node.func.value.id not in {"pl", "polars"}:
                continue
            if node.func.attr.startswith(("read_", "scan_")):
                given = ast.unparse(node.args[0]) if node.args else ""
                if given != "stream" and not given.startswith("io.BytesIO("):
                    wrong.append(f"{file.name}:{node.lineno} {given}")
    assert not wrong
