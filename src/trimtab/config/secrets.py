"""Secrets: referred to by the name of an environment variable, looked up when used, and never shown."""

import os
import re
from collections.abc import Mapping
from typing import Final

from trimtab.config.toml import Toml
from trimtab.errors import InputError

__all__ = ["HIDDEN", "is_reference", "mask", "reveal"]

HIDDEN: Final = "(hidden)"
_REFERENCE: Final = re.compile(r"env:([A-Za-z_]\w*)")
_SQLITE: Final = re.compile(r"sqlite(\+\w+)?:///[^?]*")


def is_reference(value: Toml) -> str | None:
    """Give the variable that ``env:NAME`` means; None for anything else."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def reveal(value: str, environ: Mapping[str, str] | None = None) -> str:
    """Give the secret itself.

    Parameters
    ----------
    value
        ``env:NAME``, or the secret as written.
    environ
        Variables; the process's own if None.

    Raises
    ------
    InputError
        If the variable is not set.

    Examples
    --------
    >>> reveal("env:MAIL_PASSWORD", {"MAIL_PASSWORD": "s3cret"})
    's3cret'
    """
    name = is_reference(value)
    if name is None:
        return value
    secret = (os.environ if environ is None else environ).get(name)
    if not secret:
        raise InputError(
            expected=f"the environment variable {name}, which trimtab.toml refers to as env:{name}",
            found="no such variable, or an empty one",
            try_next=f"set {name} where this command runs",
        )
    return secret


def mask(value: str) -> str:
    """Show that there is a secret, and which variable holds it, but not the secret.

    Examples
    --------
    >>> mask("env:MAIL_PASSWORD"), mask("s3cret"), mask("sqlite:///journal.db")
    ('env:MAIL_PASSWORD', '(hidden)', 'sqlite:///journal.db')
    >>> mask("postgresql://ann:s3cret@db.example.org/trimtab")
    'postgresql://(hidden)'
    """
    if is_reference(value) or _SQLITE.fullmatch(value):
        return value
    scheme, colon, _ = value.partition("://")
    # No part behind the scheme is shown: user names, hosts and paths of hooks can each be the secret.
    return f"{scheme}://{HIDDEN}" if colon and re.fullmatch(r"[A-Za-z][\w+.-]*", scheme) else HIDDEN
