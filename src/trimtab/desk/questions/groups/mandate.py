"""The mandate of a question: as far as it is stated, the rest from a workspace or as usual."""

from dataclasses import dataclass
from decimal import Decimal

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.values import BenchmarkName, Choice, Exact, Number, Whole
from trimtab.errors import InputError, UsageError
from trimtab.model.mandate import Costs, Mandate, Reading

__all__ = ["PLANNED", "MandateTerms"]

#: What counts for whoever plans trades.
PLANNED = (
    "benchmark", "target", "band", "confidence", "min_coverage", "max_contracts", "commission", "half_spread_ticks",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTerms:
    """What a mandate asks for, where the question says it.

    Parameters
    ----------
    benchmark
        Its symbol in the prices, or a blend of several (`trimtab.model.blend`).
    target
        Beta asked for.
    band
        Half-width of the band around it. Not negative.
    confidence
        How probable a verdict must be, 0.5 <= confidence < 1.
    min_coverage
        Share of gross exposure from which a verdict is given though the rest could change it, 0 to 1.
    max_contracts
        Most contracts to trade in each future.
    commission
        Per contract and side, in the contract's currency.
    half_spread_ticks
        Half the bid-ask spread of futures, in ticks.
    judged
        "fit" or "forecast": which beta the mandate is about, where it says so.
    trigger, step
        Half-width within the band at which plans trade, and how far within it they go, where the mandate says so.

    Examples
    --------
    >>> MandateTerms.of(Mandate(benchmark="SPX", target=1.0, band=0.05)).mandate().upper
    1.05
    """

    benchmark: str | None = option(
        BenchmarkName(), "Symbol of the benchmark in the prices, or a blend: '0.6*SPX + 0.4*AGG'.",
        flags=("--benchmark", "-b"), otherwise="the workspace's",
    )  # fmt: skip
    target: float | None = option(Number("BETA", example="1.0"), "Beta the mandate asks for.", usual=1.0)
    band: float | None = option(
        Number("BETA", least=0, example="0.05"), "Half-width of the band around the target.", usual=0.05
    )
    confidence: float | None = option(
        Number("SHARE", least=0.5, below=1, example="0.95"),
        "How sure a verdict must be; at 0.5 the point estimate decides.", usual=0.5,
    )  # fmt: skip
    min_coverage: float | None = option(
        Number("SHARE", least=0, most=1, example="0.95"),
        "Share of gross exposure from which a verdict is given though the rest could change it.", usual=1.0,
    )  # fmt: skip
    max_contracts: int | None = option(
        Whole("COUNT", least=0, example="50"), "Most contracts to trade in each future.", otherwise="no limit"
    )
    commission: Decimal | None = option(
        Exact("MONEY", example="2.25"), "Commission per contract and side, contract currency.",
        otherwise="the contract table's",
    )  # fmt: skip
    half_spread_ticks: Decimal | None = option(
        Exact("TICKS", example="0.5"), "Half the bid-ask spread of futures.", usual=Decimal("0.5")
    )
    judged: Reading | None = option(
        Choice[Reading]("fit", "forecast"), "Beta that the mandate is about.", otherwise="the method's own"
    )
    trigger: float | None = option(
        Number("BETA", least=0, example="0.03"),
        "Half-width within the band at which plans trade.",
        otherwise="the band",
    )
    step: float | None = option(
        Number("BETA", least=0, example="0.02"), "How far within the trigger trades go.", otherwise="as asked"
    )

    def __post_init__(self) -> None:
        check(self)

    @classmethod
    def of(cls, mandate: Mandate) -> "MandateTerms":
        """Take a mandate apart.

        Raises
        ------
        InputError
            If it is none.
        """
        if not isinstance(mandate, Mandate):
            raise InputError(
                expected="a mandate",
                found=f"{type(mandate).__name__}",
                try_next='give for example Mandate(benchmark="SPX", target=1.0, band=0.05)',
            )
        return cls(
            benchmark=mandate.benchmark, target=mandate.target, band=mandate.band, confidence=mandate.confidence,
            min_coverage=mandate.min_coverage, max_contracts=mandate.max_contracts,
            commission=mandate.costs.commission, half_spread_ticks=mandate.costs.half_spread_ticks,
            judged=mandate.reading, trigger=mandate.trigger, step=mandate.step,
        )  # fmt: skip

    def mandate(self, *, reading: Reading | None = None) -> Mandate:
        """Make the mandate; a `reading` that is stated for all goes before its own.

        Raises
        ------
        UsageError
            If there is no benchmark.
        """
        if self.benchmark is None:
            raise UsageError(
                expected="benchmark (--benchmark): a symbol in the prices",
                found="none",
                try_next="give for example SPX",
            )
        costs = Costs(commission=self.commission, half_spread_ticks=self.half_spread_ticks or Decimal(0))
        return Mandate(
            benchmark=self.benchmark, target=_stated(self.target), band=_stated(self.band),
            confidence=_stated(self.confidence), min_coverage=_stated(self.min_coverage), costs=costs,
            max_contracts=self.max_contracts, reading=reading or self.judged,
            trigger=self.trigger, step=self.step,
        )  # fmt: skip


def _stated(number: float | None) -> float:
    assert number is not None  # noqa: S101 - the usual values were taken before
    return number
