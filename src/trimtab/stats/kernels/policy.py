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

import numpy as np

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["CALENDAR", "CENTRE", "EDGE", "LOTS", "GapMotion", "GapPaths", "GapRule", "Steps", "gap_paths"]

EDGE, LOTS, CENTRE, CALENDAR = 0, 1, 2, 3


class GapPaths(NamedTuple):
    """What each path gave per unit of time, after the warm-up; each of shape (n_paths,).

    `square` is the time average of b^2, `turnover` the sum of |trades|, `tickets` the number of steps with a trade.
    Trading to the edge watched all the time is as many trades, as small, as one likes: then `tickets` says nothing.
    """

    square: Floats
    turnover: Floats
    tickets: Floats


class GapRule(NamedTuple):
    """When the gap is traded, and by how much."""

    policy: int
    """EDGE, LOTS, CENTRE or CALENDAR."""
    band: float = 0.0
    """Half-width; not used by CALENDAR."""
    size: float = 0.0
    """One lot; must be positive for LOTS; 0 lets CENTRE and CALENDAR trade any amount."""
    every: int = 1
    """Steps between trades of CALENDAR."""


class GapMotion(NamedTuple):
    """How the gap moves where it is left alone."""

    vol: float
    """s per square-root unit of time, positive."""
    reversion: float = 0.0
    """kappa per unit of time, not negative."""
    about_book: bool = False
    """Whether the gap reverts to the sum of trades rather than to 0."""


class Steps(NamedTuple):
    """How a path is looked at."""

    length: float
    """Of one step."""
    number: int
    """Steps counted."""
    warm: int
    """Steps before them that are not counted."""
    bridge: bool
    """Watch all the time (see above). CALENDAR needs no bridge."""


def gap_paths(rule: GapRule, motion: GapMotion, steps: Steps, *, n_paths: int, seed: int) -> GapPaths:
    """Follow a policy along independent paths that start at 0.

    Parameters
    ----------
    rule, motion, steps
        The policy, the gap between its trades, and the steps of a path.
    n_paths, seed
        Number of paths; the same seed gives the same paths to every policy with the same steps.

    Examples
    --------
    >>> rule, steps = GapRule(EDGE, band=0.9086), Steps(length=0.002, number=20_000, warm=1000, bridge=True)
    >>> done = gap_paths(rule, GapMotion(vol=1.0), steps, n_paths=8, seed=1)
    >>> bool(abs(done.square.mean() - 0.9086**2 / 3) < 0.03)
    True
    """
    out = np.zeros((3, n_paths))
    children = np.random.SeedSequence(seed).spawn(n_paths)
    for path, child in enumerate(children):
        _follow(np.random.default_rng(child), rule, motion, steps, out, path)
    out /= steps.number * steps.length
    return GapPaths(out[0], out[1], out[2])


@njit(nogil=True, cache=True)
def _follow(rng: np.random.Generator, rule: GapRule, motion: GapMotion, steps: Steps, out: Floats, path: int) -> None:
    policy, band, size, every = rule
    vol, reversion, about_book = motion
    step, n_steps, warm, bridge = steps
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
