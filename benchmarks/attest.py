"""Proofs that show no book: seconds to prove and to verify, and the size of the file; a book of 50 names, and of 500.

    python benchmarks/attest.py             both
    python benchmarks/attest.py --names 50  one size, with quantities of 20 bits

Prices, betas and quantities are drawn with a seed; 500 names may be held short. Seconds are of the clock, and of this
process alone beside them: on a busy machine the second says more.
"""

import argparse
import random
import time
from decimal import Decimal

from trimtab.attest.canonical import file_text
from trimtab.attest.proof import prove, verify
from trimtab.attest.proof_paper import ProofPaper, plain_proof
from trimtab.attest.universe import Claim, Row

_BITS = 20
_SHORT_FROM = 100


def claim_of(names: int, draw: random.Random) -> Claim:
    """Draw a universe with prices in cents and betas in hundredths."""
    rows = tuple(
        Row(
            symbol=f"N{number}", price=Decimal(draw.randint(500, 50000)) / 100,
            beta=Decimal(draw.randint(40, 170)) / 100, funded=True,
        )
        for number in range(names)
    )  # fmt: skip
    return Claim(
        context="benchmark", nonce="0", lower=Decimal("0.5"), upper=Decimal("1.6"), margin=Decimal(0),
        floor=Decimal(1000), unit=Decimal(1), bits=_BITS, shorts=names >= _SHORT_FROM, universe=rows,
    )  # fmt: skip


def measure(names: int) -> None:
    """Print one line."""
    draw = random.Random(names)  # noqa: S311 - no secret
    claim = claim_of(names, draw)
    held = [draw.randint(1, 5000) if draw.random() < 0.4 else 0 for _ in range(names)]
    took = []
    made = b""
    for step in range(2):
        clock, own = time.perf_counter(), time.process_time()
        if step == 0:
            made = prove(claim, held, seed=draw.randbytes(32)).proof
        else:
            verify(claim, made)
        took.append((time.perf_counter() - clock, time.process_time() - own))
    size = len(file_text(plain_proof(ProofPaper(claim=claim, proof=made))).encode())
    (prove_clock, prove_own), (verify_clock, verify_own) = took
    print(
        f"{names:4d} names{', short allowed' if claim.shorts else ''}: prove {prove_clock:.2f} s ({prove_own:.2f}), "
        f"verify {verify_clock:.2f} s ({verify_own:.2f}), file {size / 1000:,.0f} kB, proof {len(made) / 1000:,.0f} kB"
    )


def main() -> None:
    """Measure one size, or both."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--names", type=int)
    names = asked.parse_args().names
    for one in (50, 500) if names is None else (names,):
        measure(one)


if __name__ == "__main__":
    main()
