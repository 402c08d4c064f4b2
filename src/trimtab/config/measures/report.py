"""When a report is made by itself, of which portfolios, and who is sent it."""

# ruff: noqa: RUF009 - what setting gives is a field, and fields are values
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from trimtab.config import checks as c
from trimtab.config.measures.field import setting
from trimtab.config.settings import WEEKDAYS
from trimtab.desk.questions.report import PERIODS

__all__ = ["ReportSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Reports that are made and sent by `trimtab watch`, or by `trimtab report --deliver` from cron."""

    period: str = setting(
        c.choice(*PERIODS), "What it is about, and how often it is sent; `trimtab report` takes it too", "week"
    )
    weekday: str = setting(
        c.choice(*WEEKDAYS), "Day it is sent: of each week, or the first such day of a month or quarter", "mon"
    )
    time: dt.time = setting(c.time_of_day(), "Time from which it is sent, local time", dt.time(7))
    time_zone: ZoneInfo = setting(c.time_zone(), "IANA time zone of it", ZoneInfo("UTC"))
    portfolios: tuple[str, ...] = setting(
        c.texts("a list of portfolios in this file", refers="portfolios"), "Whose; every one if left out", ()
    )
    recipients: tuple[str, ...] = setting(
        c.texts("a list of channels in this file", refers="alerts.channels"),
        "Channels of [alerts.channels] that it is sent by; nobody if left out",
        (),
    )
    form: str = setting(c.choice("pdf", "html", "xlsx", "md"), "Form of the file; mail has it with it", "pdf")
    folder: Path | None = setting(
        c.path("the path of a folder"), "Folder of the files; reports/ in the workspace if left out", None
    )
