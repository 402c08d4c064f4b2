"""Use case: state what an opened and replayed commitment shows, for somebody who will not see the book."""

from typing import TYPE_CHECKING

from trimtab.attest.keys import sign
from trimtab.attest.opening import Opening
from trimtab.attest.plain import plain_of
from trimtab.attest.statement import CHECKER, STATEMENT, Claims, Statement
from trimtab.desk.attest.checking import Checked, CheckVerdict, Reviewed
from trimtab.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from trimtab.hedge.verdict import Verdict

__all__ = ["state"]


def state(
    opening: Opening, checked: Checked, made: Reviewed | None, *, private_pem: bytes, name: str, version: str
) -> Statement:
    """State what was checked, and sign it.

    Parameters
    ----------
    opening, checked, made
        What was opened, what came of the check, and the review made again.
    private_pem, name
        The checker's key, and where it came from.
    version
        Of trimtab.

    Raises
    ------
    InputError
        If the check found something false.
    NotEnoughDataError
        If it was not enough.
    """
    if checked.verdict is CheckVerdict.FALSE:
        raise InputError(
            expected="an opening that is true", found="; ".join(checked.false), try_next="sign nothing, and ask"
        )
    if checked.verdict is CheckVerdict.NOT_ENOUGH or made is None:
        raise NotEnoughDataError(
            expected="an opening of all leaves, with its prices and known signers, checked in full",
            found="; ".join(checked.lacking) or "only some leaves", try_next="ask for what is lacking",
        )  # fmt: skip
    review = made.review
    judged: Verdict = review.verdict
    header = opening.commitment.header
    both = (review.exposure.beta, review.exposure.companion)
    beta = next(one for one in both if one is not None and one.speaks_of == judged.speaks_of)
    claims = Claims(
        fund=header.fund, as_of=header.as_of, benchmark=header.measured.benchmark, method=header.measured.method,
        beta=repr(float(beta.value)), stderr=repr(float(beta.stderr)),
        reading=str(beta.speaks_of), lower=repr(review.mandate.lower), upper=repr(review.mandate.upper),
        probability_inside=repr(float(judged.probability_inside)), status=judged.status.value,
        coverage=repr(float(review.exposure.coverage.share)), prices_of=str(review.exposure.as_of)[:10],
        shown=checked.shown, not_shown=checked.not_shown, version=version, commitment=opening.commitment.digest,
    )  # fmt: skip
    signature = sign(plain_of(claims), STATEMENT, CHECKER, private_pem, name=name)
    return Statement(claims=claims, commitment=opening.commitment, signatures=(signature,))
