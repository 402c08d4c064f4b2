"""Margin rules of a venue as data: rates by size, short options, grids of price and volatility shocks, haircuts.

Rules are read from files (`trimtab.feeds.venues.margin` says how they are written); what follows from them for a book
is worked out in `trimtab.hedge.margin`.
"""

from dataclasses import dataclass

from trimtab.errors import InputError

__all__ = ["ContractRates", "ProductRules", "ScanRules", "Scenario", "ShortOptionRules", "VenueRules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRates:
    """Margin of futures and perpetuals as a share of their exposure, which grows with the size of the position.

    Parameters
    ----------
    initial, maintenance
        Shares of exposure at no size (0.02 = 2%).
    slope
        Added to both per unit of the underlying that a position is worth (0.00005 = 0.005% a coin).
    limit, step, step_rate
        Risk limits: beyond `limit` units of the underlying both rise by `step_rate` for every `step` begun. A step of 0
        is none. The rate of its step holds for the whole position.
    """

    initial: float
    maintenance: float
    slope: float = 0.0
    limit: float = 0.0
    step: float = 0.0
    step_rate: float = 0.0

    def __post_init__(self) -> None:
        _check_shares("rates", initial=self.initial, maintenance=self.maintenance)
        _check_order("rates", self.initial, self.maintenance)
        _check_sizes("rates", slope=self.slope, limit=self.limit, step=self.step, step_rate=self.step_rate)

    @property
    def is_flat(self) -> bool:
        """Whether the rate is the same whatever the size."""
        return self.slope == 0.0 and self.step * self.step_rate == 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortOptionRules:
    """Margin of an option sold, each for itself: max(share x S - out of the money, least x S) + price.

    Parameters
    ----------
    initial, least
        Shares of the underlying.
    maintenance
        Share of the underlying beside the price; None where maintenance is what initial margin is.
    maintenance_of_price
        Of puts: maintenance is no less than this share of the option's price, beside the price.
    least_on_strike
        Whether `least` is of the strike for puts.
    covers
        Whether an option bought of the same kind and at least the same life limits the margin of one sold.
    """

    initial: float
    least: float
    maintenance: float | None = None
    maintenance_of_price: float = 0.0
    least_on_strike: bool = False
    covers: bool = False

    def __post_init__(self) -> None:
        _check_shares("short_options", initial=self.initial, least=self.least, maintenance=self.maintenance or 0.0)
        _check_sizes("short_options", maintenance_of_price=self.maintenance_of_price)
        _check_order("short_options", self.initial, self.least)
        _check_order("short_options", self.initial, self.maintenance or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One shock of a grid.

    Parameters
    ----------
    price, volatility
        In price scan ranges and volatility scan ranges: 1/3 is a third of the range up, -1 the whole of it down.
    share
        Of the loss that is charged: 1, or less for an extreme move.
    """

    price: float
    volatility: float
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """A grid of shocks of price and volatility: margin is the worst loss over it.

    Parameters
    ----------
    scenarios
        The grid.
    price_range
        Price scan range, share of the price; None takes the maintenance margin of the futures themselves: stated per
        contract, of the contract table, or as assumed.
    volatility_range
        Volatility scan range.
    relative
        Whether that is a share of each option's volatility, or volatility points.
    life_power
        Ranges in points are multiplied by (30 / days to expiry) to this power; 0 leaves them.
    initial_multiple
        Initial over maintenance margin.
    short_option_minimum
        Least margin of an option sold, as a share of the price range of what it is on.
    """

    scenarios: tuple[Scenario, ...]
    price_range: float | None
    volatility_range: float
    relative: bool = True
    life_power: float = 0.0
    initial_multiple: float = 1.0
    short_option_minimum: float = 0.0

    def __post_init__(self) -> None:
        _check_shares("scan", price_range=self.price_range or 0.0)
        _check_sizes(
            "scan", volatility_range=self.volatility_range, life_power=self.life_power,
            short_option_minimum=self.short_option_minimum,
        )  # fmt: skip
        shares = [s.share for s in self.scenarios]
        if not self.scenarios or not all(0 < s <= 1 for s in shares) or self.initial_multiple < 1:
            raise InputError(
                expected="a scan with at least one scenario, shares of the loss above 0 and up to 1, and an "
                "initial_multiple of 1 or more",
                found=f"{len(shares)} scenarios, shares {sorted(set(shares))}, {self.initial_multiple:g}",
                try_next="write scenarios as [price, volatility, share], such as [-1, 1, 1]",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRules:
    """Rules for what is on some coins or indices.

    Parameters
    ----------
    on
        Names of them; empty for everything that has no rules of its own.
    rates, short_options
        Of contracts and of options sold, each position for itself.
    scan
        Of everything on one of them together; where there is one, it holds instead.
    """

    on: tuple[str, ...] = ()
    rates: ContractRates | None = None
    short_options: ShortOptionRules | None = None
    scan: ScanRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueRules:
    """Margin rules of a venue.

    Parameters
    ----------
    venue
        Its name.
    names
        Other names under which contracts and holdings know it; case does not matter.
    source
        Where the rules were published.
    approximation
        What they leave out or simplify; empty where somebody states that they are the venue's own.
    products
        Rules by coin or index.
    option_value
        Whether the value of options counts in the equity that margin is held against.
    long_share, short_share
        Initial and maintenance margin of shares that are owned and of shares sold short, as shares of their value;
        None where shares are no part of an account.
    haircuts
        Share that is taken off collateral of another currency or coin, by its code; what is not named is not taken.
    """

    venue: str
    names: tuple[str, ...] = ()
    source: str = ""
    approximation: str = ""
    products: tuple[ProductRules, ...] = ()
    option_value: bool = True
    long_share: tuple[float, float] | None = None
    short_share: tuple[float, float] | None = None
    haircuts: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.venue.strip():
            raise InputError(expected="a venue with a name", found="none", try_next='write venue = "..."')
        _check_shares("haircuts", **dict(self.haircuts))

    def is_called(self, name: str) -> bool:
        """Tell whether a name is the venue's.

        Examples
        --------
        >>> VenueRules(venue="CME-like", names=("CME", "GLOBEX")).is_called("globex")
        True
        """
        return name.strip().lower() in {n.lower() for n in (self.venue, *self.names)}

    def rules_of(self, on: str) -> ProductRules | None:
        """Give the rules of what is on a coin or index; None if it has none."""
        own = next((p for p in self.products if on in p.on), None)
        return own or next((p for p in self.products if not p.on), None)


def _check_shares(where: str, **shares: float) -> None:
    wrong = {name: value for name, value in shares.items() if not 0 <= value <= 1}
    if wrong:
        raise InputError(
            expected=f"shares from 0 to 1 in {where}",
            found=", ".join(f"{name} {value:g}" for name, value in wrong.items()),
            try_next="write a share as a decimal: 2% is 0.02",
        )


def _check_sizes(where: str, **sizes: float) -> None:
    wrong = {name: value for name, value in sizes.items() if not 0 <= value < float("inf")}
    if wrong:
        raise InputError(
            expected=f"numbers of 0 or more in {where}",
            found=", ".join(f"{name} {value:g}" for name, value in wrong.items()),
            try_next="correct them, or leave them out",
        )


def _check_order(where: str, initial: float, other: float) -> None:
    if other > initial:
        raise InputError(
            expected=f"an initial margin in {where} that is no less than the others",
            found=f"{initial:g} against {other:g}",
            try_next="exchange them, or correct one",
        )
