"""What is hashed and signed: one form, salted leaves, one root, keys of RFC 8032."""

import datetime as dt
import hashlib
import json
import os
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab.attest.canonical import canonical_bytes, file_text, read_file_text
from trimtab.attest.keys import Signature, is_signed, key_pair, public_key_of, read_private_key, sign
from trimtab.attest.leaves import HashLeaf, NothingLeaf, PositionLeaf, content_of, plain_content, salted
from trimtab.attest.plain import plain_of, record_of
from trimtab.attest.price_record import read_price_record, write_price_record
from trimtab.attest.tree import full_size, path_of, root_of, root_over
from trimtab.errors import FileFormatError, InputError, MissingExtraError, StorageError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.market.asset_facts import AssetFacts, AssetKind
from trimtab.market.prices import PriceTable
from trimtab.model.portfolio import Position, TaxLot

ROOT = Path(__file__).parents[2]


def test_canonical_bytes_are_those_of_the_page():
    """Keys in order, no spaces, ASCII; what cannot be written the same by everybody is refused."""
    assert canonical_bytes({"ü": [True, None, -3], "a": {"z": "1.0", "b": ""}}) == (
        b'{"a":{"b":"","z":"1.0"},"\\u00fc":[true,null,-3]}'
    )
    for wrong in (0.1, {"a": [float("nan")]}, {1: "a"}, {"a": dt.date(2024, 1, 2)}, {"a": b"x"}):
        with pytest.raises(InputError):
            canonical_bytes(wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("  ", " "),
        lambda t: t.rstrip("\n"),
        lambda t: t + " ",
        lambda t: t.replace('"a": 1', '"a": 1,\n  "a": 1'),
        lambda t: t.replace('"a": 1', '"a": 1e0'),
        lambda t: "[]\n",
        lambda t: t[:-3],
    ],
    ids=["spaces", "no end", "more", "key twice", "number", "list", "cut"],
)
def test_a_file_in_another_form_is_refused(change):
    """Also where its values are the same."""
    text = file_text({"schema": "x/1", "a": 1})
    assert read_file_text(text, "it")["a"] == 1
    with pytest.raises(FileFormatError):
        read_file_text(change(text), "it")


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    left, right = naive_root(leaves[:half]), naive_root(leaves[half:])
    return hashlib.sha256(b"trimtab.attest.node/1\0" + left + right).digest()


@settings(max_examples=25, deadline=None)
@given(depth=st.integers(0, 6), data=st.data())
def test_every_leaf_leads_to_the_root_and_no_other(depth, data):
    """The root is that of a tree written down by its definition; a leaf, a place or a step changed leads elsewhere."""
    leaves = [hashlib.sha256(bytes([i])).digest() for i in range(1 << depth)]
    root = root_of(leaves)
    assert root == naive_root(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = path_of(leaves, index)
    assert len(path) == depth
    assert root_over(leaves[index], index, path) == root
    assert root_over(bytes(32), index, path) != root
    for other in range(len(leaves)):
        assert other == index or root_over(leaves[index], other, path) != root
    for step in range(depth):
        changed = [*path[:step], bytes(32), *path[step + 1 :]]
        assert root_over(leaves[index], index, changed) != root


def test_a_leaf_is_the_hash_that_the_page_says():
    """Prefix, salt, canonical content."""
    (leaf, *_) = salted([HashLeaf(of="review", sha256="ab")], bytes(32))
    content = canonical_bytes(plain_content(leaf.content))
    assert leaf.hash == hashlib.sha256(b"trimtab.attest.leaf/1\0" + leaf.salt + content).digest()


def test_salts_are_long_differ_and_come_of_the_seed_alone():
    """Two leaves that say the same have other hashes; another seed gives others; the tree is filled and sorted."""
    contents = [NothingLeaf()] * 3
    leaves = salted(contents, bytes(range(32)))
    assert len(leaves) == full_size(3) == 16
    assert len({leaf.salt for leaf in leaves}) == len({leaf.hash for leaf in leaves}) == 16
    assert all(len(leaf.salt) == 32 for leaf in leaves)
    assert [leaf.hash for leaf in leaves] == sorted(leaf.hash for leaf in leaves)
    assert salted(contents, bytes(range(32))) == leaves
    assert not {leaf.salt for leaf in leaves} & {leaf.salt for leaf in salted(contents, bytes(32))}


def mixed_book():
    """Give every kind of instrument, with lots and stated terms."""
    held = read_holdings(
        ROOT / "examples/mixed/book.csv", base="USD", as_of=dt.date(2022, 12, 28), contracts=bundled_contracts()
    )  # fmt: skip
    lot = TaxLot(quantity=Decimal("10.50"), price=Decimal("99.1"), acquired=dt.date(2020, 2, 29))
    extra = tt.portfolio("10.50 AAPL, -2 ESZ26, 5 SPX 6000P Dec26, 25000 USD").positions
    return [*held.positions, replace(extra[0], lots=(lot,)), *extra[1:]]


def test_every_position_reads_back_as_it_was_to_the_digit():
    """All kinds, with lots, dates, decimals and floats; as JSON text in between."""
    book = mixed_book()
    assert {type(p.instrument).__name__ for p in book} >= {"Spot", "Future", "Option", "Cash"}
    for place, position in enumerate(book):
        plain = json.loads(json.dumps(plain_content(PositionLeaf(place=place, position=position))))
        again = content_of(plain, "a leaf")
        assert again == PositionLeaf(place=place, position=position)
        assert str(again.position.quantity) == str(position.quantity)
        assert repr(again.position) == repr(position)


def test_a_record_with_more_or_less_or_otherwise_written_is_refused():
    """Nothing is passed over."""
    plain = plain_of(mixed_book()[0])
    assert record_of(Position, plain, "it") == mixed_book()[0]
    without = {k: v for k, v in plain.items() if k != "lots"}
    for wrong in (
        {**plain, "more": 1}, without, {**plain, "quantity": 100}, {**plain, "quantity": "1e2x"},
        {**plain, "quantity": "0100"}, {**plain, "quantity": None}, {**plain, "lots": {}}, [],
        {**plain, "instrument": {}}, {**plain, "instrument": {**plain["instrument"], "is": []}},
        {**plain, "quantity": "NaN"}, {**plain, "stated": {**plain["stated"], "price": "NaN"}},
    ):  # fmt: skip
        with pytest.raises(FileFormatError):
            record_of(Position, wrong, "it")
    with pytest.raises(FileFormatError, match="a leaf of kind"):
        content_of({"kind": []}, "it")


def test_prices_read_back_bit_by_bit():
    """Values, codes, flags, facts; a second record of what was read has the same bytes."""
    table = PriceTable.of(
        {"A": [10.0, np.nan, 11.5], "B": [1.0, 2.0, 3.0]}, dates=["2024-01-02", "2024-01-03", "2024-01-05"]
    )
    facts = AssetFacts(kinds=(("A", AssetKind.SHARE),), multiples=(("B", -3.0),))
    table = replace(
        table, volumes=np.full((3, 2), 7.0), breaks=np.array([[1, 0]]), judged="B", facts=facts, notes=("é",),
        currencies=("USD", None), to_quoted=np.full((3, 2), 0.5),
    )  # fmt: skip
    record = write_price_record(table)
    again = read_price_record(record, "it")
    assert write_price_record(again) == record
    np.testing.assert_array_equal(again.values, table.values)
    np.testing.assert_array_equal(again.breaks, table.breaks)
    assert (again.currencies, again.judged, again.facts, again.notes) == (("USD", None), "B", facts, ("é",))
    for wrong in (
        record[:-1],
        record + b"\0",
        b"date,A\n2024-01-02,1\n",
        b"",
        record.replace(b'"A"', b'"A'),
        record[:40],
    ):
        with pytest.raises(FileFormatError):
            read_price_record(wrong, "it")


def test_keys_are_those_of_rfc_8032():
    """Section 7.1, test 1: secret and public key."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    made = key_pair(secret)
    assert made.public == "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert made.private_pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert public_key_of(made.public_pem, "it") == made.public == public_key_of(made.public, "it")


_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_Y8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
#: Points of order 1, 2, 4 and 8, and the first written with the field added.
WEAK = [y | sign << 255 for y in (0, 1, _P - 1, _Y8, _P - _Y8, _P, _P + 1) for sign in (0, 1)]


@pytest.mark.parametrize("number", WEAK)
def test_a_key_that_anybody_can_sign_with_is_none(number):
    """A point of small order: of a few contents one fits a signature that needs no secret; here none does."""
    assert (_D * _Y8**4 + 2 * _Y8**2 - 1) % _P == 0
    raw = number.to_bytes(32, "little")
    words = "ed25519:" + raw.hex()
    with pytest.raises(FileFormatError, match="anybody can sign"):
        public_key_of(words, "it")
    for first in WEAK:
        made = (first.to_bytes(32, "little") + bytes(32)).hex()
        one = Signature(role="custodian", key=words, signature=made)
        assert not [n for n in range(16) if is_signed({"book": n}, "a paper/1", one)]


def test_who_prints_a_key_pair_prints_no_secret():
    """In a notebook the last line is shown: the private half is not in it."""
    made = key_pair(bytes(range(32)))
    assert "PRIVATE" not in repr(made)
    assert made.public in repr(made)


@pytest.mark.parametrize("content", [b"", b"hello", key_pair(bytes(32)).public_pem])
def test_what_is_no_private_key_is_refused(content):
    """With the file that was meant."""
    with pytest.raises(FileFormatError, match="NAME.pem"):
        read_private_key(content, "it")


@pytest.mark.parametrize("words", ["ed25519:00", "ed25519:" + "G" * 64, b"hello", key_pair(bytes(32)).private_pem])
def test_what_is_no_public_key_is_refused(words):
    """A private key that is given away by mistake is said to be one."""
    with pytest.raises(FileFormatError, match="public"):
        public_key_of(words, "it")


def test_a_key_is_for_its_owner_alone_and_never_written_over(tmp_path):
    """Mode 0600, also where the system takes nothing off; a second of the same name is refused and changes nothing."""
    before = os.umask(0)
    try:
        tt.attest.key(tmp_path / "me")
    finally:
        os.umask(before)
    if os.name == "posix":
        assert (tmp_path / "me.pem").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "me.pem").read_bytes()
    with pytest.raises(InputError, match="never written over"):
        tt.attest.key(tmp_path / "me")
    assert (tmp_path / "me.pem").read_bytes() == before
    with pytest.raises(StorageError, match="a folder"):
        tt.attest.key(tmp_path / "none" / "me")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["me.pem", "me.pub.pem"]


def test_without_the_extra_the_message_names_it(monkeypatch):
    """The package is loaded when something is signed, not before."""
    pem = key_pair(bytes(32)).private_pem
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.serialization", None)
    with pytest.raises(MissingExtraError, match=r"trimtab\[attest\]"):
        sign({"a": 1}, "x/1", "manager", pem)
