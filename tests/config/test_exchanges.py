"""The table of exchanges, days that a file overrides, and the calendar that settings name."""

import datetime as dt
import hashlib
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from trimtab import sample
from trimtab.cli.doctor import _calendars
from trimtab.config.config import Config
from trimtab.config.exchanges.overrides import with_overrides
from trimtab.config.exchanges.table import exchange_calendar, exchange_codes, exchanges
from trimtab.config.read import find_mistakes, read_config
from trimtab.desk.watch.alerting import sessions_missed
from trimtab.errors import FileFormatError, InputError, UnknownSymbolError
from trimtab.model.calendar import WEEKDAYS, Calendar

DAY = dt.date.fromisoformat
#: Days that the exchanges themselves announced: exchange, day, whether it is a session, early close.
ANNOUNCED = (
    ("XNYS", "2018-12-05", False, None),  # mourning of President G. H. W. Bush
    ("XNYS", "2025-01-09", False, None),  # mourning of President Carter
    ("XNAS", "2021-12-31", True, None),  # a New Year's Day on a Saturday is not made up for
    ("XNYS", "2026-11-27", True, "13:00"),  # the day after Thanksgiving
    ("XNYS", "2026-07-03", False, None),  # Independence Day on a Saturday
    ("XLON", "2022-09-19", False, None),  # funeral of Queen Elizabeth II
    ("XLON", "2023-05-08", False, None),  # coronation
    ("XLON", "2026-12-24", True, "12:30"),
    ("XETR", "2025-12-24", False, None),
    ("XETR", "2025-10-03", True, None),  # Xetra trades on the Day of German Unity
    ("XEUR", "2025-12-31", False, None),
    ("XPAR", "2026-05-01", False, None),
    ("XTKS", "2026-01-02", False, None),
    ("XTKS", "2019-05-01", False, None),  # accession of the emperor
    ("XHKG", "2023-09-01", False, None),  # typhoon Saola; exchange_calendars has a session
    ("XHKG", "2026-02-16", True, "12:00"),  # eve of the lunar new year
    ("XASX", "2026-01-26", False, None),
    ("XTSE", "2026-10-12", False, None),  # Thanksgiving of Canada
    ("XNYS", "2026-10-12", True, None),
    ("XSHG", "2026-10-01", False, None),
    ("24/7", "2026-12-25", True, None),
)


@pytest.mark.parametrize(("code", "day", "session", "early"), ANNOUNCED)
def test_days_are_those_that_exchanges_announced(code: str, day: str, session: bool, early: str | None) -> None:
    """Closings that no rule gives, early closes, and holidays that one exchange has and its neighbour has not."""
    calendar = exchange_calendar(code)
    assert calendar.is_session(DAY(day)) is session
    assert calendar.early.get(DAY(day)) == (None if early is None else dt.time.fromisoformat(early))


@pytest.mark.parametrize("code", exchanges())
def test_a_row_says_nothing_twice(code: str) -> None:
    """Holidays fall on days of the week that are sessions, extra days on others, early closes before the close."""
    days = exchanges()[code].calendar
    assert days.first is not None
    assert all(day.weekday() in days.week for day in days.holidays)
    assert all(day.weekday() not in days.week for day in days.extra)
    assert all(days.is_session(day) and (days.close is None or at < days.close) for day, at in days.early.items())
    assert all(days.first <= day <= (days.last or dt.date.max) for day in (*days.holidays, *days.extra, *days.early))


def test_the_table_is_wide_whole_and_unambiguous() -> None:
    """Each code means one row; the file is the one whose hash was published."""
    assert {"XNYS", "XNAS", "XLON", "XETR", "XPAR", "XAMS", "XSWX", "XTKS", "XHKG", "XASX", "XTSE", "CMES", "XEUR",
            "CME_RATES", "24/7", "NYSE", "LSE"} <= {*exchange_codes()}  # fmt: skip
    assert len({*exchange_codes()}) == len(exchange_codes())
    assert len(exchanges()) >= 45
    digest = hashlib.sha256(sample.calendars_path().read_bytes()).hexdigest()
    assert digest == sample.checksums()["calendars.csv"]
    assert sum(bool(one.compared) for one in exchanges().values()) >= 15


def test_a_year_has_its_sessions() -> None:
    """2025: 250 in New York and 365 of coins; 252 in 2024, as NYSE counts them."""
    year = [dt.date(2025, 1, 1) + dt.timedelta(days=i) for i in range(365)]
    assert sum(map(exchange_calendar("XNYS").is_session, year)) == 250
    assert sum(map(exchange_calendar("24/7").is_session, year)) == 365
    leap = [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(366)]
    assert sum(map(exchange_calendar("XNYS").is_session, leap)) == 252


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # of pandas, which the library has not followed yet
def test_the_table_is_what_the_library_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every day of every exchange against exchange_calendars, where it is installed."""
    library = pytest.importorskip("exchange_calendars", reason="the extra [calendars] is not installed")
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    decided = import_module("calendars").DECIDED
    for code, one in exchanges().items():
        if not one.source.startswith("exchange_calendars"):
            continue
        made = library.get_calendar(code, start=str(one.calendar.first), end=str(one.calendar.last or "2027-12-31"))
        theirs = {day.date() for day in made.sessions}
        every = [
            made.first_session.date() + dt.timedelta(days=i)
            for i in range((made.last_session - made.first_session).days + 1)
        ]
        ours = {day for day in every if one.calendar.is_session(day)}
        assert {str(day) for day in ours ^ theirs} <= {*decided.get(code, ())}, code


def test_an_early_close_makes_a_price_due_earlier() -> None:
    """On the day after Thanksgiving the price of the day is due at 13:00 in New York, not at 16:00."""
    calendar, new_york = exchange_calendar("XNYS"), ZoneInfo("America/New_York")
    before, after = (dt.datetime(2026, 11, 27, hour, 30, tzinfo=new_york) for hour in (12, 13))
    assert calendar.missed(DAY("2026-11-25"), before) == 0
    assert calendar.missed(DAY("2026-11-25"), after) == 1


def test_a_calendar_that_ended_says_so_in_three_parts() -> None:
    """No session is counted, and none denied, on a day that the table does not know."""
    calendar = exchange_calendar("XSHG")
    assert calendar.last == dt.date(2026, 12, 31)
    with pytest.raises(InputError) as error:
        calendar.missed(DAY("2026-12-30"), dt.datetime(2027, 1, 6, tzinfo=dt.UTC))
    assert error.value.expected == "a day up to 2026-12-31, the last that XSHG is known for"
    assert error.value.found == "2027-01-01"
    assert "[calendars.NAME]" in error.value.try_next
    assert calendar.left(DAY("2026-12-28")) == 3
    assert Calendar().left(DAY("2026-12-28")) is None


def test_an_ended_calendar_leaves_age_unobserved_and_not_wrong() -> None:
    """An alert rule is told why; a coin, priced on a Saturday, is judged by every day and needs no exchange."""
    now = dt.datetime(2027, 1, 6, 12, tzinfo=dt.UTC)
    import numpy as np

    assert sessions_missed(np.datetime64("2026-12-30"), now, exchange_calendar("XSHG")) == (
        None, "XSHG is known up to 2026-12-31, not on 2027-01-01"
    )  # fmt: skip
    assert sessions_missed(np.datetime64("2026-12-26"), now, exchange_calendar("XSHG")) == (10, None)


@pytest.fixture
def overrides(tmp_path: Path) -> Path:
    """Write a file of days."""
    path = tmp_path / "closures.csv"
    path.write_text(
        "date,session,note\n2026-12-01,closed,storm\n2026-12-05,open,\n2026-12-25,13:00,\n\n2026-11-27,open,\n"
    )
    return path


def test_days_of_a_file_come_before_the_table(overrides: Path) -> None:
    """Closed, open on a Saturday, a holiday that is half a session, an early close that is none."""
    calendar = with_overrides(exchange_calendar("XNYS"), overrides)
    said = [calendar.is_session(DAY(day)) for day in ("2026-12-01", "2026-12-05", "2026-12-25", "2026-12-02")]
    assert said == [False, True, True, True]
    assert calendar.early[DAY("2026-12-25")] == dt.time(13)
    assert DAY("2026-11-27") not in calendar.early
    assert exchange_calendar("XNYS").is_session(DAY("2026-12-01"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("day,what\n", "day,what in"),
        ("", "nothing in"),
        ("date,session\n2026-13-01,closed\n", "2026-13-01,closed in line 2"),
        ("date,session\n2026-12-01,shut\n", "2026-12-01,shut in line 2"),
        ("date,session\n2026-12-01\n", "2026-12-01 in line 2"),
        ("date,session\n2026-12-01,open\n2026-12-01,closed\n", "2026-12-01,closed in line 3"),
        ("date,session\n2026-12-01,25:00\n", "2026-12-01,25:00 in line 2"),
    ],
)
def test_a_file_that_says_something_else_is_refused(text: str, found: str, tmp_path: Path) -> None:
    """With the line and the words that a line may have."""
    path = tmp_path / "closures.csv"
    path.write_text(text)
    with pytest.raises(FileFormatError) as error:
        with_overrides(Calendar(), path)
    assert error.value.found.startswith(found)


def test_an_exchange_that_is_none_is_told_with_the_nearest() -> None:
    """A code is not guessed."""
    with pytest.raises(UnknownSymbolError, match="did you mean XLON"):
        exchange_calendar("XLOND")


SETTINGS = """
[workspace]
calendar = "{workspace}"
[benchmarks.main]
symbol = "SPX"
[mandates.core]
benchmark = "main"
[mandates.london]
benchmark = "main"
calendar = "{mandate}"
[portfolios.main]
mandate = "core"
[portfolios.uk]
mandate = "london"
{more}
"""


def settings(folder: Path, workspace: str = "XNYS", mandate: str = "XLON", more: str = "") -> Config:
    """Read settings that name calendars."""
    (folder / "trimtab.toml").write_text(SETTINGS.format(workspace=workspace, mandate=mandate, more=more))
    return read_config(folder, environ={})


def test_settings_name_an_exchange_for_the_workspace_and_for_a_mandate(tmp_path: Path) -> None:
    """A mandate's calendar holds for its portfolios, the workspace's for the others."""
    config = settings(tmp_path)
    names = [
        calendar.name for calendar in (config.calendar("main"), config.calendar("uk"), config.calendar()) if calendar
    ]
    assert names == ["XNYS", "XLON", "XNYS"]
    assert config.periods_per_year is None


def test_a_calendar_of_the_file_is_an_exchange_with_days_that_differ(tmp_path: Path, overrides: Path) -> None:
    """Holidays and a file of days are added to those of the exchange; a backup takes the file along."""
    more = f'[calendars.mine]\nexchange = "XNYS"\noverrides = "{overrides.name}"\nholidays = ["2026-12-10"]'
    config = settings(tmp_path, mandate="mine", more=more)
    mine = config.calendar("uk")
    assert mine is not None
    assert not any(mine.is_session(DAY(day)) for day in ("2026-12-01", "2026-12-10", "2026-11-26"))
    assert overrides in config.named_files()


def test_a_calendar_of_no_exchange_is_as_it_was(tmp_path: Path) -> None:
    """Its own week, holidays and close; known without end."""
    more = '[calendars.own]\nclose = "17:30"\ntime_zone = "Europe/Berlin"\nholidays = ["2026-12-25"]'
    own = settings(tmp_path, mandate="own", more=more).calendar("uk")
    assert own == Calendar(
        name="own", close=dt.time(17, 30), time_zone=ZoneInfo("Europe/Berlin"), holidays=(DAY("2026-12-25"),),
        week=WEEKDAYS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ('[calendars.a]\nexchange = "XLOND"', "did you mean XLON?"),
        ('[calendars.a]\nexchange = "XNYS"\nclose = "16:30"', "both exchange and close"),
        ('[calendars.a]\nexchange = "XNYS"\noverrides = "none.csv"', "no such file"),
    ],
)
def test_mistakes_are_told_with_their_line(more: str, part: str, tmp_path: Path) -> None:
    """An exchange that is none, one with a close of its own, a file that is not there."""
    with pytest.raises(InputError, match="calendars.a") as error:
        settings(tmp_path, more=more)
    assert part in str(error.value)


def test_a_calendar_that_is_neither_is_a_mistake(tmp_path: Path) -> None:
    """In the workspace, and in a mandate."""
    (tmp_path / "trimtab.toml").write_text(SETTINGS.format(workspace="XXXX", mandate="XLON", more=""))
    (mistake,) = find_mistakes(tmp_path, environ={})
    assert mistake.path == "workspace.calendar"


@pytest.mark.parametrize(
    ("today", "level"),
    [("2026-09-01", "ok"), ("2026-11-30", "note"), ("2027-11-30", "warning"), ("2030-01-01", "warning")],
)
def test_doctor_warns_under_sixty_sessions(today: str, level: str) -> None:
    """A note where few exchanges end, a warning where most do."""
    finding = _calendars(DAY(today))
    assert finding.level == level
    assert level == "ok" or "XSHG" in finding.found
