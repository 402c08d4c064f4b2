r"""The adjusted beta of data vendors: two thirds of the estimate and one third of one.

Equation
    b' = weight b + (1 - weight) target,   weight 2/3, target 1
Assumption
    Every beta is drawn towards the same number by the same share, however well it is known.
Errors
    They speak of the slope over the pairs of the past: weight times the error of b, and the whole of the move towards
    the target, which nothing in the data supports.
Source
    The "adjusted beta" that Bloomberg quotes beside its raw beta; printed as .67 and .33 or as 2/3 and 1/3.
When not to use it
    To forecast, if more than a few assets are at hand: `vasicek` measures the share from the errors.
"""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.beta.estimators.blume import move_betas
from trimtab.errors import InputError

__all__ = ["Adjusted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Draw each beta towards a target by a fixed share.

    Parameters
    ----------
    weight
        Share of the estimate that is kept, 0 to 1.
    target
        Where betas are drawn to.
    """

    weight: float = 2.0 / 3.0
    target: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise InputError(expected="a weight from 0 to 1", found=f"{self.weight}", try_next="give for example 0.67")

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "adjusted"

    def shrink(self, betas: Betas) -> Betas:
        """Give the adjusted betas; refusals and identities stay as they are."""
        return move_betas(
            betas,
            intercept=(1.0 - self.weight) * self.target,
            slope=self.weight,
            method=f"{betas.method}|{self.name}",
        )
