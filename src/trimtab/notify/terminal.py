"""Alerts on the terminal: one line each on standard error, because standard output is for data."""

from typing import TYPE_CHECKING

from trimtab.desk.watch.outbox import Message

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["TerminalChannel"]

_STYLES = {"info": "cyan", "warning": "yellow", "critical": "bold red"}


class TerminalChannel:
    """Print messages.

    Parameters
    ----------
    console
        Where to; standard error by default.
    """

    def __init__(self, console: "Console | None" = None) -> None:
        self._console = console

    def send(self, message: Message) -> None:
        """Print one message."""
        from rich.console import Console  # noqa: PLC0415 - start-up stays short
        from rich.text import Text  # noqa: PLC0415

        console = Console(stderr=True) if self._console is None else self._console
        style = "green" if message.event == "cleared" else _STYLES[str(message.severity)]
        line = Text.assemble((f"{message.at:%Y-%m-%d %H:%M} UTC  ", "dim"), (f"{message.title}: ", style), message.text)
        console.print(line, highlight=False, soft_wrap=True)
