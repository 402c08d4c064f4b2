"""Prove a bound on a book's beta without showing the book, and verify it: files in, files out. Not audited."""

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from trimtab.attest.canonical import read_file_text, sha256_hex
from trimtab.attest.commitment import MANAGER
from trimtab.attest.plain import plain_of, record_of
from trimtab.attest.proof import Progress, Proven, ShownQuantity, prove, quiet
from trimtab.attest.proof_paper import ProofPaper, plain_proof, proof_from, signed_proof
from trimtab.attest.universe import Claim, quantities_in_units
from trimtab.desk.attest.checking import Checked
from trimtab.desk.attest.proving import check_proof, match_shown
from trimtab.desk.questions.attest import ProveTerms
from trimtab.errors import FileFormatError
from trimtab.feeds.series.universe import read_quantities, read_universe
from trimtab.store.attested import new_file, read_text
from trimtab.wiring.attesting.papers import paper_bytes, private_key, public_keys, read_paper, refuse_present

__all__ = ["countersigned_proof", "prove_book", "verify_proof"]

_SHOWN = "trimtab.attest.shown/1"


def prove_book(terms: ProveTerms, *, progress: Progress = quiet) -> ProofPaper:
    r"""Prove that a book's beta lies in a band, without showing the book. Experimental, not audited.

    Parameters
    ----------
    terms
        What is proven, of which universe and book: `tt.attest.ProveTerms`.
    progress
        Is told how many bits are done, of how many.

    Raises
    ------
    InputError
        If the book does not fit universe, unit or bits; nothing is written.
    InfeasibleError
        If the claim is not true of the book.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     names, book = Path(place, "universe.csv"), Path(place, "book.csv")
    ...     _ = names.write_text("symbol,price,beta\nA,50,1.2\nB,20,0.7\nUSD,1,0\n")
    ...     _ = book.write_text("symbol,quantity\nA,400\nB,300\n")
    ...     terms = tt.attest.ProveTerms(
    ...         universe=str(names),
    ...         holdings=str(book),
    ...         lower="0.9",
    ...         upper="1.1",
    ...         context="A for B",
    ...         to=place + "/proof.json",
    ...     )
    ...     _ = tt.attest.prove(terms)
    ...     found = tt.attest.verify(place + "/proof.json", universe=names)
    >>> found.false, found.shown[0], found.audited
    ((), 'beta on NAV lies from 0.9 to 1.1', 'not audited')
    """
    refuse_present(terms.to, terms.show_to)
    pem = None if terms.sign is None else private_key(terms.sign)
    claim = Claim(
        context=terms.context, nonce=terms.nonce or secrets.token_hex(16), lower=terms.lower, upper=terms.upper,
        margin=terms.margin, floor=terms.floor, unit=terms.unit, bits=terms.bits, shorts=terms.shorts,
        universe=read_universe(Path(terms.universe)),
    )  # fmt: skip
    quantities = quantities_in_units(claim, read_quantities(Path(terms.holdings)))
    made = prove(claim, quantities, seed=secrets.token_bytes(32), progress=progress)
    paper = ProofPaper(claim=claim, proof=made.proof)
    if pem is not None:
        paper = signed_proof(paper, MANAGER, pem, str(terms.sign))
    with ExitStack() as files:
        if terms.show_to is not None:
            files.enter_context(new_file(Path(terms.show_to), _shown_bytes(made), private=True))
        files.enter_context(new_file(Path(terms.to), paper_bytes(plain_proof(paper))))
    return paper


def _shown_bytes(made: Proven) -> bytes:
    quantities = [plain_of(one) for one in made.shown]
    return paper_bytes({"schema": _SHOWN, "proof": sha256_hex(made.proof), "quantities": quantities})


def verify_proof(
    file: str | Path,
    *,
    universe: str | Path | None = None,
    signers: Sequence[str | Path] = (),
    context: str | None = None,
    nonce: str | None = None,
    progress: Progress = quiet,
) -> Checked:
    r"""Verify a proof. Experimental, not audited.

    Parameters
    ----------
    file
        The proof.
    universe
        CSV of the names, prices and betas that you hold to be right.
    signers
        Public keys (NAME.pub.pem, or ``ed25519:...``) of those who must have signed.
    context, nonce
        What they must be; None takes any.
    progress
        Is told how many bits are done, of how many.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     names, book = Path(place, "universe.csv"), Path(place, "book.csv")
    ...     _ = names.write_text("symbol,price,beta\nA,50,1.0\nB,20,0.7\n")
    ...     _ = book.write_text("symbol,quantity\nA,4\n")
    ...     terms = tt.attest.ProveTerms(
    ...         universe=str(names),
    ...         holdings=str(book),
    ...         lower="0.9",
    ...         upper="1.1",
    ...         context="A for B",
    ...         to=place + "/proof.json",
    ...         bits=4,
    ...     )
    ...     _ = tt.attest.prove(terms)
    ...     found = tt.attest.verify(place + "/proof.json", universe=names, context="A for C")
    >>> found.verdict.value, found.false
    ('false', ("it is for another purpose: 'A for B', not 'A for C'",))
    """
    rows = None if universe is None else read_universe(Path(universe))
    return check_proof(
        proof_from(read_paper(file), str(file)), universe=rows, signers=public_keys(signers), context=context,
        nonce=nonce, progress=progress,
    )  # fmt: skip


def countersigned_proof(
    file: str | Path, *, pem: bytes, name: str, role: str, book: str | Path, holdings: str | Path
) -> ProofPaper:
    """Give a proof with a signature more, once its book is the one in the signer's own records.

    Parameters
    ----------
    file
        The proof.
    pem, name, role
        Key, where it came from, and in which role it signs.
    book
        What the prover showed (`show_to`).
    holdings
        The signer's own records: CSV of symbols and quantities.

    Raises
    ------
    InputError
        If the book is another.
    """
    paper = proof_from(read_paper(file), str(file))
    document = read_file_text(read_text(Path(book), "the book under a proof"), str(book))
    quantities = document.get("quantities")
    if list(document) != ["schema", "proof", "quantities"] or not isinstance(quantities, list):
        raise FileFormatError(
            expected=f"{book}: what trimtab attest prove --show-to wrote", found=repr(document.get("schema")),
            try_next="ask the manager for it",
        )  # fmt: skip
    shown = [record_of(ShownQuantity, one, str(book)) for one in quantities]
    match_shown(paper, shown, str(document["proof"]), read_quantities(Path(holdings)))
    return signed_proof(paper, role, pem, name)
