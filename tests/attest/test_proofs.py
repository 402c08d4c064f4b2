"""A bound on beta proven without the book; and what a forger tries, each refused for its own reason."""

import base64
import hashlib
import importlib.util
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab.attest import bits, group, proof
from trimtab.attest.canonical import file_text, read_file_text
from trimtab.attest.keys import key_pair
from trimtab.attest.proof import prove, verify
from trimtab.attest.proof_paper import ProofPaper, plain_proof, proof_from, signed_proof
from trimtab.attest.universe import Claim, Row, bounds_of, quantities_in_units
from trimtab.cli.app import app
from trimtab.desk.attest.proving import check_proof
from trimtab.errors import FileFormatError, InfeasibleError, InputError, StorageError, TrimtabError, UsageError

_SPEC = importlib.util.spec_from_file_location("plain_verifier", Path(__file__).with_name("plain_verifier.py"))
plain = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(plain)

SEED = bytes(range(32))
ROWS = (
    Row(symbol="A", price=Decimal("2.5"), beta=Decimal("1.2"), funded=True),
    Row(symbol="B", price=Decimal(4), beta=Decimal("0.7"), funded=True),
    Row(symbol="FUT", price=Decimal(5), beta=Decimal(1), funded=False),
)


def claim_of(**changes) -> Claim:
    told = {
        "context": "growth, 2026-01-05", "nonce": "7f3a", "lower": Decimal("0.9"), "upper": Decimal("1.1"),
        "margin": Decimal(0), "floor": Decimal(10), "unit": Decimal(1), "bits": 4, "shorts": False, "universe": ROWS,
    }  # fmt: skip
    return Claim(**{**told, **changes})


def truth(claim: Claim, quantities) -> bool:
    """Say by fractions whether a claim is true, from its meaning alone."""
    nav = exposure = Fraction(0)
    for row, quantity in zip(claim.universe, quantities, strict=True):
        value = Fraction(row.price) * quantity * Fraction(claim.unit)
        nav += value if row.funded else 0
        exposure += value * Fraction(row.beta)
    lower, upper = Fraction(claim.lower + claim.margin), Fraction(claim.upper - claim.margin)
    return nav >= Fraction(claim.floor) and lower * nav <= exposure <= upper * nav


def text_of(claim: Claim, made: bytes) -> str:
    return file_text(plain_proof(ProofPaper(claim=claim, proof=made)))


CASES = {
    "long only": (claim_of(), (6, 4, 0)),
    "with a future": (claim_of(), (0, 15, 3)),
    "short": (claim_of(shorts=True), (7, -1, -1)),
    "with a margin": (claim_of(margin=Decimal("0.05")), (8, 4, 0)),
    "in small steps": (claim_of(unit=Decimal("0.5"), floor=Decimal("9.75")), (6, 4, 0)),
    "about nought": (claim_of(lower=Decimal("-0.1"), upper=Decimal("0.1"), shorts=True), (7, 1, -5)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_true_claim_is_proven_and_two_verifiers_agree(name):
    """The package's verifier and one that shares no code with it."""
    claim, quantities = CASES[name]
    assert truth(claim, quantities)
    made = prove(claim, quantities, seed=SEED)
    verify(claim, made.proof)
    assert plain.holds(text_of(claim, made.proof))


@settings(max_examples=30, deadline=None)
@given(
    quantities=st.tuples(st.integers(-4, 3), st.integers(-4, 3), st.integers(-4, 3)),
    ends=st.tuples(st.integers(-3, 30), st.integers(0, 12)),
    floor=st.integers(1, 12),
    unit=st.sampled_from(["1", "0.1", "100"]),
)
def test_what_is_proven_is_true_and_what_is_true_is_proven(quantities, ends, floor, unit):
    """Over books of either sign: proven exactly where the meaning of the claim, by fractions, holds."""
    lower = Decimal(ends[0]) / 10
    claim = claim_of(
        shorts=True, bits=3, unit=Decimal(unit), floor=Decimal(floor), lower=lower, upper=lower + Decimal(ends[1]) / 10
    )
    if truth(claim, quantities):
        verify(claim, prove(claim, quantities, seed=SEED).proof)
    else:
        with pytest.raises((InfeasibleError, InputError)):
            prove(claim, quantities, seed=SEED)


@pytest.mark.parametrize("quantities", [(1, 0, 0), (0, 0, 0), (0, 3, 0), (15, 0, 15)])
def test_a_claim_that_is_not_true_is_not_proven(quantities):
    """Too small, empty, under the band, over it."""
    assert not truth(claim_of(), quantities)
    with pytest.raises(InfeasibleError, match="it is not"):
        prove(claim_of(), quantities, seed=SEED)


@pytest.mark.parametrize("shorts", [False, True])
def test_quantities_reach_to_the_ends_of_their_range_and_no_further(shorts):
    """0 and 2^m - 1, or half of that to both sides; -1 and 2^m are refused, by name."""
    claim = claim_of(shorts=shorts, lower=Decimal(-100), upper=Decimal(100))
    least, most = (-8, 7) if shorts else (0, 15)
    for end in (least, most):
        verify(claim, prove(claim, (most, most, end), seed=SEED).proof)
        held = {"A": Decimal(most), "FUT": Decimal(end)}
        assert quantities_in_units(claim, held) == (most, 0, end)
    for beyond in (least - 1, most + 1):
        with pytest.raises(InputError, match="2\\^4"):
            prove(claim, (most, most, beyond), seed=SEED)
        with pytest.raises(InputError, match=f"FUT from {least} to {most}"):
            quantities_in_units(claim, {"FUT": Decimal(beyond)})


def test_nothing_of_the_book_is_in_the_proof():
    """Another book under the same claim gives a proof of the same length; the same book twice shares no commitment."""
    claim = claim_of()
    first, second = prove(claim, (6, 4, 0), seed=SEED).proof, prove(claim, (12, 8, 0), seed=SEED).proof
    again = prove(claim, (6, 4, 0), seed=bytes(32)).proof
    assert len(first) == len(second) == len(again)
    assert not set(commitments(first)) & set(commitments(again))
    assert not set(commitments(first)) & set(commitments(second))


def commitments(made: bytes) -> list[bytes]:
    return [made[at : at + 32] for at in range(bits.CHALLENGE_BYTES, len(made), bits.BIT_BYTES)]


# -- forgeries


CHANGED = {
    "context": {"context": "growth, 2026-01-06"}, "nonce": {"nonce": "7f3b"}, "band": {"upper": Decimal("1.2")},
    "band below": {"lower": Decimal("0.8")}, "margin": {"margin": Decimal("0.01")}, "floor": {"floor": Decimal(11)},
    "written otherwise": {"upper": Decimal("1.10")},
    "price": {"universe": (replace(ROWS[0], price=Decimal("2.6")), *ROWS[1:])},
    "beta": {"universe": (replace(ROWS[0], beta=Decimal("1.1")), *ROWS[1:])},
    "symbol": {"universe": (replace(ROWS[0], symbol="C"), *ROWS[1:])},
    "funded": {"universe": (*ROWS[:2], replace(ROWS[2], funded=True))},
    "reordered": {"universe": (ROWS[1], ROWS[0], ROWS[2])},
    "shorts": {"shorts": True}, "unit": {"unit": Decimal(2)},
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_a_proof_fits_no_other_claim(what):
    """Context, word, band, price, beta, order of the universe: the challenge is a hash of all of it."""
    claim, other = claim_of(), claim_of(**CHANGED[what])
    made = prove(claim, (6, 4, 0), seed=SEED).proof
    with pytest.raises(InputError, match="another claim|extra or missing"):
        verify(other, made)
    with pytest.raises(plain.Refused):
        plain.holds(text_of(other, made))


@pytest.mark.parametrize("what", ["name less", "name more", "bits"])
def test_a_universe_of_another_size_is_refused(what):
    """The number of parts must be that of the claim."""
    extra = Row(symbol="C", price=Decimal(1), beta=Decimal(1), funded=True)
    other = {"name less": {"universe": ROWS[:2]}, "name more": {"universe": (*ROWS, extra)}, "bits": {"bits": 5}}[what]
    made = prove(claim_of(), (6, 4, 0), seed=SEED).proof
    with pytest.raises(InputError, match="extra or missing"):
        verify(claim_of(**other), made)


@pytest.mark.parametrize("cut", [slice(0, -1), slice(0, -bits.BIT_BYTES), slice(0, 0), slice(1, None)])
def test_parts_extra_or_missing_are_refused(cut):
    """A byte or a bit less, nothing at all, or more."""
    made = prove(claim_of(), (6, 4, 0), seed=SEED).proof
    for wrong in (made[cut], made + made[-bits.BIT_BYTES :], made + b"\0"):
        with pytest.raises(InputError, match="extra or missing"):
            verify(claim_of(), wrong)


def put(made: bytes, place: int, part: bytes) -> bytes:
    return made[:place] + part + made[place + len(part) :]


FIRST = bits.CHALLENGE_BYTES
#: RFC 9496, appendix A.2: canonical, and no point.
OFF = "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"
PARTS = {
    "identity": (FIRST, bytes(32), "canonical"),
    "off the group": (FIRST, bytes.fromhex(OFF), "canonical"),
    "not canonical": (FIRST, bytes.fromhex("ed" + "ff" * 30 + "7f"), "canonical"),
    "negative": (FIRST, (1).to_bytes(32, "little"), "canonical"),
    "order as a scalar": (FIRST + 48, group.ORDER.to_bytes(32, "little"), "below the order"),
    "above the order": (FIRST + 80, (2**256 - 1).to_bytes(32, "little"), "below the order"),
    "scalar nought": (FIRST + 48, bytes(32), "not to 0 or 1"),
    "challenge": (0, bytes(16), "not to 0 or 1"),
    "another point": (FIRST, group.base_times(5), "not to 0 or 1"),
}  # fmt: skip


@pytest.mark.parametrize("what", PARTS)
def test_points_and_scalars_are_checked(what):
    """Identity, off the group, other encodings, the order itself: each is refused, by both verifiers."""
    place, part, match = PARTS[what]
    wrong = put(prove(claim_of(), (6, 4, 0), seed=SEED).proof, place, part)
    with pytest.raises(InputError, match=match):
        verify(claim_of(), wrong)
    with pytest.raises(plain.Refused):
        plain.holds(text_of(claim_of(), wrong))


def test_a_scalar_written_with_the_order_added_is_refused():
    """The same number modulo the order, in a second encoding, would be a second proof."""
    made = prove(claim_of(), (6, 4, 0), seed=SEED).proof
    place = FIRST + 48
    other = int.from_bytes(made[place : place + 32], "little") + group.ORDER
    with pytest.raises(InputError, match="below the order"):
        verify(claim_of(), put(made, place, other.to_bytes(32, "little")))


def test_no_byte_of_a_proof_file_can_be_changed_unseen():
    """A bit flipped in any byte of the file: not read, or false; never true."""
    rows = (Row(symbol="A", price=Decimal(1), beta=Decimal(1), funded=True),)
    claim = claim_of(universe=rows, bits=1, floor=Decimal(1), lower=Decimal(1), upper=Decimal(1))
    made = prove(claim, (1,), seed=SEED).proof
    paper = signed_proof(ProofPaper(claim=claim, proof=made), "manager", key_pair(bytes(32)).private_pem, "it")
    whole = file_text(plain_proof(paper)).encode()
    key = paper.signatures[0].key
    assert verdict_of(whole, rows, key) == "true"
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 7)
        assert verdict_of(bytes(changed), rows, key) != "true", (place, whole[max(0, place - 20) : place + 5])


def verdict_of(content: bytes, rows, key: str) -> str:
    try:
        paper = proof_from(read_file_text(content.decode(), "it"), "it")
    except (TrimtabError, UnicodeDecodeError):
        return "not read"
    told = {"context": None, "nonce": None, "progress": proof.quiet}
    return check_proof(paper, universe=rows, signers=[key], **told).verdict.value


def simulated(about: bytes, points: list[bytes]) -> bytes:
    """Make a proof about commitments to anything: both branches simulated, as who knows no bit would have to."""
    drawn, records, messages = bits.Drawn(SEED, about), [], []
    for point in points:
        zero, one, s0, s1 = drawn.part(), drawn.part(), drawn.scalar(), drawn.scalar()
        messages.append(bits._messages(point, (zero, one), (s0, s1)))
        records.append(point + zero.to_bytes(16, "little") + group.scalar_bytes(s0) + group.scalar_bytes(s1))
    challenge = bits._challenge(about, points, messages)
    return challenge.to_bytes(16, "little") + b"".join(records)


def test_quantities_solved_modulo_the_order_are_refused():
    """A book of beta 1 from names of beta 2 and 3 alone: the sums come out modulo the order; the range does not let it.

    Without a range for every quantity this forgery would pass: NAV and exposure are two equations in two unknowns.
    """
    rows = tuple(
        Row(symbol=symbol, price=Decimal(1), beta=Decimal(beta), funded=True)
        for symbol, beta in (("TWO", 2), ("THREE", 3), ("ONE", 1))
    )
    claim = claim_of(universe=rows, bits=12, floor=Decimal(1000), lower=Decimal("0.9"), upper=Decimal("1.1"))
    nav, order = 2000, group.ORDER
    # q2 + q3 = nav and 2 q2 + 3 q3 = nav, modulo the order
    inverse = pow(2 * 1 - 3 * 1, -1, order)
    q2 = (nav * 1 - 3 * nav) * inverse % order
    q3 = (2 * nav - nav * 1) * inverse % order
    quantities = (q2, q3, 0)
    sums = [(sum(w * q for w, q in zip(b.weights, quantities, strict=True)) - b.less) % order for b in bounds_of(claim)]
    assert all(value < 1 << bound.bits for value, bound in zip(sums, bounds_of(claim), strict=True))
    assert q3 > 1 << 200
    with pytest.raises(InputError, match="2\\^12"):
        prove(claim, quantities, seed=SEED)
    # the lowest "bit" of each name carries the whole number; everything but the proof of bits is as it should be
    drawn = bits.Drawn(SEED, b"forger")
    points, hidden = [], []
    for quantity in quantities:
        secrets = [drawn.scalar() for _ in range(claim.bits)]
        points.append(proof.committed(quantity, secrets[0]))
        points += [group.base_times(one) for one in secrets[1:]]
        hidden.append(sum(one << place for place, one in enumerate(secrets)))
    for bound, value in zip(bounds_of(claim), sums, strict=True):
        whole = sum(w * h for w, h in zip(bound.weights, hidden, strict=True))
        points += [
            proof.committed(one.bit, one.hidden) for one in proof._bits(value, bound.bits, drawn, whole=whole % order)
        ]
    held, at = proof._quantities(claim, points)
    for bound in bounds_of(claim):
        assert bits.bit_weighted(points[at : at + bound.bits]) == proof._sum_of(bound, held)
        at += bound.bits
    forged = simulated(proof._about(claim), points)
    with pytest.raises(InputError, match="not to 0 or 1"):
        verify(claim, forged)
    with pytest.raises(plain.Refused, match="challenge"):
        plain.holds(text_of(claim, forged))


@pytest.mark.parametrize("bit", [2, -1, group.ORDER - 1])
def test_a_bit_that_is_none_cannot_be_proven(bit):
    """A commitment to 2, or to -1, under the honest prover's answers."""
    secret = bits.SecretBit(bit=1, hidden=7)
    drawn = bits.Drawn(SEED, b"x")
    made = bits.prove_bits([secret], b"x", drawn, proof.quiet)
    bits.verify_bits(made, 1, b"x", proof.quiet)
    with pytest.raises(InputError, match="not to 0 or 1"):
        bits.verify_bits(put(made, FIRST, proof.committed(bit, 7)), 1, b"x", proof.quiet)
    with pytest.raises(InputError, match="not to 0 or 1"):
        bits.verify_bits(simulated(b"x", [proof.committed(bit, 7)]), 1, b"x", proof.quiet)


def test_sums_of_another_book_are_refused():
    """Quantities of one book and sums of another, every bit proven: the sums are not those of the quantities."""
    claim = claim_of()
    bounds = bounds_of(claim)
    drawn = bits.Drawn(SEED, b"forger")
    empty = [one for _ in ROWS for one in proof._bits(0, claim.bits, drawn)]
    rich = [
        one
        for bound in bounds
        for one in proof._bits(
            sum(w * q for w, q in zip(bound.weights, (6, 4, 0), strict=True)) - bound.less, bound.bits, drawn
        )
    ]
    forged = bits.prove_bits([*empty, *rich], proof._about(claim), drawn, proof.quiet)
    with pytest.raises(InputError, match="its sum is not that of its quantities"):
        verify(claim, forged)
    with pytest.raises(plain.Refused, match="sum"):
        plain.holds(text_of(claim, forged))


def test_sums_that_could_wrap_are_refused():
    """Prices and betas so long that a sum could go around the order: whatever the proof, it is not looked at."""
    long = Row(symbol="A", price=Decimal("123456789012345.678"), beta=Decimal("1.12345678901234567"), funded=True)
    small = replace(long, symbol="B", price=Decimal("0.000000000000000001"))
    claim = claim_of(universe=(long, small), bits=64, lower=Decimal(-99999999), upper=Decimal(99999999))
    for call in (lambda: verify(claim, b""), lambda: prove(claim, (1, 1), seed=SEED)):
        with pytest.raises(InputError, match="below the order"):
            call()
    with pytest.raises(plain.Refused, match="wrap"):
        plain.holds(text_of(claim, b""))


def test_long_work_says_how_far_it_is():
    """Bit by bit, to the last, when proving and when verifying."""
    claim, told = claim_of(), []
    made = prove(claim, (6, 4, 0), seed=SEED, progress=lambda done, of: told.append((done, of))).proof
    count = len(commitments(made))
    assert told == [(number, count) for number in range(1, count + 1)]
    told.clear()
    verify(claim, made, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (count, count)


def test_secret_numbers_never_come_twice():
    """The same seed with another claim or book draws others: one first message answered twice gives the bit away."""
    claim, other = claim_of(), claim_of(context="another")
    drawn = {
        name: [bits.Drawn(SEED, about).scalar() for about in (proof._about(one) + book,)]
        for name, one, book in (("a", claim, b"1"), ("b", other, b"1"), ("c", claim, b"2"))
    }
    assert len({tuple(one) for one in drawn.values()}) == 3
    points = [commitments(prove(one, (6, 4, 0), seed=SEED).proof) for one in (claim, other)]
    assert not set(points[0]) & set(points[1])
    # why it matters: two answers to one first message
    nonce, hidden = 12345, 67890
    first, second = ((nonce + part * hidden) % group.ORDER for part in (11, 22))
    assert (second - first) * pow(22 - 11, -1, group.ORDER) % group.ORDER == hidden
    one = bits.Drawn(SEED, b"x")
    assert len({one.scalar() for _ in range(1000)}) == 1000


def test_a_claim_must_make_sense():
    """Bands without room, an empty universe, a name twice, no floor, prices below zero, numbers without end."""
    wrong = [
        {"lower": Decimal("1.2")}, {"margin": Decimal("0.2")}, {"margin": Decimal("-0.1")}, {"universe": ()},
        {"universe": (ROWS[0], ROWS[0])}, {"floor": Decimal(0)}, {"floor": Decimal(-1)}, {"unit": Decimal(0)},
        {"bits": 0}, {"bits": 65}, {"lower": Decimal("NaN")}, {"upper": Decimal("Infinity")},
        {"universe": (replace(ROWS[0], price=Decimal(-1)),)}, {"unit": Decimal("1e-40")}, {"floor": Decimal("1e40")},
    ]  # fmt: skip
    for changes in wrong:
        with pytest.raises(InputError):
            claim_of(**changes)
    with pytest.raises(InputError, match="none of these names"):
        bounds_of(claim_of(floor=Decimal(10**9)))


# -- files and commands


UNIVERSE = "symbol,price,beta,multiplier,funded\nA,2.5,1.2,,\nB,4,0.7,1,yes\nFUT,2.5,1,2,no\n"
BOOK = "symbol,quantity\nA,6\nB,4\n"


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("u.csv").write_text(UNIVERSE)
    Path("b.csv").write_text(BOOK)
    for name in ("manager", "custodian"):
        tt.attest.key(name)
    return tmp_path


def run(*words) -> object:
    return CliRunner().invoke(app, ["attest", *map(str, words)], env={"COLUMNS": "80"})


PROVE = (
    "prove", "--universe", "u.csv", "--holdings", "b.csv", "--lower", "0.9", "--upper", "1.1", "--floor", "10",
    "--bits", "4", "--context", "growth, for B", "--nonce", "w1",
)  # fmt: skip


def test_from_a_proof_to_its_verification_on_the_command_line(place):
    """Proven, shown to the custodian, countersigned, verified; "not audited" stands in every output."""
    words = [
        ((*PROVE, "--to", "p.json", "--sign", "manager.pem", "--show-to", "shown.json"), 0),
        (("verify", "p.json", "--universe", "u.csv", "--signer", "custodian.pub.pem"), 4),
        (("countersign", "p.json", "--sign", "custodian.pem", "--book", "shown.json", "--holdings", "b.csv"), 0),
        (("verify", "p.json", "--universe", "u.csv", "--signer", "custodian.pub.pem", "--context", "growth, for B"), 0),
        (("verify", "p.json", "--universe", "u.csv", "--signer", "custodian.pub.pem", "--nonce", "w1"), 0),
        (("verify", "p.json", "--universe", "u.csv", "--signer", "custodian.pub.pem", "--nonce", "w2"), 3),
        (("verify", "p.json", "--universe", "u.csv", "--context", "growth, for C"), 3),
        (("verify", "p.json", "--signer", "custodian.pub.pem"), 4),
        (("verify", "p.json", "--universe", "u.csv"), 4),
    ]  # fmt: skip
    for line, code in words:
        done = run(*line)
        assert done.exit_code == code, (line, done.output, done.exception)
        assert "not audited" in done.output, line
    for line in (words[3][0], words[5][0]):
        done = run(*line, "--json")
        assert json.loads(done.output)["audited"] == "not audited"
    assert json.loads(Path("p.json").read_text())["audited"] == "not audited"
    assert plain.holds(Path("p.json").read_text())
    assert Path("shown.json").stat().st_mode & 0o077 == 0


def test_what_a_verifier_did_not_ask_for_is_told(place):
    """Without a purpose and a word of its own it does not know for whom the proof is, and whether it is new."""
    assert run(*PROVE, "--to", "p.json").exit_code == 0
    paper = json.loads(Path("p.json").read_text())
    asked = ("--context", paper["claim"]["context"], "--nonce", paper["claim"]["nonce"])
    bare, whole = (run("verify", "p.json", "--universe", "u.csv", *more).output for more in ((), asked))
    assert ["--context" in bare, "--nonce" in bare] == [True, True]
    assert ["--context" in whole, "--nonce" in whole] == [False, False]


def test_the_json_of_a_proof_is_its_file(place):
    """What --json prints is what is written."""
    done = run(*PROVE, "--to", "p.json", "--json")
    assert done.output == Path("p.json").read_text()


def test_a_universe_of_another_day_or_order_is_refused(place):
    """The verifier's own prices decide; the answer names the first that differs."""
    assert run(*PROVE, "--to", "p.json").exit_code == 0
    others = {
        "day": (UNIVERSE.replace("A,2.5", "A,2.51"), "name 1 of its universe is A at 2.5"),
        "order": ("symbol,price,beta\nB,4,0.7\nA,2.5,1.2\nFUT,5,1\n", "name 1"),
        "funded": (UNIVERSE.replace(",no", ",yes"), "name 3"),
        "less": ("symbol,price,beta\nA,2.5,1.2\n", "3 names"),
    }
    for text, match in others.values():
        Path("mine.csv").write_text(text)
        found = tt.attest.verify("p.json", universe="mine.csv")
        assert found.verdict.value == "false"
        assert match in found.false[0]


def test_a_custodian_signs_only_the_book_of_its_own_records(place):
    """Another quantity, another name, a showing of another proof, or no look at all: nothing is signed."""
    assert run(*PROVE, "--to", "p.json", "--show-to", "shown.json").exit_code == 0
    assert run(*PROVE, "--to", "p2.json", "--show-to", "shown2.json").exit_code == 0
    before = Path("p.json").read_bytes()
    sign = {"sign": "custodian.pem", "role": "custodian"}
    for text in ("symbol,quantity\nA,5\nB,4\n", "symbol,quantity\nA,6\nB,4\nC,1\n", "symbol,quantity\nA,6\n"):
        Path("mine.csv").write_text(text)
        with pytest.raises(InputError, match="in your records"):
            tt.attest.countersign("p.json", book="shown.json", holdings="mine.csv", **sign)
    with pytest.raises(InputError, match="the quantities that this proof is about"):
        tt.attest.countersign("p.json", book="shown2.json", holdings="b.csv", **sign)
    changed = json.loads(Path("shown.json").read_text())
    changed["quantities"][0]["quantity"] = 5
    Path("changed.json").write_text(file_text(changed))
    Path("mine.csv").write_text("symbol,quantity\nA,5\nB,4\n")
    with pytest.raises(InputError, match="the quantities that this proof is about"):
        tt.attest.countersign("p.json", book="changed.json", holdings="mine.csv", **sign)
    changed["quantities"][0]["hidden"] = "no digits"
    Path("changed.json").write_text(file_text(changed))
    with pytest.raises(InputError, match="the quantities that this proof is about"):
        tt.attest.countersign("p.json", book="changed.json", holdings="b.csv", **sign)
    with pytest.raises(UsageError, match="look before you sign"):
        tt.attest.countersign("p.json", **sign)
    assert Path("p.json").read_bytes() == before


def test_a_signature_under_another_proof_or_claim_is_false(place):
    """A signature is about the whole claim and the whole proof."""
    assert run(*PROVE, "--to", "p.json", "--sign", "manager.pem").exit_code == 0
    assert run(*PROVE, "--to", "p2.json").exit_code == 0
    first, second = (json.loads(Path(name).read_text()) for name in ("p.json", "p2.json"))
    Path("p3.json").write_text(file_text({**second, "signatures": first["signatures"]}))
    found = tt.attest.verify("p3.json", universe="u.csv", signers=["manager.pub.pem"])
    assert found.verdict.value == "false"
    assert "does not fit" in found.false[0]
    stripped = {**first, "signatures": []}
    Path("p4.json").write_text(file_text(stripped))
    assert tt.attest.verify("p4.json", universe="u.csv", signers=["manager.pub.pem"]).verdict.value == "not enough"


@pytest.mark.parametrize(
    ("changes", "kind", "match"),
    [
        ({"b.csv": "symbol,quantity\nA,6\nZZ,4\n"}, InputError, "also ZZ"),
        ({"b.csv": "symbol,quantity\nA,6.5\nB,4\n"}, InputError, "multiple of the unit"),
        ({"b.csv": "symbol,quantity\nA,16\nB,4\n"}, InputError, "from 0 to 15"),
        ({"b.csv": "symbol,quantity\nA,-1\nB,4\n"}, InputError, "--shorts"),
        ({"b.csv": "symbol,quantity\nA,x\n"}, FileFormatError, "row 2: a number for quantity"),
        ({"b.csv": "symbol;quantity\nA;1\n"}, FileFormatError, "columns symbol, quantity"),
        ({"b.csv": "symbol,quantity\nA,1,2\n"}, FileFormatError, "2 cells"),
        ({"u.csv": "symbol,price,beta\nA,1,1\nA,1,1\n"}, FileFormatError, "row 3: a symbol that stands once"),
        ({"u.csv": "symbol,price,beta,funded\nA,1,1,maybe\n"}, FileFormatError, "funded"),
        ({"u.csv": "symbol,price,beta\nA,1,NaN\n"}, FileFormatError, "a number for beta"),
        ({"u.csv": "symbol,price,beta\n"}, InputError, "a universe of names"),
        ({"b.csv": "symbol,quantity\nA,6\n"}, InfeasibleError, "beta is at most 1.1"),
        ({"u.csv": None}, StorageError, "u.csv"),
        ({"p.json": "mine"}, InputError, "never written over"),
    ],
)
def test_bad_input_is_told_in_three_parts_and_writes_nothing(place, changes, kind, match):
    """Unknown symbols, fractions, sizes, files of another kind, a claim that is not true."""
    for name, text in changes.items():
        Path(name).unlink(missing_ok=True)
        if text is not None:
            Path(name).write_text(text)
    before = sorted(p.name for p in place.iterdir())
    done = run(*PROVE, "--to", "p.json", "--show-to", "shown.json")
    assert isinstance(done.exception, kind)
    assert match in str(done.exception)
    assert done.exception.try_next
    assert sorted(p.name for p in place.iterdir()) == before
    if "p.json" in changes:
        assert Path("p.json").read_text() == "mine"


@pytest.mark.parametrize(
    "change",
    [
        {"audited": "audited"}, {"proof": "!!"}, {"proof": 3}, {"proof": "AB=="}, {"signatures": {}}, {"claim": {}},
        {"schema": "trimtab.attest.opening/1"}, {"more": 1},
    ],
    ids=["audited", "no base 64", "number", "other base 64", "signatures", "claim", "schema", "more"],
)  # fmt: skip
def test_what_is_no_proof_is_not_read(place, change):
    """Also a base 64 with bits to spare, which would be a second text of the same proof."""
    assert run(*PROVE, "--to", "p.json").exit_code == 0
    Path("p2.json").write_text(file_text({**json.loads(Path("p.json").read_text()), **change}))
    with pytest.raises(FileFormatError):
        tt.attest.verify("p2.json", universe="u.csv")


def test_a_hash_of_the_claim_is_what_the_page_says():
    """The bytes that a proof is bound to, written down once more."""
    claim = claim_of()
    document = plain_proof(ProofPaper(claim=claim, proof=b""))["claim"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    assert proof._about(claim) == hashlib.sha512(b"trimtab.attest.proof/1\0" + text).digest()
    assert base64.b64decode(plain_proof(ProofPaper(claim=claim, proof=b"ab"))["proof"]) == b"ab"


def test_what_somebody_else_wrote_steers_no_terminal(place):
    """Escapes and signs that turn the direction of text are shown as question marks."""
    assert run(*PROVE, "--to", "p.json").exit_code == 0
    paper = json.loads(Path("p.json").read_text())
    paper["signatures"] = [{"role": "a\x1b[2Jb\u202ec", "key": "ed25519:" + "58" + "66" * 31, "signature": "0" * 128}]
    Path("p2.json").write_text(file_text(paper))
    done = run("verify", "p2.json", "--universe", "u.csv")
    assert done.exit_code == 3
    assert "a?[2Jb?c" in done.output
    assert done.output.isascii()
