r"""What moved a live portfolio's beta since a first reading: exchange rates, prices, deltas of options.

Portfolio beta is a ratio, B / V: beta exposure over NAV. It is taken from the first state to the second in steps, each
changing one thing for all positions at once:

    1. exchange rates      values and exposures at the new rates, prices as they were
    2. prices              values as they are now; exposures too, but with the options' first deltas
    3. deltas              of options: what gamma, time and their volatility did
    4. betas               where they were estimated again

The steps add up to the whole change; nothing is left over. The order matters a little: what two causes did together is
counted with the later one.
"""

from dataclasses import dataclass

from trimtab.exposure.live_reading import LivePosition, LiveReading

__all__ = ["LiveDrift", "Mover", "split_live_drift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """How much of the change of portfolio beta came from one position.

    Parameters
    ----------
    asset
        Symbol.
    change
        Change of its beta exposure / NAV.
    """

    asset: str
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDrift:
    """Change of portfolio beta by cause; the causes add up to `total`.

    Parameters
    ----------
    total
        Portfolio beta now, less the first.
    currency, price, gamma, estimates
        By cause; gamma has the time and volatility of options in it.
    movers
        By position, largest change first. They add up to `total` too.
    """

    total: float
    currency: float
    price: float
    gamma: float
    estimates: float
    movers: tuple[Mover, ...]


def split_live_drift(first: LiveReading, now: LiveReading, *, estimates: float = 0.0) -> LiveDrift:
    """Split the change of portfolio beta between two readings of one portfolio.

    Parameters
    ----------
    first, now
        Readings with the same betas.
    estimates
        What new betas have added in between: the sum of their jumps, which `first` does not have in it.
    """
    pairs = list(zip(first.positions, now.positions, strict=True))
    steps = [first.beta.value]
    for states in (_at_new_rates, _at_first_deltas):
        parts = [states(then, today) for then, today in pairs]
        worth, money = sum(v for v, _ in parts), sum(m for _, m in parts)
        steps.append(money / worth if worth > 0 else steps[-1])
    steps.append(now.beta.value - estimates)
    movers = [
        Mover(
            asset=today.asset, change=(today.beta_exposure or 0.0) / now.nav - (then.beta_exposure or 0.0) / first.nav
        )
        for then, today in pairs
    ]
    return LiveDrift(
        total=now.beta.value - first.beta.value,
        currency=steps[1] - steps[0],
        price=steps[2] - steps[1],
        gamma=steps[3] - steps[2],
        estimates=estimates,
        movers=tuple(sorted(movers, key=lambda m: (-abs(m.change), m.asset))),
    )


def _at_new_rates(then: LivePosition, today: LivePosition) -> tuple[float, float]:
    """Value and beta exposure at the first price and today's rate."""
    rate = today.fx / then.fx if then.fx and today.fx else 1.0
    return (then.value or 0.0) * rate, (then.beta_exposure or 0.0) * rate


def _at_first_deltas(then: LivePosition, today: LivePosition) -> tuple[float, float]:
    """Value today, and beta exposure at today's price and the first delta."""
    money = today.beta_exposure or 0.0
    if today.delta == then.delta:
        return today.value or 0.0, money
    if today.delta == 0.0:
        # an option that no longer moves does not say where its underlying is: all of it counts as delta
        return today.value or 0.0, _at_new_rates(then, today)[1]
    return today.value or 0.0, money * then.delta / today.delta
