"""A book committed, opened, replayed and stated; and what a forger tries, each refused for its own reason."""

import base64
import errno
import json
import os
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import trimtab as tt
from trimtab.attest.canonical import file_text, read_file_text, sha256_hex
from trimtab.attest.commitment import MANAGER, Commitment, commitment_from, plain_commitment, rooted, with_signature
from trimtab.attest.keys import sign
from trimtab.attest.leaves import BookLeaf, HashLeaf, NothingLeaf, PositionLeaf, QuestionLeaf, salted
from trimtab.attest.opening import Opened, Opening, open_leaves, opening_from, plain_opening, whole_of
from trimtab.attest.price_record import RECORD_MARK, read_price_record, write_price_record
from trimtab.attest.statement import STATEMENT
from trimtab.attest.tree import path_of, root_over
from trimtab.cli.app import app
from trimtab.errors import (
    FileFormatError,
    InputError,
    NotEnoughDataError,
    StorageError,
    TrimtabError,
    UnknownSymbolError,
    UsageError,
)
from trimtab.store import attested
from trimtab.wiring.attesting.papers import paper_bytes


class Desk:
    """A workspace with its papers: everything that a manager, a custodian and an auditor hold."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.desk = tt.Desk.create(place / "desk", sample=True)
        rates = place / "rates.csv"
        rates.write_text("date,rate\n2000-01-03,0.02\n2022-06-01,0.03\n")
        self.keys = {name: tt.attest.key(place / name) for name in ("manager", "custodian", "auditor", "forger")}
        #: By a method that takes no time: how a review is computed is tested elsewhere.
        self.question = tt.ReviewQuestion(measuring=tt.Measuring(method="ols", window=252, risk_free=str(rates)))
        self.commitment = tt.attest.commit(
            self.desk, question=self.question, to=self.path("c.json"), sign=self.path("manager.pem"),
            custodian=self.path("custodian.pub.pem"),
        )  # fmt: skip
        shutil.copy(self.path("c.json"), self.path("alone.json"))
        tt.attest.countersign(self.path("c.json"), sign=self.path("custodian.pem"))
        tt.attest.open(self.desk, self.path("c.json"), all=True, to=self.path("o.json"), prices_to=self.path("p.bin"))
        tt.attest.open(self.desk, self.path("c.json"), only=("AAPL", "WMT"), to=self.path("some.json"))
        tt.attest.state(
            self.path("o.json"), prices=self.path("p.bin"), signers=[self.public("custodian")],
            sign=self.path("auditor.pem"), to=self.path("s.json"),
        )  # fmt: skip

    def path(self, name: str) -> Path:
        """Give a file."""
        return self.place / name

    def public(self, name: str) -> str:
        """Give a public key."""
        return self.keys[name].public

    def paper(self, name: str) -> dict:
        """Read a paper."""
        return read_file_text(self.path(name).read_text(), name)

    @property
    def opening(self) -> Opening:
        """Give the opening of everything."""
        return opening_from(self.paper("o.json"), "o.json")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("attest"))


def checked(desk: Desk, paper: dict | bytes, tmp_path: Path, **told):
    file = tmp_path / "paper.json"
    file.write_bytes(paper if isinstance(paper, bytes) else paper_bytes(paper))
    return tt.attest.check(file, **{"signers": [desk.public("custodian")], **told})


def test_an_auditor_with_the_files_alone_replays_the_review(desk, tmp_path, monkeypatch):
    """Without the workspace, in another folder: true, and the answer is the run's, byte for byte."""
    for name in ("o.json", "p.bin", "custodian.pub.pem"):
        shutil.copy(desk.path(name), tmp_path)
    monkeypatch.chdir(tmp_path)
    found = tt.attest.check("o.json", prices="p.bin", signers=["custodian.pub.pem"])
    assert (found.verdict.value, found.false, found.lacking) == ("true", (), ())
    assert any("follows to the byte" in one for one in found.shown)
    run = desk.desk.runs()[0]
    whole = whole_of(desk.opening)
    assert whole.review == sha256_hex(run.document.encode())
    assert json.loads(whole.question) == run.settings
    (name, content), *more = whole.files
    assert not more
    assert sha256_hex(base64.b64decode(content)) == name.partition(".")[0]


def test_some_positions_show_themselves_and_nothing_else(desk, tmp_path):
    """The file of an opening holds no other symbol, no other quantity and no total."""
    found = tt.attest.check(desk.path("some.json"), signers=[desk.public("manager"), desk.public("custodian")])
    assert found.verdict.value == "true"
    assert sum("is in the book" in one for one in found.shown) == 2
    assert any("no total follows" in one for one in found.not_shown)
    text = desk.path("some.json").read_text()
    others = {c.position.symbol for c in desk.opening.contents() if isinstance(c, PositionLeaf)} - {"AAPL", "WMT"}
    assert len(others) > 10
    assert [name for name in others if f'"{name}"' in text and name != "USD"] == []


def test_the_commitment_says_nothing_of_the_book(desk):
    """No symbol, no quantity; the number of leaves is a power of two above the number of positions."""
    text = desk.path("c.json").read_text()
    held = [c.position for c in desk.opening.contents() if isinstance(c, PositionLeaf)]
    assert [p.symbol for p in held if f'"{p.symbol}"' in text and p.symbol != "USD"] == []
    leaves = desk.commitment.header.leaves
    assert leaves & (leaves - 1) == 0
    assert leaves > len(held)


def test_salts_stay_with_their_owner(desk):
    """The file is 0600 in a folder that is 0700, and no salt is in what went out or in the journal."""
    (kept,) = (desk.place / "desk/data/attest").iterdir()
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700
        # Prices name what is held.
        assert [desk.path(name).stat().st_mode & 0o777 for name in ("o.json", "some.json", "p.bin")] == [0o600] * 3
    salts = [one["salt"] for one in json.loads(kept.read_text())["leaves"]]
    (entry,) = desk.desk.workspace.journal.entries("attest")
    out = desk.path("c.json").read_text() + json.dumps(dict(entry.body)) + desk.path("s.json").read_text()
    assert len(salts) == 32
    assert not [salt for salt in salts if salt in out]


def test_the_journal_holds_the_commitment_on_top_of_its_head(desk):
    """The root stands in the chain, right after the entry that it names."""
    (entry,) = desk.desk.workspace.journal.entries("attest")
    header = desk.commitment.header
    assert entry.seq == header.journal_entry + 1
    assert entry.body["header"]["root"] == header.root
    (before,) = desk.desk.workspace.journal.entries(after=header.journal_entry - 1, known=header.journal_entry)
    assert before.hash == header.journal_hash
    assert header.run == before.seq


def test_a_statement_needs_the_files_and_a_known_key_alone(desk, tmp_path):
    """True by the auditor's key; by the custodian's alone it is not enough: that one stated nothing."""
    paper = desk.paper("s.json")
    assert checked(desk, paper, tmp_path, signers=[desk.public("auditor")]).verdict.value == "true"
    both = checked(desk, paper, tmp_path, signers=[desk.public("auditor"), desk.public("custodian")])
    assert both.verdict.value == "true"
    assert checked(desk, paper, tmp_path).verdict.value == "not enough"
    assert checked(desk, paper, tmp_path, signers=[desk.public("forger")]).verdict.value == "not enough"
    claims = paper["claims"]
    shown = tt.attest.check(desk.path("s.json"), signers=[desk.public("auditor")]).shown
    assert shown[0] == (
        f"beta {float(claims['beta']):.2f} +/- {float(claims['stderr']):.2f} to SPX, {claims['status']}: inside "
        f"[0.95, 1.05] with probability {float(claims['probability_inside']):.0%}, coverage 100%, prices of 2022-12-28"
    )
    assert shown[1] == f"stated by the checker, {desk.public('auditor')}"
    assert [one for one in shown if desk.public("manager") in one and "was not said" in one]
    review = desk.desk.runs()[0].result
    assert float(claims["beta"]) == review["beta"]["value"]
    assert float(claims["stderr"]) == review["beta"]["stderr"]
    assert float(claims["probability_inside"]) == review["mandate"]["probability_inside"]
    assert float(claims["coverage"]) == review["coverage"]["share"] == 1.0
    assert not [one for one in claims["shown"] if "positions" in one]


def test_a_statement_by_the_manager_says_that_nobody_else_replayed_it(desk, tmp_path):
    """Who trusts the manager's key may read it, and sees whose word it is."""
    tt.attest.state(
        desk.path("o.json"), prices=desk.path("p.bin"), signers=[desk.public("custodian")],
        sign=desk.path("manager.pem"), to=tmp_path / "own.json",
    )  # fmt: skip
    own = tt.attest.check(tmp_path / "own.json", signers=[desk.public("manager")])
    other = tt.attest.check(desk.path("s.json"), signers=[desk.public("auditor")])
    assert [any("anybody but the manager" in one for one in found.not_shown) for found in (own, other)] == [True, False]


@pytest.mark.parametrize("name", ["c.json", "some.json", "o.json", "s.json"])
def test_without_a_known_signer_nothing_is_true(desk, name):
    """Anybody can make a key: whose it is must come from elsewhere."""
    found = tt.attest.check(desk.path(name), prices=desk.path("p.bin"))
    assert found.verdict.value == "not enough"
    assert any("--signer" in one for one in found.lacking)


def test_everything_without_prices_is_not_enough(desk):
    """The leaves are right, but whether the review follows nobody can say."""
    found = tt.attest.check(desk.path("o.json"), signers=[desk.public("custodian")])
    assert found.verdict.value == "not enough"
    assert any("--prices" in one for one in found.lacking)


# -- forgeries


def leaf_of(paper: dict, kind: str, number: int = 0) -> dict:
    return [one for one in paper["leaves"] if one["content"]["kind"] == kind][number]


def more_shares(paper):
    leaf_of(paper, "position")["content"]["position"]["quantity"] = "1"


def swapped_leaves(paper):
    first, second = leaf_of(paper, "position", 0), leaf_of(paper, "position", 1)
    first["content"], second["content"] = second["content"], first["content"]


def swapped_salts(paper):
    first, second = leaf_of(paper, "position", 0), leaf_of(paper, "position", 1)
    first["salt"], second["salt"] = second["salt"], first["salt"]


def swapped_places(paper):
    first, second = paper["leaves"][0], paper["leaves"][1]
    first["index"], second["index"] = second["index"], first["index"]


def leaf_twice(paper):
    paper["leaves"].insert(1, paper["leaves"][0])


def place_outside(paper):
    paper["leaves"][0]["index"] = -1


def short_path(paper):
    paper["leaves"][0]["path"].pop()


def long_path(paper):
    paper["leaves"][0]["path"].append("00" * 32)


def wider_band(paper):
    one = leaf_of(paper, "question")["content"]
    one["question"] = one["question"].replace('"band": 0.05', '"band": 5.0')


def smaller_tree(paper):
    paper["commitment"]["header"]["leaves"] = 16


def other_root(paper):
    paper["commitment"]["header"]["root"] = "00" * 32


FALSE_LEAVES = [
    more_shares, swapped_leaves, swapped_salts, swapped_places, leaf_twice, place_outside, short_path, long_path,
    wider_band, other_root, smaller_tree,
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "forge"),
    [
        (name, forge) for name in ("o.json", "some.json") for forge in FALSE_LEAVES
        if (name, forge) != ("some.json", wider_band)  # the question is not opened there
    ],
)  # fmt: skip
def test_a_changed_leaf_does_not_lead_to_the_root(desk, tmp_path, forge, name):
    """What was changed in an opening is found by its hash, whatever it is."""
    paper = desk.paper(name)
    before = json.dumps(paper)
    forge(paper)
    assert json.dumps(paper) != before
    found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"))
    assert found.verdict.value == "false"
    assert any("root" in one or "stand twice" in one for one in found.false)


def header_of(**changes):
    def forge(paper):
        paper["commitment"]["header"].update(changes)

    return forge


FALSE_HEADERS = {
    "fund": header_of(fund="another"), "day": header_of(as_of="2022-12-29"), "head": header_of(journal_hash="0" * 64),
    "entry": header_of(journal_entry=1), "run": header_of(run=1), "custodian": header_of(custodian=None),
    "method": lambda paper: paper["commitment"]["header"]["measured"].update(method="best"),
    "role": lambda paper: paper["commitment"]["signatures"][0].update(role="auditor"),
    "signature": lambda paper: paper["commitment"]["signatures"][0].update(signature="00" * 64),
    "key": lambda paper: paper["commitment"]["signatures"][0].update(key="ed25519:" + "00" * 32),
}  # fmt: skip


@pytest.mark.parametrize("what", FALSE_HEADERS)
def test_a_changed_header_breaks_the_signatures(desk, tmp_path, what):
    """Fund, day, journal, method, the custodian's name, the role: all are signed."""
    paper = desk.paper("o.json")
    FALSE_HEADERS[what](paper)
    found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"))
    assert found.verdict.value == "false"
    assert any("signature" in one for one in found.false)


def test_a_stripped_countersignature_is_missed(desk, tmp_path):
    """The signed header names the custodian: without that signature there is not enough, even for the manager's key."""
    paper = desk.paper("o.json")
    paper["commitment"]["signatures"].pop()
    found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")])
    assert found.verdict.value == "not enough"
    assert any("taken off, or never given" in one for one in found.lacking)
    alone = tt.attest.check(desk.path("alone.json"), signers=[desk.public("manager")])
    assert alone.verdict.value == "not enough"


def test_an_unsigned_commitment_is_not_enough(desk, tmp_path):
    """All signatures taken off, by somebody who names no signer either."""
    paper = desk.paper("c.json")
    paper["signatures"] = []
    found = checked(desk, paper, tmp_path)
    assert found.verdict.value == "not enough"
    assert any("any signature" in one for one in found.lacking)


def test_prices_of_another_day_are_refused(desk, tmp_path):
    """One price moved by one bit, or a day less."""
    table = read_price_record(desk.path("p.bin").read_bytes(), "p")
    values = table.values.copy()
    values[-1, 0] = values[-1, 0] * (1 + 2**-52)
    for name, other in (("bit", replace(table, values=values)), ("day", table.until(table.dates[-2]))):
        file = tmp_path / f"{name}.bin"
        file.write_bytes(write_price_record(other))
        found = checked(desk, desk.paper("o.json"), tmp_path, prices=file)
        assert found.verdict.value == "false"
        assert found.false == ("these prices are others than those committed: another day's, or changed",)


def test_a_statement_is_about_its_own_commitment_alone(desk, tmp_path):
    """Put on another commitment, or on its own without the countersignature, it is false."""
    tt.attest.commit(desk.desk, question=desk.question, to=tmp_path / "other.json", sign=desk.path("manager.pem"))
    paper = desk.paper("s.json")
    stripped = json.loads(json.dumps(paper))
    stripped["commitment"]["signatures"].pop()
    for other in ({**paper, "commitment": json.loads((tmp_path / "other.json").read_text())}, stripped):
        found = checked(desk, other, tmp_path, signers=[desk.public("auditor")])
        assert found.verdict.value == "false"
        assert any("cut apart" in one for one in found.false)


@pytest.mark.parametrize("words", ["nan", "inf", "about one", "1", "1e999", ""])
def test_a_claim_that_is_no_number_is_refused(desk, tmp_path, words):
    """A reader sees it rounded, so it must be one, in its one form; whatever key signed it."""
    paper = desk.paper("s.json")
    paper["claims"]["beta"] = words
    made = sign(paper["claims"], STATEMENT, "checker", desk.path("auditor.pem").read_bytes())
    paper["signatures"] = [{"role": made.role, "key": made.key, "signature": made.signature}]
    with pytest.raises(FileFormatError, match="claims in numbers"):
        checked(desk, paper, tmp_path, signers=[desk.public("auditor")])


@pytest.mark.parametrize("key", ["beta", "stderr", "status", "coverage", "lower", "prices_of", "commitment"])
def test_a_changed_claim_breaks_the_signature(desk, tmp_path, key):
    """Every claim is signed."""
    paper = desk.paper("s.json")
    paper["claims"][key] = "1.5"
    found = checked(desk, paper, tmp_path, signers=[desk.public("auditor")])
    assert found.verdict.value == "false"
    assert any("does not fit" in one for one in found.false)


def test_a_signature_of_one_paper_or_role_fits_no_other(desk, tmp_path):
    """The custodian's signature under the commitment is none under a statement."""
    paper = desk.paper("s.json")
    paper["signatures"] = paper["commitment"]["signatures"]
    assert checked(desk, paper, tmp_path).verdict.value == "false"


@pytest.mark.parametrize("name", ["c.json", "s.json", "some.json"])
def test_no_byte_can_be_changed_unseen(desk, tmp_path, name):
    """A bit flipped in any byte: refused, false, or not enough, and never true."""
    whole = desk.path(name).read_bytes()
    wanted = [desk.public("auditor" if name == "s.json" else "custodian")]
    assert checked(desk, whole, tmp_path, signers=wanted).verdict.value == "true"
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 8)
        try:
            # Most are refused here already, in memory; what is read is checked as a file.
            read_file_text(changed.decode(), name)
            verdict = checked(desk, bytes(changed), tmp_path, signers=wanted).verdict.value
        except (TrimtabError, UnicodeDecodeError):
            continue
        assert verdict != "true", place


def forged_opening(desk: Desk, change, **header) -> dict:
    """Commit what a dishonest manager would: leaves or header changed before they are signed by a real key."""
    contents = [change(c) for c in desk.opening.contents() if not isinstance(c, NothingLeaf)]
    leaves = salted([c for c in contents if c is not None], bytes(32))
    bare = Commitment(header=rooted(replace(desk.commitment.header, custodian=None, **header), leaves))
    made = with_signature(bare, MANAGER, desk.path("manager.pem").read_bytes(), "it")
    return plain_opening(open_leaves(made, leaves, lambda _: True))


def test_a_review_that_does_not_follow_from_its_book_is_false(desk, tmp_path):
    """A root over another review, other betas, or a band that was not asked: the replay finds it."""

    def another(of):
        return lambda c: replace(c, sha256="0" * 64) if isinstance(c, HashLeaf) and c.of == of else c

    def wider(c):
        if isinstance(c, QuestionLeaf):
            return replace(c, question=c.question.replace('"band": 0.05', '"band": 5.0'))
        return c

    def fewer(c):
        if isinstance(c, BookLeaf):
            return replace(c, positions=c.positions - 1)
        return None if isinstance(c, PositionLeaf) and c.place == desk_positions(desk) - 1 else c

    for change in (another("review"), another("betas"), wider, fewer):
        paper = forged_opening(desk, change)
        found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")])
        assert found.verdict.value == "false"
        assert found.false == ("the review does not follow from the book, its prices and its question",)
    honest = forged_opening(desk, lambda c: c)
    assert checked(
        desk, honest, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")]
    ).verdict.value == "true"  # fmt: skip


@pytest.mark.parametrize(
    ("word", "header", "measured"),
    [
        ("fund", {"fund": "growth"}, {}),
        ("day", {"as_of": "2026-03-31"}, {}),
        ("benchmark", {}, {"benchmark": "NDX"}),
        ("currency", {}, {"base": "EUR"}),
        ("method", {}, {"method": "vasicek"}),
    ],
)
def test_a_header_that_names_another_review_than_its_leaves_is_false(desk, tmp_path, word, header, measured):
    """An old review under a new day or another benchmark: the leaves replay, so only the header tells."""
    told = {**header, "measured": replace(desk.commitment.header.measured, **measured)}
    paper = forged_opening(desk, lambda c: c, **told)
    found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")])
    assert found.verdict.value == "false"
    assert [one for one in found.false if f"names the {word} " in one] == list(found.false) != []
    (tmp_path / "o.json").write_bytes(paper_bytes(paper))
    with pytest.raises(InputError, match=f"names the {word} "):
        tt.attest.state(
            tmp_path / "o.json", prices=desk.path("p.bin"), signers=[desk.public("manager")],
            sign=desk.path("auditor.pem"), to=tmp_path / "s.json",
        )  # fmt: skip
    assert not (tmp_path / "s.json").exists()


def desk_positions(desk: Desk) -> int:
    return sum(isinstance(c, PositionLeaf) for c in desk.opening.contents())


def test_half_a_tree_is_not_passed_off_as_the_whole(desk, tmp_path):
    """A root over twice the leaves that the header says: the other half would stay unseen."""
    contents = [c for c in desk.opening.contents() if not isinstance(c, NothingLeaf)]
    seen = salted(contents, bytes(32))
    hidden = salted(contents[:3], bytes(32))
    leaves = (*seen, *hidden, *hidden)
    header = rooted(replace(desk.commitment.header, custodian=None), leaves)
    bare = Commitment(header=replace(header, leaves=len(seen)))
    made = with_signature(bare, MANAGER, desk.path("manager.pem").read_bytes(), "it")
    hashes = [leaf.hash for leaf in leaves]
    half = Opening(
        commitment=made,
        opened=tuple(Opened(index=i, leaf=leaf, path=path_of(hashes, i)) for i, leaf in enumerate(seen)),
    )
    assert half.all
    assert {root_over(one.leaf.hash, one.index, one.path).hex() for one in half.opened} == {header.root}
    found = checked(
        desk, plain_opening(half), tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")]
    )  # fmt: skip
    assert found.verdict.value == "false"
    assert "does not lead to the committed root" in found.false[0]


def test_a_position_that_was_committed_twice_is_not_shown_twice(desk, tmp_path):
    """A dishonest manager's tree holds one position in several leaves, and opens these alone."""
    contents = [c for c in desk.opening.contents() if not isinstance(c, NothingLeaf)]
    twice = next(c for c in contents if isinstance(c, PositionLeaf))
    leaves = salted([*contents, twice], bytes(32))
    bare = Commitment(header=rooted(replace(desk.commitment.header, custodian=None), leaves))
    made = with_signature(bare, MANAGER, desk.path("manager.pem").read_bytes(), "it")
    paper = plain_opening(open_leaves(made, leaves, lambda c: c == twice))
    assert len(paper["leaves"]) == 2
    found = checked(desk, paper, tmp_path, signers=[desk.public("manager")])
    assert found.verdict.value == "false"
    assert "counted twice" in found.false[0]
    one = {**paper, "leaves": paper["leaves"][:1]}
    assert checked(desk, one, tmp_path, signers=[desk.public("manager")]).verdict.value == "true"


@pytest.mark.parametrize("leaves", [32, 2**60])
def test_an_opening_of_nothing_is_not_true(desk, tmp_path, leaves):
    """Nothing false is in it, for nothing is; and a tree as large as it says is not made in memory."""
    header = replace(desk.commitment.header, custodian=None, leaves=leaves)
    made = with_signature(Commitment(header=header), MANAGER, desk.path("manager.pem").read_bytes(), "it")
    paper = plain_opening(Opening(commitment=made, opened=()))
    found = checked(desk, paper, tmp_path, signers=[desk.public("manager")])
    assert found.verdict.value == "false"
    assert found.false == ("it opens no leaf at all",)


DEEP = "[" * 100_000


@pytest.mark.parametrize("question", ["[]", DEEP, "9" * 5000, "null", '{"also": 1}', '{"measuring": []}', "{}"])
def test_a_question_that_is_none_is_told_in_three_parts(desk, tmp_path, question):
    """What a dishonest manager committed ends no check in a traceback."""
    paper = forged_opening(desk, lambda c: replace(c, question=question) if isinstance(c, QuestionLeaf) else c)
    with pytest.raises(FileFormatError, match="can be made again"):
        checked(desk, paper, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")])


@pytest.mark.parametrize(
    "head", ["[]", DEEP, "9" * 5000, '{"arrays":[]}', '{"arrays":null}', '{"arrays":{"dates":[-1]}}']
)
def test_prices_that_are_none_are_told_in_three_parts(desk, tmp_path, head):
    """Their hash is the committed one: who committed is the forger."""
    record = RECORD_MARK + head.encode() + b"\n"
    (tmp_path / "p.bin").write_bytes(record)
    paper = forged_opening(
        desk, lambda c: replace(c, sha256=sha256_hex(record)) if isinstance(c, HashLeaf) and c.of == "prices" else c
    )
    with pytest.raises(FileFormatError, match="the prices"):
        checked(desk, paper, tmp_path, prices=tmp_path / "p.bin", signers=[desk.public("manager")])


def test_a_number_without_end_is_told_in_three_parts(desk, tmp_path):
    """Python reads no whole number of more than 4,300 digits."""
    text = desk.path("some.json").read_text().replace('"index": ', '"index": ' + "9" * 5000, 1)
    with pytest.raises(FileFormatError, match="no JSON"):
        checked(desk, text.encode(), tmp_path)


def test_leaves_that_make_no_whole_book_are_refused(desk, tmp_path):
    """A position twice under one place, a second question, a hash left out."""

    def same_place(c):
        return replace(c, place=0) if isinstance(c, PositionLeaf) else c

    def no_hash(c):
        return None if isinstance(c, HashLeaf) and c.of == "betas" else c

    def no_day(c):
        return replace(c, stated_on="tomorrow") if isinstance(c, BookLeaf) else c

    for change in (same_place, no_hash, no_day):
        with pytest.raises(FileFormatError, match="one whole book"):
            checked(
                desk, forged_opening(desk, change), tmp_path, prices=desk.path("p.bin"),
                signers=[desk.public("manager")],
            )  # fmt: skip


def test_code_of_another_version_says_so_and_does_not_call_it_false(desk, tmp_path):
    """A review of an older trimtab that comes out otherwise is not enough, with the version that made it."""
    opening = desk.opening
    contents = [
        replace(c, sha256="0" * 64) if isinstance(c, HashLeaf) and c.of == "review" else c for c in opening.contents()
    ]
    leaves = salted([c for c in contents if not isinstance(c, NothingLeaf)], bytes(32))
    header = replace(opening.commitment.header, custodian=None)
    header = replace(header, measured=replace(header.measured, version="0.0.1"))
    made = with_signature(
        Commitment(header=rooted(header, leaves)), MANAGER, desk.path("manager.pem").read_bytes(), "it"
    )
    paper = plain_opening(open_leaves(made, leaves, lambda _: True))
    found = checked(desk, paper, tmp_path, prices=desk.path("p.bin"), signers=[desk.public("manager")])
    assert found.verdict.value == "not enough"
    assert any("trimtab 0.0.1" in one for one in found.lacking)


# -- bad input: three parts, and nothing half written


def files_in(place: Path) -> dict[str, bytes]:
    return {str(p.relative_to(place)): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def attest_entries(desk: Desk) -> int:
    return len(desk.desk.workspace.journal.entries("attest"))


def test_bad_input_writes_nothing(desk, tmp_path):
    """A wrong key, a file that is there, a folder that is not, a symbol that is not held."""
    entries = attest_entries(desk)
    (tmp_path / "there.json").write_text("mine")
    before = files_in(desk.place / "desk/data")
    commit, open_, to = tt.attest.commit, tt.attest.open, tmp_path / "new.json"
    wrong = [
        (FileFormatError, lambda: commit(desk.desk, to=to, sign=desk.path("manager.pub.pem"))),
        (StorageError, lambda: commit(desk.desk, to=to, sign=tmp_path / "none.pem")),
        (FileFormatError, lambda: commit(desk.desk, to=to, custodian="ed25519:12")),
        (InputError, lambda: commit(desk.desk, to=tmp_path / "there.json")),
        (StorageError, lambda: commit(desk.desk, to=tmp_path / "none" / "new.json")),
        (InputError, lambda: open_(desk.desk, desk.path("c.json"), all=True, to=tmp_path / "there.json")),
        (UnknownSymbolError, lambda: open_(desk.desk, desk.path("c.json"), only=("AAPL", "NONE"), to=to)),
        (FileFormatError, lambda: open_(desk.desk, desk.path("o.json"), all=True, to=to)),
    ]
    for kind, call in wrong:
        with pytest.raises(kind) as told:
            call()
        assert told.value.expected
        assert told.value.try_next
    assert attest_entries(desk) == entries
    assert files_in(desk.place / "desk/data") == before
    assert [p.name for p in tmp_path.iterdir()] == ["there.json"]


@pytest.mark.parametrize(
    ("what", "fails_at"),
    [("key", 1), ("key", 2), ("commit", 1), ("commit", 2), ("countersign", 1), ("open", 1), ("open", 2), ("state", 1)],
)
def test_a_disk_that_is_full_leaves_nothing_half_written(desk, tmp_path, monkeypatch, what, fails_at):
    """At whichever file it fills up: told, no part of a file stays, no commitment is in the journal."""
    acts = {
        "key": lambda: tt.attest.key(tmp_path / "k"),
        "commit": lambda: tt.attest.commit(desk.desk, question=desk.question, to=tmp_path / "c.json"),
        "countersign": lambda: tt.attest.countersign(tmp_path / "alone.json", sign=desk.path("custodian.pem")),
        "open": lambda: tt.attest.open(
            desk.desk, desk.path("c.json"), all=True, to=tmp_path / "o.json", prices_to=tmp_path / "p.bin"
        ),
        "state": lambda: tt.attest.state(
            desk.path("o.json"), prices=desk.path("p.bin"), signers=[desk.public("custodian")],
            sign=desk.path("auditor.pem"), to=tmp_path / "s.json",
        ),
    }  # fmt: skip
    shutil.copy(desk.path("alone.json"), tmp_path)
    write, calls = attested._write, []

    def full(part: Path, content: bytes, mode: int) -> None:
        calls.append(part)
        write(part, content[: len(content) // 2], mode)
        if len(calls) == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    kept = desk.place / "desk/data/attest"
    before, leaves, entries = files_in(tmp_path), files_in(kept), attest_entries(desk)
    monkeypatch.setattr(attested, "_write", full)
    with pytest.raises(StorageError, match="No space left"):
        acts[what]()
    assert len(calls) == fails_at
    assert (files_in(tmp_path), files_in(kept), attest_entries(desk)) == (before, leaves, entries)


def test_a_book_of_which_too_little_is_measured_is_not_committed(desk, tmp_path):
    """Coverage under the mandate's: refused before anything is written, the run too."""
    (tmp_path / "book.csv").write_text("symbol,quantity\nAAPL,100\nNOPRICE,1000000\n")
    runs = len(desk.desk.runs())
    place = tmp_path / "desk"
    other = tt.Desk.create(place, sample=True)
    other.import_files(tmp_path / "book.csv", as_of="2022-12-28", accept=True)
    with pytest.raises(NotEnoughDataError, match="NOPRICE"):
        tt.attest.commit(other, to=tmp_path / "c.json")
    assert other.runs() == ()
    assert not (tmp_path / "c.json").exists()
    assert len(desk.desk.runs()) == runs


def test_without_the_salts_nobody_opens(desk, tmp_path):
    """Another workspace does not have them; the message says where they are."""
    other = tt.Desk.create(tmp_path / "desk", sample=True)
    with pytest.raises(InputError, match="salts"):
        tt.attest.open(other, desk.path("c.json"), all=True, to=tmp_path / "o.json")
    assert not (tmp_path / "o.json").exists()


def test_a_custodian_signs_once_and_in_his_own_name(desk, tmp_path):
    """Another key than the named one cannot sign as the custodian; nobody signs twice; the file stays as it was."""
    file = tmp_path / "c.json"
    shutil.copy(desk.path("c.json"), file)
    for key, match in (("forger", "the custodian that the commitment names"), ("custodian", "has not signed")):
        with pytest.raises(InputError, match=match):
            tt.attest.countersign(file, sign=desk.path(f"{key}.pem"))
    assert file.read_bytes() == desk.path("c.json").read_bytes()


def test_a_custodian_signs_the_book_of_its_own_records(desk, tmp_path):
    """With its records beside an opening of everything: signed where they agree, else not, and nothing is written."""
    file, records = tmp_path / "c.json", tmp_path / "records.csv"
    held: dict[str, Decimal] = {}
    for content in desk.opening.contents():
        if isinstance(content, PositionLeaf):
            held[content.position.symbol] = held.get(content.position.symbol, 0) + content.position.quantity
    lines = [f"{symbol},{quantity}" for symbol, quantity in held.items()]
    shutil.copy(desk.path("alone.json"), file)
    told = {"sign": desk.path("custodian.pem"), "book": desk.path("o.json"), "holdings": records}
    for wrong in (lines[1:], [*lines, "NEW,1"], [lines[0] + "0", *lines[1:]]):
        records.write_text("\n".join(["symbol,quantity", *wrong]) + "\n")
        with pytest.raises(InputError, match="in your records"):
            tt.attest.countersign(file, **told)
    records.write_text("\n".join(["symbol,quantity", *lines, "GONE,0"]) + "\n")
    with pytest.raises(NotEnoughDataError, match="all leaves"):
        tt.attest.countersign(file, **{**told, "book": desk.path("some.json")})
    paper = desk.paper("o.json")
    more_shares(paper)
    (tmp_path / "forged.json").write_bytes(paper_bytes(paper))
    with pytest.raises(InputError, match="an opening of this commitment"):
        tt.attest.countersign(file, **{**told, "book": tmp_path / "forged.json"})
    tt.attest.commit(desk.desk, question=desk.question, to=tmp_path / "other.json")
    with pytest.raises(InputError, match="an opening of this commitment"):
        tt.attest.countersign(tmp_path / "other.json", **told)
    with pytest.raises(UsageError, match="together"):
        tt.attest.countersign(file, sign=desk.path("custodian.pem"), holdings=records)
    assert file.read_bytes() == desk.path("alone.json").read_bytes()
    assert len(tt.attest.countersign(file, **told).signatures) == 2


def test_a_custodian_adds_up_to_the_last_share(desk, tmp_path):
    """1e20 + 1e-9 - 1e20 shares are a billionth: in twenty-eight digits they are none, and would not be missed."""
    contents = [c for c in desk.opening.contents() if not isinstance(c, NothingLeaf)]
    held = next(c for c in contents if isinstance(c, PositionLeaf) and c.position.symbol == "AAPL")
    rest = [c for c in contents if not isinstance(c, PositionLeaf | BookLeaf)]
    parts = [
        PositionLeaf(place=place, position=replace(held.position, quantity=Decimal(quantity), lots=()))
        for place, quantity in enumerate(("1e20", "0.000000001", "-1e20"))
    ]
    (book,) = (c for c in contents if isinstance(c, BookLeaf))
    leaves = salted([*parts, replace(book, positions=3), *rest], bytes(32))
    bare = Commitment(header=rooted(replace(desk.commitment.header, custodian=None), leaves))
    (tmp_path / "c.json").write_bytes(paper_bytes(plain_commitment(bare)))
    opening = open_leaves(bare, leaves, lambda _: True)
    (tmp_path / "o.json").write_bytes(paper_bytes(plain_opening(opening)))
    told = {"sign": desk.path("custodian.pem"), "book": tmp_path / "o.json", "holdings": tmp_path / "own.csv"}
    (tmp_path / "own.csv").write_text("symbol,quantity\nAAPL,0\n")
    with pytest.raises(InputError, match="in your records"):
        tt.attest.countersign(tmp_path / "c.json", **told)
    (tmp_path / "own.csv").write_text("symbol,quantity\nAAPL,1e20\nAAPL,0.000000001\nAAPL,-1e20\n")
    assert len(tt.attest.countersign(tmp_path / "c.json", **told).signatures) == 1
    (tmp_path / "own.csv").write_text("symbol,quantity\nAAPL,1e400\nAAPL,5\n")
    with pytest.raises(InputError, match="100 digits"):
        tt.attest.countersign(tmp_path / "c.json", **told)


def test_prices_of_ones_own_are_no_forgery(desk, tmp_path):
    """A CSV in place of the review's prices is told to be another file, not called false."""
    (tmp_path / "mine.csv").write_text("date,AAPL\n2022-12-28,126.04\n")
    with pytest.raises(FileFormatError, match="--prices-to"):
        checked(desk, desk.paper("o.json"), tmp_path, prices=tmp_path / "mine.csv")


def test_nothing_is_stated_of_what_is_false_or_not_enough(desk, tmp_path):
    """No statement is written then."""
    told = {"prices": desk.path("p.bin"), "sign": desk.path("auditor.pem"), "to": tmp_path / "s.json"}
    with pytest.raises(NotEnoughDataError):
        tt.attest.state(desk.path("o.json"), signers=[desk.public("forger")], **told)
    with pytest.raises(NotEnoughDataError):
        tt.attest.state(desk.path("some.json"), signers=[desk.public("custodian")], **told)
    paper = desk.paper("o.json")
    more_shares(paper)
    (tmp_path / "o.json").write_text(file_text(paper))
    with pytest.raises(InputError, match="root"):
        tt.attest.state(tmp_path / "o.json", signers=[desk.public("custodian")], **told)
    assert not (tmp_path / "s.json").exists()


def test_a_backup_brings_the_salts_along(desk, tmp_path):
    """What was committed can be opened in a restored workspace, and the salts are their owner's there too."""
    copy, again = tmp_path / "copy.tar.gz", tmp_path / "again"
    for words in (["backup", str(copy), "-w", str(desk.place / "desk")], ["restore", str(copy), str(again)]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    tt.attest.open(again, desk.path("c.json"), only=("AAPL",), to=tmp_path / "o.json")
    if os.name == "posix":
        for kept in (again / "data/attest").iterdir():
            assert kept.stat().st_mode & 0o077 == 0


# -- the command line


def run(*words) -> object:
    return CliRunner().invoke(app, ["attest", *map(str, words)], env={"COLUMNS": "80"})


def test_the_commands_answer_with_their_codes(desk, tmp_path):
    """0 true, 3 false, 4 not enough, each with what was and what was not shown; --json is the document."""
    paper = desk.paper("o.json")
    more_shares(paper)
    (tmp_path / "false.json").write_bytes(paper_bytes(paper))
    custodian = desk.path("custodian.pub.pem")
    for file, code, word in ((desk.path("o.json"), 0, "True"), (tmp_path / "false.json", 3, "FALSE")):
        done = run("check", file, "--prices", desk.path("p.bin"), "--signer", custodian)
        assert done.exit_code == code, done.output
        assert done.output.startswith(f"{word}: ")
    done = run("check", desk.path("o.json"), "--signer", custodian, "--json")
    assert (done.exit_code, json.loads(done.output)["verdict"]) == (4, "not enough")
    done = run("check", desk.path("s.json"), "--signer", desk.path("auditor.pub.pem"))
    assert done.exit_code == 0
    assert "Not shown:" in done.output


def test_the_commands_do_what_python_does(desk, tmp_path):
    """From a key to a statement, on the command line; each file reads back."""
    folder = desk.place / "desk"
    words = [
        ("key", tmp_path / "me"),
        ("commit", "-w", folder, "--sign", tmp_path / "me.pem", "--out", tmp_path / "c.json", "--method", "ols"),
        ("countersign", tmp_path / "c.json", "--sign", desk.path("custodian.pem")),
        ("open", tmp_path / "c.json", "-w", folder, "--only", "AAPL", "--to", tmp_path / "some.json"),
        ("open", tmp_path / "c.json", "-w", folder, "--all", "--to", tmp_path / "o.json", "--prices-to",
         tmp_path / "p"),
        ("check", tmp_path / "o.json", "--prices", tmp_path / "p", "--signer", tmp_path / "me.pub.pem"),
        ("state", tmp_path / "o.json", "--prices", tmp_path / "p", "--signer", tmp_path / "me.pub.pem", "--sign",
         desk.path("auditor.pem"), "--to", tmp_path / "s.json"),
        ("check", tmp_path / "s.json", "--signer", desk.path("auditor.pub.pem")),
    ]  # fmt: skip
    for line in words:
        done = run(*line)
        assert done.exit_code == 0, (line, done.output, done.exception)
        assert max(map(len, done.output.splitlines())) <= 80 or "ed25519:" in done.output
    assert commitment_from(json.loads((tmp_path / "c.json").read_text()), "c").signatures[1].role == "custodian"


@pytest.mark.parametrize("words", [(), ("--only", "AAPL", "--all"), ("--only", "AAPL", "--prices-to", "p")])
def test_an_opening_is_of_some_or_of_all(desk, words):
    """Neither or both, or prices without a replay, is asked wrongly."""
    done = run("open", desk.path("c.json"), "-w", desk.place / "desk", "--to", "o.json", *words)
    assert type(done.exception).__name__ == "UsageError"
