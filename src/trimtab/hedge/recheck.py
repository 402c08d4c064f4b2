"""What the independent checks of plans share: a claim holds, or the plan is never shown.

They share nothing with the searches that they check.
"""

from dataclasses import dataclass
from decimal import Decimal

from trimtab.errors import TrimtabError
from trimtab.model.decimals import exact

__all__ = ["RELATIVE", "Recheck"]

#: How far a total may be from the recounted one, relative: floats carry 15 digits, sums of many of them fewer.
RELATIVE = Decimal("1e-9")
_LEAST = Decimal("1e-12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """Holds what a plan claims against what was worked out again.

    Parameters
    ----------
    error
        Raised where a claim does not hold.

    Examples
    --------
    >>> Recheck(error=TrimtabError).same(Decimal("0.3"), 0.1 + 0.2, "cost")
    >>> Recheck(error=TrimtabError).same(Decimal("0.3"), 0.31, "cost")
    Traceback (most recent call last):
        ...
    trimtab.errors.TrimtabError: Expected: cost 0.3
    Found: 0.31 in the plan
    Try: this is a defect in trimtab: please report it with the command that led here
    """

    error: type[TrimtabError]

    def same(self, recomputed: Decimal, claimed: float, what: str, scale: Decimal = Decimal(0)) -> None:
        """Demand that a number is the recounted one, to 1e-9 of its size or of `scale` where that is larger."""
        size = max(abs(recomputed), abs(scale), _LEAST)
        self.demand(abs(recomputed - exact(claimed)) <= RELATIVE * size, f"{what} {recomputed:.12g}", f"{claimed!r}")

    def demand(self, holds: bool, expected: str, found: str, where: str = "the plan") -> None:
        """Demand that something holds."""
        if not holds:
            raise self.error(
                expected=expected,
                found=f"{found} in {where}",
                try_next="this is a defect in trimtab: please report it with the command that led here",
            )
