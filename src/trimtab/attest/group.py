"""The group that proofs are made in: ristretto255 (RFC 9496), by the package `rbcl`, every point and scalar checked.

`rbcl` takes encodings that are not canonical, and where a point is none it gives the identity instead of an error. So
nothing from outside reaches it before `point_of` or `scalar_of` has looked at it.
"""

import hashlib
from functools import cache
from importlib import import_module
from typing import Any, Final

from trimtab.errors import InputError, MissingExtraError

__all__ = [
    "IDENTITY", "ORDER", "POINT_BYTES", "add", "base_times", "point_of", "scalar_bytes", "scalar_of", "subtract",
    "times", "value_point",
]  # fmt: skip

#: Number of elements of the group, a prime.
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
POINT_BYTES: Final = 32
IDENTITY: Final = bytes(POINT_BYTES)
_FIELD: Final = 2**255 - 19


def point_of(encoded: bytes) -> bytes:
    """Give an encoding back if it is the one of a point other than the identity.

    Raises
    ------
    InputError
        If it is none: too long, not below 2^255 - 19, negative, off the group, or the identity.
    """
    number = int.from_bytes(encoded, "little")
    canonical = len(encoded) == POINT_BYTES and number < _FIELD and number & 1 == 0
    if not canonical or encoded == IDENTITY or not _rbcl().crypto_core_ristretto255_is_valid_point(encoded):
        raise InputError(
            expected="a point of ristretto255 in its canonical encoding, not the identity",
            found=encoded.hex() or "nothing", try_next="ask for the proof again",
        )  # fmt: skip
    return encoded


def scalar_of(encoded: bytes) -> int:
    """Give the number that an encoded scalar stands for.

    Raises
    ------
    InputError
        If it is not below the order of the group.
    """
    number = int.from_bytes(encoded, "little")
    if len(encoded) != POINT_BYTES or number >= ORDER:
        raise InputError(
            expected="a scalar below the order of the group, in 32 bytes", found=encoded.hex() or "nothing",
            try_next="ask for the proof again",
        )  # fmt: skip
    return number


def scalar_bytes(number: int) -> bytes:
    """Give a number modulo the order as 32 bytes, lowest first."""
    return (number % ORDER).to_bytes(POINT_BYTES, "little")


def times(number: int, point: bytes) -> bytes:
    """Multiply a point."""
    reduced = number % ORDER
    if reduced == 0 or point == IDENTITY:
        return IDENTITY
    made: bytes = _rbcl().crypto_scalarmult_ristretto255(reduced.to_bytes(POINT_BYTES, "little"), point)
    return made


def base_times(number: int) -> bytes:
    """Multiply the base point, which carries what hides a value."""
    reduced = number % ORDER
    if reduced == 0:
        return IDENTITY
    made: bytes = _rbcl().crypto_scalarmult_ristretto255_base(reduced.to_bytes(POINT_BYTES, "little"))
    return made


def add(left: bytes, right: bytes) -> bytes:
    """Add two points."""
    made: bytes = _rbcl().crypto_core_ristretto255_add(left, right)
    return made


def subtract(left: bytes, right: bytes) -> bytes:
    """Subtract the second point from the first."""
    made: bytes = _rbcl().crypto_core_ristretto255_sub(left, right)
    return made


@cache
def value_point() -> bytes:
    """Give the point that carries values: hashed to the group, so that nobody knows its logarithm.

    Examples
    --------
    >>> value_point().hex()[:16]
    'cee02925db0ef85b'
    """
    made: bytes = _rbcl().crypto_core_ristretto255_from_hash(hashlib.sha512(b"trimtab.attest.value/1").digest())
    return made


@cache
def _rbcl() -> Any:
    try:
        return import_module("rbcl")
    except ImportError:
        raise MissingExtraError(
            expected="the package rbcl, for proofs", found="not installed",
            try_next="install the extra: pip install 'trimtab[attest]'",
        ) from None  # fmt: skip
