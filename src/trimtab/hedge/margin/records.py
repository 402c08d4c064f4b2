"""What is said of a venue account: money in base currency, and what is not known is None with its reason."""

from dataclasses import dataclass

__all__ = ["AccountAfter", "AccountMargin", "CashNeed", "MarginPart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginPart:
    """Margin of what is on one coin or index in an account.

    Parameters
    ----------
    on
        Coin or index.
    initial, maintenance
        Base currency; None where it is not known.
    source
        Whose figures or rules they are: "stated by the broker", or a venue's rules.
    units
        What makes it, as (symbol, signed units).
    """

    on: str
    initial: float | None
    maintenance: float | None
    source: str
    units: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CashNeed:
    """Cash that an account lacks after a move of some deviations, so that it is not liquidated.

    Parameters
    ----------
    sigmas, days
        How many deviations, over how many trading days.
    volatility
        Per square-root year, of what the account's distance is measured in.
    source
        What that volatility was measured from.
    move
        sigmas x volatility x square root of days over days in a year.
    fall, rise
        Money to bring for a fall and for a rise of that size, base currency; 0 where none is needed.
    """

    sigmas: float
    days: int
    volatility: float
    source: str
    move: float
    fall: float
    rise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMargin:
    """A venue account: one venue (exchanges with the same rules are one), one currency that margin is held in.

    Parameters
    ----------
    venue, currency
        As holdings or contracts name the venue; the collateral's currency or coin.
    collateral
        Cash and coins behind it after haircuts, base currency.
    equity
        That with open gains and, where the venue counts them, values of options; None where it is not known.
    initial, maintenance
        Margin; None where it is not known.
    parts
        By coin or index.
    of
        What the distance is a move of: the one coin or index that the account is on, else the benchmark.
    fall, rise
        The nearest moves of it at which equity is below maintenance margin (-0.08 = a fall of 8%); 0 both where it is
        now; None where none comes from -99.9% to +1,000%, or it is not known.
    reason
        Why a figure is not known; empty where all are.
    source
        Whose rules or figures were used.
    notes
        What was assumed of it.
    cash
        Cash for a move of some deviations; None where it was not asked for or is not known.
    """

    venue: str
    currency: str
    collateral: float
    equity: float | None
    initial: float | None
    maintenance: float | None
    parts: tuple[MarginPart, ...]
    of: str
    fall: float | None
    rise: float | None
    reason: str
    source: str
    notes: tuple[str, ...]
    cash: CashNeed | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Venue and currency, which tell it from other accounts."""
        return self.venue, self.currency

    @property
    def free(self) -> float | None:
        """Equity above maintenance margin, base currency; None where it is not known."""
        return None if self.equity is None or self.maintenance is None else self.equity - self.maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAfter:
    """A venue account after a shock.

    Parameters
    ----------
    venue, currency
        As before.
    equity, initial, maintenance
        Base currency; None where it is not known.
    liquidated
        Whether equity is below maintenance margin there, or was on the way; None where it is not known.
    fall, rise
        Distance from there on, as of `AccountMargin`.
    """

    venue: str
    currency: str
    equity: float | None
    initial: float | None
    maintenance: float | None
    liquidated: bool | None
    fall: float | None
    rise: float | None
