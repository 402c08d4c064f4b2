"""A statement: what somebody who opened and replayed a commitment vouches for, to be kept and checked offline."""

import math
from dataclasses import dataclass
from typing import Final

from trimtab.attest.commitment import Commitment, commitment_from, plain_commitment
from trimtab.attest.keys import Signature
from trimtab.attest.plain import plain_of, record_of
from trimtab.errors import FileFormatError
from trimtab.model.json import Json, JsonObject

__all__ = ["CHECKER", "STATEMENT", "Claims", "Statement", "plain_statement", "sentence_of", "statement_from"]

STATEMENT: Final = "trimtab.attest.statement/1"
CHECKER = "checker"
#: Claims that are numbers: a reader rounds them, so they must be some.
_NUMBERS: Final = ("beta", "stderr", "lower", "upper", "probability_inside", "coverage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What is stated. Numbers are text, as the review gave them, unrounded.

    Parameters
    ----------
    fund, as_of, benchmark, method
        Whose book, on which day, against what, measured how.
    beta, stderr
        Of the portfolio, on NAV.
    reading
        What that beta is a statement about.
    lower, upper, probability_inside, status
        Ends of the mandate's band, how probable it is that the beta lies between them, and the verdict.
    coverage
        Share of gross exposure that was measured, 0 to 1.
    prices_of
        Day of the last prices.
    shown, not_shown
        What the checker did, and what nobody showed.
    version
        Of trimtab with which it was checked.
    commitment
        SHA-256 of the commitment with its signatures: the statement fits no other.
    """

    fund: str
    as_of: str
    benchmark: str
    method: str
    beta: str
    stderr: str
    reading: str
    lower: str
    upper: str
    probability_inside: str
    status: str
    coverage: str
    prices_of: str
    shown: tuple[str, ...]
    not_shown: tuple[str, ...]
    version: str
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Claims, the commitment they are about, and who vouches for them."""

    claims: Claims
    commitment: Commitment
    signatures: tuple[Signature, ...]


def plain_statement(statement: Statement) -> dict[str, Json]:
    """Write a statement as its document."""
    return {
        "schema": STATEMENT,
        "claims": plain_of(statement.claims),
        "commitment": plain_commitment(statement.commitment),
        "signatures": [plain_of(one) for one in statement.signatures],
    }


def statement_from(document: JsonObject, name: str) -> Statement:
    """Read a statement from its document.

    Raises
    ------
    FileFormatError
        If it is none.
    """
    if list(document) != ["schema", "claims", "commitment", "signatures"] or document["schema"] != STATEMENT:
        raise FileFormatError(
            expected=f"{name}: a statement, {STATEMENT}",
            found=f"{document.get('schema')!r} with {', '.join(document)}",
            try_next="give the file that trimtab attest state wrote",
        )  # fmt: skip
    if not isinstance(document["commitment"], dict) or not isinstance(document["signatures"], list):
        raise FileFormatError(
            expected=f"{name}: a commitment and signatures", found="others", try_next="ask for the file again"
        )
    claims = record_of(Claims, document["claims"], f"{name}, claims")
    strange = [f"{word} {getattr(claims, word)!r}" for word in _NUMBERS if not _is_number(getattr(claims, word))]
    if strange:
        raise FileFormatError(
            expected=f"{name}: claims in numbers, as trimtab attest state writes them", found=", ".join(strange),
            try_next="ask who stated it",
        )  # fmt: skip
    return Statement(
        claims=claims,
        commitment=commitment_from(document["commitment"], name),
        signatures=tuple(record_of(Signature, one, f"{name}, signatures") for one in document["signatures"]),
    )


def _is_number(words: str) -> bool:
    try:
        number = float(words)
    except ValueError:
        return False
    return math.isfinite(number) and repr(number) == words


def sentence_of(claims: Claims) -> str:
    """Say the claims in a sentence, rounded."""
    inside = "inside" if claims.status == "inside" else f"{claims.status}: inside"
    lower, upper = float(claims.lower), float(claims.upper)
    return (
        f"beta {float(claims.beta):.2f} +/- {float(claims.stderr):.2f} to {claims.benchmark}, "
        f"{inside} [{lower:.2f}, {upper:.2f}] with probability {float(claims.probability_inside):.0%}, "
        f"coverage {float(claims.coverage):.0%}, prices of {claims.prices_of}"
    )
