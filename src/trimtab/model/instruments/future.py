"""Dated futures."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trimtab.model.instruments.checks import check_currency, check_symbol, check_terms
from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.kind import ONE
from trimtab.model.instruments.settling import Settling
from trimtab.model.instruments.terms import Terms

__all__ = ["Future"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Future(Settling):
    """A dated future with a linear payoff, marked to market daily.

    Parameters
    ----------
    symbol
        The contract, for example ESZ6, or a root such as ES for the front contract.
    root
        The contract family in the contract table, for example ES.
    currency
        The currency of the multiplier's money.
    terms
        Multiplier, tick and lot with effective dates.
    underlying
        Symbols of the underlying in price tables, best first; empty if there is none.
    trackers
        Funds that hold the underlying: their beta may stand in for the future's, their price may not.
    siblings
        Roots of contracts of another size on the same underlying (ES for MES): they trade at the same price.
    expiry
        Last trading day; None if not known.
    minor
        True if its price is quoted in hundredths of the currency, where the price table states none (see `Spot`).
    quanto
        True if `underlying` is quoted in another currency and its points are paid in this one (NKD).

    Examples
    --------
    >>> from decimal import Decimal
    >>> micro = Future(
    ...     symbol="MESZ6", root="MES", currency="USD", terms=(Terms(multiplier=Decimal(5)),), siblings=("ES",)
    ... )
    >>> micro.own_names, micro.sibling_names, micro.settles_daily
    (('MESZ6', 'MES'), ('ESZ6', 'ES'), True)
    """

    symbol: str
    root: str
    currency: str
    terms: tuple[Terms, ...]
    underlying: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    expiry: dt.date | None = None
    minor: bool = False
    quanto: bool = False

    kind = assumed_as = "future"
    formula = "delta exposure = quantity x multiplier x price x FX; value 0, because gains settle daily"
    is_contract = settles_daily = True
    is_money = is_owned = keeps_entry = False
    inverse = premium_in_coin = obeys_parity = False
    constituents = exercised_as = written_on = ()
    leverage = ONE
    strike = None
    delta_sign = 0

    def __post_init__(self) -> None:
        check_symbol(self.symbol)
        check_currency(self.currency)
        check_terms(self.symbol, self.terms)

    @property
    def own_names(self) -> tuple[str, ...]:
        """Names of its own prices."""
        return tuple(dict.fromkeys((self.symbol, self.root)))

    @property
    def sibling_names(self) -> tuple[str, ...]:
        """Contracts of other sizes that trade at the same price: the same month first, then the front."""
        month = self.symbol.removeprefix(self.root)
        return tuple(dict.fromkeys(name for root in self.siblings for name in (root + month, root)))

    @property
    def stand_in_names(self) -> tuple[str, ...]:
        """Names whose prices or beta may stand in for its own."""
        return (*self.sibling_names, *self.underlying, *self.trackers)

    @property
    def underlyings(self) -> tuple[str, ...]:
        """Symbols of its index."""
        return self.underlying

    @property
    def family(self) -> str:
        """Its root."""
        return self.root

    @property
    def contract(self) -> tuple[object, ...]:
        """Its symbol."""
        return ("future", self.symbol)

    @property
    def paid_in(self) -> str:
        """The currency of the multiplier's money."""
        return self.currency

    @property
    def dividend_payers(self) -> tuple[str, ...]:
        """Its underlying."""
        return self.underlying

    @property
    def price_names(self) -> tuple[str, ...]:
        """Its own names and its stand-ins, but no fund that only its beta may be taken from."""
        trackers = set(self.trackers) - set(self.underlying)
        return (*self.own_names, *(name for name in self.stand_in_names if name not in trackers))

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """Its symbol, and the same month in other sizes."""
        month = self.symbol.removeprefix(self.root)
        return (self.symbol, *(root + month for root in self.siblings)) if month else (self.symbol,)

    @property
    def moneys(self) -> tuple[str, ...]:
        """Its currency."""
        return (self.currency,)

    @property
    def followed(self) -> tuple[Followed, ...]:
        """Its currency, its own names, its siblings, its underlying and the funds on that."""
        own = (self.symbol, self.root, *self.sibling_names)
        points = None if self.quanto else self.currency
        return (
            Followed(symbol=None, currency=self.currency),
            *(Followed(symbol=s, currency=self.currency) for s in own),
            *(Followed(symbol=s, currency=points) for s in (*self.underlying, *self.trackers)),
        )

    @property
    def rolls(self) -> bool:
        """True: contracts of its family follow each other."""
        return True

    @property
    def rolls_with(self) -> tuple[object, ...]:
        """Its root."""
        return ("future", self.root)

    @property
    def expiry_place(self) -> str:
        """Its symbol, which names the month."""
        return self.symbol

    def key_on(self, day: dt.date) -> str:  # noqa: ARG002 - terms that change leave it the same contract
        """Give its kind and symbol."""
        return f"future {self.symbol}"

    def renamed(self, names: Mapping[str, str]) -> "Future":
        """Give it under its new name."""
        return replace(self, symbol=names[self.symbol]) if self.symbol in names else self

    def with_terms(self, terms: tuple[Terms, ...]) -> "Future":
        """Give it with other terms."""
        return replace(self, terms=terms)

    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:  # noqa: ARG002
        """Give its own columns and, unless it is quanto, those of its underlying."""
        own = (self.symbol, self.root, *self.sibling_names)
        names = own if self.quanto else (*own, *self.underlying)
        return tuple((name, self.currency, self.minor) for name in dict.fromkeys(names))
