"""How betas are measured, as every question asks it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.files import KeptFile, PathLike, Rates, Table
from trimtab.desk.questions.values import Choice, Currency, DayValue, Number, Text, Whole
from trimtab.model.json import Json
from trimtab.model.mandate import Reading

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from trimtab.beta.method import Estimator
    from trimtab.market.benchmark import ReturnKind
    from trimtab.market.rates.fx import FxRates
    from trimtab.market.rates.interest import Interest
    from trimtab.market.rates.risk_free import RiskFree

    class Frame(Protocol):
        """A frame of pandas, Polars or Arrow."""

        @property
        def columns(self) -> Iterable[str]: ...

    #: Rates: a number, words, a file, a frame, or rates that are read already.
    RatesLike: TypeAlias = "float | str | PathLike | KeptFile | Frame | RiskFree | Interest | Mapping[str, float]"
    #: A file or a frame.
    TableLike: TypeAlias = "str | PathLike | KeptFile | Frame"
    #: Exchange rates: a file, a frame, or rates that are read already.
    FxLike: TypeAlias = "str | PathLike | KeptFile | Frame | FxRates"

__all__ = ["Measuring"]


class Method(Text):
    """A method by its name and parts; in Python an estimator as well, which is written as its name."""

    __slots__ = ()

    def take(self, given: "str | Estimator") -> str:
        """Leave an estimator as it is."""
        return given if hasattr(given, "estimate") else super().take(given)  # type: ignore[return-value]

    def write(self, value: "str | Estimator") -> Json:
        """Write an estimator so that it can be read again."""
        if isinstance(value, str):
            return value
        from trimtab.beta.method import written  # noqa: PLC0415 - loads numpy

        return written(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How betas are measured.

    Parameters
    ----------
    method
        Such as ``ols`` or ``welch|vasicek``, or an estimator.
    reading
        "fit" to the past, or "forecast": which beta everything is measured with; None takes the mandate's, else what
        the method answers with.
    window
        Paired returns looked at; None leaves the method's own.
    half_life
        Of the weights, in trading days; None leaves the method's own.
    errors
        "classical", "robust" or "hac"; None leaves the method's own.
    as_of
        Last day that may be used; None takes the last with prices.
    risk_free
        Annual rate as a decimal, rates by currency, or a file (in Python also a frame) of dated rates.
    benchmark_returns
        "total" if dividends are in the benchmark, "price" if not; None goes by its name.
    base
        Base currency: prices are converted into it. A portfolio's is USD if none is stated, a workspace has its own.
    fx
        File (or frame) of exchange rates.

    Examples
    --------
    >>> Measuring(method="ols", window=252).window
    252
    >>> Measuring(errors="exact")
    Traceback (most recent call last):
    trimtab.errors.UsageError: Expected: errors (--errors): classical, robust or hac
    Found: 'exact'
    Try: choose one of these
    """

    method: "str | Estimator | None" = option(
        Method("METHOD", "a method such as ols, ewma, welch, or a composition such as welch|vasicek", "ols"),
        "How betas are estimated: ols, ewma, welch, and compositions such as 'welch|vasicek'.",
        flags=("--method", "-m"), usual="default",
    )  # fmt: skip
    reading: Reading | None = option(
        Choice[Reading]("fit", "forecast"), "Beta to measure and judge: fitted to the past, or forecast.",
        otherwise="the method's own",
    )  # fmt: skip
    window: int | None = option(
        Whole("RETURNS", least=1, example="252"), "Paired returns looked at.", otherwise="the method's own"
    )
    half_life: float | None = option(
        Number("DAYS", above=0, example="60"), "Half-life of the weights, in trading days (ewma, welch).",
        otherwise="the method's own",
    )  # fmt: skip
    errors: str | None = option(Choice("classical", "robust", "hac"), "Standard errors.", otherwise="the method's own")
    as_of: "str | dt.date | None" = option(
        DayValue(),
        "Last day that may be used, YYYY-MM-DD.",
        flags=("--as-of", "--to"),
        otherwise="the last with prices",
    )
    risk_free: "RatesLike | None" = option(
        Rates(), "Annual rate (0.04), a file of dated rates, or by currency: USD=0.05,EUR=0.03.", otherwise="none"
    )
    benchmark_returns: "ReturnKind | None" = option(
        Choice["ReturnKind"]("price", "total"),
        "Are dividends in the benchmark? price (no) or total (yes).",
        otherwise="not known",
    )
    base: str | None = option(Currency(), "Base currency.", otherwise="USD, or the workspace's")
    fx: "FxLike | None" = option(Table("rates.csv"), "File of exchange rates (date, EURUSD, ...).", otherwise="none")

    def __post_init__(self) -> None:
        check(self)

    def estimator(self) -> "Estimator":
        """Make the method, with what is said of its window, half-life and errors.

        Raises
        ------
        InputError
            If the method has none of what is said.

        Examples
        --------
        >>> Measuring(method="ols", window=252).estimator().window
        252
        """
        from trimtab.beta.method import parse_method  # noqa: PLC0415 - loads numpy

        return parse_method(self.method or "default", window=self.window, half_life=self.half_life, errors=self.errors)
