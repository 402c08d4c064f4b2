"""Where a position's numbers come from: formula, inputs with age and source, steps, flags."""

from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.errors import UnknownSymbolError
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.market.prices import Flag, unknown_symbol
from trimtab.model.instrument import KINDS
from trimtab.model.shown import Shown

__all__ = ["Explanation", "Input", "explain"]

_SOURCE = {
    Flag.PRICE_STATED: "stated in the holdings",
    Flag.MODEL_PRICE: "the model, at the volatility below",
    Flag.PRICE_FROM_SIBLING: "a contract of another size on the same index",
    Flag.PRICE_FROM_UNDERLYING: "the level of its index",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One number that went in.

    Parameters
    ----------
    name, value, unit
        What it is.
    source
        Where it came from.
    date
        When it was observed; None for terms and stated numbers.
    """

    name: str
    value: float
    unit: str
    source: str
    date: np.datetime64 | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Explanation(Shown):
    """How one position's figures came about.

    Parameters
    ----------
    asset, kind
        The position.
    formula
        In words.
    inputs
        Everything that went in.
    steps
        The arithmetic, line by line, with its numbers.
    flags
        What a reader should know.
    reason
        Why there is no figure; empty if there is one.
    """

    asset: str
    kind: str
    formula: str
    inputs: tuple[Input, ...]
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    reason: str


def explain(exposure: Exposure, betas: Betas, asset: str) -> Explanation:
    """Explain the figures of one position.

    Parameters
    ----------
    exposure, betas
        What was measured, and the betas it was measured with.
    asset
        Symbol of the position; the first, if it stands more than once.

    Raises
    ------
    UnknownSymbolError
        If no position has that symbol; the message names near ones.
    """
    line = next((p for p in exposure.positions if p.asset == asset), None)
    if line is None:
        error: UnknownSymbolError = unknown_symbol(
            asset, tuple(p.asset for p in exposure.positions), where="of the portfolio"
        )
        raise error
    return Explanation(
        asset=line.asset,
        kind=line.kind,
        formula=KINDS[line.kind].formula,
        inputs=_inputs(line, exposure, betas),
        steps=() if line.reason else _steps(line, exposure),
        flags=tuple(f.value for f in line.flags),
        reason=line.reason.value if line.reason else "",
    )


def _inputs(line: PositionExposure, exposure: Exposure, betas: Betas) -> tuple[Input, ...]:
    inputs = [Input(name="quantity", value=line.quantity, unit="units, positive = long", source="holdings")]
    if line.price is not None and not line.is_money:
        source = next((text for flag, text in _SOURCE.items() if flag in line.flags), "price table")
        inputs.append(Input(name="price", value=line.price, unit=line.currency, source=source, date=line.price_date))
    if line.multiplier != 1.0:
        inputs.append(Input(name="multiplier", value=line.multiplier, unit="per contract", source="contract terms"))
    if line.fx is not None and line.currency != exposure.base:
        inputs.append(Input(name="FX", value=line.fx, unit=f"{exposure.base} per {line.currency}", source="rates"))
    option = line.option
    if option is not None:
        inputs.append(
            Input(name="underlying price", value=option.underlying_price, unit=line.currency, source="price table")
        )
        inputs.append(Input(name="years to expiry", value=option.years, unit="years, act/365", source="contract terms"))
        if option.vol is not None:
            source = "stated" if Flag.VOL_STATED in line.flags else "implied by the option's price"
            inputs.append(Input(name="volatility", value=option.vol, unit="per square-root year", source=source))
        if option.deviation is not None:
            source = "implied by the option's price" if option.deviation else "none left: it counts as exercised"
            inputs.append(Input(name="deviation left until the close", value=option.deviation, unit="", source=source))
    inputs += _beta_inputs(line, betas, "")
    if betas.companion is not None:
        inputs += _beta_inputs(line, betas.companion, f", {betas.companion.speaks_of.brief}")
    return tuple(inputs)


def _beta_inputs(line: PositionExposure, betas: Betas, which: str) -> list[Input]:
    """Give the betas that a position follows, in one reading, with what they speak of."""
    inputs = []
    for asset, _ in line.weights:
        e = betas[asset]
        if e.value is not None and e.stderr is not None:
            span = f"{betas.speaks_of.brief}: {e.method}, {e.n_obs} paired returns from {str(e.first)[:10]}"
            inputs.append(
                Input(
                    name=f"beta of {asset}{which}", value=e.value, unit=f"+/- {e.stderr:.4f}", source=span, date=e.last
                )
            )
    return inputs


def _steps(line: PositionExposure, exposure: Exposure) -> tuple[str, ...]:
    base = exposure.base
    steps = []
    if line.option is not None and line.delta is not None:
        steps.append(f"delta of one unit = {line.delta:.6f}")
    if line.value is not None:
        steps.append(f"value = {line.value:,.2f} {base}")
    for asset, exposed in line.weights:
        steps.append(f"delta exposure to {asset} = {exposed:,.2f} {base}")
    if line.carry is not None:
        steps.append(f"carry = {line.carry:,.2f} {base} a year if prices stand still")
    if line.beta_exposure is not None and line.contribution is not None:
        beta = "0" if line.beta is None else f"{line.beta:.6f}"
        steps.append(f"beta exposure = {beta} x {line.delta_exposure or 0.0:,.2f} = {line.beta_exposure:,.2f} {base}")
        steps.append(f"contribution = {line.beta_exposure:,.2f} / NAV {exposure.nav:,.2f} = {line.contribution:.6f}")
    return tuple(steps)
