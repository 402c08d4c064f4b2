r"""Whether a fund's stated multiple agrees with what its returns did.

A multiple speaks of the fund's own index, which need not be the benchmark. How far the two may lie apart is read from
how much of the fund the benchmark explains (R2, squared rank correlation, which no single day decides):

    pilot b         Huber's slope of the last `ROWS` paired returns, error e
    agrees if       some b' within 3 e of b has  |log(b' / multiple)| <= .14 + 2 (1 - R2)

so 15% where fund and benchmark are one index, 27% at R2 = .95, half as much again at .87. On SPY from 1998 to 2017 IWM
and EEM agree with a multiple of 1 at each of 228 month ends, QQQ at 223, the others in the bubble of 2000. A slope of
the other sign disagrees. Below an R2 of one half (gold, bonds, a market in another time zone)
the benchmark says nothing of the index, and nothing is said.
"""

from dataclasses import dataclass
from math import exp

import numpy as np

from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.ranks import mean_ranks
from trimtab.stats.robust import huber_lines

__all__ = ["ROWS", "BrokenPromise", "broken_promises"]

#: Paired returns looked at: a fund's multiple may have changed before.
ROWS = 252
_LEAST_ROWS = 40
_LEAST_EXPLAINED = 0.5
_ERRORS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A stated multiple that returns contradict.

    Parameters
    ----------
    asset
        Symbol.
    stated
        The daily multiple of its index that somebody stated.
    slope, stderr
        What its returns did on the benchmark's, robustly.
    explained
        Part of its returns that the benchmark explains (R2 of ranks).
    n_obs
        Paired returns looked at.
    """

    asset: str
    stated: float
    slope: float
    stderr: float
    explained: float
    n_obs: int

    def note(self, benchmark: str) -> str:
        """Say both numbers, and what to do."""
        return (
            f"{self.asset} is stated as {self.stated:g} times its index, but its last {self.n_obs} returns moved "
            f"{self.slope:.2f} +- {self.stderr:.2f} times {benchmark} (R2 {self.explained:.2f}): "
            "correct the multiple, or the symbol; beta is what was measured"
        )


def broken_promises(pairs: PairedReturns) -> tuple[BrokenPromise, ...]:
    """Find stated multiples that the returns contradict.

    Parameters
    ----------
    pairs
        Paired returns, with what is stated of the assets.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> betas = tt.estimate_betas(sample.prices_path(), benchmark="SPX", multiples={"QUAL": 3, "VLUE": 1})
    >>> [note.partition(" (")[0] for note in betas.notes if "times its index" in note]
    ['QUAL is stated as 3 times its index, but its last 252 returns moved 1.05 +- 0.01 times SPX']
    """
    checked = (_check(pairs, asset, stated) for asset, stated in pairs.facts.multiples if asset in pairs.symbols)
    return tuple(broken for broken in checked if broken is not None)


def _check(pairs: PairedReturns, asset: str, stated: float) -> BrokenPromise | None:
    column = pairs.symbols.index(asset)
    x, y = pairs.market[:, column], pairs.asset[:, column]
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))[-ROWS:]
    if len(rows) < _LEAST_ROWS or asset == pairs.benchmark:
        return None
    explained = _explained(x[rows], y[rows])
    if not explained >= _LEAST_EXPLAINED:
        return None
    line = huber_lines(x[rows, None], y[rows, None])
    slope, error = float(line.slope[0]), float(np.sqrt((line.shares**2).sum()))
    factor = exp(0.14 + 2.0 * (1.0 - explained))
    low, high = sorted((stated / factor, stated * factor))
    if not np.isfinite(slope) or low - _ERRORS * error <= slope <= high + _ERRORS * error:
        return None
    return BrokenPromise(asset=asset, stated=stated, slope=slope, stderr=error, explained=explained, n_obs=len(rows))


def _explained(x: Floats, y: Floats) -> float:
    """Squared rank correlation; 0 where one of both never moves."""
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return 0.0
    return float(np.corrcoef(mean_ranks(x), mean_ranks(y))[0, 1] ** 2)
