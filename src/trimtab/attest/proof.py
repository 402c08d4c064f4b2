"""Prove a bound on a book's beta without showing the book. Experimental, not audited.

The quantity of every name of a public universe is committed bit by bit, so that it lies in a range that is small
against the order of the group; without that a book of any value and beta could be forged by solving two equations
modulo the order. Commitments add up as their values do, so the three sums of a claim are committed as well, and are
shown to be not below zero bit by bit. The verifier makes sure that no sum can reach around the order.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from trimtab.attest.bits import Drawn, Progress, SecretBit, bit_weighted, prove_bits, verify_bits
from trimtab.attest.canonical import canonical_bytes
from trimtab.attest.group import IDENTITY, ORDER, add, base_times, subtract, times, value_point
from trimtab.attest.plain import plain_of
from trimtab.attest.universe import Bound, Claim, bounds_of, least_quantity
from trimtab.errors import InfeasibleError, InputError

__all__ = [
    "NOT_AUDITED",
    "PROOF",
    "Progress",
    "Proven",
    "ShownQuantity",
    "committed",
    "prove",
    "quiet",
    "verify",
]

PROOF: Final = "trimtab.attest.proof/1"
NOT_AUDITED: Final = "not audited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuantity:
    """A quantity in units with what hides it: shown to a custodian, who can then see which book a proof is about."""

    symbol: str
    quantity: int
    hidden: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A proof, and what shows the book under it to a custodian."""

    proof: bytes
    shown: tuple[ShownQuantity, ...]


def quiet(done: int, of: int) -> None:
    """Tell nobody how far it is."""
    del done, of


def prove(claim: Claim, quantities: Sequence[int], *, seed: bytes, progress: Progress = quiet) -> Proven:
    """Prove a claim of a book.

    Parameters
    ----------
    claim
        What is claimed.
    quantities
        Of each name of the universe, in units.
    seed
        Thirty-two fresh bytes that nobody can guess.
    progress
        Is told how many bits are done, of how many.

    Raises
    ------
    InfeasibleError
        If the claim is not true of the book.
    """
    about, bounds = _about(claim), bounds_of(claim)
    _refuse_wrap(bounds)
    drawn = Drawn(seed, about + canonical_bytes(list(quantities)))
    least = least_quantity(claim)
    bits_of_each = [_bits(quantity - least, claim.bits, drawn) for quantity in quantities]
    hidden = [_joined(bits) for bits in bits_of_each]
    sums = []
    for bound in bounds:
        value = sum(w * q for w, q in zip(bound.weights, quantities, strict=True)) - bound.less
        if value < 0:
            raise InfeasibleError(
                expected=f"a book of which the claim is true: {bound.what}", found="it is not",
                try_next="correct the band, the margin or the floor; nothing was written",
            )  # fmt: skip
        whole = sum(w * h for w, h in zip(bound.weights, hidden, strict=True)) % ORDER
        sums.append(_bits(value, bound.bits, drawn, whole=whole))
    proof = prove_bits([bit for bits in (*bits_of_each, *sums) for bit in bits], about, drawn, progress)
    shown = tuple(
        ShownQuantity(symbol=row.symbol, quantity=quantity, hidden=f"{one:064x}")
        for row, quantity, one in zip(claim.universe, quantities, hidden, strict=True)
    )
    return Proven(proof=proof, shown=shown)


def _bits(value: int, count: int, drawn: Drawn, *, whole: int | None = None) -> list[SecretBit]:
    """Cut a value into bits, each hidden; `whole` is what must hide the value itself."""
    if not 0 <= value < 1 << count:
        raise InputError(
            expected=f"a number below 2^{count}", found="another", try_next="allow more (--bits), or --shorts"
        )
    hidden = [drawn.scalar() for _ in range(count)]
    if whole is not None:
        hidden[0] = (whole - sum(one << place for place, one in enumerate(hidden) if place)) % ORDER
    return [SecretBit(bit=value >> place & 1, hidden=one) for place, one in enumerate(hidden)]


def _joined(bits: Sequence[SecretBit]) -> int:
    return sum(one.hidden << place for place, one in enumerate(bits)) % ORDER


def verify(claim: Claim, proof: bytes, *, progress: Progress = quiet) -> tuple[bytes, ...]:
    """Check a proof of a claim, and give the commitment to the quantity of each name.

    Parameters
    ----------
    claim, proof
        What is claimed, and its proof.
    progress
        Is told how many bits are done, of how many.

    Raises
    ------
    InputError
        If it does not hold, with the reason.
    """
    bounds = bounds_of(claim)
    _refuse_wrap(bounds)
    count = len(claim.universe) * claim.bits + sum(bound.bits for bound in bounds)
    bits = verify_bits(proof, count, _about(claim), progress)
    commitments, at = _quantities(claim, bits)
    for bound in bounds:
        if bit_weighted(bits[at : at + bound.bits]) != _sum_of(bound, commitments):
            raise InputError(
                expected="a proof that holds", found=f"its sum is not that of its quantities: {bound.what}",
                try_next="do not rely on it",
            )  # fmt: skip
        at += bound.bits
    return commitments


def committed(quantity: int, hidden: int) -> bytes:
    """Give the commitment to a quantity."""
    return add(base_times(hidden), times(quantity, value_point()))


def _quantities(claim: Claim, bits: Sequence[bytes]) -> tuple[tuple[bytes, ...], int]:
    shift = times(least_quantity(claim), value_point())
    end = len(claim.universe) * claim.bits
    commitments = (bit_weighted(bits[start : start + claim.bits]) for start in range(0, end, claim.bits))
    return tuple(add(one, shift) for one in commitments), end


def _sum_of(bound: Bound, commitments: Sequence[bytes]) -> bytes:
    made = IDENTITY
    for weight, commitment in zip(bound.weights, commitments, strict=True):
        if weight:
            made = add(made, times(weight, commitment))
    return subtract(made, times(bound.less, value_point()))


def _refuse_wrap(bounds: Sequence[Bound]) -> None:
    """Refuse sums that could reach around the order of the group, where a negative one would look like a large one."""
    for bound in bounds:
        if bound.most + (1 << bound.bits) >= ORDER:
            raise InputError(
                expected="sums that stay below the order of the group, 2^252",
                found=f"{bound.what}: up to 2^{bound.bits}",
                try_next="take fewer digits of prices and betas, or fewer --bits",
            )  # fmt: skip


def _about(claim: Claim) -> bytes:
    """Give what a proof is bound to: its schema and all of the claim."""
    return hashlib.sha512(PROOF.encode() + b"\x00" + canonical_bytes(plain_of(claim))).digest()
