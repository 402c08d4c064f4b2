"""What the leaves of a committed book say, one record for each kind of leaf."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from trimtab.attest.plain import plain_of, record_of
from trimtab.attest.tree import SALT_BYTES, full_size, leaf_hash
from trimtab.errors import FileFormatError
from trimtab.model.json import Json
from trimtab.model.portfolio import Position

__all__ = [
    "BookLeaf", "Content", "FileLeaf", "HashLeaf", "Leaf", "NothingLeaf", "PositionLeaf", "QuestionLeaf", "content_of",
    "hash_bytes", "leaf_from", "plain_content", "salted",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLeaf:
    """A position: symbol, quantity, tax lots, terms, and what is stated of it.

    Parameters
    ----------
    place
        Its place in the book, from 0.
    position
        All of it.
    """

    place: int
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLeaf:
    """What holds the positions together.

    Parameters
    ----------
    name, base
        Of the account, and its currency.
    stated_on
        Day of the snapshot that the quantities come from; None where they are of the moment.
    positions
        How many there are.
    """

    name: str
    base: str
    stated_on: str | None
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLeaf:
    """The review that was asked: mandate and method with everything settled, as JSON text."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLeaf:
    """A file that the review read beside prices (rates, contracts, funds).

    Parameters
    ----------
    file, name
        As it is kept, and as it was called.
    content
        In base 64.
    """

    file: str
    name: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashLeaf:
    """The SHA-256 of something larger.

    Parameters
    ----------
    of
        "prices" (their record), "betas" (asset, beta, error, count of each), "review" (the document as JSON text).
    sha256
        64 hexadecimal digits.
    """

    of: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingLeaf:
    """A leaf that fills the tree."""


Content: TypeAlias = PositionLeaf | BookLeaf | QuestionLeaf | FileLeaf | HashLeaf | NothingLeaf
_KINDS: Final[dict[str, type[Content]]] = {
    "position": PositionLeaf, "book": BookLeaf, "question": QuestionLeaf, "file": FileLeaf, "hash": HashLeaf,
    "nothing": NothingLeaf,
}  # fmt: skip
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf with its salt.

    Parameters
    ----------
    salt
        32 bytes.
    content
        What it says.
    """

    salt: bytes
    content: Content

    @property
    def hash(self) -> bytes:
        """Its hash in the tree."""
        return leaf_hash(self.salt, plain_content(self.content))


def plain_content(content: Content) -> dict[str, Json]:
    """Write what a leaf says."""
    return {"kind": _WORDS[type(content)], **plain_of(content)}


def content_of(plain: Json, where: str) -> Content:
    """Read what a leaf says.

    Raises
    ------
    FileFormatError
        If it is no leaf.
    """
    kind = plain.get("kind") if isinstance(plain, dict) else None
    if not isinstance(plain, dict) or not isinstance(kind, str) or kind not in _KINDS:
        raise FileFormatError(
            expected=f"{where}: a leaf of kind {', '.join(_KINDS)}", found=repr(kind), try_next="ask for the file again"
        )
    return record_of(_KINDS[kind], {name: value for name, value in plain.items() if name != "kind"}, where)


def hash_bytes(digits: Json, where: str) -> bytes:
    """Read a hash or a salt from its digits.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    read = b""
    if isinstance(digits, str) and len(digits) == 2 * SALT_BYTES and set(digits) <= set("0123456789abcdef"):
        read = bytes.fromhex(digits)
    if len(read) != SALT_BYTES:
        raise FileFormatError(
            expected=f"{where}: {2 * SALT_BYTES} hexadecimal digits", found=repr(digits)[:80],
            try_next="ask for the file again",
        )  # fmt: skip
    return read


def leaf_from(plain: Json, where: str) -> Leaf:
    """Read a leaf with its salt, as it is kept.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    if not isinstance(plain, dict) or list(plain) != ["salt", "content"]:
        raise FileFormatError(
            expected=f"{where}: a salt and its content", found=repr(plain)[:80], try_next="restore it from a backup"
        )
    return Leaf(salt=hash_bytes(plain["salt"], where), content=content_of(plain["content"], where))


def salted(contents: Sequence[Content], seed: bytes) -> tuple[Leaf, ...]:
    """Salt leaves, fill them up to a full tree, and put them in order of their hashes.

    Parameters
    ----------
    contents
        What they say.
    seed
        Thirty-two bytes that nobody can guess: each salt is an HMAC-SHA256 under them, so that a salt that is shown
        says nothing about another.
    """
    filled = [*contents, *([NothingLeaf()] * (full_size(len(contents)) - len(contents)))]
    leaves = [
        Leaf(salt=hmac.new(seed, b"salt" + place.to_bytes(8, "big"), hashlib.sha256).digest()[:SALT_BYTES], content=one)
        for place, one in enumerate(filled)
    ]
    return tuple(sorted(leaves, key=lambda leaf: leaf.hash))
