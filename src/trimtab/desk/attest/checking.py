"""Use case: check what was shown of a commitment, and say what was and what was not shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from trimtab.attest.canonical import sha256_hex
from trimtab.attest.commitment import COMMITMENT, CUSTODIAN, MANAGER, Commitment, Header
from trimtab.attest.keys import Signature, signature_failure
from trimtab.attest.leaves import PositionLeaf
from trimtab.attest.opening import Opening, Whole, false_leaf, whole_of
from trimtab.attest.plain import plain_of
from trimtab.attest.price_record import RECORD_MARK, read_price_record
from trimtab.attest.statement import STATEMENT, Statement, sentence_of
from trimtab.desk.attest.committing import betas_hash
from trimtab.errors import FileFormatError

if TYPE_CHECKING:
    from trimtab.desk.ask.review import Review
    from trimtab.market.prices import PriceTable

__all__ = [
    "CheckVerdict",
    "Checked",
    "ReviewAgain",
    "Reviewed",
    "check_commitment",
    "check_opening",
    "check_statement",
    "whose",
]


class CheckVerdict(StrEnum):
    """What came of a check."""

    TRUE = "true"
    FALSE = "false"
    NOT_ENOUGH = "not enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a check.

    Parameters
    ----------
    what
        What was checked, in words.
    shown, not_shown
        What is sure now, and what nobody showed.
    false
        What is not true.
    lacking
        What was needed, and not given.
    audited
        "not audited" where the code that checked is; None otherwise.
    """

    what: str
    shown: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    audited: str | None = None

    @property
    def verdict(self) -> CheckVerdict:
        """False before not enough, not enough before true."""
        if self.false:
            return CheckVerdict.FALSE
        return CheckVerdict.NOT_ENOUGH if self.lacking else CheckVerdict.TRUE

    def and_(self, other: "Checked") -> "Checked":
        """Give both together, under the first one's name."""
        return replace(
            self, shown=(*self.shown, *other.shown),
            not_shown=tuple(dict.fromkeys((*self.not_shown, *other.not_shown))),
            false=(*self.false, *other.false), lacking=(*self.lacking, *other.lacking),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A review made again: of which day it was asked, the result, and the text of its document."""

    as_of: str
    review: "Review"
    text: str = field(repr=False)


#: Makes a review again of a whole book and its prices.
ReviewAgain = Callable[[Whole, "PriceTable"], Reviewed]


def check_commitment(commitment: Commitment, *, signers: Sequence[str]) -> Checked:
    """Check who signed a commitment.

    Parameters
    ----------
    commitment
        As it came.
    signers
        Public keys of those whose signature is wanted.
    """
    header = commitment.header
    checked = Checked(
        what=f"commitment of {header.fund}, {header.as_of}",
        not_shown=("the book: positions, quantities, prices and beta; nothing of it is opened here",),
    )
    return checked.and_(_signed(commitment, signers))


def whose(signature: Signature, signers: Sequence[str]) -> str:
    """Give the key of a signature, and say so where it is none of those that the reader named."""
    return signature.key if signature.key in signers else f"{signature.key} (whose key that is was not said)"


def _signed(commitment: Commitment, signers: Sequence[str], also: Sequence[Signature] = ()) -> Checked:
    """Check signatures under the header, and that everybody who is wanted signed; `also` signed what stands on it."""
    failure = signature_failure(plain_of(commitment.header), COMMITMENT, commitment.signatures)
    if failure is not None:
        return Checked(what="signatures", false=(failure,))
    lacking = []
    custodian = commitment.header.custodian
    by_custodian = {one.key for one in commitment.signatures if one.role == CUSTODIAN}
    if custodian is not None and custodian not in by_custodian:
        lacking.append(f"the signature of the custodian that the header names, {custodian}: taken off, or never given")
    keys = {one.key for one in (*commitment.signatures, *also)}
    lacking += [f"a signature of {wanted}: that key has not signed" for wanted in signers if wanted not in keys]
    if not signers:
        lacking.append("a key that you know to be the signer's: name it with --signer, else anybody may have signed")
    shown = [f"signed by the {one.role}, {whose(one, signers)}" for one in commitment.signatures]
    if not commitment.signatures:
        lacking.append("any signature under the book")
    not_shown = ("whether the book is real: that is worth what these signatures are worth",)
    return Checked(what="signatures", shown=tuple(shown), not_shown=not_shown, lacking=tuple(lacking))


def check_opening(
    opening: Opening, *, signers: Sequence[str], prices: bytes | None, again: ReviewAgain, version: tuple[str, str]
) -> Checked:
    """Check what was opened: each leaf up to the root; with all leaves and the prices the review is made again.

    Parameters
    ----------
    opening
        As it came.
    signers
        Public keys of those whose signature is wanted.
    prices
        The record of the prices; None if it was not given.
    again
        Makes the review.
    version
        Of the code that checks, and its number of changes of answers.
    """
    header = opening.commitment.header
    what = f"{'all' if opening.all else 'some'} of the book of {header.fund}, {header.as_of}"
    failure = false_leaf(opening)
    if failure is not None:
        return Checked(what=what, false=(failure,))
    leads = f"{len(opening.opened)} of {header.leaves} leaves lead to the committed root"
    checked = Checked(what=what, shown=(leads,)).and_(_signed(opening.commitment, signers))
    if not opening.all:
        return checked.and_(_part(opening))
    whole = whole_of(opening)
    what_is_shown = "the whole book: every position, its review, its mandate"
    return checked.and_(Checked(what=what, shown=(what_is_shown,))).and_(
        _replayed(opening, whole, prices, again, version)
    )


def _part(opening: Opening) -> Checked:
    leaves = [one for one in opening.contents() if isinstance(one, PositionLeaf)]
    if len({one.place for one in leaves}) < len(leaves):
        return Checked(what="", false=("one position of the book stands in two leaves: it would be counted twice",))
    positions = [one.position for one in leaves]
    shown = tuple(f"{one.quantity} {one.symbol} is in the book" for one in positions)
    return Checked(
        what="", shown=shown,
        not_shown=(
            "the other leaves: other positions, also others in the same names, so no total follows",
            "beta: it takes all leaves",
        ),
    )  # fmt: skip


def _replayed(
    opening: Opening, whole: Whole, prices: bytes | None, again: ReviewAgain, version: tuple[str, str]
) -> Checked:
    if prices is None:
        lacking = ("the prices of the review: give the file of attest open --prices-to with --prices",)
        return Checked(what="", lacking=lacking, not_shown=("that the review follows from the book",))
    if not prices.startswith(RECORD_MARK):
        # A file of one's own is no forgery: it is not what the review was made from.
        raise FileFormatError(
            expected="the prices of the review, as trimtab attest open --prices-to writes them", found="another file",
            try_next="ask for that file; hold your own prices against it afterwards",
        )  # fmt: skip
    if sha256_hex(prices) != whole.prices:
        return Checked(what="", false=("these prices are others than those committed: another day's, or changed",))
    made = again(whole, read_price_record(prices, "the prices"))
    other = _other_header(opening.commitment.header, whole, made)
    if other:
        return Checked(what="", false=other)
    if sha256_hex(made.text.encode()) == whole.review and betas_hash(made.review.betas) == whole.betas:
        exposure = made.review.exposure
        summary = f"beta {exposure.beta.value:.4f}, {made.review.verdict.status.value}"
        return Checked(
            what="", shown=("the prices are those committed", f"the review follows to the byte: {summary}"),
            not_shown=("whether these prices are the market's: compare them with your own",),
        )  # fmt: skip
    by = opening.commitment.header.measured
    if (by.version, by.answers) != version:
        older = f"trimtab {by.version} (answers {by.answers})"
        return Checked(what="", lacking=(f"{older}, which made the review: this is {version[0]} ({version[1]})",))
    return Checked(what="", false=("the review does not follow from the book, its prices and its question",))


def _other_header(header: Header, whole: Whole, made: Reviewed) -> tuple[str, ...]:
    """Say what the signed header names otherwise than the leaves under its root: readers see the header alone."""
    measured, betas = header.measured, made.review.betas
    pairs = (
        ("fund", header.fund, whole.portfolio.name), ("day", header.as_of, made.as_of),
        ("benchmark", measured.benchmark, betas.benchmark), ("currency", measured.base, made.review.exposure.base),
        ("method", measured.method, betas.method),
    )  # fmt: skip
    return tuple(
        f"the header names the {word} {signed}, and the review under its root is of {asked}"
        for word, signed, asked in pairs
        if signed != asked
    )


def check_statement(statement: Statement, *, signers: Sequence[str]) -> Checked:
    """Check who signed a statement, and that it is about the commitment beside it."""
    claims, commitment = statement.claims, statement.commitment
    what = f"statement on {claims.fund}, {claims.as_of}"
    failure = signature_failure(plain_of(claims), STATEMENT, statement.signatures)
    if failure is not None:
        return Checked(what=what, false=(failure,))
    header = commitment.header
    measured = header.measured
    same = (claims.fund, claims.as_of, claims.benchmark, claims.method) == (
        header.fund, header.as_of, measured.benchmark, measured.method,
    )  # fmt: skip
    if claims.commitment != commitment.digest or not same:
        return Checked(
            what=what, false=("the commitment beside it is another one, or lost a signature since: it was cut apart",)
        )
    signed = tuple(f"stated by the {one.role}, {whose(one, signers)}" for one in statement.signatures)
    lacking = [] if statement.signatures else ["any signature under the statement"]
    if statement.signatures and signers and not {one.key for one in statement.signatures} & set(signers):
        lacking.append("a signature under the statement itself by a key you named: only the commitment has one")
    managers = {one.key for one in commitment.signatures if one.role == MANAGER}
    own = {one.key for one in statement.signatures} <= managers
    alone = ("that anybody but the manager replayed it: who states it is who committed the book",)
    stated = Checked(
        what=what, shown=(sentence_of(claims), *signed, *(f"the checker says: {one}" for one in claims.shown)),
        lacking=tuple(lacking),
        not_shown=(
            *claims.not_shown, *(alone if own else ()), "the book itself: you rely on whoever signed the statement",
        ),
    )  # fmt: skip
    return stated.and_(_signed(commitment, signers, statement.signatures))
