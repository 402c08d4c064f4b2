"""An opening: some leaves of a commitment, or all, with their salts and their ways up to the root."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from trimtab.attest.commitment import Commitment, commitment_from, plain_commitment
from trimtab.attest.leaves import (
    BookLeaf,
    Content,
    FileLeaf,
    HashLeaf,
    Leaf,
    PositionLeaf,
    QuestionLeaf,
    content_of,
    hash_bytes,
    plain_content,
)  # fmt: skip
from trimtab.attest.tree import path_of, root_over
from trimtab.errors import FileFormatError, InputError, NotEnoughDataError
from trimtab.model.json import Json, JsonObject
from trimtab.model.portfolio import Portfolio

__all__ = [
    "OPENING", "Opened", "Opening", "Whole", "false_leaf", "open_leaves", "opening_from", "plain_opening", "whole_of",
]  # fmt: skip

K = TypeVar("K", bound=Content)
OPENING: Final = "trimtab.attest.opening/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A leaf that is shown.

    Parameters
    ----------
    index
        Its place in the tree, from 0.
    leaf
        What it says, with its salt.
    path
        Its neighbours on the way up, lowest first.
    """

    index: int
    leaf: Leaf
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Leaves of a commitment that are shown."""

    commitment: Commitment
    opened: tuple[Opened, ...]

    @property
    def all(self) -> bool:
        """Whether every leaf is shown."""
        places = [one.index for one in self.opened]
        # The header's number is anybody's: no list as long as it says is made.
        return len(places) == self.commitment.header.leaves and places == list(range(len(places)))

    def contents(self) -> tuple[Content, ...]:
        """Give what the leaves say, in order."""
        return tuple(one.leaf.content for one in self.opened)


def open_leaves(commitment: Commitment, leaves: Sequence[Leaf], wanted: Callable[[Content], bool]) -> Opening:
    """Open those leaves of a commitment that are wanted.

    Parameters
    ----------
    commitment
        As it went out.
    leaves
        All of them, in order, as they were kept.
    wanted
        Says it of what a leaf says.

    Raises
    ------
    InputError
        If the leaves are those of another commitment.
    """
    hashes = [leaf.hash for leaf in leaves]
    opened = tuple(
        Opened(index=index, leaf=leaf, path=path_of(hashes, index))
        for index, leaf in enumerate(leaves)
        if wanted(leaf.content)
    )
    opening = Opening(commitment=commitment, opened=opened)
    failure = false_leaf(opening)
    if failure is not None or len(leaves) != commitment.header.leaves:
        raise InputError(
            expected="the leaves of this commitment", found=f"others: {failure or 'another number of them'}",
            try_next="give the commitment as it was made in this workspace",
        )  # fmt: skip
    return opening


def false_leaf(opening: Opening) -> str | None:
    """Say which leaf does not lead to the root; None if all do.

    The number of steps is that of the committed number of leaves, so no node can pass for a leaf, and places are each
    used once.
    """
    header = opening.commitment.header
    depth = header.leaves.bit_length() - 1
    if header.leaves < 1 or header.leaves != 1 << depth:
        return f"{header.leaves} leaves are no power of two"
    if not opening.opened:
        return "it opens no leaf at all"
    places = [one.index for one in opening.opened]
    if places != sorted(set(places)) or any(not 0 <= place < header.leaves for place in places):
        return "leaves stand twice, in another order, or outside the tree"
    for one in opening.opened:
        leads = len(one.path) == depth and root_over(one.leaf.hash, one.index, one.path).hex() == header.root
        if not leads:
            return f"leaf {one.index} does not lead to the committed root: it, its salt or its path was changed"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What all leaves together say.

    Parameters
    ----------
    portfolio
        The book.
    question
        The review that was asked, JSON text.
    files
        What else it read: (kept name, content in base 64).
    prices, betas, review
        SHA-256 of each.
    """

    portfolio: Portfolio
    question: str
    files: tuple[tuple[str, str], ...]
    prices: str
    betas: str
    review: str


def whole_of(opening: Opening) -> Whole:
    """Put the book together from all leaves.

    Raises
    ------
    NotEnoughDataError
        If not all leaves are shown.
    FileFormatError
        If they are not those of one whole book.
    """
    if not opening.all:
        raise NotEnoughDataError(
            expected="all leaves of the commitment",
            found=f"{len(opening.opened)} of {opening.commitment.header.leaves}",
            try_next="ask for an opening made with --all",
        )  # fmt: skip
    contents = opening.contents()
    (book,) = _of_kind(contents, BookLeaf, 1)
    (question,) = _of_kind(contents, QuestionLeaf, 1)
    hashes = {one.of: one.sha256 for one in _of_kind(contents, HashLeaf, 3)}
    leaves = sorted(_of_kind(contents, PositionLeaf, book.positions), key=lambda one: one.place)
    if [one.place for one in leaves] != list(range(book.positions)) or set(hashes) != {"prices", "betas", "review"}:
        raise _not_whole("positions or hashes that stand twice, or are missing")
    return Whole(
        portfolio=Portfolio(
            positions=tuple(one.position for one in leaves), base=book.base, name=book.name,
            stated_on=_day(book.stated_on),
        ),
        question=question.question,
        files=tuple((one.file, one.content) for one in contents if isinstance(one, FileLeaf)),
        prices=hashes["prices"], betas=hashes["betas"], review=hashes["review"],
    )  # fmt: skip


def _day(words: str | None) -> dt.date | None:
    try:
        return None if words is None else dt.date.fromisoformat(words)
    except ValueError:
        raise _not_whole(f"a snapshot of {words!r}, which is no day") from None


def _of_kind(contents: Sequence[Content], kind: type[K], count: int) -> tuple[K, ...]:
    leaves = tuple(one for one in contents if isinstance(one, kind))
    if len(leaves) != count:
        raise _not_whole(f"{len(leaves)} leaves of kind {kind.__name__} in place of {count}")
    return leaves


def _not_whole(found: str) -> FileFormatError:
    return FileFormatError(
        expected="the leaves of one whole book: its positions, its question and its hashes", found=found,
        try_next="ask who committed: the root was made over leaves that trimtab does not make",
    )  # fmt: skip


def plain_opening(opening: Opening) -> dict[str, Json]:
    """Write an opening as its document."""
    return {
        "schema": OPENING,
        "commitment": plain_commitment(opening.commitment),
        "leaves": [
            {
                "index": one.index,
                "salt": one.leaf.salt.hex(),
                "content": plain_content(one.leaf.content),
                "path": [step.hex() for step in one.path],
            }
            for one in opening.opened
        ],
    }


def opening_from(document: JsonObject, name: str) -> Opening:
    """Read an opening from its document.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    if document.get("schema") != OPENING or list(document) != ["schema", "commitment", "leaves"]:
        raise FileFormatError(
            expected=f"{name}: an opening, {OPENING}", found=f"{document.get('schema')!r} with {', '.join(document)}",
            try_next="give the file that trimtab attest open wrote",
        )  # fmt: skip
    leaves = document["leaves"]
    if not isinstance(leaves, list) or not isinstance(document["commitment"], dict):
        raise FileFormatError(expected=f"{name}: a list of leaves", found="none", try_next="ask for the file again")
    return Opening(
        commitment=commitment_from(document["commitment"], name),
        opened=tuple(_opened(one, f"{name}, leaf {place}") for place, one in enumerate(leaves)),
    )


def _opened(plain: Json, where: str) -> Opened:
    if not isinstance(plain, dict) or list(plain) != ["index", "salt", "content", "path"]:
        raise FileFormatError(
            expected=f"{where}: index, salt, content and path", found=repr(plain)[:80],
            try_next="ask for the file again",
        )  # fmt: skip
    index, path = plain["index"], plain["path"]
    if type(index) is not int or not isinstance(path, list):
        raise FileFormatError(expected=f"{where}: a number and a list", found="others", try_next="ask for it again")
    salt = hash_bytes(plain["salt"], where)
    leaf = Leaf(salt=salt, content=content_of(plain["content"], where))
    return Opened(index=index, leaf=leaf, path=tuple(hash_bytes(step, where) for step in path))
