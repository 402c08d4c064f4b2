"""A commitment: one root for a whole book on a day, and who signed it. It goes out; the leaves stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from trimtab.attest.canonical import canonical_bytes, sha256_hex
from trimtab.attest.keys import Signature, sign
from trimtab.attest.leaves import Leaf
from trimtab.attest.plain import plain_of, record_of
from trimtab.attest.tree import root_of
from trimtab.errors import FileFormatError, InputError
from trimtab.model.json import Json, JsonObject

__all__ = [
    "COMMITMENT", "CUSTODIAN", "MANAGER", "Commitment", "Header", "Measured", "commitment_from", "plain_commitment",
    "rooted",
    "with_signature",
]  # fmt: skip

COMMITMENT: Final = "trimtab.attest.commitment/1"
MANAGER, CUSTODIAN = "manager", "custodian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How the committed review was made: what everybody may know.

    Parameters
    ----------
    benchmark, base
        Against what, in which currency.
    method
        By which method betas were estimated.
    version, answers
        Of trimtab, and number of changes of answers that this code knew.
    """

    benchmark: str
    base: str
    method: str
    version: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is signed.

    Parameters
    ----------
    fund
        Whose book.
    as_of
        Of which day.
    journal_entry, journal_hash
        The last entry of the journal before the commitment, and its hash, which stands for all before it.
    run
        Number of the review in the journal; 0 if there is no journal.
    measured
        How the review was made.
    leaves
        How many leaves the tree has, a power of two.
    root
        Of the tree, 64 hexadecimal digits. It binds every position, the prices, the betas and the review.
    custodian
        Public key of the custodian who is to sign besides; None if none is named. It cannot be left off unseen.
    """

    fund: str
    as_of: str
    journal_entry: int
    journal_hash: str
    run: int
    measured: Measured
    leaves: int
    root: str
    custodian: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A header and who signed it."""

    header: Header
    signatures: tuple[Signature, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the header and all signatures: what stands for this paper elsewhere."""
        return sha256_hex(canonical_bytes(plain_commitment(self)))


def rooted(header: Header, leaves: Sequence[Leaf]) -> Header:
    """Give a header with the root over leaves."""
    return replace(header, leaves=len(leaves), root=root_of([leaf.hash for leaf in leaves]).hex())


def plain_commitment(commitment: Commitment) -> dict[str, Json]:
    """Write a commitment as its document."""
    return {"schema": COMMITMENT, **plain_of(commitment)}


def commitment_from(document: JsonObject, name: str) -> Commitment:
    """Read a commitment from its document.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    if document.get("schema") != COMMITMENT:
        raise FileFormatError(
            expected=f"{name}: a commitment, {COMMITMENT}", found=repr(document.get("schema")),
            try_next="give the file that trimtab attest commit wrote",
        )  # fmt: skip
    return record_of(Commitment, {key: value for key, value in document.items() if key != "schema"}, name)


def with_signature(commitment: Commitment, role: str, private_pem: bytes, name: str) -> Commitment:
    """Give a commitment with one more signature.

    Raises
    ------
    InputError
        If that key signed in that role already, or the header names another custodian.
    """
    made = sign(plain_of(commitment.header), COMMITMENT, role, private_pem, name=name)
    named = commitment.header.custodian
    if role == CUSTODIAN and named is not None and made.key != named:
        raise InputError(
            expected=f"the key of the custodian that the commitment names, {named}",
            found=f"{name} is {made.key}", try_next="sign with that key, or sign in another role (--role)",
        )  # fmt: skip
    if any((one.role, one.key) == (made.role, made.key) for one in commitment.signatures):
        raise InputError(
            expected=f"a key that has not signed as {role} yet", found=f"{made.key} has",
            try_next="nothing is left to do",
        )  # fmt: skip
    return replace(commitment, signatures=(*commitment.signatures, made))
