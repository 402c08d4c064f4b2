"""Betas of assets: measured, judged out of sample, doubted, explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.questions.fields import check, needed, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Names, Number, Pairs, Text, Whole, Wholes

__all__ = ["BetaQuestion", "DiagnosisQuestion", "ExplainQuestion", "LeagueQuestion"]

_MULTIPLES = Pairs(Number("MULTIPLE", example="3"), "SYMBOL", "TQQQ=3")
_MULTIPLES_HELP = "Daily multiple of the benchmark that a fund promises: TQQQ=3, SH=-1; repeatable."


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaQuestion:
    """Measure the beta of each asset.

    Parameters
    ----------
    mandate, measuring, instruments
        The benchmark, and how betas are measured; nothing is asked of instruments.
    multiples
        Daily multiple of the benchmark that a fund promises, by symbol.

    Examples
    --------
    >>> BetaQuestion(multiples=("TQQQ=3", "SH=-1")).multiples
    {'TQQQ': 3.0, 'SH': -1.0}
    """

    ask: ClassVar[str] = "beta"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments, only=())
    multiples: Mapping[str, float] = option(_MULTIPLES, _MULTIPLES_HELP, flags=("--multiple",), default={})

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisQuestion:
    """Say of each asset how far its beta can be trusted.

    Parameters
    ----------
    mandate, measuring, instruments
        The benchmark; window, last day, rates and base currency; nothing is asked of instruments.

    Examples
    --------
    >>> DiagnosisQuestion(measuring=Measuring(window=252)).measuring.window
    252
    """

    ask: ClassVar[str] = "diagnosis"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring, only=("window", "as_of", "risk_free", "base", "fx"))
    instruments: Instruments = part(Instruments, only=())

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueQuestion:
    """Judge methods out of sample on these prices.

    Parameters
    ----------
    mandate, measuring, instruments
        The benchmark; last day, rates and base currency; nothing is asked of instruments.
    methods
        Who plays; None takes the default field.
    horizons
        How far forecasts look, in trading days.
    multiples
        Daily multiple of the benchmark that a fund promises, by symbol.

    Examples
    --------
    >>> LeagueQuestion(methods="ols,welch").horizons
    (21, 63, 252)
    """

    ask: ClassVar[str] = "league"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring, only=("as_of", "risk_free", "base", "fx"))
    instruments: Instruments = part(Instruments, only=())
    methods: tuple[str, ...] | None = option(
        Names("METHOD,...", "methods separated by commas", "ols,welch"), "Who plays.", otherwise="the default field"
    )
    horizons: tuple[int, ...] = option(
        Wholes(Whole("DAYS", least=1, example="21"), "21,63,252"), "How far forecasts look, in trading days.",
        default=(21, 63, 252),
    )  # fmt: skip
    multiples: Mapping[str, float] = option(_MULTIPLES, _MULTIPLES_HELP, flags=("--multiple",), default={})

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainQuestion:
    """Say where a position's numbers come from.

    Parameters
    ----------
    asset
        Symbol of the position.
    mandate, measuring, instruments
        Benchmark, how betas are measured, and what is known of instruments.

    Examples
    --------
    >>> ExplainQuestion(asset="AAPL").asset
    'AAPL'
    """

    ask: ClassVar[str] = "explain"

    asset: str = needed(Text("ASSET", "the symbol of a position", "AAPL"), "Symbol of the position.", place=True)
    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)

    def __post_init__(self) -> None:
        check(self)
