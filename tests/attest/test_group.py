"""The group against RFC 9496, by the package and by a second one in plain integers."""

import hashlib
import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.attest import group
from trimtab.errors import InputError, MissingExtraError

_SPEC = importlib.util.spec_from_file_location("plain_verifier", Path(__file__).with_name("plain_verifier.py"))
plain = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(plain)

#: RFC 9496, appendix A.1: the base point times 1 to 15.
MULTIPLES = (
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
    "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
    "f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403",
    "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d",
    "903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c",
    "02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031",
    "20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f",
    "bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42",
    "e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460",
    "aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f",
    "46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e",
    "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
)
#: Appendix A.2: what is no encoding, by what is wrong with it.
NO_POINTS = {
    "not canonical": """
00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f""",
    "negative": """
0100000000000000000000000000000000000000000000000000000000000000
01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309""",
    "no square": """
26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b""",
    "negative product": """
3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b""",
    "zero": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}
#: Appendix A.3: a point from the SHA-512 of a sentence.
HASHED = {
    "Ristretto is traditionally a short shot of espresso coffee": (
        "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
    ),
    "made with the normal amount of ground coffee but extracted with": (
        "f26e5b6f7d362d2d2a94c5d0e7602cb4773c95a2e5c31a64f133189fa76ed61b"
    ),
}


@pytest.mark.parametrize("number", range(1, 16))
def test_multiples_of_the_base_are_those_of_the_rfc(number):
    """By multiplication and by adding up, in both implementations."""
    wanted = MULTIPLES[number - 1]
    assert group.base_times(number).hex() == group.times(number, group.base_times(1)).hex() == wanted
    assert plain.encode(plain.times(number, plain.BASE)).hex() == wanted
    if number > 1:
        assert group.add(bytes.fromhex(MULTIPLES[number - 2]), group.base_times(1)).hex() == wanted
        assert group.subtract(bytes.fromhex(wanted), group.base_times(1)).hex() == MULTIPLES[number - 2]
    assert group.point_of(bytes.fromhex(wanted)).hex() == wanted


@pytest.mark.parametrize(("why", "encoded"), [(why, one) for why, many in NO_POINTS.items() for one in many.split()])
def test_what_is_no_encoding_is_refused(why, encoded):
    """Each for the reason that the RFC gives; the package never lets it reach the library."""
    raw = bytes.fromhex(encoded)
    with pytest.raises(plain.Refused, match=f"^{why}$"):
        plain.decode(raw)
    with pytest.raises(InputError, match="canonical"):
        group.point_of(raw)


@pytest.mark.parametrize("raw", [bytes(32), b"", bytes(31), bytes(33), bytes.fromhex(MULTIPLES[0]) + b"\0"])
def test_the_identity_and_other_lengths_are_refused(raw):
    """A commitment to 0 that hides nothing would be the identity."""
    with pytest.raises(InputError, match="canonical"):
        group.point_of(raw)


def test_scalars_lie_below_the_order():
    """The order itself and everything above it are refused; so are other lengths."""
    assert group.scalar_of((group.ORDER - 1).to_bytes(32, "little")) == group.ORDER - 1
    assert group.base_times(group.ORDER) == group.IDENTITY == group.times(0, group.base_times(1))
    for wrong in (group.ORDER, group.ORDER + 1, 2**256 - 1):
        with pytest.raises(InputError, match="below the order"):
            group.scalar_of(wrong.to_bytes(32, "little"))
    with pytest.raises(InputError, match="below the order"):
        group.scalar_of(bytes(31))


@pytest.mark.parametrize("sentence", HASHED)
def test_points_from_hashes_are_those_of_the_rfc(sentence):
    """So nobody knows the logarithm of the point that carries values."""
    digest = hashlib.sha512(sentence.encode()).digest()
    assert plain.encode(plain.from_hash(digest)).hex() == HASHED[sentence]
    assert group._rbcl().crypto_core_ristretto255_from_hash(digest).hex() == HASHED[sentence]
    assert plain.encode(plain.VALUE) == group.value_point()
    assert group.value_point() != group.base_times(1)


@settings(max_examples=20, deadline=None)
@given(a=st.integers(0, group.ORDER - 1), b=st.integers(-group.ORDER, 2**256))
def test_both_implementations_compute_alike(a, b):
    """Sums, differences and multiples of arbitrary points."""
    left, right = group.base_times(a), group.times(b, group.value_point())
    theirs, others = plain.times(a, plain.BASE), plain.times(b, plain.VALUE)
    assert plain.encode(theirs) == left
    assert plain.encode(plain.add(theirs, others)) == group.add(left, right)
    assert plain.encode(plain.add(theirs, plain.minus(others))) == group.subtract(left, right)


def test_without_the_extra_the_message_names_it(monkeypatch):
    """The package is loaded when something is proven, not before."""
    monkeypatch.setitem(sys.modules, "rbcl", None)
    group._rbcl.cache_clear()
    with pytest.raises(MissingExtraError, match=r"trimtab\[attest\]"):
        group.base_times(3)
    group._rbcl.cache_clear()
