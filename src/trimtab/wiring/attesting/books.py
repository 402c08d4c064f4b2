"""Commit a workspace's book, countersign it, open it: what a manager and a custodian do."""

import base64
import json
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from trimtab.attest.canonical import file_text, read_file_text
from trimtab.attest.commitment import MANAGER, Commitment, commitment_from, plain_commitment, with_signature
from trimtab.attest.leaves import Leaf, PositionLeaf, leaf_from, plain_content
from trimtab.attest.opening import Opening, open_leaves, opening_from, plain_opening
from trimtab.attest.price_record import write_price_record
from trimtab.attest.proof import PROOF
from trimtab.attest.proof_paper import ProofPaper, plain_proof
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.known import on_day
from trimtab.desk.ask.review import Review
from trimtab.desk.attest.committing import Asked, Committed, commit, fact_of, refuse_uncovered
from trimtab.desk.attest.proving import match_opening
from trimtab.desk.books.runs import find_run
from trimtab.desk.questions.every import read_question
from trimtab.desk.questions.fields import with_files
from trimtab.desk.questions.groups.files import KeptFile
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import FileFormatError, InputError, UnknownSymbolError, UsageError
from trimtab.feeds.series.universe import read_quantities
from trimtab.model.json import Json
from trimtab.model.near import nearest
from trimtab.model.portfolio import Portfolio
from trimtab.store.attested import leaves_file, new_file, read_text, replace_file
from trimtab.version import VERSION
from trimtab.wiring.answers import Answer, answer_review
from trimtab.wiring.attesting.papers import paper_bytes, private_key, public_keys, read_paper, refuse_present
from trimtab.wiring.attesting.proofs import countersigned_proof
from trimtab.wiring.runs import ask_workspace, at
from trimtab.wiring.workspace import Workspace, open_workspace

__all__ = ["HasWorkspace", "commit_book", "countersign", "open_book"]

_LEAVES = "trimtab.attest.leaves/1"


class HasWorkspace(Protocol):
    """A desk: what has a workspace open."""

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        ...


def _opened(place: "str | Path | HasWorkspace") -> Workspace:
    return open_workspace(place) if isinstance(place, str | Path) else place.workspace


def commit_book(
    workspace: "str | Path | HasWorkspace",
    *,
    to: str | Path,
    sign: str | Path | None = None,
    custodian: str | Path | None = None,
    question: ReviewQuestion | None = None,
    account: str | None = None,
    known: int | str | None = None,
) -> Commitment:
    """Review a workspace's book, and commit it: one root goes out, signed; the salts stay.

    Parameters
    ----------
    workspace
        Its folder, or the desk that is open.
    to
        File of the commitment, which goes out. It must not be there yet.
    sign
        The manager's private key, NAME.pem.
    custodian
        Public key (NAME.pub.pem, or ``ed25519:...``) of whoever is to sign besides.
    question, account, known
        As `Desk.review` takes them.

    Raises
    ------
    NotEnoughDataError
        If less of the book is measured than its mandate asks for; then nothing is written.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     _ = tt.attest.key(place + "/manager")
    ...     made = tt.attest.commit(desk, to=place + "/commitment.json", sign=place + "/manager.pem")
    >>> made.header.fund, made.header.as_of, len(made.signatures)
    ('main', '2022-12-28', 1)
    """
    refuse_present(to)
    pem = None if sign is None else private_key(sign)
    (named,) = (None,) if custodian is None else public_keys([custodian])
    there = _opened(workspace)
    asked = _asked(there, question, account, known)
    journal = there.journal
    with journal.writing(), ExitStack() as files:
        made = commit(asked, journal.head(), seed=secrets.token_bytes(32), custodian=named)
        commitment = made.commitment
        if pem is not None:
            commitment = with_signature(commitment, MANAGER, pem, str(sign))
        kept = leaves_file(there.folder / "data", commitment.header.root)
        files.enter_context(new_file(Path(to), paper_bytes(plain_commitment(commitment))))
        with new_file(kept, _leaves_text(made).encode(), private=True):
            pass
        journal.append([fact_of(commitment)])
    return commitment


def _asked(there: Workspace, question: ReviewQuestion | None, account: str | None, known: int | str | None) -> Asked:
    """Ask for a review that is written down, and keep hold of what it was made from."""
    opened: list[Inputs] = []

    def answered(settled: ReviewQuestion, inputs: Inputs) -> "Answer[Review]":
        made = answer_review(settled, inputs)
        refuse_uncovered(made.result)
        opened.append(inputs)
        return made

    review = ask_workspace(there, question or ReviewQuestion(), answered, account=account, known=known)
    run = find_run(there.journal, review.run or 0)
    files: dict[str, str] = {}

    def note(file: str | KeptFile) -> str | KeptFile:
        if isinstance(file, KeptFile):
            files[file.file] = file.name
        return file

    with_files(on_day(read_question(run.settings), run.as_of), note)
    (inputs,) = opened
    kept = there.inputs
    return Asked(
        account=run.portfolio, as_of=run.as_of, run=run.seq, question=json.dumps(dict(run.settings), sort_keys=True),
        text=review.answer.text, review=review.answer.result, prices=inputs.prices, portfolio=_whole(inputs),
        files=tuple((f, name, base64.b64encode(kept.find(f).read_bytes()).decode()) for f, name in files.items()),
        version=VERSION, answers=run.made_with["answers"],
    )  # fmt: skip


def _whole(inputs: Inputs) -> Portfolio:
    """Give the book of a workspace, which has been worked out already."""
    assert isinstance(inputs.holdings, Portfolio)  # noqa: S101 - a workspace gives no file or line
    return inputs.holdings


def countersign(
    file: str | Path,
    *,
    sign: str | Path,
    role: str = "custodian",
    book: str | Path | None = None,
    holdings: str | Path | None = None,
) -> Commitment | ProofPaper:
    """Add a signature to a commitment or a proof.

    Parameters
    ----------
    file
        The commitment or the proof; it is written anew with the signature.
    sign
        Private key, NAME.pem.
    role
        In which role.
    book, holdings
        What shows the book (of a commitment an opening of everything, of a proof the file of `prove`), and your own
        records (CSV of symbols and quantities): it is signed only where the two agree. A proof is never signed unseen.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     custodian = tt.attest.key(place + "/custodian")
    ...     _ = tt.attest.commit(desk, to=place + "/c.json", custodian=custodian.public)
    ...     before = tt.attest.check(place + "/c.json", signers=[custodian.public]).verdict.value
    ...     _ = tt.attest.countersign(place + "/c.json", sign=place + "/custodian.pem")
    ...     after = tt.attest.check(place + "/c.json", signers=[custodian.public]).verdict.value
    >>> before, after
    ('not enough', 'true')
    """
    document, pem = read_paper(file), private_key(sign)
    if document["schema"] == PROOF:
        if book is None or holdings is None:
            raise UsageError(
                expected="book (--book) and holdings (--holdings): a proof shows no book, so look before you sign",
                found="one of them, or neither", try_next="ask the manager for the file of attest prove --show-to",
            )  # fmt: skip
        paper = countersigned_proof(file, pem=pem, name=str(sign), role=role, book=book, holdings=holdings)
        replace_file(Path(file), paper_bytes(plain_proof(paper)))
        return paper
    commitment = commitment_from(document, str(file))
    if (book is None) != (holdings is None):
        raise UsageError(
            expected="book (--book) and holdings (--holdings) together", found="one of them",
            try_next="give both, or neither",
        )  # fmt: skip
    if book is not None and holdings is not None:
        match_opening(commitment, opening_from(read_paper(book), str(book)), read_quantities(Path(holdings)))
    signed = with_signature(commitment, role, pem, str(sign))
    replace_file(Path(file), paper_bytes(plain_commitment(signed)))
    return signed


def open_book(
    workspace: "str | Path | HasWorkspace",
    file: str | Path,
    *,
    to: str | Path,
    only: tuple[str, ...] = (),
    all: bool = False,  # noqa: A002 - the word of the command
    prices_to: str | Path | None = None,
) -> Opening:
    """Open a commitment in part or whole.

    Parameters
    ----------
    workspace
        In which it was made: its folder, or the desk that is open.
    file
        The commitment, with the signatures that were added.
    to
        File of the opening.
    only
        Symbols whose positions are opened.
    all
        Open everything, so that the review can be replayed.
    prices_to
        File for the review's prices, which whoever replays it needs.

    Raises
    ------
    UnknownSymbolError
        If a symbol is not in the book.
    InputError
        If the salts are not here.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     _ = tt.attest.commit(desk, to=place + "/c.json")
    ...     opened = tt.attest.open(desk, place + "/c.json", only=("AAPL",), to=place + "/o.json")
    >>> [one.leaf.content.position.symbol for one in opened.opened]
    ['AAPL']
    """
    refuse_present(to, prices_to)
    there = _opened(workspace)
    commitment = commitment_from(read_paper(file), str(file))
    leaves = _leaves(there, commitment)
    _refuse_unknown(leaves, only)
    opening = open_leaves(
        commitment, leaves, lambda one: all or (isinstance(one, PositionLeaf) and one.position.symbol in only)
    )
    with ExitStack() as files:
        if prices_to is not None:
            files.enter_context(new_file(Path(prices_to), _prices_record(there, commitment), private=True))
        files.enter_context(new_file(Path(to), paper_bytes(plain_opening(opening)), private=True))
    return opening


def _refuse_unknown(leaves: tuple[Leaf, ...], only: tuple[str, ...]) -> None:
    there = {one.content.position.symbol for one in leaves if isinstance(one.content, PositionLeaf)}
    strange = [name for name in only if name not in there]
    if strange:
        raise UnknownSymbolError(
            expected="symbols of positions in the committed book", found=", ".join(strange),
            try_next=nearest(strange[0], sorted(there)) or "see them with trimtab holdings; nothing was written",
        )  # fmt: skip


def _prices_record(there: Workspace, commitment: Commitment) -> bytes:
    run = find_run(there.journal, commitment.header.run)
    question = on_day(read_question(run.settings), run.as_of)
    as_known = at(there, question, account=run.portfolio, known=run.known)
    return write_price_record(as_known.inputs.prices)


def _leaves_text(made: Committed) -> str:
    document: dict[str, Json] = {
        "schema": _LEAVES,
        "root": made.commitment.header.root,
        "leaves": [{"salt": one.salt.hex(), "content": plain_content(one.content)} for one in made.leaves],
    }
    return file_text(document)


def _leaves(there: Workspace, commitment: Commitment) -> tuple[Leaf, ...]:
    path = leaves_file(there.folder / "data", commitment.header.root)
    if not path.exists():
        raise InputError(
            expected=f"the salts of the commitment of {commitment.header.as_of} in this workspace, {path}",
            found="none: without them nobody can open it",
            try_next="open it in the workspace that made it, or restore that from a backup",
        )
    leaves = read_file_text(read_text(path, "the salts of a commitment"), str(path)).get("leaves")
    if not isinstance(leaves, list):
        raise FileFormatError(
            expected=f"{path} as trimtab attest commit wrote it", found="another file", try_next="restore it"
        )
    return tuple(leaf_from(one, str(path)) for one in leaves)
