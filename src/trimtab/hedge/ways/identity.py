"""Identity of proposals: a hash of everything that went in, and an id for each plan made from it."""

import hashlib
from dataclasses import fields, is_dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio

__all__ = ["hash_inputs", "plan_id"]


def hash_inputs(portfolio: Portfolio, market: Market, betas: Betas, *others: object) -> str:
    """Hash all that a plan depends on: holdings, prices, exchange rates, betas, and every other argument.

    The same inputs give the same text on any machine; a changed price, quantity or assumption changes it.

    Parameters
    ----------
    portfolio, market, betas
        As for `trimtab.exposure.expose.expose`.
    *others
        Mandate, requests, assumptions: frozen records of numbers, texts, dates and each other.

    Returns
    -------
    64 hexadecimal digits (SHA-256).
    """
    digest = hashlib.sha256()
    for part in (portfolio, market, betas, *others):
        _feed(digest, part)
    return digest.hexdigest()


def plan_id(inputs_hash: str, *parts: object) -> str:
    """Name a plan by its inputs and what tells it from others made from the same; 12 hexadecimal digits.

    Examples
    --------
    >>> plan_id("00", "futures") == plan_id("00", "futures") != plan_id("00", "collar")
    True
    """
    digest = hashlib.sha256(inputs_hash.encode())
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()[:12]


def _feed(digest: "hashlib._Hash", part: object) -> None:
    """Write a value with its kind, so that neighbours cannot be confused."""
    if is_dataclass(part) and not isinstance(part, type):
        digest.update(f"<{type(part).__name__}".encode())
        for field in fields(part):
            # What a newer version can say besides, and this record does not: it has the hash that it always had.
            if field.metadata.get("later") and getattr(part, field.name) == field.default:
                continue
            digest.update(f"|{field.name}=".encode())
            _feed(digest, getattr(part, field.name))
        digest.update(b">")
    elif isinstance(part, np.ndarray):
        digest.update(f"[{part.dtype.str}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part).tobytes())
        digest.update(b"]")
    elif isinstance(part, dict):
        _feed(digest, tuple(sorted((str(k), v) for k, v in part.items())))
    elif isinstance(part, (set, frozenset)):
        _feed(digest, tuple(sorted(map(repr, part))))
    elif isinstance(part, (tuple, list)):
        digest.update(f"({len(part)}".encode())
        for item in part:
            _feed(digest, item)
        digest.update(b")")
    else:
        digest.update(f"{type(part).__name__}:{part!r};".encode())
