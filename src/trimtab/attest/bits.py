"""Commitments to bits, and one proof for all of them that each is 0 or 1, without saying which.

A bit b is committed as C = r B + b V (Pedersen 1991): B the base point, V a point of unknown logarithm, r random. That
C or C - V is a multiple of B is shown without saying which (Cramer, Damgård and Schoenmakers 1994), made one message
by hashing (Fiat and Shamir 1986): the challenge c is a hash of the claim, of every commitment and of every first
message, and for each bit c = c0 + c1 modulo 2^128, so one of the two was chosen before c was known.

    A0 = s0 B - c0 C        A1 = s1 B - c1 (C - V)
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from trimtab.attest.group import (
    ORDER,
    POINT_BYTES,
    add,
    base_times,
    point_of,
    scalar_bytes,
    scalar_of,
    subtract,
    times,
    value_point,
)  # fmt: skip
from trimtab.errors import InputError

__all__ = [
    "BIT_BYTES",
    "CHALLENGE_BYTES",
    "Drawn",
    "Progress",
    "SecretBit",
    "bit_weighted",
    "prove_bits",
    "verify_bits",
]

CHALLENGE_BYTES: Final = 16
#: A commitment, one part of the challenge, two answers.
BIT_BYTES: Final = POINT_BYTES + CHALLENGE_BYTES + 2 * POINT_BYTES
_SPAN: Final = 1 << (8 * CHALLENGE_BYTES)
_DOMAIN: Final = b"trimtab.attest.bits/1"
#: Is told how many bits are done, of how many.
Progress = Callable[[int, int], None]


class Drawn:
    """Secret numbers of one proof: HMAC-SHA512 under a fresh seed and everything that the proof is about.

    Should the seed ever come twice, another claim or another book still draws other numbers: the same first message
    answered twice would give the secret away.
    """

    def __init__(self, seed: bytes, about: bytes) -> None:
        self._key = hmac.new(seed, b"trimtab.attest.drawn/1\x00" + about, hashlib.sha512).digest()
        self._count = 0

    def scalar(self) -> int:
        """Draw a number below the order of the group."""
        return int.from_bytes(self._next(), "little") % ORDER

    def part(self) -> int:
        """Draw a part of a challenge."""
        return int.from_bytes(self._next()[:CHALLENGE_BYTES], "little")

    def _next(self) -> bytes:
        self._count += 1
        return hmac.new(self._key, self._count.to_bytes(8, "big"), hashlib.sha512).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretBit:
    """A bit and what hides it."""

    bit: int = field(repr=False)
    hidden: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """First messages about a bit, and what the answers are made of."""

    commitment: bytes
    messages: tuple[bytes, bytes]
    nonce: int
    other: int
    answer: int


def prove_bits(bits: Sequence[SecretBit], about: bytes, drawn: Drawn, progress: Progress) -> bytes:
    """Prove of each number that it is 0 or 1.

    Parameters
    ----------
    bits
        The secrets.
    about
        What the proof is bound to.
    drawn
        Gives secret numbers.
    progress
        Is told how far it is.

    Returns
    -------
    The challenge, then for each bit its commitment, c0, s0 and s1.
    """
    firsts = []
    for number, one in enumerate(bits):
        firsts.append(_first(one, drawn))
        progress(number + 1, len(bits))
    challenge = _challenge(about, [first.commitment for first in firsts], [first.messages for first in firsts])
    parts = [challenge.to_bytes(CHALLENGE_BYTES, "little")]
    for one, first in zip(bits, firsts, strict=True):
        own = (challenge - first.other) % _SPAN
        answer = (first.nonce + own * one.hidden) % ORDER
        zero, answers = (own, (answer, first.answer)) if one.bit == 0 else (first.other, (first.answer, answer))
        parts += [first.commitment, zero.to_bytes(CHALLENGE_BYTES, "little"), *map(scalar_bytes, answers)]
    return b"".join(parts)


def _first(one: SecretBit, drawn: Drawn) -> _First:
    value, hidden = value_point(), base_times(one.hidden)
    nonce, loose, other = drawn.scalar(), drawn.scalar(), drawn.part()
    # The branch that is not true is C - V = r B - V, or C = r B + V: answered first, its message fitted to that.
    shift, plain = times(other, value), base_times(loose)
    true = base_times(nonce)
    answer = (loose + other * one.hidden) % ORDER
    if one.bit == 0:
        return _First(
            commitment=hidden, messages=(true, add(plain, shift)), nonce=nonce, other=other, answer=answer
        )  # fmt: skip
    return _First(
        commitment=add(hidden, value), messages=(subtract(plain, shift), true), nonce=nonce, other=other, answer=answer
    )


def verify_bits(proof: bytes, count: int, about: bytes, progress: Progress) -> tuple[bytes, ...]:
    """Check a proof about so many bits, and give their commitments.

    Parameters
    ----------
    proof
        As `prove_bits` gives it.
    count
        How many bits it must be about.
    about
        What it must be bound to.
    progress
        Is told how far it is.

    Raises
    ------
    InputError
        If it does not hold.
    """
    if len(proof) != CHALLENGE_BYTES + count * BIT_BYTES:
        raise _refuted(f"{len(proof)} bytes in place of {CHALLENGE_BYTES + count * BIT_BYTES}: parts extra or missing")
    challenge = int.from_bytes(proof[:CHALLENGE_BYTES], "little")
    read = [_read(one) for one in _cut(proof[CHALLENGE_BYTES:], BIT_BYTES)]
    messages = []
    for number, (commitment, zero, answers) in enumerate(read):
        messages.append(_messages(commitment, (zero, (challenge - zero) % _SPAN), answers))
        progress(number + 1, count)
    commitments = tuple(commitment for commitment, _, _ in read)
    if _challenge(about, commitments, messages) != challenge:
        raise _refuted("some commitment is not to 0 or 1, or the proof is about another claim")
    return commitments


def _messages(commitment: bytes, parts: tuple[int, int], answers: tuple[int, int]) -> tuple[bytes, bytes]:
    return (
        subtract(base_times(answers[0]), times(parts[0], commitment)),
        subtract(base_times(answers[1]), times(parts[1], subtract(commitment, value_point()))),
    )


def _read(one: bytes) -> tuple[bytes, int, tuple[int, int]]:
    at = POINT_BYTES + CHALLENGE_BYTES
    zero = int.from_bytes(one[POINT_BYTES:at], "little")
    answers = scalar_of(one[at : at + POINT_BYTES]), scalar_of(one[at + POINT_BYTES :])
    return point_of(one[:POINT_BYTES]), zero, answers


def _cut(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _challenge(about: bytes, commitments: Sequence[bytes], messages: Sequence[tuple[bytes, bytes]]) -> int:
    made = hashlib.sha512(_DOMAIN + b"\x00" + len(about).to_bytes(8, "big") + about)
    made.update(len(commitments).to_bytes(8, "big"))
    for commitment, (zero, one) in zip(commitments, messages, strict=True):
        made.update(commitment + zero + one)
    return int.from_bytes(made.digest()[:CHALLENGE_BYTES], "little")


def bit_weighted(commitments: Sequence[bytes]) -> bytes:
    """Give the commitment to the number that committed bits stand for, lowest first."""
    made = commitments[-1]
    for commitment in reversed(commitments[:-1]):
        made = add(add(made, made), commitment)
    return made


def _refuted(how: str) -> InputError:
    return InputError(expected="a proof that holds", found=how, try_next="do not rely on it")
