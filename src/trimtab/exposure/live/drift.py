r"""What moved a live portfolio's beta since a first reading: exchange rates, prices, deltas, estimates, trades.

Portfolio beta is a ratio, B / V: beta exposure over NAV. It is taken from the first state to the second in steps, each
changing one thing for all positions at once:

    1. exchange rates      values and exposures at the new rates, prices as they were
    2. prices              values as they are now; exposures too, but with the options' first deltas
    3. deltas              of options: what gamma, time and their volatility did

Where the book itself is made again, because betas were estimated anew or other things are held, that is a step of its
own (`split_renewal`): betas first, then prices that came with them (as above), then what was traded. Steps are added
one to the other (`join_drifts`).

All steps add up to the whole change; nothing is left over. The order matters a little: what two causes did together is
counted with the later one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.exposure.live.reading import LivePosition, LiveReading

__all__ = ["LiveDrift", "Mover", "join_drifts", "split_live_drift", "split_renewal"]


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
    currency, price, gamma, estimates, trades
        By cause; gamma has the time and volatility of options in it; trades has flows in it, and gains of futures as
        they are paid.
    movers
        By position, largest change first. They add up to `total` too.
    """

    total: float
    currency: float
    price: float
    gamma: float
    estimates: float
    trades: float
    movers: tuple[Mover, ...]


def split_live_drift(first: LiveReading, now: LiveReading) -> LiveDrift:
    """Split the change of portfolio beta between two readings of the same positions with the same betas."""
    pairs = list(zip(first.positions, now.positions, strict=True))
    steps = [first.beta.value]
    for states in (_at_new_rates, _at_first_deltas):
        parts = [states(then, today) for then, today in pairs]
        worth, money = sum(v for v, _ in parts), sum(m for _, m in parts)
        steps.append(money / worth if worth > 0 else steps[-1])
    steps.append(now.beta.value)
    return LiveDrift(
        total=now.beta.value - first.beta.value,
        currency=steps[1] - steps[0],
        price=steps[2] - steps[1],
        gamma=steps[3] - steps[2],
        estimates=0.0,
        trades=0.0,
        movers=_movers(first, now),
    )


def split_renewal(
    before: LiveReading, estimated: LiveReading | None, moved: LiveReading | None, after: LiveReading
) -> LiveDrift:
    """Split the jump of portfolio beta where its book is made again.

    Parameters
    ----------
    before, after
        Readings of the old book and of the new one.
    estimated
        What was held before, at the prices of before, with the new betas; None where that cannot be measured: what
        betas did is then counted with what follows.
    moved
        What was held before, at the new prices, with the new betas; None counts what prices did as trades.
    """
    now = before if estimated is None else estimated
    step = split_live_drift(now, now if moved is None else moved)
    return LiveDrift(
        total=after.beta.value - before.beta.value,
        currency=step.currency,
        price=step.price,
        gamma=step.gamma,
        estimates=now.beta.value - before.beta.value,
        trades=after.beta.value - (now if moved is None else moved).beta.value,
        movers=_movers(before, after),
    )


def join_drifts(first: LiveDrift, second: LiveDrift) -> LiveDrift:
    """Add what happened later to what happened before."""
    changes: dict[str, float] = {}
    for mover in (*first.movers, *second.movers):
        changes[mover.asset] = changes.get(mover.asset, 0.0) + mover.change
    return LiveDrift(
        total=first.total + second.total,
        currency=first.currency + second.currency,
        price=first.price + second.price,
        gamma=first.gamma + second.gamma,
        estimates=first.estimates + second.estimates,
        trades=first.trades + second.trades,
        movers=_ordered(changes),
    )


def _movers(first: LiveReading, now: LiveReading) -> tuple[Mover, ...]:
    changes: dict[str, float] = {}
    for reading, sign in ((first, -1.0), (now, 1.0)):
        for position in reading.positions:
            part = sign * (position.beta_exposure or 0.0) / reading.nav
            changes[position.asset] = changes.get(position.asset, 0.0) + part
    return _ordered(changes)


def _ordered(changes: Mapping[str, float]) -> tuple[Mover, ...]:
    movers = (Mover(asset=asset, change=change) for asset, change in changes.items())
    return tuple(sorted(movers, key=lambda m: (-abs(m.change), m.asset)))


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
