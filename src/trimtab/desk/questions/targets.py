"""Targets other than the mandate's beta: one in its place, or several at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import PLANNED, MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Choice, Names, Number, Pairs, Switch, Value, Whole
from trimtab.errors import UsageError
from trimtab.model.json import Json

__all__ = ["AIM", "AIM_HELP", "HEDGE", "HEDGE_PRICES", "OtherTarget", "SeveralTargets", "TargetsQuestion"]

#: What may be traded, and prices of it where the price table has none.
HEDGE = Names("NAME,...", "names of hedges separated by commas", "ES,MES")
HEDGE_PRICES = Pairs(Number("PRICE", above=0, example="3800"), "CONTRACT", "ES=3800")
AIM = Choice("edge", "target")
AIM_HELP = "Trade to the target, or to the edge of what trades are made at, the cheapest place inside it."
HEDGE_HELP = "Futures, perpetuals and funds that may be traded (ES,BTC-PERP,SH); a root means its front contract."
HEDGE_PRICES_HELP = "Price of a hedge that the prices lack, in its own points; repeatable."


class Ranges(Value[Mapping[str, tuple[float, float | None]]]):
    """NAME=value or NAME=value:band, each name once; the option may be given more than once."""

    __slots__ = ()
    repeats = True

    def read(self, words: Sequence[str]) -> Mapping[str, tuple[float, float | None]]:
        """Cut each at its equals sign and colon."""
        ranges: dict[str, tuple[float, float | None]] = {}
        for word in words:
            name, _, rest = word.partition("=")
            value, colon, band = rest.partition(":")
            if not name.strip() or name.strip() in ranges:
                raise ValueError(word)
            ranges[name.strip()] = (float(value), float(band) if colon else None)
        return ranges

    def take(
        self, given: Mapping[str, float | Sequence[float | None]] | Sequence[str]
    ) -> Mapping[str, tuple[float, float | None]]:
        """Take a number or (number, band) by name, or words as `read` does."""
        if not isinstance(given, Mapping):
            if isinstance(given, str):
                raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
            return self.read(given)
        ranges: dict[str, tuple[float, float | None]] = {}
        for name, asked in given.items():
            value, band = (asked, None) if isinstance(asked, int | float) else asked
            if value is None:
                raise ValueError(given)
            ranges[name] = (float(value), None if band is None else float(band))
        return ranges

    def write(self, value: Mapping[str, tuple[float, float | None]]) -> Json:
        """Write lists of two by name."""
        return {name: list(asked) for name, asked in value.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTarget:
    """A target in place of the mandate's beta; at most one may be stated.

    Parameters
    ----------
    neutral
        Beta 0.
    at_most
        A beta that must not be exceeded; anything below is inside.
    dollar_beta
        Beta exposure wanted, money in base currency.
    volatility, rule
        Volatility wanted per year, and how it becomes a beta: "volatility", "variance" or "systematic".

    Examples
    --------
    >>> OtherTarget(at_most=1.2).chosen
    ('at_most', 1.2)
    """

    neutral: bool = option(Switch(), "Target beta 0.", default=False)
    at_most: float | None = option(
        Number("BETA", example="1.2"), "A beta that must not be exceeded; with --ways.", otherwise="none"
    )
    dollar_beta: float | None = option(
        Number("MONEY", example="100000"), "Beta exposure wanted, money.", otherwise="none"
    )
    volatility: float | None = option(
        Number("VOLATILITY", above=0, example="0.12"), "Volatility wanted per year, by a named rule.",
        flags=("--target-volatility",), otherwise="none",
    )  # fmt: skip
    rule: str | None = option(
        Choice("volatility", "variance", "systematic"), "How a volatility becomes a beta: its ratio, its square, or "
        "the systematic part.", flags=("--volatility-rule",), otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        stated = self._stated
        if len(stated) > 1:
            raise UsageError(
                expected="one target: a beta, or one of neutral, at_most, dollar_beta (--neutral, --at-most, "
                "--dollar-beta), volatility (--target-volatility)",
                found=" and ".join(stated), try_next="choose one",
            )  # fmt: skip
        if (self.rule is None) != (self.volatility is None):
            raise UsageError(
                expected="volatility (--target-volatility) together with rule (--volatility-rule)",
                found="one of the two", try_next="give for example 0.12 and volatility, or neither",
            )  # fmt: skip

    @property
    def _stated(self) -> dict[str, float]:
        stated = {
            "neutral": 0.0 if self.neutral else None, "at_most": self.at_most, "dollar_beta": self.dollar_beta,
            "volatility": self.volatility,
        }  # fmt: skip
        return {name: value for name, value in stated.items() if value is not None}

    @property
    def chosen(self) -> tuple[str, float] | None:
        """Which is stated, and its number; None for the mandate's own."""
        return next(iter(self._stated.items()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralTargets:
    """Targets beside the mandate's, all at once.

    Parameters
    ----------
    targets
        Further benchmarks: wanted partial beta, with the half-width of its band or None for the mandate's.
    currencies
        Share of NAV to be held in a currency, with its half-width; what is above goes by forwards.
    step
        Currency amounts are multiples of it.
    joint_window
        Joint returns that the betas are measured from; 0 takes all.

    Examples
    --------
    >>> SeveralTargets(targets=("BTC=0", "GLD=0.1:0.02")).targets
    {'BTC': (0.0, None), 'GLD': (0.1, 0.02)}
    """

    targets: Mapping[str, tuple[float, float | None]] = option(
        Ranges("NAME=BETA:BAND", "NAME=value or NAME=value:band, each name once", "BTC=0:0.1"),
        "Partial beta to a further benchmark: BTC=0, or BTC=0:0.1 with its band; repeatable.",
        flags=("--also-target",), default={},
    )  # fmt: skip
    currencies: Mapping[str, tuple[float, float | None]] = option(
        Ranges("CODE=SHARE:BAND", "CODE=value or CODE=value:band, each code once", "EUR=0:0.05"),
        "Share of NAV held in a currency, by forwards: EUR=0, or EUR=0.1:0.02; repeatable.",
        flags=("--currency-target",), default={},
    )  # fmt: skip
    step: float = option(
        Number("MONEY", above=0, example="1000"), "Currency amounts are multiples of it.", flags=("--currency-step",),
        default=1.0,
    )  # fmt: skip
    joint_window: int = option(
        Whole("RETURNS", least=0, example="252"), "Joint returns that partial betas are measured from; 0 for all.",
        default=252,
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsQuestion:
    """Plan for a beta to each of several benchmarks at once, and a share held in each of several currencies.

    Parameters
    ----------
    mandate, measuring, instruments
        What beta to the first benchmark should be, how it is measured, and what is known of instruments.
    hedge, hedge_prices
        Futures, perpetuals and funds that may be traded, and prices that the price table lacks.
    several
        The targets.

    Examples
    --------
    >>> TargetsQuestion(several=SeveralTargets(targets={"BTC": (0.0, 0.1)})).several.step
    1.0
    """

    ask: ClassVar[str] = "targets"

    mandate: MandateTerms = part(MandateTerms, only=PLANNED)
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    hedge: tuple[str, ...] | None = option(HEDGE, HEDGE_HELP, otherwise="none, or the workspace's")
    hedge_prices: Mapping[str, float] = option(HEDGE_PRICES, HEDGE_PRICES_HELP, flags=("--hedge-price",), default={})
    several: SeveralTargets = part(SeveralTargets)

    def __post_init__(self) -> None:
        check(self)
