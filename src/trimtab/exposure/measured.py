"""A book measured once: what is held at one moment, with its exposure, and fixed for any move to come.

Whatever follows from a measurement (moves, shocks, past episodes, a plan and what it leaves) reads it here instead of
measuring the same positions again.
"""

from dataclasses import dataclass
from functools import cached_property

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import Exposure, expose_valued, value_book
from trimtab.exposure.movable import Movable
from trimtab.exposure.revalue import Fixed, fix
from trimtab.exposure.valuation import Valuation
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["MeasuredBook", "measure_book"]


# No slots: what was worked out once is kept in the record itself, and goes with it.
@dataclass(frozen=True, kw_only=True)
class MeasuredBook:
    """A portfolio at one moment, measured.

    Parameters
    ----------
    portfolio
        What is held.
    market, betas
        The moment, and the betas it was measured with.
    exposure
        What the two say of it.
    valuations
        Of its positions other than zero, in their order; None where only the exposure is at hand.
    """

    portfolio: Portfolio
    market: Market
    betas: Betas
    exposure: Exposure
    valuations: tuple[Valuation, ...] | None = None

    @property
    def positions(self) -> tuple[Position, ...]:
        """Positions other than zero, one for each line of the exposure."""
        return tuple(p for p in self.portfolio.positions if p.quantity != 0)

    @cached_property
    def fixed(self) -> tuple[Fixed, ...]:
        """The positions that were measured, each with what must not change while prices move."""
        return tuple(one for one in self.fixed_lines if one is not None)

    @cached_property
    def fixed_lines(self) -> tuple[Fixed | None, ...]:
        """The same, one for each line of the exposure; None for what was not measured."""
        valuations = self.valuations or (None,) * len(self.positions)
        return tuple(
            fix(position, self.market, valued) if line.reason is None else None
            for position, valued, line in zip(self.positions, valuations, self.exposure.positions, strict=True)
        )

    @cached_property
    def movable(self) -> Movable:
        """The same positions, laid out for many scenarios at once."""
        return Movable(fixed=self.fixed)

    def becoming(self, portfolio: Portfolio, exposure: Exposure) -> "MeasuredBook":
        """Give another book of the same moment, such as the one a plan leaves, whose exposure is known already."""
        return MeasuredBook(portfolio=portfolio, market=self.market, betas=self.betas, exposure=exposure)

    def holding(self, portfolio: Portfolio) -> "MeasuredBook":
        """Measure another book at the same moment."""
        return measure_book(portfolio, self.market, self.betas)


def measure_book(portfolio: Portfolio, market: Market, betas: Betas) -> MeasuredBook:
    """Measure a portfolio, and keep what was worked out on the way.

    Parameters
    ----------
    portfolio, market, betas
        As for `trimtab.exposure.expose.expose`.

    Raises
    ------
    NotEnoughDataError
        If NAV is not positive, so that a beta on NAV has no meaning.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> book = measure_book(tt.portfolio("100 AAPL, 5000 USD"), tt.market_at(prices, base="USD"), betas)
    >>> round(book.exposure.beta.value, 2), len(book.fixed)
    (0.99, 2)
    """
    valued = value_book(portfolio, market)
    return MeasuredBook(
        portfolio=portfolio,
        market=market,
        betas=betas,
        exposure=expose_valued(valued, market, betas),
        valuations=tuple(v for _, v in valued),
    )
