"""Commitments, openings, statements and proofs, and what came of checking them, as documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.attest.commitment import Commitment, Header
from trimtab.attest.keys import Signature
from trimtab.attest.leaves import plain_content
from trimtab.attest.opening import Opening
from trimtab.attest.statement import Claims, Statement
from trimtab.desk.attest.checking import Checked, CheckVerdict
from trimtab.model.json import Json

__all__ = [
    "CheckDocument", "CommitmentDocument", "KeyDocument", "OpeningDocument", "StatementDocument", "check_document",
    "commitment_document", "opening_document", "statement_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDocument:
    """A key pair that was made.

    Parameters
    ----------
    private, public
        Files of its halves.
    key
        The public half as text.
    """

    SCHEMA: ClassVar = "trimtab.attest.key/1"

    private: str
    public: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDocument:
    """One root for a whole book on a day; it goes out.

    Parameters
    ----------
    header
        What is signed.
    signatures
        Who signed.
    """

    SCHEMA: ClassVar = "trimtab.attest.commitment/1"

    header: Header
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLeaf:
    """A leaf that is shown.

    Parameters
    ----------
    index
        Its place in the tree, from 0.
    salt
        64 hexadecimal digits.
    content
        What it says; its kind is under `kind`.
    path
        Its neighbours on the way up to the root, lowest first.
    """

    index: int
    salt: str
    content: Mapping[str, Json]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDocument:
    """Leaves of a commitment, with what leads from each up to the root.

    Parameters
    ----------
    commitment
        As it went out.
    leaves
        Those that are shown.
    """

    SCHEMA: ClassVar = "trimtab.attest.opening/1"

    commitment: CommitmentDocument
    leaves: tuple[OpenedLeaf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDocument:
    """What somebody who opened and replayed a commitment vouches for.

    Parameters
    ----------
    claims
        What is stated.
    commitment
        What it is about.
    signatures
        Who vouches for it.
    """

    SCHEMA: ClassVar = "trimtab.attest.statement/1"

    claims: Claims
    commitment: CommitmentDocument
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDocument:
    """What came of a check.

    Parameters
    ----------
    what
        What was checked.
    verdict
        True, false, or not enough to tell.
    shown, not_shown
        What is sure now, and what nobody showed.
    false, lacking
        What is not true, and what was needed and not given.
    audited
        "not audited" for a proof: nobody outside has examined that code; null for everything else.
    """

    SCHEMA: ClassVar = "trimtab.attest.check/1"

    what: str
    verdict: CheckVerdict
    shown: tuple[str, ...]
    not_shown: tuple[str, ...]
    false: tuple[str, ...]
    lacking: tuple[str, ...]
    audited: str | None


def commitment_document(commitment: Commitment) -> CommitmentDocument:
    """Document of `trimtab attest commit`: schema trimtab.attest.commitment/1."""
    return CommitmentDocument(header=commitment.header, signatures=commitment.signatures)


def opening_document(opening: Opening) -> OpeningDocument:
    """Document of `trimtab attest open`: schema trimtab.attest.opening/1."""
    return OpeningDocument(
        commitment=commitment_document(opening.commitment),
        leaves=tuple(
            OpenedLeaf(
                index=one.index, salt=one.leaf.salt.hex(), content=plain_content(one.leaf.content),
                path=tuple(step.hex() for step in one.path),
            )
            for one in opening.opened
        ),
    )  # fmt: skip


def statement_document(statement: Statement) -> StatementDocument:
    """Document of `trimtab attest state`: schema trimtab.attest.statement/1."""
    return StatementDocument(
        claims=statement.claims,
        commitment=commitment_document(statement.commitment),
        signatures=statement.signatures,
    )


def check_document(checked: Checked) -> CheckDocument:
    """Document of `trimtab attest check` and `verify`: schema trimtab.attest.check/1."""
    return CheckDocument(
        what=checked.what, verdict=checked.verdict, shown=checked.shown, not_shown=checked.not_shown,
        false=checked.false, lacking=checked.lacking, audited=checked.audited,
    )  # fmt: skip
