"""The services that can be asked, and whether anybody has."""

import datetime as dt
from dataclasses import dataclass

__all__ = ["SERVICES", "KnownService", "services_read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownService:
    """A service.

    Parameters
    ----------
    name
        As `kind` in the settings.
    title, holds
        For people, and what it gives.
    tried_live
        Day on which somebody last compared its answers with the service itself; None: it speaks as documented.
    """

    name: str
    title: str
    holds: str
    tried_live: dt.date | None = None


SERVICES = (
    KnownService(name="ccxt", title="Exchanges of coins, through ccxt", holds="prices, positions"),
    KnownService(
        name="flex", title="Interactive Brokers Flex web service, version 3", holds="positions and transactions"
    ),
)


def services_read() -> tuple[tuple[str, str, str], ...]:
    """Give name, title and what it holds of each, as formats are listed.

    Examples
    --------
    >>> services_read()[0]
    ('ccxt', 'Exchanges of coins, through ccxt (trimtab fetch; not tried live)', 'prices, positions')
    """
    return tuple((one.name, f"{one.title} (trimtab fetch; {_tried(one)})", one.holds) for one in SERVICES)


def _tried(service: KnownService) -> str:
    return "not tried live" if service.tried_live is None else f"tried live on {service.tried_live}"
