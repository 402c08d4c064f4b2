"""Commitments, openings, statements and checks, as a person reads them."""

from rich.console import Console

from trimtab.attest.commitment import Commitment
from trimtab.attest.leaves import PositionLeaf
from trimtab.attest.opening import Opening
from trimtab.attest.proof import NOT_AUDITED
from trimtab.attest.proof_paper import ProofPaper
from trimtab.attest.statement import Statement, sentence_of
from trimtab.desk.attest.checking import Checked, CheckVerdict

__all__ = ["show_check", "show_commitment", "show_opening", "show_proof", "show_signed", "show_statement"]

_WORDS = {CheckVerdict.TRUE: "True", CheckVerdict.FALSE: "FALSE", CheckVerdict.NOT_ENOUGH: "Not enough to tell"}


def _say(console: Console, line: str) -> None:
    """Print a line of a paper that somebody else may have written: a sign that steers a terminal is shown as ?."""
    console.print("".join(sign if sign.isprintable() else "?" for sign in line))


def show_commitment(commitment: Commitment, console: Console) -> None:
    """Print what was committed, and who signed it."""
    header = commitment.header
    _say(console, f"Committed: the book of {header.fund} as of {header.as_of}, by {header.measured.method}.")
    _say(console, f"root {header.root}")
    _say(console, f"journal entry {header.journal_entry}, review run {header.run}; {header.leaves} leaves")
    for one in commitment.signatures:
        _say(console, f"- signed by the {one.role}: {one.key}")
    if not commitment.signatures:
        _say(console, "- signed by nobody: a commitment is worth what the signature under it is worth")
    if header.custodian is not None:
        _say(console, f"- the custodian who is to sign: {header.custodian}")


def show_opening(opening: Opening, console: Console) -> None:
    """Print what was opened."""
    header = opening.commitment.header
    _say(
        console,
        f"Opened: {len(opening.opened)} of {header.leaves} leaves of the book of {header.fund} as of {header.as_of}.",
    )
    for content in opening.contents():
        if isinstance(content, PositionLeaf):
            _say(console, f"- {content.position.quantity} {content.position.symbol}")
    _say(console, "Whoever has this file knows them: send it to whom you mean to show them.")


def show_proof(paper: ProofPaper, console: Console) -> None:
    """Print what was proven."""
    claim = paper.claim
    _say(console, f"Proven for {claim.context!r}, word {claim.nonce}: beta from {claim.lower} to {claim.upper}.")
    _say(console, f"NAV is at least {claim.floor}; {len(claim.universe)} names, {len(paper.proof):,} bytes")
    for one in paper.signatures:
        _say(console, f"- signed by the {one.role}: {one.key}")
    _say(console, f"This code of proofs is {NOT_AUDITED}: nobody outside has examined it.")


def show_signed(paper: Commitment | ProofPaper, console: Console) -> None:
    """Print a commitment or a proof that was signed."""
    if isinstance(paper, Commitment):
        show_commitment(paper, console)
    else:
        show_proof(paper, console)


def show_statement(statement: Statement, console: Console) -> None:
    """Print what is stated, by whom."""
    _say(console, f"{statement.claims.fund}, {statement.claims.as_of}: {sentence_of(statement.claims)}")
    for one in statement.signatures:
        _say(console, f"- stated by the {one.role}: {one.key}")


def show_check(checked: Checked, console: Console) -> None:
    """Print what came of a check: what was shown, and what was not."""
    _say(console, f"{_WORDS[checked.verdict]}: {checked.what}")
    for title, lines in (
        ("Not true", checked.false),
        ("Lacking", checked.lacking),
        ("Shown", checked.shown),
        ("Not shown", checked.not_shown),
    ):
        if lines:
            _say(console, f"{title}:")
        for line in lines:
            _say(console, f"- {line}")
    if checked.audited is not None:
        _say(console, f"This code of proofs is {checked.audited}: nobody outside has examined it.")
