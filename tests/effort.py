"""How much a test does: little in `make test`, much in `make long`."""

import os

__all__ = ["LONG", "effort"]

#: Set by `make long`: random search, and the full number of kills and steps.
LONG = bool(os.environ.get("TRIMTAB_LONG"))


def effort(short: int, long: int) -> int:
    """Give how many times to do something."""
    return long if LONG else short
