"""What a comparison of ways is told of reallocations, taxes and options that may be traded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.files import File, Table
from trimtab.desk.questions.values import Choice, DayValue, Names, Number, Switch, Text, Value, Whole
from trimtab.errors import UsageError
from trimtab.model.json import Json

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.desk.questions.groups.files import KeptFile, PathLike
    from trimtab.desk.questions.groups.measuring import TableLike

__all__ = ["Limits", "OptionWords", "StandingLimits", "Taxes"]


class Sectors(Value[Mapping[str, tuple[float | None, float]]]):
    """sector=most or sector=least:most, shares of NAV; the option may be given more than once."""

    __slots__ = ()
    repeats = True

    def __init__(self) -> None:
        super().__init__("SECTOR=SHARE", "sector=most or sector=least:most, shares of NAV", "tech=0.1:0.4")

    def read(self, words: Sequence[str]) -> Mapping[str, tuple[float | None, float]]:
        """Cut each at its equals sign and colon."""
        ranges: dict[str, tuple[float | None, float]] = {}
        for word in words:
            name, _, ends = word.partition("=")
            low, colon, high = ends.rpartition(":")
            if not name.strip():
                raise ValueError(word)
            ranges[name.strip()] = (float(low) if colon else None, float(high))
        return ranges

    def take(
        self, given: Mapping[str, Sequence[float | None]] | Sequence[str]
    ) -> Mapping[str, tuple[float | None, float]]:
        """Take (least, most) by sector, or words as `read` does."""
        if not isinstance(given, Mapping):
            if isinstance(given, str):
                raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
            return self.read(given)
        ranges: dict[str, tuple[float | None, float]] = {}
        for name, (low, high) in given.items():
            if high is None:
                raise ValueError(given)
            ranges[name] = (None if low is None else float(low), float(high))
        return ranges

    def write(self, value: Mapping[str, tuple[float | None, float]]) -> Json:
        """Write lists of two by sector."""
        return {name: list(ends) for name, ends in value.items()}


_SHARE = "SHARE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reallocation may do; what is said here goes before the file.

    Parameters
    ----------
    file
        TOML file of limits, costs and taxes.
    fields
        File of what is known of symbols: sector, daily_value, half_spread.
    shorts
        May it open shorts?
    max_weight, max_turnover
        Most of NAV in one position; most traded, bought and sold together, of NAV.
    min_cash, cash_neutral
        Least base cash after, money; whether base cash stays as it is.
    max_participation
        Most of a day's traded value in one order.
    sectors
        Least and most of NAV by sector.
    no_trade, buy
        Symbols that may not be traded, and that may be bought though they are not held.
    min_ticket
        Smallest order, money.
    impact
        Factor of square-root impact; 0 for none.

    Examples
    --------
    >>> Limits(sectors=("tech=0.4",)).sectors
    {'tech': (None, 0.4)}
    """

    file: "str | PathLike | KeptFile | None" = option(
        File("limits.toml"), "TOML file of limits, costs and taxes; the options here go before it.",
        flags=("--limits",), otherwise="none",
    )  # fmt: skip
    fields: "TableLike | None" = option(
        Table("fields.csv"), "What is known of symbols: symbol, sector, daily_value, half_spread.", otherwise="none"
    )
    shorts: bool | None = option(
        Switch(), "A reallocation may open shorts.", off="--long-only", otherwise="long only, or the workspace's"
    )
    max_weight: float | None = option(
        Number(_SHARE, above=0, example="0.2"), "Most of NAV in one position.", otherwise="no limit"
    )
    max_turnover: float | None = option(
        Number(_SHARE, least=0, example="0.3"), "Most traded, bought and sold together, of NAV.", otherwise="no limit"
    )
    min_cash: float | None = option(Number("MONEY", example="0"), "Least base cash after.", otherwise="0")
    cash_neutral: bool = option(Switch(), "What is sold is bought: base cash stays.", default=False)
    max_participation: float | None = option(
        Number(_SHARE, above=0, example="0.1"), "Most of a day's traded value in one order.", otherwise="no limit"
    )
    sectors: Mapping[str, tuple[float | None, float]] = option(
        Sectors(), "Most of a sector (tech=0.4), or least and most (tech=0.1:0.4); repeatable.",
        flags=("--sector-limit",), default={},
    )  # fmt: skip
    no_trade: tuple[str, ...] | None = option(
        Names("SYMBOL,...", "symbols separated by commas", "IBM,GE"), "Symbols that may not be traded.",
        otherwise="none",
    )  # fmt: skip
    buy: tuple[str, ...] | None = option(
        Names("SYMBOL,...", "symbols separated by commas", "XOM,PG"), "Symbols that may be bought though not held.",
        otherwise="none",
    )  # fmt: skip
    min_ticket: float | None = option(Number("MONEY", least=0, example="1000"), "Smallest order.", otherwise="none")
    impact: float | None = option(
        Number("FACTOR", least=0, example="1"), "Factor of square-root impact; 0 for none.", otherwise="1"
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def stated(self) -> bool:
        """Whether anything is said."""
        values = (getattr(self, one.name) for one in fields(self))
        return self.shorts is not None or any(x is not None and x is not False and x != {} for x in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """What a sale owes.

    Parameters
    ----------
    short_rate, long_rate
        On gains held up to a year, and longer.
    loss_relief
        Share of a loss that saves tax, 0 to 1.
    lot_method
        Which lots are sold first.
    lots
        File (or frame) of tax lots: symbol, quantity, price, acquired.

    Examples
    --------
    >>> Taxes(short_rate=0.37, long_rate=0.2).rates
    True
    """

    short_rate: float | None = option(
        Number("RATE", example="0.37"), "Rate on gains held up to a year.", flags=("--tax-short",), otherwise="none"
    )
    long_rate: float | None = option(
        Number("RATE", example="0.2"), "Rate on gains held longer.", flags=("--tax-long",), otherwise="none"
    )
    loss_relief: float | None = option(
        Number(_SHARE, example="0.5"), "Share of a loss that saves tax, 0 to 1.", otherwise="0"
    )
    lot_method: str | None = option(
        Choice("average", "fifo", "lifo", "hifo", "specific", "least_tax"), "Lots sold first.", otherwise="fifo"
    )
    lots: "TableLike | None" = option(
        Table("lots.csv"), "Tax lots: symbol, quantity, price, acquired.", otherwise="none"
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def rates(self) -> bool:
        """Whether a rate is said."""
        return self.short_rate is not None or self.long_rate is not None

    @property
    def stated(self) -> bool:
        """Whether anything is said."""
        return any(getattr(self, one.name) is not None for one in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLimits:
    """Limits and costs that a workspace sets; a file and the question itself go before them.

    Parameters
    ----------
    long_only, no_trade, max_weight, max_turnover
        As in `Limits`.
    half_spread, commission_rate, commission_per_unit, impact
        Costs of trading: half the spread and commission as shares of value, commission per unit, factor of impact.

    Examples
    --------
    >>> StandingLimits(long_only=True, no_trade=("IBM",)).table()
    {'long_only': True, 'no_trade': ['IBM']}
    """

    long_only: bool | None = option(Switch(), "Whether shorts may not be opened.")
    no_trade: tuple[str, ...] | None = option(
        Names("SYMBOL,...", "symbols separated by commas", "IBM,GE"), "Symbols that may not be traded."
    )
    max_weight: float | None = option(Number(_SHARE, above=0, example="0.2"), "Most of NAV in one position.")
    max_turnover: float | None = option(Number(_SHARE, least=0, example="0.3"), "Most traded, of NAV.")
    half_spread: float | None = option(Number(_SHARE, least=0, example="0.0005"), "Half the spread.")
    commission_rate: float | None = option(Number(_SHARE, least=0, example="0.0001"), "Commission, share of value.")
    commission_per_unit: float | None = option(Number("MONEY", least=0, example="0.005"), "Commission per unit.")
    impact: float | None = option(Number("FACTOR", least=0, example="1"), "Factor of square-root impact.")

    def __post_init__(self) -> None:
        check(self)

    def table(self) -> dict[str, Json]:
        """Give what is said in the shape of a limits file."""
        plain = {name: getattr(self, name) for name in ("long_only", "max_weight", "max_turnover")}
        limits: dict[str, Json] = {name: value for name, value in plain.items() if value is not None}
        if self.no_trade is not None:
            limits["no_trade"] = list(self.no_trade)
        names = ("half_spread", "impact", "commission_rate", "commission_per_unit")
        costs: dict[str, Json] = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return {**limits, **({"costs": costs} if costs else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionWords:
    """Which options may be traded: those of a chain, or of a stated volatility.

    Parameters
    ----------
    vol, skew
        Volatility that options are priced at, and its change per unit of ln(strike / price).
    on
        What they are on; None takes the benchmark, a chain needs it.
    days
        Least days to their expiry, without a chain.
    chain, expiry
        File of quotes (right, strike, bid, ask), and the last day of its options.
    floor
        Money that protective puts should hold at expiry.

    Examples
    --------
    >>> OptionWords(vol=0.2).days
    60
    """

    vol: float | None = option(
        Number("VOLATILITY", above=0, example="0.2"), "Volatility that options are priced at.",
        flags=("--option-vol",), otherwise="none: give a chain",
    )  # fmt: skip
    skew: float = option(
        Number("SLOPE", example="-0.3"), "Change of that volatility per unit of ln(strike / price).",
        flags=("--option-skew",), default=0.0,
    )  # fmt: skip
    on: str | None = option(
        Text("SYMBOL", "a symbol in the prices", "SPX"), "What options are on; needed with --option-chain.",
        flags=("--option-on",), otherwise="the benchmark",
    )  # fmt: skip
    days: int = option(
        Whole("DAYS", least=1, example="60"), "Least days to the expiry of options.", flags=("--option-days",),
        default=60,
    )  # fmt: skip
    chain: "str | PathLike | KeptFile | None" = option(
        File("quotes.csv"), "Quotes (right, strike, bid, ask) instead of a volatility.", flags=("--option-chain",),
        otherwise="none",
    )  # fmt: skip
    expiry: "str | dt.date | None" = option(
        DayValue(), "Expiry of those quotes, YYYY-MM-DD.", flags=("--option-expiry",), otherwise="none"
    )
    floor: float | None = option(
        Number("MONEY", above=0, example="900000"), "Money that protective puts should hold at expiry.",
        otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.chain is not None and (self.expiry is None or self.on is None):
            raise UsageError(
                expected="expiry (--option-expiry) and on (--option-on) together with chain (--option-chain)",
                found=f"{f'expiry {self.expiry}' if self.expiry else 'no expiry'}, "
                f"{f'options on {self.on}' if self.on else 'no underlying'}",
                try_next="give the last day of those options, YYYY-MM-DD, and the symbol of what they are on",
            )  # fmt: skip
