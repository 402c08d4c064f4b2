"""Use case: verify a proof that shows no book, and show a custodian which book a proof is about."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from trimtab.attest.canonical import sha256_hex
from trimtab.attest.commitment import Commitment
from trimtab.attest.exact import exact_product, exact_sum
from trimtab.attest.keys import signature_failure
from trimtab.attest.opening import Opening, false_leaf, whole_of
from trimtab.attest.proof import NOT_AUDITED, PROOF, Progress, ShownQuantity, committed, verify
from trimtab.attest.proof_paper import ProofPaper, signed_of
from trimtab.attest.universe import Claim, Row, least_quantity, most_quantity
from trimtab.desk.attest.checking import Checked, whose
from trimtab.errors import InputError

__all__ = ["check_proof", "compare_books", "match_opening", "match_shown"]


def check_proof(
    paper: ProofPaper,
    *,
    universe: Sequence[Row] | None,
    signers: Sequence[str],
    context: str | None,
    nonce: str | None,
    progress: Progress,
) -> Checked:
    """Verify a proof, and say what it shows and what not.

    Parameters
    ----------
    paper
        As it came.
    universe
        Names, prices and betas that the verifier holds to be right; None if it has none.
    signers
        Public keys of those whose signature is wanted.
    context, nonce
        What they must be; None takes any.
    progress
        Is told how far it is.
    """
    claim = paper.claim
    what = f"proof for {claim.context!r}"
    false = [*_other(claim, context, nonce), *_other_universe(claim, universe)]
    failure = signature_failure(signed_of(paper), PROOF, paper.signatures)
    if failure is not None:
        false.append(failure)
    if not false:
        try:
            verify(claim, paper.proof, progress=progress)
        except InputError as error:
            false.append(f"the proof does not hold: {error.found}")
    if false:
        return Checked(what=what, false=tuple(false), audited=NOT_AUDITED)
    lacking = _lacking(paper, universe, signers)
    signed = tuple(f"signed by the {one.role}, {whose(one, signers)}" for one in paper.signatures)
    return Checked(
        what=what,
        shown=(*_shown(claim), *signed),
        not_shown=_not_shown(claim, context, nonce),
        lacking=lacking,
        audited=NOT_AUDITED,
    )


def _other(claim: Claim, context: str | None, nonce: str | None) -> list[str]:
    faults = []
    if context is not None and context != claim.context:
        faults.append(f"it is for another purpose: {claim.context!r}, not {context!r}")
    if nonce is not None and nonce != claim.nonce:
        faults.append(f"it answers another word: {claim.nonce!r}, not {nonce!r}; an old proof used again?")
    return faults


def _other_universe(claim: Claim, universe: Sequence[Row] | None) -> list[str]:
    if universe is None or tuple(universe) == claim.universe:
        return []
    if len(universe) != len(claim.universe):
        return [f"it is over {len(claim.universe)} names, and yours are {len(universe)}"]
    for number, (theirs, yours) in enumerate(zip(claim.universe, universe, strict=True), start=1):
        if theirs != yours:
            return [f"name {number} of its universe is {_words(theirs)}, and yours is {_words(yours)}"]
    return []


def _words(row: Row) -> str:
    return f"{row.symbol} at {row.price}, beta {row.beta}" + ("" if row.funded else ", not funded")


def _lacking(paper: ProofPaper, universe: Sequence[Row] | None, signers: Sequence[str]) -> tuple[str, ...]:
    lacking = []
    if universe is None:
        lacking.append("your own universe: with --universe, else the prices and betas are the prover's")
    keys = {one.key for one in paper.signatures}
    lacking += [f"a signature of {wanted}: that key has not signed" for wanted in signers if wanted not in keys]
    if not signers:
        lacking.append("a key that you know to be the custodian's, with --signer: else the book may be made up")
    return tuple(lacking)


def _shown(claim: Claim) -> tuple[str, ...]:
    margin = f", each end with {claim.margin} to spare" if claim.margin else ""
    least, most = (exact_product(Decimal(end(claim)), claim.unit) for end in (least_quantity, most_quantity))
    return (
        f"beta on NAV lies from {claim.lower} to {claim.upper}{margin}",
        f"net asset value is at least {claim.floor}",
        f"every quantity lies from {least} to {most} in steps of {claim.unit}, in {len(claim.universe)} names",
        "prices and betas are those of the universe in the proof",
    )


def _not_shown(claim: Claim, context: str | None, nonce: str | None) -> tuple[str, ...]:
    return (
        "which names are held, how much of each, the beta itself, and NAV itself",
        "whether anything is held or owed outside the universe",
        "whether the book is real: that is worth what the signature under it is worth",
        *(() if context is not None else ("whether it was made for your purpose: hold it against --context",)),
        *(() if nonce is not None else ("whether it is new: it answers no word of yours (--nonce)",)),
        *(() if claim.margin else ("the error of the betas: no margin was kept for it",)),
    )


def match_shown(
    paper: ProofPaper, shown: Sequence[ShownQuantity], of_proof: str, holdings: Mapping[str, Decimal]
) -> None:
    """Make sure that the book under a proof is the one in a custodian's own records.

    Parameters
    ----------
    paper
        The proof.
    shown, of_proof
        What the prover showed, and the SHA-256 of the proof that it belongs to.
    holdings
        The custodian's own: quantities by symbol.

    Raises
    ------
    InputError
        If what was shown does not open the proof, or the records say something else.
    """
    claim = paper.claim
    commitments = verify(claim, paper.proof)
    opens = (
        of_proof == sha256_hex(paper.proof)
        and [one.symbol for one in shown] == [row.symbol for row in claim.universe]
        and all(_opens(one, c) for one, c in zip(shown, commitments, strict=True))
    )
    if not opens:
        raise InputError(
            expected="the quantities that this proof is about", found="others", try_next="sign nothing, and ask"
        )
    compare_books({one.symbol: exact_product(Decimal(one.quantity), claim.unit) for one in shown}, holdings)


def _opens(one: ShownQuantity, commitment: bytes) -> bool:
    digits = one.hidden
    return set(digits) <= set("0123456789abcdef") and committed(one.quantity, int(digits or "0", 16)) == commitment


def compare_books(shown: Mapping[str, Decimal], holdings: Mapping[str, Decimal]) -> None:
    """Make sure that a book is the one in somebody's own records; what is nought counts as not held.

    Raises
    ------
    InputError
        If a quantity differs; the first such name is told.
    """
    shown_quantities = {symbol: quantity for symbol, quantity in shown.items() if quantity}
    own = {symbol: quantity for symbol, quantity in holdings.items() if quantity}
    different = sorted(
        symbol for symbol in shown_quantities.keys() | own.keys() if shown_quantities.get(symbol) != own.get(symbol)
    )
    if different:
        symbol = different[0]
        raise InputError(
            expected=f"the book as in your records: {own.get(symbol, 0)} {symbol}",
            found=f"{shown_quantities.get(symbol, 0)}; {len(different)} names differ", try_next="sign nothing, and ask",
        )  # fmt: skip


def match_opening(commitment: Commitment, opening: Opening, holdings: Mapping[str, Decimal]) -> None:
    """Make sure that the book under a commitment is the one in a custodian's own records.

    Parameters
    ----------
    commitment
        That is to be signed.
    opening
        Of everything.
    holdings
        The custodian's own: quantities by symbol.

    Raises
    ------
    InputError
        If the opening is of another commitment or does not hold, or the records say something else.
    NotEnoughDataError
        If it is not of everything.
    """
    failure = false_leaf(opening)
    if failure is not None or opening.commitment.header != commitment.header:
        raise InputError(
            expected="an opening of this commitment",
            found=failure or "one of another",
            try_next="sign nothing, and ask",
        )
    shown: dict[str, Decimal] = {}
    for position in whole_of(opening).portfolio.positions:
        shown[position.symbol] = exact_sum(shown.get(position.symbol, Decimal(0)), position.quantity)
    compare_books(shown, holdings)
