"""Check papers, make a review again from an opening alone, and state what it shows: what an auditor does."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from trimtab.attest.commitment import COMMITMENT, commitment_from
from trimtab.attest.opening import OPENING, Opening, Whole, opening_from
from trimtab.attest.statement import STATEMENT, Statement, plain_statement, statement_from
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.attest.checking import Checked, Reviewed, check_commitment, check_opening, check_statement
from trimtab.desk.attest.stating import state
from trimtab.desk.books.changes import ANSWERS
from trimtab.desk.questions.every import read_question
from trimtab.desk.questions.fields import with_files
from trimtab.desk.questions.groups.files import KeptFile
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import FileFormatError, TrimtabError
from trimtab.market.prices import PriceTable
from trimtab.store.attested import new_file, read_bytes
from trimtab.store.files import passing_folder
from trimtab.version import VERSION
from trimtab.wiring.answers import answer_review
from trimtab.wiring.attesting.papers import paper_bytes, private_key, public_keys, read_paper, refuse_present
from trimtab.wiring.files import READER

__all__ = ["check", "review_again", "state_opening"]


def check(file: str | Path, *, prices: str | Path | None = None, signers: Sequence[str | Path] = ()) -> Checked:
    """Check a commitment, an opening or a statement, offline.

    Parameters
    ----------
    file
        It.
    prices
        Prices of the review, as they came with an opening of everything: then the review is made again, to the byte.
    signers
        Public keys (NAME.pub.pem, or ``ed25519:...``) of those who must have signed. Without one that you know nothing
        is true: anybody can make a key.

    Returns
    -------
    What is shown, what is not, what is false, and what is lacking.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     manager = tt.attest.key(place + "/manager")
    ...     _ = tt.attest.commit(desk, to=place + "/c.json", sign=place + "/manager.pem")
    ...     _ = tt.attest.open(desk, place + "/c.json", all=True, to=place + "/o.json", prices_to=place + "/p.bin")
    ...     found = tt.attest.check(place + "/o.json", prices=place + "/p.bin", signers=[manager.public])
    >>> found.verdict.value, found.shown[-1].partition(":")[0]
    ('true', 'the review follows to the byte')
    """
    document, name, keys = read_paper(file), str(file), public_keys(signers)
    schema = document["schema"]
    if schema == COMMITMENT:
        return check_commitment(commitment_from(document, name), signers=keys)
    if schema == STATEMENT:
        return check_statement(statement_from(document, name), signers=keys)
    if schema != OPENING:
        raise FileFormatError(
            expected=f"{name}: a commitment, an opening or a statement", found=repr(schema),
            try_next="verify a proof with trimtab attest verify",
        )  # fmt: skip
    checked, _ = _check_opening(opening_from(document, name), prices, keys)
    return checked


def _check_opening(
    opening: Opening, prices: str | Path | None, keys: tuple[str, ...]
) -> tuple[Checked, Reviewed | None]:
    made: list[Reviewed] = []

    def again(whole: Whole, table: PriceTable) -> Reviewed:
        made.append(review_again(whole, table))
        return made[-1]

    record = None if prices is None else read_bytes(Path(prices), "the prices of a review")
    checked = check_opening(opening, signers=keys, prices=record, again=again, version=(VERSION, str(ANSWERS)))
    return checked, made[-1] if made else None


def state_opening(
    file: str | Path, *, prices: str | Path, signers: Sequence[str | Path], sign: str | Path, to: str | Path
) -> Statement:
    """Check an opening of everything in full, and sign a statement of what it shows.

    Parameters
    ----------
    file, prices, signers
        As `check` takes them.
    sign
        The checker's private key, NAME.pem.
    to
        File of the statement.

    Raises
    ------
    InputError
        If the check finds something false.
    NotEnoughDataError
        If it is not enough.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     manager, auditor = tt.attest.key(place + "/manager"), tt.attest.key(place + "/auditor")
    ...     _ = tt.attest.commit(desk, to=place + "/c.json", sign=place + "/manager.pem")
    ...     _ = tt.attest.open(desk, place + "/c.json", all=True, to=place + "/o.json", prices_to=place + "/p.bin")
    ...     _ = tt.attest.state(
    ...         place + "/o.json",
    ...         prices=place + "/p.bin",
    ...         signers=[manager.public],
    ...         sign=place + "/auditor.pem",
    ...         to=place + "/s.json",
    ...     )
    ...     found = tt.attest.check(place + "/s.json", signers=[auditor.public])
    >>> found.verdict.value
    'true'
    """
    refuse_present(to)
    pem = private_key(sign)
    opening = opening_from(read_paper(file), str(file))
    checked, made = _check_opening(opening, prices, public_keys(signers))
    statement = state(opening, checked, made, private_pem=pem, name=str(sign), version=VERSION)
    with new_file(Path(to), paper_bytes(plain_statement(statement))):
        pass
    return statement


def review_again(whole: Whole, table: PriceTable) -> Reviewed:
    """Make a review from a whole book and its prices alone, without the workspace.

    Raises
    ------
    FileFormatError
        If its question or files cannot be read.
    StorageError
        If there is no room for them.
    """
    with passing_folder() as folder:
        kept = {name: _written(folder, name, content) for name, content in whole.files}

        def opened(file: str | KeptFile) -> str | KeptFile:
            if isinstance(file, KeptFile) and file.file in kept:
                return kept[file.file]
            raise _unreadable("a file that is not in it")

        question = with_files(_question(whole.question), opened)
        base = question.measuring.base or whole.portfolio.base
        inputs = Inputs(
            reader=READER, prices=table, holdings=whole.portfolio, base=base,
            contracts=READER.contracts(question.instruments.contracts), funds=READER.funds(question.instruments.funds),
            forwards=READER.chain(question.instruments.chain), funding=question.instruments.funding,
            interest=READER.interest(question.measuring.risk_free, base),
            fx=READER.fx(question.measuring.fx), name=whole.portfolio.name,
        )  # fmt: skip
        made = answer_review(question, inputs)
    return Reviewed(as_of=str(question.measuring.as_of), review=made.result, text=made.text)


def _question(text: str) -> ReviewQuestion:
    question = None
    with suppress(ValueError, TypeError, KeyError, RecursionError, TrimtabError):
        question = read_question(json.loads(text))
    if not isinstance(question, ReviewQuestion):
        raise _unreadable("a question that is none of a review")
    return question


def _written(folder: Path, name: str, content: str) -> str:
    """Write a file of an opening, held to its name, which is the hash of its content."""
    try:
        raw = base64.b64decode(content, validate=True)
    except binascii.Error:
        raise _unreadable("a file that is no base 64") from None
    digest, dot, ending = name.partition(".")
    if hashlib.sha256(raw).hexdigest() != digest or not (ending.isalnum() or not dot):
        raise _unreadable("a file whose name is not the hash of its content")
    path = folder / name
    path.write_bytes(raw)
    return str(path)


def _unreadable(found: str) -> FileFormatError:
    return FileFormatError(
        expected="an opening whose review can be made again", found=found,
        try_next="ask who committed: trimtab writes no such leaves",
    )  # fmt: skip
