"""The command line: arguments in, use cases called, results shown. Nothing is computed here.

Exit codes: 0 ok, 1 error, 2 usage, 3 outside mandate, 4 not enough data, 5 infeasible, 69 a service is down,
74 input/output.
Standard output is the result; progress, notes on errors and everything else goes to standard error. With --json an
error is a result too: standard output is then one document, the answer's or `trimtab.error/1`.
"""

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trimtab.cli.draw import Group

__all__ = ["main"]


def main() -> None:
    """Run the command line; the `trimtab` command calls this."""
    from trimtab.errors import TrimtabError, printable  # noqa: PLC0415 - `import trimtab.cli` alone stays light

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that the terminal does not have is written as its number: the work was done and is kept.
            stream.reconfigure(errors="backslashreplace")
    try:
        _without_defects()
    except TrimtabError as error:
        _answer_program(error)
        sys.stderr.write(f"trimtab: {type(error).__name__}\n{error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has gone: that is its right. Python must not complain when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _answer_program(error)
        sys.stderr.write(
            f"trimtab: a file could not be read or written: {printable(str(error))}\n"
            "Try: free disk space and permissions\n"
        )
        sys.exit(74)
    except KeyboardInterrupt:
        sys.stderr.write("trimtab: interrupted\n")
        sys.exit(130)


def _without_defects() -> None:
    """Run a command; what nobody foresaw becomes an error with a report of how it came about."""
    from trimtab.errors import TrimtabError  # noqa: PLC0415

    try:
        from trimtab.cli.app import app  # noqa: PLC0415

        _run(app)
    except (TrimtabError, OSError, SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # Compiled code raises what is no Exception.
        from trimtab.wiring.defects import defect  # noqa: PLC0415

        command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
        raise defect(
            error, doing=f"running trimtab {command}".rstrip(), arguments=sys.argv[1:],
            kept="Nothing is half written: a journal takes each entry whole or not at all.",
        ) from error  # fmt: skip


def _run(app: "Group") -> None:
    """Run a command: words that cannot be understood are an error like any other."""
    import click  # noqa: PLC0415

    from trimtab.errors import UsageError  # noqa: PLC0415

    try:
        code = app(prog_name="trimtab", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        command = "trimtab" if error.ctx is None else error.ctx.command_path
        meant = list(getattr(error, "possibilities", None) or ())
        raise UsageError(
            expected=f"words that {command} knows",
            found=error.message,
            try_next=f"{' or '.join(meant[:3])}; {command} --help shows all"
            if meant
            else f"see them with {command} --help",
        ) from None
    except click.Abort:
        raise KeyboardInterrupt from None
    sys.exit(code if isinstance(code, int) else 0)


def _answer_program(error: Exception) -> None:
    """Write the error as a document where one was asked for: a program reads standard output."""
    if "--json" not in sys.argv:
        return
    from trimtab.report.documents.error import error_document  # noqa: PLC0415
    from trimtab.report.shape.write import dumps  # noqa: PLC0415

    sys.stdout.write(dumps(error_document(error)) + "\n")
