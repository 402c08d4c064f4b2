"""What takes over a second shows how far it is, on a terminal only; Ctrl-C leaves nothing half written."""

import io
import os
import pty
import re
import select
import sys
import time

import pytest

from trimtab.cli.waiting import progress
from trimtab.cli.waiting.progress import Bar, on_terminal
from trimtab.progress import each, report_of, step, told_to


class Terminal(io.StringIO):
    """Standard error of a terminal."""

    def isatty(self):
        """Say so."""
        return True


def make_terminal(monkeypatch) -> Terminal:
    """Put a terminal in place of standard error: in the test itself, for pytest sets its own before each."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_BRIEF", 0.01)
    return screen


def drawn(screen: Terminal) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())


def waited_for(screen: Terminal, words: str) -> bool:
    """Wait until words are drawn."""
    until = time.monotonic() + 10.0
    while words not in drawn(screen) and time.monotonic() < until:
        time.sleep(0.02)
    return words in drawn(screen)


def break_off(screen: Terminal) -> None:
    """Fail in the middle of a loop, while it is drawn."""
    for _ in each(range(3), "dividing"):
        assert waited_for(screen, "dividing")
        raise ZeroDivisionError


def test_long_work_is_drawn_with_its_count_and_taken_away(monkeypatch):
    """The piece that began last is shown; after the last one the cursor is back and nothing more is drawn."""
    terminal = make_terminal(monkeypatch)
    with told_to(Bar(patience=0.0)), step("reviewing"):
        for k in each(range(3), "valuing positions"):
            assert waited_for(terminal, f"{k} of 3")
    assert "valuing positions" in drawn(terminal)
    assert terminal.getvalue().rstrip().endswith(("\x1b[?25h", "\x1b[2K"))
    before = terminal.getvalue()
    time.sleep(0.15)
    assert terminal.getvalue() == before


def test_short_work_and_a_pipe_show_nothing(monkeypatch):
    """Under a second nothing is drawn; where standard error is no terminal, never."""
    terminal = make_terminal(monkeypatch)
    with on_terminal(), step("quick"):
        pass
    assert terminal.getvalue() == ""
    piped = io.StringIO()
    monkeypatch.setattr(sys, "stderr", piped)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with on_terminal(), step("slow"):
        time.sleep(0.1)
    assert piped.getvalue() == ""


def test_work_that_breaks_off_takes_its_bar_away(monkeypatch):
    """An error in the middle of a loop, whose end is told late or never, leaves no bar and a listener that is deaf."""
    terminal = make_terminal(monkeypatch)
    bar = Bar(patience=0.0)
    with pytest.raises(ZeroDivisionError), told_to(bar):
        break_off(terminal)
    bar.close()
    bar.move(0, 2)
    bar.end(0)
    assert "\x1b[?25h" in terminal.getvalue()


def test_reports_of_three_kinds_are_heard():
    """A report may change how many there are and what is done."""
    heard = []

    class Listener:
        def begin(self, what, total):
            return heard.append((what, total)) or 3

        def move(self, number, done, total=None, what=None):
            heard.append((number, done, total, what))

        def end(self, number):
            heard.append(number)

    with told_to(Listener()), report_of("judging") as report:
        report(1, 8, "ols")
    assert heard == [("judging", None), (3, 1, 8, "ols"), 3]


def test_ctrl_c_while_compiling_ends_with_130_and_one_line(tmp_path):
    """A real terminal and a real Ctrl-C: the bar goes, one line says so, and the terminal's cursor is back."""
    words = [sys.executable, "-m", "trimtab", "demo"]
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "TERM": "xterm"}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(words[0], words, env)  # noqa: S606 - the shell would get the Ctrl-C
    shown, stopped = b"", False
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        shown += part
        if b"compiling once" in shown and not stopped:
            os.write(terminal, b"\x03")
            stopped = True
    status = os.waitpid(child, 0)[1]
    text = shown.decode(errors="replace")
    assert stopped
    assert os.waitstatus_to_exitcode(status) == 130
    assert "trimtab: interrupted" in text
    assert "Traceback" not in text
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")
