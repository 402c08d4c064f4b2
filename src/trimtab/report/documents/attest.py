"""Commitments, openings, statements and proofs, and what came of checking them, as documents."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.attest.commitment import Commitment, Header
from trimtab.attest.keys import Signature
from trimtab.attest.leaves import plain_content
from trimtab.attest.opening import Opening
from trimtab.attest.proof import NOT_AUDITED
from trimtab.attest.proof_paper import ProofPaper
from trimtab.attest.statement import Claims, Statement
from trimtab.desk.attest.checking import Checked, CheckVerdict
from trimtab.model.json import Json

__all__ = [
    "CheckDocument", "CommitmentDocument", "KeyDocument", "OpeningDocument", "ProofDocument", "StatementDocument",
    "check_document", "commitment_document", "opening_document", "proof_document", "signed_document",
    "statement_document",
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
class UniverseRow:
    """A name that may be held; its numbers are text, digit by digit.

    Parameters
    ----------
    symbol, price, beta
        Its name, its public price times multiplier in base currency, and its public beta.
    funded
        Whether its value counts in NAV.
    """

    symbol: str
    price: str
    beta: str
    funded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDocument:
    """What is proven of a book that nobody shows; numbers are text, digit by digit.

    Parameters
    ----------
    context, nonce
        What the proof is for, and a word that makes it one of its kind.
    lower, upper, margin
        Ends of the band that beta lies in, and room kept to both.
    floor
        Least net asset value.
    unit, bits, shorts
        Step of quantities, how many bits they have, and whether they may be below zero.
    universe
        All names.
    """

    context: str
    nonce: str
    lower: str
    upper: str
    margin: str
    floor: str
    unit: str
    bits: int
    shorts: bool
    universe: tuple[UniverseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofDocument:
    """A proof of a band of beta that shows no book.

    Parameters
    ----------
    audited
        "not audited": nobody outside has examined the code of proofs.
    claim
        What is proven.
    proof
        In base 64: the challenge (16 bytes), then for each bit its commitment (32), c0 (16), s0 and s1 (32 each).
    signatures
        Who signed.
    """

    SCHEMA: ClassVar = "trimtab.attest.proof/1"

    audited: str
    claim: ClaimDocument
    proof: str
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


def proof_document(paper: ProofPaper) -> ProofDocument:
    """Document of `trimtab attest prove`: schema trimtab.attest.proof/1."""
    claim = paper.claim
    return ProofDocument(
        audited=NOT_AUDITED,
        claim=ClaimDocument(
            context=claim.context, nonce=claim.nonce, lower=str(claim.lower), upper=str(claim.upper),
            margin=str(claim.margin), floor=str(claim.floor), unit=str(claim.unit), bits=claim.bits,
            shorts=claim.shorts,
            universe=tuple(
                UniverseRow(symbol=row.symbol, price=str(row.price), beta=str(row.beta), funded=row.funded)
                for row in claim.universe
            ),
        ),
        proof=base64.b64encode(paper.proof).decode("ascii"),
        signatures=paper.signatures,
    )  # fmt: skip


def signed_document(paper: Commitment | ProofPaper) -> CommitmentDocument | ProofDocument:
    """Document of `trimtab attest countersign`: of a commitment or of a proof."""
    return commitment_document(paper) if isinstance(paper, Commitment) else proof_document(paper)


def check_document(checked: Checked) -> CheckDocument:
    """Document of `trimtab attest check` and `verify`: schema trimtab.attest.check/1."""
    return CheckDocument(
        what=checked.what, verdict=checked.verdict, shown=checked.shown, not_shown=checked.not_shown,
        false=checked.false, lacking=checked.lacking, audited=checked.audited,
    )  # fmt: skip
