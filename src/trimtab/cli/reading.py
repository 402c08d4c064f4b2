"""From what the command line said to what use cases take: names, mandates, prices, and where tables go."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from trimtab.errors import InputError
from trimtab.model.decimals import exact

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.model.mandate import Mandate
    from trimtab.risk.hidden import Role

__all__ = [
    "PIPE_WIDTH", "check_role", "console", "errors_kind", "hedge_prices", "make_mandate", "measuring", "multiples",
    "names", "read_moves", "returns_kind", "sources",
]  # fmt: skip

#: Columns of tables that go into a pipe or a file, unless COLUMNS says otherwise.
PIPE_WIDTH = 140


def names(text: str | None) -> tuple[str, ...]:
    """Read names separated by commas."""
    return () if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def read_moves(text: str | None) -> dict[str, Any]:
    """Read `--moves` as an argument of the review; none where it was not given."""
    if text is None:
        return {}
    try:
        return {"moves": tuple(float(part) for part in text.split(","))}
    except ValueError:
        raise InputError(
            expected="--moves with fractions separated by commas",
            found=f"{text!r}",
            try_next="write --moves=-0.2,-0.1,0.1",
        ) from None


def sources(prices: list[str]) -> Any:
    """Give one price file as itself, several as a list."""
    return prices[0] if len(prices) == 1 else prices


def measuring(
    method: str | None,
    window: int | None,
    half_life: float | None,
    errors: str | None,
    as_of: str | None,
    risk_free: str | None,
    benchmark_returns: str | None,
    fx: str | None,
    reading: str | None,
) -> dict[str, Any]:
    """Gather how betas are to be measured, as every command asks for it."""
    return {
        "method": method,
        "window": window,
        "half_life": half_life,
        "errors": errors_kind(errors),
        "as_of": as_of,
        "risk_free": risk_free,
        "benchmark_returns": returns_kind(benchmark_returns),
        "fx": fx,
        "reading": reading,
    }


def errors_kind(kind: str | None) -> str | None:
    """Check `--errors`."""
    if kind not in {None, "classical", "robust", "hac"}:
        raise InputError(
            expected="--errors classical, robust or hac", found=f"{kind!r}", try_next="choose one of the three"
        )
    return kind


def returns_kind(kind: str | None) -> str | None:
    """Check `--benchmark-returns`."""
    if kind not in {None, "price", "total"}:
        raise InputError(
            expected="--benchmark-returns price or total", found=f"{kind!r}", try_next="choose one of the two"
        )
    return kind


def make_mandate(
    benchmark: str,
    target: float,
    band: float,
    confidence: float,
    min_coverage: float,
    max_contracts: int | None,
    commission: float | None,
) -> "Mandate":
    """Make a mandate from what the command line said."""
    from trimtab.model.mandate import Costs, Mandate

    costs = Costs() if commission is None else Costs(commission=exact(commission))
    return Mandate(
        benchmark=benchmark,
        target=target,
        band=band,
        confidence=confidence,
        min_coverage=min_coverage,
        costs=costs,
        max_contracts=max_contracts,
    )


def check_role(role: str | None) -> "Role | None":
    """Check `--role`."""
    if role in {"spending", "growth", "trading"}:
        return cast("Role", role)
    if role is not None:
        raise InputError(
            expected="--role spending, growth or trading", found=f"{role!r}", try_next="choose one, or leave it out"
        )
    return None


def hedge_prices(stated: list[str] | None) -> dict[str, float]:
    """Read `--hedge-price CONTRACT=PRICE`."""
    prices = {}
    for item in stated or []:
        name, _, text = item.partition("=")
        try:
            prices[name.strip()] = float(text)
        except ValueError:
            raise InputError(
                expected="--hedge-price CONTRACT=PRICE",
                found=f"{item!r}",
                try_next="write for example --hedge-price ES=3800",
            ) from None
        if not prices[name.strip()] > 0:
            raise InputError(
                expected="a positive futures price", found=f"{item!r}", try_next="give the price in index points"
            )
    return prices


def multiples(stated: list[str] | None) -> dict[str, float]:
    """Read `--multiple SYMBOL=MULTIPLE`.

    Examples
    --------
    >>> multiples(["TQQQ=3", "SH=-1"])
    {'TQQQ': 3.0, 'SH': -1.0}
    """
    found = {}
    for item in stated or []:
        name, _, text = item.rpartition("=")
        try:
            found[name.strip()] = float(text)
        except ValueError:
            raise InputError(
                expected="--multiple SYMBOL=MULTIPLE", found=f"{item!r}", try_next="write for example --multiple TQQQ=3"
            ) from None
    return found


def console() -> "Console":
    """Give where tables go: the one place that prints, which shows every name as it is written."""
    from rich.console import Console

    # A pipe has no width: COLUMNS says it, else tables get one that fits them, for rich's 80 would cut numbers.
    # Brackets and colons in a name are no style and no picture.
    stated = os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]) > 0
    width = None if sys.stdout.isatty() or stated else PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)
