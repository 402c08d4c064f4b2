"""The table of what may be traded: facts of futures, perpetuals and funds that no holdings file need repeat."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.model.decimals import take_decimals, take_floats
from trimtab.model.expiry import MONTH_CODES, ROLL_BEFORE, front_month, resolve_year, third_friday
from trimtab.model.instrument import Future, Perpetual, PerpetualPayoff, Spot, Terms
from trimtab.model.last_day import last_trading_day
from trimtab.model.near import nearest
from trimtab.model.venue import VenueRules

__all__ = ["FAMILY_KINDS", "LATER", "ContractSpec", "ContractTable"]

#: Of a field that came later: where it has its default, a record is the one that it was before, hash and all.
LATER = MappingProxyType({"later": True})
#: Kinds of instruments that the table may hold.
FAMILY_KINDS = ("future", "perpetual", "spot")
_DATED, _PERPETUAL = frozenset(["future"]), frozenset(["perpetual"])
#: Columns that only one kind has.
_OWN = {"perpetual": ("payoff", "settlement", "funding"), "spot": ("leverage", "borrow", "shortable")}

_CONTRACT = re.compile(rf"^([A-Z0-9]{{1,6}}?)([{MONTH_CODES}])(\d{{4}}|\d{{2}}|\d)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSpec:
    """What an exchange says about one family of futures, one perpetual, or one fund.

    Parameters
    ----------
    root
        The family, for example ES; the symbol of a perpetual or fund.
    name, exchange
        For people.
    terms
        Multiplier, tick and lot with effective dates.
    currency
        Currency of the multiplier's money; that of the price of a perpetual or fund.
    underlying
        Symbols under which price tables may hold the underlying, best first; empty if its level does not stand in
        for the future's price.
    trackers
        Funds that hold the underlying (SPY for ES): their beta may stand in for the future's, their price may not.
    siblings
        Roots of other sizes on the same underlying; filled in by the table.
    months
        Month letters of the listed cycle.
    commission
        Assumed commission per contract and side, in `currency`. An assumption, not a fact.
    quanto
        True if the index is quoted in another currency and its points are paid in this one (NKD).
    source
        Where the facts come from, with the date.
    kind
        future, perpetual or spot (a fund or coin).
    payoff, settlement
        Of a perpetual: linear, inverse or quanto, and the coin that its gains and margin are in.
    leverage
        Daily multiple that a fund promises: 2, 3, -1.
    commission_rate
        Commission as a share of what is traded, beside `commission`.
    margin
        Initial margin as a share of exposure; None if it is not known.
    funding
        Of a perpetual, per eight hours (0.0001 = 0.01%); positive = longs pay. None if it is not known.
    borrow
        What borrowing a fund's shares costs a year, as a share of their value; None if it is not known.
    shortable
        Whether it may be sold short.
    """

    root: str
    name: str
    exchange: str
    terms: tuple[Terms, ...]
    currency: str
    underlying: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    months: str = "HMUZ"
    commission: Decimal = Decimal(0)
    source: str = ""
    quanto: bool = False
    kind: str = field(default="future", metadata=LATER)
    payoff: PerpetualPayoff = field(default=PerpetualPayoff.LINEAR, metadata=LATER)
    settlement: str | None = field(default=None, metadata=LATER)
    leverage: Decimal = field(default=Decimal(1), metadata=LATER)
    commission_rate: Decimal = field(default=Decimal(0), metadata=LATER)
    margin: float | None = field(default=None, metadata=LATER)
    funding: float | None = field(default=None, metadata=LATER)
    borrow: float | None = field(default=None, metadata=LATER)
    shortable: bool = field(default=True, metadata=LATER)

    def __post_init__(self) -> None:
        take_decimals(self, "commission", "leverage", "commission_rate")
        take_floats(self, "margin", "funding", "borrow")
        _check_kind(self)
        _check_shares(self)

    @property
    def is_dated(self) -> bool:
        """Whether it is a family of contracts that expire."""
        return self.kind in _DATED

    def listed(self, day: dt.date) -> Future | Perpetual | Spot:
        """Give what is traded under its name on a day: the contract to trade of futures, else the one that there is.

        Examples
        --------
        >>> fund = ContractSpec(
        ...     root="SH", name="Short S&P 500", exchange="", currency="USD", kind="spot", leverage=-1,
        ...     terms=(Terms(multiplier=1),),
        ... )  # fmt: skip
        >>> fund.listed(dt.date(2026, 12, 9)).leverage
        Decimal('-1')
        """
        if self.is_dated:
            return self.to_trade(day)
        return self.perpetual or Spot(symbol=self.root, currency=self.currency, leverage=self.leverage)

    @property
    def perpetual(self) -> Perpetual | None:
        """The contract, where it is a perpetual."""
        if self.kind not in _PERPETUAL:
            return None
        return Perpetual(
            symbol=self.root,
            currency=self.currency,
            settlement=self.settlement or self.currency,
            payoff=self.payoff,
            terms=self.terms,
            underlying=self.underlying,
        )

    def future(self, *, symbol: str | None = None, expiry: dt.date | None = None) -> Future:
        """Make the contract of this family with a given name and expiry."""
        return Future(
            symbol=symbol or self.root,
            root=self.root,
            currency=self.currency,
            terms=self.terms,
            underlying=self.underlying,
            trackers=self.trackers,
            siblings=self.siblings,
            expiry=expiry,
            quanto=self.quanto,
        )

    def front(self, as_of: dt.date) -> Future:
        """Give the first contract that has not expired on a day, named like ESH3.

        Where the rule of its family is not known (`trimtab.model.last_day`) the month is right and the day, its third
        Friday, is an approximation, used for nothing but naming and warnings.
        """
        year, month = front_month(as_of, self.months, last_day=self.expiry_of)
        return self.future(symbol=f"{self.root}{MONTH_CODES[month - 1]}{year % 10}", expiry=self.expiry_of(year, month))

    def expiry_of(self, year: int, month: int) -> dt.date:
        """Give the last trading day of a month's contract, or its third Friday where the family's rule is not known."""
        return last_trading_day(self.root, year, month) or third_friday(year, month)

    def to_trade(self, as_of: dt.date) -> Future:
        """Give the contract that new trades are made in: the front one, from eight days before its expiry the next.

        Examples
        --------
        >>> es = ContractSpec(root="ES", name="E-mini", exchange="CME", currency="USD", terms=(Terms(multiplier=50),))
        >>> [es.to_trade(dt.date(2026, 12, day)).symbol for day in (9, 10, 18)]
        ['ESZ6', 'ESH7', 'ESH7']
        """
        front = self.front(as_of)
        if front.expiry is None or as_of < front.expiry - ROLL_BEFORE:
            return front
        return self.front(front.expiry + dt.timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTable:
    """Contract families, perpetuals and funds by root, and the margin rules of venues.

    Parameters
    ----------
    specs
        What may be traded.
    venues
        Margin rules, each venue once; later ones of a table go before.

    Examples
    --------
    >>> es = ContractSpec(
    ...     root="ES",
    ...     name="E-mini S&P 500",
    ...     exchange="CME",
    ...     currency="USD",
    ...     terms=(Terms(multiplier=Decimal(50), tick=Decimal("0.25")),),
    ... )
    >>> ContractTable(specs=(es,)).find("ESZ26").expiry
    datetime.date(2026, 12, 18)
    """

    specs: tuple[ContractSpec, ...] = ()
    venues: tuple[VenueRules, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        roots = [s.root for s in self.specs]
        twice = sorted({r for r in roots if roots.count(r) > 1})
        if twice:
            raise InputError(
                expected="each contract root once",
                found=f"twice: {', '.join(twice)}",
                try_next="drop the repeated rows",
            )
        families: dict[tuple[str, str], list[str]] = {}
        for spec in self.specs:
            if spec.underlying and spec.is_dated:
                families.setdefault((spec.underlying[0], spec.currency), []).append(spec.root)
        related = tuple(
            replace(s, siblings=tuple(r for r in families[s.underlying[0], s.currency] if r != s.root))
            if s.underlying and s.is_dated
            else s
            for s in self.specs
        )
        object.__setattr__(self, "specs", related)

    def root(self, root: str) -> ContractSpec:
        """Give the family of a root, or say which roots are near it."""
        for spec in self.specs:
            if spec.root == root:
                return spec
        near = nearest(root, (s.root for s in self.specs), most=3)
        raise UnknownSymbolError(
            expected="a name in the contract table, such as ES or MES",
            found=f"{root!r}",
            try_next=f"{near} Otherwise add it with a contracts file (--contracts)"
            if near
            else "add it with a contracts file (--contracts)",
        )

    def find(self, symbol: str, *, as_of: dt.date | None = None) -> Future | None:
        """Read a contract name such as ES, ESZ6, ESZ26 or ESZ2026; None if no family of futures in the table has it."""
        families = {s.root: s for s in self.specs if s.is_dated}
        if symbol in families:
            return families[symbol].front(as_of) if as_of else families[symbol].future()
        match = _CONTRACT.match(symbol)
        if match is None or match[1] not in families:
            return None
        month = MONTH_CODES.index(match[2]) + 1
        year = resolve_year(match[3], month, as_of)
        expiry = None if year is None else families[match[1]].expiry_of(year, month)
        return families[match[1]].future(symbol=symbol, expiry=expiry)

    @property
    def roots(self) -> frozenset[str]:
        """Roots of the families of futures."""
        return frozenset(s.root for s in self.specs if s.is_dated)

    def spec(self, root: str) -> ContractSpec | None:
        """Give what the table holds under a root or symbol; None if it holds nothing."""
        return next((s for s in self.specs if s.root == root), None)

    def with_funding(self, funding: Mapping[str, float]) -> "ContractTable":
        """Give this table with the funding of perpetuals that is stated by symbol; it goes before the table's own."""
        if not funding:
            return self
        specs = (
            replace(s, funding=funding[s.root]) if s.perpetual is not None and s.root in funding else s
            for s in self.specs
        )
        return replace(self, specs=tuple(specs))

    def merged(self, other: "ContractTable") -> "ContractTable":
        """Give this table with the other's families added, the other's winning where both have one."""
        theirs = {s.root for s in other.specs}
        return ContractTable(
            specs=(*(s for s in self.specs if s.root not in theirs), *other.specs),
            venues=(*self.venues, *other.venues),
        )

    def rules_at(self, venue: str) -> VenueRules | None:
        """Give the margin rules of a venue by any of its names, the last that were given; None if there are none."""
        return next((v for v in reversed(self.venues) if v.is_called(venue)), None)

    def needed_rules(self, venue: str) -> VenueRules:
        """Give the margin rules of a venue, or say which there are.

        Raises
        ------
        UnknownSymbolError
            If there are none.
        """
        rules = self.rules_at(venue)
        if rules is None:
            names = ", ".join(dict.fromkeys(v.venue for v in self.venues)) or "none"
            raise UnknownSymbolError(
                expected=f"a venue whose margin rules are known ({names})",
                found=f"{venue!r}",
                try_next="give its rules as a file (--contracts venue.toml), the broker's own figures per contract in "
                "columns initial_margin and maintenance_margin of the holdings, or another venue in the column venue",
            )
        return rules

    def index_of(self, name: str) -> str:
        """Give the first name of an index or coin: that of the contracts of which a name is an alias, or itself."""
        return next((s.underlying[0] for s in self.specs if name in s.underlying), name)

    def future_spec(self, symbol: str) -> ContractSpec | None:
        """Give the family of a contract name such as ES or ESZ6; None if it is no future of the table."""
        contract = self.find(symbol)
        return None if contract is None else self.spec(contract.root)


def _check_kind(spec: ContractSpec) -> None:
    """Refuse a kind that the table does not hold, and what only another kind has.

    Raises
    ------
    InputError
        If so, or if a perpetual does not say the coin that it settles in.
    """
    if spec.kind not in FAMILY_KINDS:
        raise InputError(
            expected=f"a kind of {spec.root} among {', '.join(FAMILY_KINDS)}", found=repr(spec.kind),
            try_next="leave it empty for a future; write fund for shares of a fund",
        )  # fmt: skip
    if spec.payoff is not PerpetualPayoff.LINEAR and not spec.settlement:
        raise InputError(
            expected=f"the coin that {spec.root} settles in (settlement): it is {spec.payoff.value}", found="none",
            try_next="fill the column settlement, such as BTC; one that pays its quote currency has payoff linear",
        )  # fmt: skip
    usual: dict[str, object] = {
        "payoff": PerpetualPayoff.LINEAR, "settlement": None, "funding": None, "leverage": 1, "borrow": None,
        "shortable": True,
    }  # fmt: skip
    own = _OWN.get(spec.kind, ())
    wrong = [name for name, value in usual.items() if name not in own and getattr(spec, name) != value]
    if wrong:
        raise InputError(
            expected=f"facts of a {spec.kind} for {spec.root}", found=f"{', '.join(wrong)}, which it has not",
            try_next="leave it empty, or write the kind: perpetual has payoff, settlement and funding; fund has "
            "leverage, borrow and shortable",
        )  # fmt: skip


def _check_shares(spec: ContractSpec) -> None:
    """Refuse shares and rates of another size than they can have: most are written in per cent by mistake.

    Raises
    ------
    InputError
        If one is.
    """
    bounds = {
        "commission_rate": (float(spec.commission_rate), 0.0, 0.1), "margin": (spec.margin, 0.0, 1.0),
        "funding": (spec.funding, -0.05, 0.05), "borrow": (spec.borrow, 0.0, 5.0),
        "leverage": (float(spec.leverage), -10.0, 10.0),
    }  # fmt: skip
    for name, (value, low, high) in bounds.items():
        if value is not None and not low <= value <= high:
            raise InputError(
                expected=f"{name} of {spec.root} from {low:g} to {high:g}", found=f"{value:g}",
                try_next="write a share as a decimal: 0.01% is 0.0001",
            )  # fmt: skip
    if spec.leverage == 0:
        raise InputError(
            expected=f"a multiple of {spec.root} other than 0", found="0", try_next="leave it empty for a plain fund"
        )
