"""The table of common futures contracts: facts that a holdings file need not repeat."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.model.decimals import take_decimals
from trimtab.model.expiry import MONTH_CODES, ROLL_BEFORE, front_month, resolve_year, third_friday
from trimtab.model.instrument import Future, Terms

__all__ = ["ContractSpec", "ContractTable"]

_CONTRACT = re.compile(rf"^([A-Z0-9]{{1,6}}?)([{MONTH_CODES}])(\d{{4}}|\d{{2}}|\d)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSpec:
    """What an exchange says about one family of futures.

    Parameters
    ----------
    root
        The family, for example ES.
    name, exchange
        For people.
    terms
        Multiplier, tick and lot with effective dates.
    currency
        Currency of the multiplier's money.
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

    def __post_init__(self) -> None:
        take_decimals(self, "commission")

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

        Only equity-index expiries follow the third Friday; for other families the month is right and the day is an
        approximation, used for nothing but naming and warnings.
        """
        year, month = front_month(as_of, self.months)
        return self.future(symbol=f"{self.root}{MONTH_CODES[month - 1]}{year % 10}", expiry=third_friday(year, month))

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
    """Contract families by root.

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
            if spec.underlying:
                families.setdefault((spec.underlying[0], spec.currency), []).append(spec.root)
        related = tuple(
            replace(s, siblings=tuple(r for r in families[s.underlying[0], s.currency] if r != s.root))
            if s.underlying
            else s
            for s in self.specs
        )
        object.__setattr__(self, "specs", related)

    def root(self, root: str) -> ContractSpec:
        """Give the family of a root, or say which roots are near it."""
        for spec in self.specs:
            if spec.root == root:
                return spec
        near = get_close_matches(root, [s.root for s in self.specs], n=3, cutoff=0.4)
        raise UnknownSymbolError(
            expected="a futures root in the contract table, such as ES or MES",
            found=f"{root!r}",
            try_next=f"did you mean {', '.join(near)}? Otherwise add it with a contracts file (--contracts)"
            if near
            else "add it with a contracts file (--contracts)",
        )

    def find(self, symbol: str, *, as_of: dt.date | None = None) -> Future | None:
        """Read a contract name such as ES, ESZ6, ESZ26 or ESZ2026; None if its family is not in the table."""
        families = {s.root: s for s in self.specs}
        if symbol in families:
            return families[symbol].front(as_of) if as_of else families[symbol].future()
        match = _CONTRACT.match(symbol)
        if match is None or match[1] not in families:
            return None
        month = MONTH_CODES.index(match[2]) + 1
        year = resolve_year(match[3], month, as_of)
        expiry = None if year is None else third_friday(year, month)
        return families[match[1]].future(symbol=symbol, expiry=expiry)

    def merged(self, other: "ContractTable") -> "ContractTable":
        """Give this table with the other's families added, the other's winning where both have one."""
        theirs = {s.root for s in other.specs}
        return ContractTable(specs=(*(s for s in self.specs if s.root not in theirs), *other.specs))
