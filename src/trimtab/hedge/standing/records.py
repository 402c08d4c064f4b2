"""What a whole book is compared by, before and after: a gain is plus, and what is not known is None."""

from dataclasses import dataclass
from decimal import Decimal

from trimtab.hedge.margin.records import AccountMargin
from trimtab.model.contract import ContractTable

__all__ = ["BookTerms", "MarginLine", "Standing", "StandingChange", "Standings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTerms:
    """What margin and a year of holding are counted with.

    Parameters
    ----------
    contracts
        Margin, commission, funding and borrowing fees of what it names.
    commission
        Per contract of futures, in their currency; None takes the contract table's.
    half_spread_ticks
        Half the bid-ask spread, in ticks.
    margin_share, margins
        Initial margin of futures: share of exposure where nothing else is known, or money per contract by symbol or
        family.
    rolls_per_year
        How often futures are rolled.
    funding_spread, borrow_fee
        Interest on margin above what it earns, and the fee on shares sold short where none is known, per year.
    """

    contracts: ContractTable
    commission: Decimal | None
    half_spread_ticks: Decimal
    margin_share: float
    margins: tuple[tuple[str, float], ...]
    rolls_per_year: float
    funding_spread: float
    borrow_fee: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginLine:
    """Initial margin of what is netted together.

    Parameters
    ----------
    on
        The index, coin or share.
    venue, currency
        Where it is held, empty if that is not known; and what margin and gains are in.
    margin
        Base currency; None where it is not known.
    units
        What makes it, as (symbol, signed units).
    """

    on: str
    venue: str
    currency: str
    margin: float | None
    units: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Figures of one book at one moment.

    Parameters
    ----------
    probability_inside
        That its true beta lies in the mandate's band.
    margin
        Initial margin, netted by contract, index, venue and currency; base currency. None where part of it is not
        known.
    margins
        The same by what is netted together.
    roll, funding, borrow
        A year of rolling futures, of interest on margin, and of borrowing shares: a gain is plus, so these are minus.
    carry
        A year of basis, funding of perpetuals and interest on cash, if prices stand still; a gain is plus.
    dividends, decay
        A year of dividends received, and of time value and daily resets; a gain is plus.
    tracking_error
        Of the distance from the target, per square-root year: |beta - target| x volatility of the benchmark.
    effective, largest
        Effective number of positions, and the largest one's share of gross delta exposure.
    gamma, vega, theta
        Beta exposure gained per +1% of the benchmark, money per volatility point and per calendar day.
    cash
        Money in the base currency.
    not_known
        What keeps a figure from being known, in words.
    accounts
        Venue accounts: collateral, initial and maintenance margin by the venue's rules, distance to liquidation.
    """

    probability_inside: float
    margin: float | None
    margins: tuple[MarginLine, ...]
    roll: float | None
    funding: float | None
    borrow: float
    carry: float | None
    dividends: float
    decay: float | None
    tracking_error: float | None
    effective: float
    largest: float
    gamma: float
    vega: float | None
    theta: float | None
    cash: float
    not_known: tuple[str, ...] = ()
    accounts: tuple[AccountMargin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChange:
    """What trades make of a book's figures: after minus before, so that a gain is plus.

    Parameters
    ----------
    probability_inside, margin, roll, funding, borrow, carry, dividends, decay, tracking_error, effective, largest, \
gamma, vega, theta, cash
        Of each figure of `Standing`. Margin freed is less than 0; what is not known but stays as it is changes by 0.
    """

    probability_inside: float
    margin: float | None
    roll: float | None
    funding: float | None
    borrow: float
    carry: float | None
    dividends: float
    decay: float | None
    tracking_error: float | None
    effective: float
    largest: float
    gamma: float
    vega: float | None
    theta: float | None
    cash: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Figures of the whole book before and after trades, and the difference.

    Parameters
    ----------
    before, after
        The book as it is, and with the trades done.
    change
        After minus before.
    """

    before: Standing
    after: Standing
    change: StandingChange
