r"""A wandering gap kept near zero by trades: what a policy pays and what it leaves, simulated along long paths.

Between trades the gap b follows db = -kappa (b - m) dt + s dW, with m = 0, or m = the sum of all trades so far (a book
whose own beta reverts while the hedge stays where it was put). Each step is drawn exactly. Policies:

    EDGE      reflection at +/- band: as much as brings the gap back to the edge
    LOTS      at the band, the fewest lots of `size` that bring the gap inside
    CENTRE    at the band, back to 0, or to the nearest lot
    CALENDAR  every `every` steps back to 0, or to the nearest lot

With `bridge` the path is watched all the time: the greatest value within a step is drawn from the Brownian bridge
between its ends, max = (b0 + b1 + sqrt((b1 - b0)^2 - 2 s^2 dt ln U)) / 2, so that no crossing is missed between looks.
Without it the gap is looked at once a step, as somebody does who checks once a day. The integral of b^2 over a step is
its mean given both ends, dt (b0^2 + b0 b1 + b1^2) / 3 + s^2 dt^2 / 6.

Source for the bridge maximum: Glasserman (2004), Monte Carlo Methods in Financial Engineering, section 6.4.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["CALENDAR", "CENTRE", "EDGE", "LOTS", "GapPaths", "gap_paths"]

EDGE, LOTS, CENTRE, CALENDAR = 0, 1, 2, 3

Floats = NDArray[np.float64]


class GapPaths(NamedTuple):
    """What each path gave per unit of time, after the warm-up; each of shape (n_paths,).

    `square` is the time average of b^2, `turnover` the sum of |trades|, `tickets` the number of steps with a trade.
    Trading to the edge watched all the time is as many trades, as small, as one likes: then `tickets` says nothing.
    """

    square: Floats
    turnover: Floats
    tickets: Floats


def gap_paths(
    *,
    policy: int,
    vol: float,
    band: float,
    size: float,
    every: int,
    step: float,
    n_steps: int,
    n_paths: int,
    warm: int,
    seed: int,
    bridge: bool,
    reversion: float = 0.0,
    about_book: bool = False,
) -> GapPaths:
    """Follow a policy along independent paths that start at 0.

    Parameters
    ----------
    policy
        EDGE, LOTS, CENTRE or CALENDAR.
    vol, reversion
        s per square-root unit of time, positive; kappa per unit of time, not negative.
    band
        Half-width; not used by CALENDAR.
    size
        One lot; must be positive for LOTS; 0 lets CENTRE and CALENDAR trade any amount.
    every
        Steps between trades of CALENDAR.
    step, n_steps, warm
        Length of a step; steps counted; steps before them that are not counted.
    n_paths, seed
        Number of paths; the same seed gives the same paths to every policy with the same steps.
    bridge
        Watch all the time (see above). CALENDAR needs no bridge.
    about_book
        Whether the gap reverts to the sum of trades rather than to 0.

    Examples
    --------
    >>> done = gap_paths(
    ...     policy=EDGE,
    ...     vol=1.0,
    ...     band=0.9086,
    ...     size=0.0,
    ...     every=1,
    ...     step=0.002,
    ...     n_steps=20_000,
    ...     n_paths=8,
    ...     warm=1000,
    ...     seed=1,
    ...     bridge=True,
    ... )
    >>> bool(abs(done.square.mean() - 0.9086**2 / 3) < 0.03)
    True
    """
    out = np.zeros((3, n_paths))
    children = np.random.SeedSequence(seed).spawn(n_paths)
    for path, child in enumerate(children):
        _follow(
            np.random.default_rng(child), policy, vol, reversion, about_book, band, size, every, step, n_steps, warm,
            bridge, out, path,
        )  # fmt: skip
    out /= n_steps * step
    return GapPaths(out[0], out[1], out[2])


@numba.njit(nogil=True, cache=True)
def _follow(
    rng: np.random.Generator,
    policy: int,
    vol: float,
    reversion: float,
    about_book: bool,
    band: float,
    size: float,
    every: int,
    step: float,
    n_steps: int,
    warm: int,
    bridge: bool,
    out: Floats,
    path: int,
) -> None:
    keep = math.exp(-reversion * step)
    sd = vol * math.sqrt(step if reversion == 0.0 else (1.0 - keep * keep) / (2.0 * reversion))
    between = vol * vol * step
    gap, hedge = 0.0, 0.0
    square, turnover, tickets = 0.0, 0.0, 0.0
    for t in range(-warm, n_steps):
        mean = hedge if about_book else 0.0
        free = mean + (gap - mean) * keep + sd * rng.standard_normal()
        far = abs(free)
        side = 1.0 if free > 0.0 else -1.0
        if bridge and policy != CALENDAR:
            # Only the nearer edge can be reached within one short step.
            side = 1.0 if gap + free > 0.0 else -1.0
            move = free - gap
            far = 0.5 * (side * (gap + free) + math.sqrt(move * move - 2.0 * between * math.log(1.0 - rng.random())))
        trade = 0.0
        if policy == CALENDAR:
            if (t + warm + 1) % every == 0:
                trade = free if size == 0.0 else size * np.rint(free / size)
        elif far > band:
            if policy == EDGE:
                trade = side * (far - band)
            elif policy == CENTRE:
                # Watched all the time, the trade is made at the band and the path goes on from there.
                amount = band if bridge else far
                trade = side * (amount if size == 0.0 else size * np.rint(amount / size))
            else:
                least = 1.0 if bridge else 0.0
                trade = side * size * max(least, math.ceil((side * free - band) / size))
        if t >= 0:
            # A trade within the step splits it; its ends are then those of the path on either side of the trade.
            last = free if policy == CALENDAR or not bridge else free - trade
            square += step * (gap * gap + gap * last + last * last) / 3.0 + between * step / 6.0
            turnover += abs(trade)
            if trade != 0.0:
                tickets += 1.0
        gap = free - trade
        hedge -= trade
    out[0, path], out[1, path], out[2, path] = square, turnover, tickets
