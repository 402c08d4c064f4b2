"""A proof as a paper: the claim, the proof in base 64, who signed, and that nobody outside has examined the code."""

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Final

from trimtab.attest.canonical import sha256_hex
from trimtab.attest.keys import Signature, sign
from trimtab.attest.plain import plain_of, record_of
from trimtab.attest.proof import NOT_AUDITED, PROOF
from trimtab.attest.universe import Claim
from trimtab.errors import FileFormatError, InputError
from trimtab.model.json import Json, JsonObject

__all__ = ["ProofPaper", "plain_proof", "proof_from", "signed_of", "signed_proof"]

_KEYS: Final = ["schema", "audited", "claim", "proof", "signatures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPaper:
    """A claim, its proof and who signed them."""

    claim: Claim
    proof: bytes
    signatures: tuple[Signature, ...] = ()


def signed_of(paper: ProofPaper) -> dict[str, Json]:
    """Give what a signature under a proof covers: all of the claim, and the proof by its SHA-256."""
    return {"claim": plain_of(paper.claim), "proof": sha256_hex(paper.proof)}


def signed_proof(paper: ProofPaper, role: str, private_pem: bytes, name: str) -> ProofPaper:
    """Give a proof with one more signature.

    Raises
    ------
    InputError
        If that key signed in that role already.
    """
    made = sign(signed_of(paper), PROOF, role, private_pem, name=name)
    if any((one.role, one.key) == (made.role, made.key) for one in paper.signatures):
        raise InputError(
            expected=f"a key that has not signed as {role} yet", found=f"{made.key} has",
            try_next="nothing is left to do",
        )  # fmt: skip
    return replace(paper, signatures=(*paper.signatures, made))


def plain_proof(paper: ProofPaper) -> dict[str, Json]:
    """Write a proof as its document."""
    return {
        "schema": PROOF,
        "audited": NOT_AUDITED,
        "claim": plain_of(paper.claim),
        "proof": base64.b64encode(paper.proof).decode("ascii"),
        "signatures": [plain_of(one) for one in paper.signatures],
    }


def proof_from(document: JsonObject, name: str) -> ProofPaper:
    """Read a proof from its document.

    Raises
    ------
    FileFormatError
        If it is none.
    InputError
        If its claim makes no sense.
    """
    if list(document) != _KEYS or document["schema"] != PROOF or document["audited"] != NOT_AUDITED:
        raise FileFormatError(
            expected=f"{name}: a proof, {PROOF}, marked {NOT_AUDITED!r}",
            found=f"{document.get('schema')!r} with {', '.join(document)}",
            try_next="give the file that trimtab attest prove wrote",
        )
    text, signatures = document["proof"], document["signatures"]
    proof = _bytes_of(text)
    if proof is None or not isinstance(signatures, list):
        raise FileFormatError(
            expected=f"{name}: a proof in base 64 and a list of signatures", found="another",
            try_next="ask for the file again",
        )  # fmt: skip
    return ProofPaper(
        claim=record_of(Claim, document["claim"], f"{name}, claim"),
        proof=proof,
        signatures=tuple(record_of(Signature, one, f"{name}, signatures") for one in signatures),
    )


def _bytes_of(text: Json) -> bytes | None:
    """Read base 64 in its one form; None if it is none."""
    try:
        proof = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return None
    return proof if base64.b64encode(proof).decode("ascii") == text else None
