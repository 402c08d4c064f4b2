r"""How few things a book hangs on: by weight, by beta, by group.

Equations
    share_i = |a_i| / sum |a|;   HHI = sum share^2;   effective number = 1 / HHI
Conventions
    a: weights, exposures or beta contributions, signed. With shorts the shares are of **gross**: a book long 100 and
    short 100 is two positions, not none. Groups are netted inside first: long and short of one issuer are one bet.
Source
    Hirschman (1945), Herfindahl (1950).
Traps
    This counts positions as if they were unrelated. Ten banks are ten by this measure and about one bet by
    `convergence.effective_bets`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError

__all__ = ["Concentration", "concentration", "concentration_by_group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """Concentration of amounts.

    Parameters
    ----------
    names
        What was counted, largest first.
    shares
        |a| / gross, 0 to 1, same order, summing to 1.
    signs
        +1 long, -1 short, 0 nothing, same order.
    hhi
        Sum of squared shares, 1/n to 1.
    effective_number
        1 / hhi.
    top_five
        Share of the five largest.
    unknown
        Names whose amount is not known; they are in no share.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    signs: tuple[int, ...]
    hhi: float
    effective_number: float
    top_five: float
    unknown: tuple[str, ...]


def concentration(amounts: ArrayLike, names: Sequence[str]) -> Concentration:
    """Measure concentration.

    Parameters
    ----------
    amounts
        Signed, shape (n_items,); NaN where not known.
    names
        One per amount.

    Examples
    --------
    >>> result = concentration([100.0, -100.0], ["A", "B"])
    >>> result.hhi, result.effective_number
    (0.5, 2.0)
    """
    a = np.asarray(amounts, dtype=np.float64)
    if a.shape != (len(names),):
        raise InputError(
            expected=f"{len(names)} amounts, one per name", found=f"shape {a.shape}", try_next="give one per name"
        )
    is_finite = np.isfinite(a)
    gross = float(np.abs(a[is_finite]).sum())
    if not gross > 0:
        raise InputError(
            expected="at least one amount that is known and not zero", found="none", try_next="check the positions"
        )
    order = [i for i in np.argsort(-np.abs(np.where(is_finite, a, 0.0)), kind="stable").tolist() if is_finite[i]]
    shares = np.abs(a[order]) / gross
    hhi = float(shares @ shares)
    return Concentration(
        names=tuple(names[i] for i in order),
        shares=tuple(shares.tolist()),
        signs=tuple(int(s) for s in np.sign(a[order])),
        hhi=hhi,
        effective_number=1.0 / hhi,
        top_five=float(shares[:5].sum()),
        unknown=tuple(name for name, there in zip(names, is_finite, strict=True) if not there),
    )


def concentration_by_group(amounts: ArrayLike, groups: Sequence[str | None]) -> Concentration:
    """Measure concentration by sector, currency, issuer or any other label; amounts are netted inside each.

    Parameters
    ----------
    amounts
        Signed, shape (n_items,); NaN where not known: the whole group is then not known.
    groups
        Label of each; None goes to "not stated".

    Examples
    --------
    >>> result = concentration_by_group([60.0, 20.0, -20.0], ["tech", "tech", "energy"])
    >>> result.names, result.shares
    (('tech', 'energy'), (0.8, 0.2))
    """
    a = np.asarray(amounts, dtype=np.float64)
    if a.shape != (len(groups),):
        raise InputError(
            expected=f"{len(groups)} amounts, one per label", found=f"shape {a.shape}", try_next="give one per label"
        )
    sums: dict[str, float] = {}
    for amount, group in zip(a.tolist(), groups, strict=True):
        label = group or "not stated"
        sums[label] = sums.get(label, 0.0) + amount
    return concentration(list(sums.values()), list(sums))
