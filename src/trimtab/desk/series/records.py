"""A series: values along days or along a quantity, one line or several, with their ends where they have an error."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["Along", "Floats", "Line", "Series", "SeriesKind"]

Days = NDArray[np.datetime64]


class SeriesKind(StrEnum):
    """What a series shows."""

    BETA = "beta history"  # betas of assets, at each day what was known that day
    NAV = "net asset value"  # of what was held at each close
    WEIGHTS = "weights"  # delta exposures / NAV, by what they follow
    RETURN = "compound return"  # since the start: portfolio, benchmark, and the part without beta
    EPISODE = "episode"  # today's book through a past storm, share of NAV
    CORRELATION = "average correlation"  # of what is held, over trailing windows
    POLICY = "cost against tracking error"  # of bands from narrow to wide
    DRIFT = "drift of beta"  # portfolio beta, and what each cause added since the start
    AHEAD = "beta ahead"  # where beta is going, by quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """What the values stand along.

    Parameters
    ----------
    name
        day, or a quantity in words.
    days
        datetime64, increasing, shape (n_points,); None where it is a quantity.
    numbers
        Shape (n_points,); None where it is days.
    """

    name: str
    days: Days | None = None
    numbers: Floats | None = None

    def __post_init__(self) -> None:
        if (self.days is None) == (self.numbers is None):
            raise InputError(
                expected="days or numbers that a series stands along", found="both or neither", try_next="give one"
            )

    def __len__(self) -> int:
        """Return the number of points."""
        along = self.numbers if self.days is None else self.days
        return 0 if along is None else len(along)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line.

    Parameters
    ----------
    name
        What it is.
    values
        Shape (n_points,); NaN where it is not known.
    low, high
        Ends of the 95% interval, same shape; None where the line has no error.
    """

    name: str
    values: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Lines that stand along the same points.

    Parameters
    ----------
    kind
        What it shows.
    subject
        Of what: a portfolio, an episode, a method.
    benchmark
        Symbol; None where there is none.
    unit
        Of the values: beta, share of NAV, decimal return, correlation, or a currency.
    along
        The points.
    lines
        Each with as many values as there are points.

    Raises
    ------
    InputError
        If a line is of another length.
    """

    kind: SeriesKind
    subject: str
    benchmark: str | None
    unit: str
    along: Along
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        for line in self.lines:
            for values in (line.values, line.low, line.high):
                if values is not None and values.shape != (len(self.along),):
                    raise InputError(
                        expected=f"{len(self.along)} values in {line.name}",
                        found=f"shape {values.shape}",
                        try_next="give one for each point",
                    )
