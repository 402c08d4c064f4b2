"""`trimtab attest`: commit a book, open parts of it, check what was opened, prove a bound on its beta."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import PLACE, folder_of
from trimtab.desk.questions.attest import (
    CheckTerms,
    CommitTerms,
    CountersignTerms,
    KeyName,
    OpenTerms,
    ProveTerms,
    StateTerms,
    VerifyTerms,
)
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.progress import report_of

if TYPE_CHECKING:
    from trimtab.cli.draw import Group
    from trimtab.desk.attest.checking import Checked

__all__ = ["add_commands"]

#: Of a source: a workspace as it was known.
_WORKSPACE = ("workspace", "account", "known")
#: Exit codes of a check.
_CODES = {"true": 0, "false": 3, "not enough": 4}


def add_commands(app: "Group") -> None:
    """Add `trimtab attest` and what is under it."""
    attest = app.group_of(
        "attest",
        "Commit a book, open parts of it, check what was opened, prove its beta.\n\n"
        "A proof about a book is worth what the signature under the book is worth.\n\n"
        "Example: trimtab attest --help",
    )
    attest.draw(key)
    attest.draw(commit)
    attest.draw(countersign)
    attest.draw(open_command, "open")
    attest.draw(check)
    attest.draw(state)
    attest.draw(prove)
    attest.draw(verify)


def key(made: KeyName, output: Output) -> None:
    """Make a key pair to sign with.

    NAME.pem is for yourself, NAME.pub.pem to give away.

    Example: trimtab attest key manager
    """
    from trimtab.wiring.attesting.papers import key as make

    pair, private, public = make(made.name), f"{made.name}.pem", f"{made.name}.pub.pem"
    if output.json:
        from trimtab.report.documents import dumps
        from trimtab.report.documents.attest import KeyDocument

        click.echo(dumps(KeyDocument(private=private, public=public, key=pair.public)))
        return
    click.echo(f"{private}: keep it; whoever has it signs as you\n{public}: give it away, or this line:\n{pair.public}")


def commit(terms: CommitTerms, question: ReviewQuestion, source: Annotated[Source, _WORKSPACE], output: Output) -> None:
    """Review a workspace's book and commit it, signed.

    One root goes out; the book and the salts stay.

    Example: trimtab attest commit -w desk --sign manager.pem --out commitment.json
    """
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import commitment_document
    from trimtab.report.tables.attest import show_commitment
    from trimtab.wiring.attesting.books import commit_book

    made = commit_book(
        folder_of(source), to=terms.to, sign=terms.sign, custodian=terms.custodian, question=question,
        account=source.account, known=source.known,
    )  # fmt: skip
    if output.json:
        click.echo(dumps(commitment_document(made)))
    else:
        show_commitment(made, console())


def countersign(terms: CountersignTerms, output: Output) -> None:
    """Add your signature to a commitment or a proof.

    First hold it against your own records: what you sign you vouch for.

    Example: trimtab attest countersign commitment.json --sign custodian.pem
    """
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import signed_document
    from trimtab.report.tables.attest import show_signed
    from trimtab.wiring.attesting.books import countersign as add_signature

    made = add_signature(terms.file, sign=terms.sign, role=terms.role, book=terms.book, holdings=terms.holdings)
    if output.json:
        click.echo(dumps(signed_document(made)))
    else:
        show_signed(made, console())


def open_command(terms: OpenTerms, source: Annotated[Source, PLACE], output: Output) -> None:
    """Open chosen positions of a commitment, or everything.

    Example: trimtab attest open commitment.json -w desk --only AAPL --to opening.json
    """
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import opening_document
    from trimtab.report.tables.attest import show_opening
    from trimtab.wiring.attesting.books import open_book

    opened = open_book(
        folder_of(source), terms.file, to=terms.to, only=terms.only, all=terms.all, prices_to=terms.prices_to
    )
    if output.json:
        click.echo(dumps(opening_document(opened)))
    else:
        show_opening(opened, console())


def check(terms: CheckTerms, output: Output) -> None:
    """Check a commitment, an opening or a statement.

    It works offline. Of an opening of everything the review is made again, to the byte.

    Exit code 0 true, 3 false, 4 not enough.

    Example: trimtab attest check opening.json --prices prices.bin --signer custodian.pub.pem
    """
    from trimtab.wiring.attesting.checks import check as check_file

    _show(check_file(terms.file, prices=terms.prices, signers=terms.signer), output)


def _show(checked: "Checked", output: Output) -> None:
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import check_document
    from trimtab.report.tables.attest import show_check

    if output.json:
        click.echo(dumps(check_document(checked)))
    else:
        show_check(checked, console())
    leave(_CODES[checked.verdict.value])


def state(terms: StateTerms, output: Output) -> None:
    """Check an opening of everything, and sign what it shows.

    The statement is for somebody who will not see the book, and can be checked offline later.

    Example: trimtab attest state opening.json --prices p.bin --signer c.pub.pem --sign auditor.pem --to s.json
    """
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import statement_document
    from trimtab.report.tables.attest import show_statement
    from trimtab.wiring.attesting.checks import state_opening

    made = state_opening(terms.file, prices=terms.prices, signers=terms.signer, sign=terms.sign, to=terms.to)
    if output.json:
        click.echo(dumps(statement_document(made)))
    else:
        show_statement(made, console())


def prove(terms: ProveTerms, output: Output) -> None:
    """Prove a band of beta without showing the book.

    Experimental, not audited. Every name of the universe gets a commitment, so which are held stays hidden.

    Exit code 0, 5 if the claim is not true of the book.

    Example: trimtab attest prove --universe u.csv --holdings b.csv --lower 0.9 --upper 1.1 --context TEXT --to p.json
    """
    from trimtab.report.documents import dumps
    from trimtab.report.documents.attest import proof_document
    from trimtab.report.tables.attest import show_proof
    from trimtab.wiring.attesting.proofs import prove_book

    with report_of("proving") as progress:
        made = prove_book(terms, progress=progress)
    if output.json:
        click.echo(dumps(proof_document(made)))
    else:
        show_proof(made, console())


def verify(terms: VerifyTerms, output: Output) -> None:
    """Verify a proof that shows no book.

    Experimental, not audited.

    Exit code 0 true, 3 false, 4 not enough.

    Example: trimtab attest verify proof.json --universe universe.csv --signer custodian.pub.pem
    """
    from trimtab.wiring.attesting.proofs import verify_proof

    with report_of("verifying") as progress:
        checked = verify_proof(
            terms.file, universe=terms.universe, signers=terms.signer, context=terms.context, nonce=terms.nonce,
            progress=progress,
        )  # fmt: skip
    _show(checked, output)
