"""Settings come from the last place that has them, and every mistake is told with its place."""

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.config.durations import read_duration, write_duration
from trimtab.config.origin import OriginKind
from trimtab.config.read import find_mistakes, read_config
from trimtab.errors import InputError, StorageError, UnknownSymbolError
from trimtab.monitor.alerts.rules import Kind

GOOD = """\
[workspace]
base = "EUR"

[benchmarks.us]
symbol = "SPX"
returns = "total"

[mandates.core]
benchmark = "us"
target = 0.9
band = 0.1
max_contracts = 12

[portfolios.growth]
mandate = "core"
role = "growth"

[costs]
commission = 2.25

[[alerts.rules]]
name = "drift"
kind = "band"
for = "15m"
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        (tmp_path / "trimtab.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def only_mistake(folder, environ=None, **overrides):
    (mistake,) = find_mistakes(folder, environ=environ or {}, overrides=overrides)
    return mistake


def test_each_place_overrules_those_before_it(write):
    """Default, file, environment, command line: the last that has the setting wins, and origin says which it was."""
    folder, path = write(GOOD), "mandates.core.band"
    variable = {"TRIMTAB_MANDATES_CORE_BAND": "0.2"}
    rest = read_config(folder, environ={})
    assert rest.mandates["core"].confidence == 0.5
    assert str(rest.origin("mandates.core.confidence")) == "default"
    assert (rest.mandates["core"].band, str(rest.origin(path))) == (0.1, "trimtab.toml:11")
    by_variable = read_config(folder, environ=variable)
    assert (by_variable.mandates["core"].band, str(by_variable.origin(path))) == (0.2, "TRIMTAB_MANDATES_CORE_BAND")
    by_line = read_config(folder, environ=variable, overrides={path: 0.3})
    assert (by_line.mandates["core"].band, str(by_line.origin(path))) == (0.3, "command line")
    assert by_line.origin(path).kind is OriginKind.COMMAND_LINE
    assert read_config(folder, environ={}, overrides={path: "0.4"}).mandates["core"].band == 0.4


def test_an_empty_variable_is_not_set(write):
    """A variable without text leaves the file's value."""
    config = read_config(write(GOOD), environ={"TRIMTAB_WORKSPACE_BASE": ""})
    assert (config.workspace.base, str(config.origin("workspace.base"))) == ("EUR", "trimtab.toml:2")


def test_an_override_of_none_is_not_given(write):
    """A command passes on options that were not given as None."""
    config = read_config(write(GOOD), environ={}, overrides={"mandates.core.band": None, "estimation.window": None})
    assert str(config.origin("mandates.core.band")) == "trimtab.toml:11"


def test_nesting_without_end_is_a_mistake(write):
    """Brackets nested beyond what can be read are told, not fallen over."""
    assert find_mistakes(write(f"a = {'[' * 9000}{']' * 9000}"), environ={})


def test_variables_are_read_as_what_the_setting_is(write):
    """Lists by commas, truth values, durations, and rules by their name."""
    config = read_config(
        write(GOOD),
        environ={
            "TRIMTAB_MANDATES_CORE_HEDGE": "ES, MES", "TRIMTAB_MANDATES_CORE_LONG_ONLY": "false",
            "TRIMTAB_ALERTS_RULES_DRIFT_FOR": "2d", "TRIMTAB_ESTIMATION_RISK_FREE": "0.03",
            "TRIMTAB_COSTS_COMMISSION": "1.10",
        },
    )  # fmt: skip
    assert config.mandates["core"].hedge == ("ES", "MES")
    assert config.mandates["core"].long_only is False
    assert config.alerts.rules[0].hold == dt.timedelta(days=2)
    assert config.estimation.risk_free == 0.03
    assert config.costs.commission == Decimal("1.1")


def test_every_setting_has_an_origin(write):
    """Asking for a setting that does not exist names the nearest one."""
    config = read_config(write(GOOD), environ={})
    assert config.origin("alerts.rules.drift.for").line == 24
    with pytest.raises(UnknownSymbolError, match="did you mean mandates.core.band"):
        config.origin("mandates.core.bnad")


def test_the_mandate_of_a_portfolio(write):
    """It carries the benchmark's symbol and the workspace's costs; the only portfolio needs no name."""
    config = read_config(write(GOOD), environ={})
    mandate = config.mandate()
    assert (mandate.benchmark, mandate.target, mandate.band, mandate.max_contracts) == ("SPX", 0.9, 0.1, 12)
    assert (mandate.costs.commission, mandate.costs.half_spread_ticks) == (Decimal("2.25"), Decimal("0.5"))
    assert config.base("growth") == "EUR"
    with pytest.raises(UnknownSymbolError, match="did you mean growth"):
        config.mandate("grwth")


def test_edges_become_target_and_band(write):
    """Lower 0.95 and upper 1.05 are exactly 1 and 0.05, and come from where lower stands."""
    text = GOOD.replace("target = 0.9\nband = 0.1\n", "lower = 0.95\nupper = 1.05\n")
    config = read_config(write(text), environ={})
    assert (config.mandates["core"].target, config.mandates["core"].band) == (1.0, 0.05)
    assert str(config.origin("mandates.core.band")) == "trimtab.toml:10"


def test_no_portfolio_is_guessed(write):
    """With two portfolios and no default, one has to be named."""
    folder = write(GOOD + '[portfolios.other]\nmandate = "core"\n')
    with pytest.raises(InputError, match="2 of them and no default"):
        read_config(folder, environ={}).portfolio_name()
    overrides = {"workspace.portfolio": "other"}
    assert read_config(folder, environ={}, overrides=overrides).portfolio_name() == "other"


def test_paths_start_at_the_workspace(write, tmp_path, monkeypatch):
    """Paths in the file start at the workspace, those of the command line at the current folder."""
    (tmp_path / "rates").mkdir()
    for name in ("fx.csv", "rates/fx.csv"):
        (tmp_path / name).write_text("date,EURUSD\n")
    folder = write('[estimation]\nfx = "fx.csv"')
    assert read_config(folder, environ={}).estimation.fx == tmp_path / "fx.csv"
    monkeypatch.chdir(tmp_path / "rates")
    overrides = {"estimation.fx": Path("fx.csv")}
    assert read_config(folder, environ={}, overrides=overrides).estimation.fx == tmp_path / "rates/fx.csv"


def test_journal_paths_start_at_the_workspace(write, tmp_path):
    """A relative SQLite path is that path in the workspace; absolute ones, servers and references are followed."""
    url = read_config(write(""), environ={}).journal_url({})
    assert url == str(tmp_path / "journal.db")
    config = read_config(write('[journal]\nurl = "env:DB"'), environ={})
    assert config.journal_url({"DB": "postgresql://u:p@h/d"}) == "postgresql://u:p@h/d"
    assert config.journal_url({"DB": "sqlite:////tmp/j.db"}) == "sqlite:////tmp/j.db"
    with pytest.raises(InputError, match="environment variable DB"):
        config.journal_url({})


RULE = "[[alerts.rules]]\nname='x'\nkind="

# line (counted from 1 in the text), path, part of what is expected or found, part of what to try
MISTAKES = [
    ('[workspce]\nname = "x"', 1, "workspce", "unknown section workspce", "did you mean workspace?"),
    ("[watch]\npol = '5s'", 2, "watch.pol", "unknown key pol", "did you mean poll?"),
    ("\n\nband = 0.1", 3, "band", "unknown key band", "belongs under [mandates.NAME]"),
    ("bass = 'USD'", 1, "bass", "unknown key bass", "base belongs under"),
    ("[estimation]\nwindow = '252'", 2, "estimation.window", '"252"', "correct it, or leave window out"),
    ("[estimation]\nwindow = 2.5", 2, "estimation.window", "2.5", "without a decimal point"),
    ("[estimation]\nwindow = true", 2, "estimation.window", "true", "correct it"),
    ("[estimation]\nwindow = 2", 2, "estimation.window", "3 or more", "correct it"),
    ("[estimation]\nhalf_life = inf", 2, "estimation.half_life", "above zero", "correct it"),
    ("[estimation]\nmethod = 'olss'", 2, "estimation.method", "olss", "did you mean ols?"),
    ("[estimation]\nmethod = 'ols(lenght=3)'", 2, "estimation.method", "lenght", ""),
    ("[estimation]\nmethod = 'ols'\nhalf_life = 9", 3, "estimation.half_life", "half_life", "leave half_life out"),
    ("[estimation]\nerrors = 'hacc'", 2, "estimation.errors", "hacc", "did you mean hac?"),
    ("[estimation]\nfx = 'no.csv'", 2, "estimation.fx", "no such file", "it starts at"),
    ("[estimation]\nrisk_free = 4", 2, "estimation.risk_free", "as a decimal (0.04)", "correct it"),
    ("[contracts]\nfiles = 'x.csv'", 2, "contracts.files", "a list of files", "brackets"),
    ("[costs]\ncommission = -1", 2, "costs.commission", "-1", "correct it"),
    ("[workspace]\nbase = 'usd'", 2, "workspace.base", '"usd"', 'write "USD"'),
    ("[workspace]\nportfolio = 'x'", 2, "workspace.portfolio", '"x", which is not there', "add [portfolios.x]"),
    ("workspace = 3", 1, "workspace", "a table: [workspace]", "under [workspace]"),
    ("mandates = 3", 1, "mandates", "[mandates.NAME]", "under [mandates.NAME]"),
    ("[mandates]\nband = 0.1", 2, "mandates.band", "a table for each name", "under [mandates.NAME]"),
    ("[calendars]\n'a b' = {}", 2, "calendars", '"a b"', "another name"),
    ("[benchmarks.a]\nreturns = 'total'", 1, "benchmarks.a.symbol", "a symbol in the prices", "add symbol"),
    ("[watch]\npoll = 5", 2, "watch.poll", "length of time", '"5s"'),
    ("[watch]\npoll = '0s'", 2, "watch.poll", "above zero", ""),
    ("[watch]\npoll = '5 minutes'", 2, "watch.poll", "length of time", ""),
    ("[journal]\nurl = 'mysql://x/y'", 2, "journal.url", "not shown", "sqlite:// or postgresql://"),
    ("[journal]\nurl = 'sqlite://'", 2, "journal.url", "not shown", "in memory"),
    ("[alerts.quiet]\nstart = '25:00'\nend = '07:00'", 2, "alerts.quiet.start", "a time of day", ""),
    ("[alerts.quiet]\nstart = '22:00'", 2, "alerts.quiet.start", "end beside it", "add end"),
    ("[alerts.quiet]\nstart = 07:00:00\nend = 07:00:00", 2, "alerts.quiet.start", "another end", ""),
    ("[alerts.quiet]\ntime_zone = 'Europe/Londn'", 2, "alerts.quiet.time_zone", "IANA", "Europe/London?"),
    ("[alerts.quiet]\ndays = ['sun', 'sundy']", 2, "alerts.quiet.days", "weekdays", "did you mean sun?"),
    ("[alerts]\nquite = {}", 2, "alerts.quite", "unknown section quite", "did you mean quiet?"),
    ("alerts = 3", 1, "alerts", "[[alerts.rules]]", "under these headers"),
    ("[alerts.rules]\nname = 'x'", 1, "alerts.rules", "a list of tables", "[[alerts.rules]]"),
    ("[[alerts.rules]]\nname = 'x'", 1, "alerts.rules.x.kind", "one of band", "add kind"),
    ("[[alerts.rules]]\nkind = 'band'", 1, "alerts.rules.0.name", "a name of its own", "add name"),
    (f"{RULE}'bands'", 3, "alerts.rules.x.kind", "bands", "did you mean band?"),
    (f"{RULE}'band'\nthreshold=1.5", 4, "alerts.rules.x.threshold", "from 0 to 1", ""),
    (f"{RULE}'coverage'\nthreshold=0.9\nclear=0.8", 5, "alerts.rules.x.clear", "at or above", ""),
    (f"{RULE}'band'\nchannels=['y']", 4, "alerts.rules.x.channels", '"y"', "alerts.channels.y"),
    (f"{RULE}'band'\n{RULE}'edge'", 5, "alerts.rules.x", "second", ""),
    ("[alerts.channels.a]\nkind = 'webhook'", 2, "alerts.channels.a.kind", "url for a channel", "add url"),
    ("[alerts.channels.a]\nkind = 'terminal'\nport = 25", 3, "alerts.channels.a.port", "for kind email", "take out"),
    ("[calendars.a]\nholidays = ['25.12.2026']", 2, "calendars.a.holidays", "dates", "YYYY-MM-DD"),
    ("[sources.a]\nfolder = 'in'\nkind = 'price'", 3, "sources.a.kind", "price", "did you mean prices?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "path", "says", "tip"), MISTAKES)
def test_a_mistake_is_told_with_file_line_and_suggestion(write, text, line, path, says, tip):
    """Each kind of mistake names the file and line it is on, the setting, what is wrong, and what to try."""
    folder = write(text)
    mistake = only_mistake(folder)
    assert (mistake.origin.line, mistake.path) == (line, path)
    assert says in f"{mistake.expected} {mistake.found}"
    assert tip in mistake.try_next
    assert mistake.try_next
    with pytest.raises(InputError) as caught:
        read_config(folder, environ={})
    assert f"{folder / 'trimtab.toml'}:{line}" in caught.value.found


MANDATES = [
    ("band = -0.1", 4, "band", "half-width of zero or more", "leave band out"),
    ("confidence = 1", 4, "confidence", "0.5 up to, not including, 1", ""),
    ("min_coverage = 95", 4, "min_coverage", "from 0 to 1", ""),
    ("lower = 0.9", 4, "lower", "upper beside it", "add upper"),
    ("lower = 1.1\nupper = 0.9", 4, "lower", "1.1 above 0.9", "swap"),
    ("lower = 0.9\nupper = 1.1\nband = 0.1", 6, "band", "either band", "one of the two"),
    ("lower = 0.9\nupper = 1.1\ntarget = 1.05", 6, "target", "middle of lower and upper, 1.0", "leave target out"),
    ("benchmark_ = 'b'", 4, "benchmark_", "unknown key", "did you mean benchmark?"),
    ("hedge = ['ES', 'ES']", 4, "hedge", "list of futures", "each once"),
    ("max_contracts = -1", 4, "max_contracts", "0 or more", ""),
]


@pytest.mark.parametrize(("text", "line", "key", "says", "tip"), MANDATES)
def test_a_mandate_that_cannot_be_is_told(write, text, line, key, says, tip):
    """Mistakes within a mandate, and between its settings, are told where they stand."""
    mistake = only_mistake(write(f"benchmarks.b.symbol = 'X'\n[mandates.m]\nbenchmark = 'b'\n{text}"))
    assert (mistake.origin.line, mistake.path) == (line, f"mandates.m.{key}")
    assert says in f"{mistake.expected} {mistake.found}"
    assert tip in mistake.try_next


def test_a_symbol_in_place_of_a_benchmarks_name(write):
    """Naming the symbol instead of the benchmark suggests the benchmark that has it."""
    mistake = only_mistake(write("[benchmarks.us]\nsymbol = 'SPX'\n[mandates.m]\nbenchmark = 'SPX'"))
    assert mistake.try_next == 'did you mean us, whose symbol is "SPX"?'


def test_all_mistakes_are_told_at_once_in_order(write):
    """One error lists those of the file by line, then the environment's, then the command line's."""
    folder = write("[watch]\npoll = 5\npol = 1\n[mandates.m]\nbenchmark = 'x'")
    environ = {"TRIMTAB_WATCH_EVALUATE": "x", "TRIMTAB_WATCH_PULL": "5s", "TRIMTAB_OTHER": "y"}
    with pytest.raises(InputError) as caught:
        read_config(folder, environ=environ, overrides={"watch.pole": "5s"})
    lines = caught.value.found.splitlines()
    file = folder / "trimtab.toml"
    assert lines[0] == "6 mistakes:"
    assert [line.split(": ")[0].strip() for line in lines[1:]] == [
        f"{file}:2", f"{file}:3", f"{file}:5", "environment variable TRIMTAB_WATCH_PULL",
        "environment variable TRIMTAB_WATCH_EVALUATE", "command line",
    ]  # fmt: skip
    assert "did you mean TRIMTAB_WATCH_POLL?" in lines[4]
    assert "did you mean watch.poll?" in lines[6]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def test_a_value_that_is_overruled_is_checked(write):
    """The file's mistake is told though a variable overrules it."""
    assert only_mistake(write("[watch]\npoll = 5"), {"TRIMTAB_WATCH_POLL": "5s"}).origin.line == 2


def test_a_variable_that_could_mean_two_settings_is_refused(write):
    """Names that differ only in what variables cannot hold share a variable, which is then refused."""
    folder = write("[benchmarks]\na-b = {symbol = 'X'}\na_b = {symbol = 'Y'}")
    assert find_mistakes(folder, environ={}) == ()
    mistake = only_mistake(folder, {"TRIMTAB_BENCHMARKS_A_B_SYMBOL": "Z"})
    assert "benchmarks.a-b.symbol, benchmarks.a_b.symbol" in mistake.found


def test_a_variable_that_a_secret_refers_to_is_no_mistake(write):
    """env:NAME may name a variable that looks like a setting's."""
    text = "[alerts.channels.a]\nkind = 'webhook'\nurl = 'env:TRIMTAB_ALERTS_HOOK'"
    assert find_mistakes(write(text), environ={"TRIMTAB_ALERTS_HOOK": "https://x"}) == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[watch]\npoll = ]", 2, "line 2, column 8"),
        ("[watch]\npoll = ", 2, "line 2"),
        ("a = 1\na = 2", 2, "line 2"),
        ("x = '''\n\n", 3, "line 3"),
        ("password = hunter2", 1, "line 1"),
    ],
)
def test_what_is_not_toml_is_told_with_line_and_column(write, text, line, says):
    """A syntax error has its place, and the line itself, which may hold a secret, is not quoted."""
    mistake = only_mistake(write(text))
    assert mistake.origin.line == line
    assert says in mistake.found
    assert "hunter2" not in str(mistake)


def test_what_is_not_utf8_is_told_with_its_line(tmp_path):
    """A byte that is no UTF-8 has its line and column; a byte order mark is no mistake."""
    (tmp_path / "trimtab.toml").write_bytes(b"[workspace]\nname = 'Z\xfcrich'")
    mistake = only_mistake(tmp_path)
    assert (mistake.origin.line, mistake.found) == (2, "byte 0xfc in column 10")
    (tmp_path / "trimtab.toml").write_bytes(b"\xef\xbb\xbf[workspace]\r\nname = 'x'\r\nbase = 'EUR'\r\n")
    assert read_config(tmp_path, environ={}).origin("workspace.base").line == 3


def test_no_workspace_names_init(tmp_path):
    """Where there is no file, the error says how to make one; what cannot be read is a storage error."""
    with pytest.raises(InputError, match="trimtab init"):
        read_config(tmp_path, environ={})
    (tmp_path / "trimtab.toml").mkdir()
    with pytest.raises(StorageError):
        read_config(tmp_path, environ={})


def test_the_process_environment_is_read(write, monkeypatch):
    """Without `environ` the process's own variables count."""
    monkeypatch.setenv("TRIMTAB_WORKSPACE_BASE", "GBP")
    assert read_config(write(GOOD)).workspace.base == "GBP"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_rule_is_accepted_with_its_own_terms(write, kind):
    """A rule that names only its kind becomes a rule of the monitor."""
    config = read_config(write(f"[[alerts.rules]]\nname = 'x'\nkind = '{kind}'"), environ={})
    rule = config.alerts.rules[0].rule("growth", config.alerts.quiet.hours())
    assert (rule.kind, rule.portfolio, rule.quiet) == (kind, "growth", None)


def test_a_rule_and_quiet_hours_reach_the_monitor(write):
    """Durations, severities, channels and hours arrive as the monitor's own."""
    text = """
    [alerts.quiet]
    start = "22:00"
    end = "07:00"
    time_zone = "Europe/Zurich"
    days = ["sat", "sun"]
    [alerts.channels.log]
    kind = "file"
    path = "alerts.log"
    [[alerts.rules]]
    name = "drift"
    kind = "beta_change"
    threshold = 0.2
    clear = 0.1
    for = "1h30m"
    clear_for = "2h"
    severity = "info"
    repeat = "1d"
    escalate_after = "4h"
    channels = ["log"]
    window = "2w"
    """
    config = read_config(write(text), environ={})
    quiet = config.alerts.quiet.hours()
    rule = config.alerts.rules[0].rule("growth", quiet)
    assert (quiet.zone, quiet.days, str(quiet.passes)) == ("Europe/Zurich", frozenset({5, 6}), "critical")
    assert (rule.threshold, rule.clear, rule.channels) == (0.2, 0.1, ("log",))
    assert rule.hold == dt.timedelta(minutes=90)
    assert rule.clear_hold == dt.timedelta(hours=2)
    assert rule.repeat == dt.timedelta(days=1)
    assert rule.escalate_after == dt.timedelta(hours=4)
    assert rule.window == dt.timedelta(days=14)
    assert str(rule.severity) == "info"


@given(st.integers(0, 10**15))
def test_durations_read_back(micro):
    """What is written of a length of time is read as the same length."""
    length = dt.timedelta(microseconds=micro)
    assert abs(read_duration(write_duration(length)) - length) <= dt.timedelta(microseconds=1)


@pytest.mark.parametrize("text", ["", "5", "m", "5min", "1m1h", "1m2m", "-5m", "1.m", "999999999w", "5µs"])
def test_what_is_no_duration_is_refused(text):
    """Units are needed, in order, each once."""
    with pytest.raises(ValueError, match="."):
        read_duration(text)
