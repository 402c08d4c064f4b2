"""Use case: commit a reviewed book, so that it can be shown later, in part or whole, and not be changed meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.attest.canonical import canonical_bytes, sha256_hex
from trimtab.attest.commitment import Commitment, Header, Measured, plain_commitment, rooted
from trimtab.attest.leaves import BookLeaf, Content, FileLeaf, HashLeaf, Leaf, PositionLeaf, QuestionLeaf, salted
from trimtab.attest.price_record import write_price_record
from trimtab.desk.books.journal import Fact, Head
from trimtab.errors import NotEnoughDataError
from trimtab.model.portfolio import Portfolio

if TYPE_CHECKING:
    from trimtab.beta.estimate import Betas
    from trimtab.desk.ask.review import Review
    from trimtab.market.prices import PriceTable

__all__ = ["ATTESTED", "Asked", "Committed", "betas_hash", "commit", "fact_of", "refuse_uncovered"]

#: Kind of the journal entry.
ATTESTED = "attest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A review as it was asked and answered.

    Parameters
    ----------
    account, as_of
        Whose book, of which day.
    run
        Number of the review in the journal; 0 without one.
    question
        With everything settled, JSON text.
    text
        The review's document as it was given.
    review
        The same as a result.
    prices, portfolio
        What it was made from.
    files
        What else it read: (kept name, own name, content in base 64).
    version, answers
        Of the code that made it.
    """

    account: str
    as_of: str
    run: int
    question: str
    text: str
    review: "Review"
    prices: "PriceTable"
    portfolio: Portfolio
    files: tuple[tuple[str, str, str], ...]
    version: str
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commitment, still without signatures, and the leaves that stay."""

    commitment: Commitment
    leaves: tuple[Leaf, ...]


def refuse_uncovered(review: "Review") -> None:
    """Refuse a review that measured less of the book than its mandate asks for.

    Raises
    ------
    NotEnoughDataError
        If it did: a proof about a part would be read as one about the whole.
    """
    coverage, least = review.exposure.coverage, review.mandate.min_coverage
    if coverage.unpriced or coverage.share < least:
        missing = ", ".join(one.asset for one in coverage.missing[:5]) or "positions without a price"
        raise NotEnoughDataError(
            expected=f"a book of which at least {least:.1%} of gross exposure is measured, as its mandate asks",
            found=f"{coverage.share:.1%}; not measured: {missing}",
            try_next="import prices of these, or accept less with --min-coverage; nothing was written",
        )


def commit(asked: Asked, head: Head, *, seed: bytes, custodian: str | None = None) -> Committed:
    """Commit a reviewed book.

    Parameters
    ----------
    asked
        The review.
    head
        Of the journal as it is.
    seed
        Thirty-two bytes that nobody can guess; the salts come of them.
    custodian
        Public key of whoever is to sign besides.

    Raises
    ------
    NotEnoughDataError
        If the review measured too little.
    """
    refuse_uncovered(asked.review)
    leaves = salted(_contents(asked), seed)
    betas = asked.review.betas
    header = Header(
        fund=asked.account, as_of=asked.as_of, journal_entry=head.seq, journal_hash=head.hash, run=asked.run,
        measured=Measured(
            benchmark=betas.benchmark, base=asked.review.exposure.base, method=betas.method, version=asked.version,
            answers=asked.answers,
        ),
        leaves=0, root="", custodian=custodian,
    )  # fmt: skip
    return Committed(commitment=Commitment(header=rooted(header, leaves)), leaves=leaves)


def _contents(asked: Asked) -> Sequence[Content]:
    book = asked.portfolio
    stated_on = None if book.stated_on is None else book.stated_on.isoformat()
    return [
        *(PositionLeaf(place=place, position=position) for place, position in enumerate(book.positions)),
        BookLeaf(name=book.name, base=book.base, stated_on=stated_on, positions=len(book.positions)),
        QuestionLeaf(question=asked.question),
        *(FileLeaf(file=file, name=name, content=content) for file, name, content in asked.files),
        HashLeaf(of="prices", sha256=sha256_hex(write_price_record(asked.prices))),
        HashLeaf(of="betas", sha256=betas_hash(asked.review.betas)),
        HashLeaf(of="review", sha256=sha256_hex(asked.text.encode())),
    ]


def betas_hash(betas: "Betas") -> str:
    """Give the SHA-256 of betas: asset, value, error and count of each, in their order."""
    lines = [[e.asset, _text(e.value), _text(e.stderr), e.n_obs] for e in betas.estimates]
    return sha256_hex(canonical_bytes([betas.benchmark, betas.method, *lines]))


def _text(value: float | None) -> str | None:
    return None if value is None else repr(float(value))


def fact_of(commitment: Commitment) -> Fact:
    """Give what the journal keeps of a commitment: all that goes out, and nothing that stays."""
    header = commitment.header
    return Fact(kind=ATTESTED, subject=header.fund, valid=header.as_of, body=plain_commitment(commitment))
