"""The template explains every setting and sets none; a workspace is there whole or not at all; secrets stay hidden."""

import json
import multiprocessing
import os
import re
import signal
import time
import tomllib
from dataclasses import MISSING
from pathlib import Path

import pytest

from trimtab import sample
from trimtab.config import template
from trimtab.config.find import find_workspace
from trimtab.config.read import read_config
from trimtab.config.secrets import HIDDEN, mask, reveal
from trimtab.config.sections import SECTIONS, Shape, keys_of
from trimtab.config.show import config_document, plain, shown
from trimtab.config.template import init_workspace, new_config_text
from trimtab.errors import InputError, StorageError

FORKS = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs processes that fork")


def read(text: str, folder: Path):
    (folder / "trimtab.toml").write_text(text, encoding="utf-8")
    return read_config(folder, environ={})


def all_set(text: str) -> str:
    """Take away the # before every setting and header."""
    return re.sub(r"(?m)^#(?=[\w\[])", "", text)


def test_the_template_sets_nothing(tmp_path):
    """As it comes it is the same as an empty file: every setting has its default."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    new, empty = (read(t, tmp_path / f) for t, f in ((new_config_text(), "a"), ("", "b")))
    assert [(s.path, s.value, s.origin.kind) for s in shown(new)] == [
        (s.path, s.value, s.origin.kind) for s in shown(empty)
    ]


def test_the_template_explains_every_setting():
    """Each setting of each section stands in it, with what it means."""
    text = new_config_text()
    for section in SECTIONS:
        for key in keys_of(section.kind).values():
            assert re.search(rf"(?m)^# ?{key.name} = .*  # {re.escape(key.doc)}", text), f"{section.name}.{key.name}"


def test_what_the_template_shows_is_valid_and_the_default(tmp_path):
    """With every setting taken out of its comment the file has no mistakes, and settings with defaults have them."""
    for name in ("fx.csv", "contracts.csv", "funds.csv", "closures.csv"):
        (tmp_path / name).write_text("")
    text = all_set(new_config_text())
    config = read(text, tmp_path)
    examples = {"alerts.quiet.time_zone"}  # a zone that shows what one looks like
    raw = tomllib.loads(text)
    for section in SECTIONS:
        if section.shape is not Shape.ONE:
            continue
        table = raw
        for part in section.name.split("."):
            table = table[part]
        for key in keys_of(section.kind).values():
            path = f"{section.name}.{key.name}"
            if key.default not in {MISSING, None, ()} and path not in examples:
                assert table[key.name] == plain(key.default), path
            assert config.origin(path).line
    assert set(config.alerts.channels) == {"log", "mail", "hook", "phone"}
    assert config.mandate("main").benchmark == "SPX"


@pytest.mark.parametrize("value", ['S"P\\X', "Zürich 🌊", "a\x7fb", "tab\there"])
def test_any_text_can_be_written(tmp_path, value):
    """Quotes, backslashes and control characters in a name or symbol come back as they were."""
    config = read(new_config_text(benchmark=value, name=value, base="EUR"), tmp_path)
    assert config.benchmarks["main"].symbol == config.title == value
    assert config.base() == "EUR"


def test_a_value_that_cannot_be_is_refused_before_anything_is_written(tmp_path):
    """A wrong base currency or an empty benchmark leaves no folder behind."""
    for wrong in ({"base": "usd"}, {"benchmark": " "}):
        with pytest.raises(InputError):
            init_workspace(tmp_path / "new", **wrong)
    assert not (tmp_path / "new").exists()


def test_a_new_workspace_for_the_sample(tmp_path):
    """Its portfolio has the sample's benchmark and the mandate of the demo; its folders are there."""
    folder = init_workspace(tmp_path / "a/b", sample=True)
    config = read_config(folder, environ={})
    mandate = config.mandate()
    assert (mandate.benchmark, mandate.target, mandate.band) == (sample.BENCHMARK, 1.0, 0.05)
    assert config.mandates["core"].hedge == ("ES", "MES")
    assert sorted(p.name for p in folder.iterdir()) == [".gitignore", "data", "trimtab.toml"]
    with pytest.raises(InputError, match="which the sample has"):
        init_workspace(tmp_path / "c", sample=True, benchmark="AAPL")


def test_an_existing_workspace_is_left_as_it_is(tmp_path):
    """A second init refuses and changes no byte; other files in the folder are no obstacle."""
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".gitignore").write_text("mine too")
    init_workspace(tmp_path, benchmark="SPX")
    before = (tmp_path / "trimtab.toml").read_bytes()
    with pytest.raises(InputError, match="left as it is"):
        init_workspace(tmp_path, benchmark="NDX")
    assert (tmp_path / "trimtab.toml").read_bytes() == before
    assert (tmp_path / ".gitignore").read_text() == "mine too"


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path):
    """A file where the folder should be, or where data should be, is told with exit code 74."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as caught:
        init_workspace(tmp_path / "file" / "desk")
    assert caught.value.exit_code == 74
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/data").write_text("")
    with pytest.raises(StorageError, match="desk/data"):
        init_workspace(tmp_path / "desk")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_a_storage_error(tmp_path):
    """A folder that only its owner may write is told as such."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError):
            init_workspace(tmp_path / "desk")
    finally:
        tmp_path.chmod(0o700)


def test_preparation_comes_before_the_settings_and_may_fail(tmp_path):
    """If what is prepared fails there is no workspace yet, and the same command makes it whole."""
    seen = []

    def fail(folder: Path) -> None:
        seen.append((folder / "trimtab.toml").exists())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        init_workspace(tmp_path, prepare=fail)
    assert seen == [False]
    assert not (tmp_path / "trimtab.toml").exists()
    init_workspace(tmp_path, prepare=seen.append)
    assert seen[1:] == [tmp_path]


def _init_dying_at(folder: str, step: int) -> None:
    """Make a workspace, and be killed at the step-th call that touches the disk."""
    count = [0]

    def counted(call):
        def inner(*given, **named):
            count[0] += 1
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return inner

    for name in ("link", "fsync"):
        setattr(os, name, counted(getattr(os, name)))
    for name in ("mkdir", "open", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))
    template.init_workspace(Path(folder), benchmark="SPX")


@FORKS
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the children touch files only
def test_an_init_that_is_killed_anywhere_can_be_repeated(tmp_path):
    """Killed at each step in turn, it leaves a whole workspace or none, and the same command then makes one."""
    context = multiprocessing.get_context("fork")
    outcomes = []
    for step in range(1, 30):
        folder = tmp_path / f"desk{step}"
        process = context.Process(target=_init_dying_at, args=(str(folder), step))
        process.start()
        process.join()
        killed = process.exitcode == -signal.SIGKILL
        file = folder / "trimtab.toml"
        outcomes.append((killed, file.exists()))
        if not file.exists():
            init_workspace(folder, benchmark="SPX")
            assert sorted(p.name for p in folder.iterdir()) == [".gitignore", "data", "trimtab.toml"]
        assert read_config(folder, environ={}).mandate().benchmark == "SPX"
        if not killed:
            break
    assert outcomes[-1] == (False, True)
    assert {killed for killed, _ in outcomes[:-1]} == {True}
    assert len(outcomes) >= 8
    assert (True, False) in outcomes


def _init_when_told(folder: str, at: float) -> None:
    while time.monotonic() < at:
        pass
    try:
        template.init_workspace(Path(folder), benchmark="SPX")
    except InputError:
        os._exit(3)


@FORKS
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_of_several_inits_at_once_one_wins(tmp_path):
    """Four at the same moment: one makes the workspace, the others are told that it is taken."""
    context = multiprocessing.get_context("fork")
    for i in range(5):
        folder = tmp_path / f"desk{i}"
        at = time.monotonic() + 0.05
        running = [context.Process(target=_init_when_told, args=(str(folder), at)) for _ in range(4)]
        for process in running:
            process.start()
        for process in running:
            process.join()
        assert sorted(process.exitcode for process in running) == [0, 3, 3, 3]
        assert read_config(folder, environ={}).mandate().benchmark == "SPX"


def test_the_workspace_is_the_one_named_else_the_variables_else_the_nearest(tmp_path, monkeypatch):
    """Named folder, TRIMTAB_WORKSPACE, nearest parent: in this order, and no other is taken if a named one has none."""
    for name in ("a", "b", "c"):
        init_workspace(tmp_path / name)
    inside = tmp_path / "c/deep/er"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    variable = {"TRIMTAB_WORKSPACE": str(tmp_path / "b")}
    assert find_workspace(tmp_path / "a", variable) == tmp_path / "a"
    assert find_workspace(tmp_path / "a/trimtab.toml", variable) == tmp_path / "a"
    assert find_workspace(None, variable) == tmp_path / "b"
    assert find_workspace(None, {}) == tmp_path / "c"
    for named, environ in ((inside, {}), (None, {"TRIMTAB_WORKSPACE": str(inside)})):
        with pytest.raises(InputError, match="trimtab init"):
            find_workspace(named, environ)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="trimtab init DIR"):
        find_workspace(None, {})


SECRETS = """
[journal]
url = "postgresql://ann:hunter2@db/trimtab"
[alerts.channels.mail]
kind = "email"
recipients = ["a@example.org"]
sender = "b@example.org"
host = "mail.example.org"
username = "ann"
password = "hunter2"
[alerts.channels.hook]
kind = "webhook"
url = "https://example.org/hook/hunter2"
[alerts.channels.phone]
kind = "apprise"
urls = ["tgram://hunter2/1", "env:PHONE"]
"""


def test_secrets_are_never_shown(tmp_path):
    """Neither the list, the JSON document nor the repr of the settings holds one; references stay readable."""
    config = read(SECRETS, tmp_path)
    values = {s.path: s.value for s in shown(config)}
    for told in (str(values), json.dumps(config_document(config)), repr(config)):
        assert "hunter2" not in told
    assert values["alerts.channels.mail.password"] == HIDDEN
    assert values["alerts.channels.hook.url"] == f"https://{HIDDEN}"
    assert values["alerts.channels.phone.urls"] == [f"tgram://{HIDDEN}", "env:PHONE"]
    assert values["journal.url"] == f"postgresql://{HIDDEN}"
    assert config.alerts.channels["mail"].password == "hunter2"  # noqa: S105 - it is there for those who send


@pytest.mark.parametrize("secret", ["env:x y", "hunter2", "p://hunter2", "x env:NAME", "sqlite://hunter2@h/x"])
def test_masks_hide_whatever_is_no_plain_reference(secret):
    """Only env:NAME and SQLite files pass a mask."""
    assert HIDDEN in mask(secret)
    assert "hunter2" not in mask(secret)


@pytest.mark.parametrize(
    "text",
    [
        "[alerts.channels]\npassword = 'hunter2'",
        "[alerts]\npassword = 'hunter2'",
        "password = 'hunter2'",
        "[alerts.channels.mail]\nkind = 'email'\npasswrd = 'hunter2'",
        "[alerts.channels.mail]\nkind = 'email'\npassword = ['hunter2']",
        "[alerts.channels.hook]\nkind = 'webhook'\nurl = 'hunter2://x'",
        "[alerts.channels.hook]\nkind = 'webhook'\nurls = ['hunter2', 'hunter2']",
        "[journal]\nurl = 'hunter2'",
        "journal = 'hunter2'",
    ],
)
def test_mistakes_quote_no_secret(tmp_path, text):
    """Where a secret stands in the wrong place or shape, the mistake is told without it."""
    with pytest.raises(InputError) as caught:
        read(text, tmp_path)
    assert "hunter2" not in str(caught.value)


def test_a_reference_to_nothing_is_told(tmp_path):
    """A variable that is not set is named when the secret is needed, not before."""
    assert reveal("env:PHONE", {"PHONE": "x"}) == "x"
    assert reveal("as written", {}) == "as written"
    read(SECRETS, tmp_path)
    with pytest.raises(InputError, match="set PHONE where this command runs"):
        reveal("env:PHONE", {"PHONE": ""})


def test_the_document_has_the_promised_keys(tmp_path):
    """trimtab.config/1 gives path, value and origin of every setting."""
    document = config_document(read("[watch]\npoll = '90s'", tmp_path))
    assert document["schema"] == "trimtab.config/1"
    assert {tuple(s) for s in document["settings"]} == {("path", "value", "origin")}
    (poll,) = [s for s in document["settings"] if s["path"] == "watch.poll"]
    file = str(tmp_path / "trimtab.toml")
    assert poll == {
        "path": "watch.poll",
        "value": "1m30s",
        "origin": {"kind": "file", "file": file, "line": 2, "variable": None},
    }
