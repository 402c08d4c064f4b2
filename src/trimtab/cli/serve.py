"""`trimtab serve`: the desk in a browser and over HTTP, on this machine only."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass

import click

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.values import Switch, Text, Whole
from trimtab.errors import MissingExtraError, StorageError

__all__ = ["Serving", "serve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is served, and where.

    Parameters
    ----------
    workspace
        Folder of the workspace; None takes the nearest above the current folder.
    port
        Of this machine.
    no_open
        Print the address only.
    """

    workspace: str | None = option(
        Text("FOLDER", "the folder of a workspace", "desk"), "Workspace to show.",
        flags=("--workspace", "-w"), otherwise="TRIMTAB_WORKSPACE, or the nearest above this folder",
    )  # fmt: skip
    port: int = option(Whole("PORT", least=1024, most=65_535, example="8631"), "Port of this machine.", default=8631)
    no_open: bool = option(Switch(), "Print the address, and open no browser.", default=False)

    def __post_init__(self) -> None:
        check(self)


def serve(serving: Serving) -> None:
    """Show the desk in a browser, and answer questions over HTTP; this machine only, and nothing is written.

    The address that is printed signs in once. Ctrl-C stops.

    Example: trimtab serve -w desk --no-open
    """
    import socket
    import webbrowser
    from pathlib import Path

    from trimtab.config.find import find_workspace

    try:
        import uvicorn

        from trimtab.web.app import make_app
        from trimtab.web.keys import Keys
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            expected=f"the package {error.name}, for the desk in a browser", found="not installed",
            try_next="install the extra: pip install 'trimtab[web]'",
        ) from error  # fmt: skip
    folder = find_workspace(None if serving.workspace is None else Path(serving.workspace))
    keys = Keys()
    app = make_app(folder, keys=keys, port=serving.port)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", serving.port))
    except OSError as error:
        raise StorageError(
            expected=f"a free port (--port), here {serving.port}", found=str(error.strerror or error),
            try_next="stop what listens there, or give another --port",
        ) from error  # fmt: skip
    listening.listen()
    address = f"http://127.0.0.1:{serving.port}/sign-in?key={keys.issue()}"
    click.echo(address)
    if not serving.no_open:
        webbrowser.open(address)
    settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, ws="none")
    uvicorn.Server(settings).run(sockets=[listening])
