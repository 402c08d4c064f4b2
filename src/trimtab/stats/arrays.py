"""Arrays of numbers, under one name."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Days", "Floats"]

#: Numbers in double precision, of any shape; NaN is what is missing.
Floats: TypeAlias = NDArray[np.float64]

#: Days or moments, of any shape; NaT is what is missing.
Days: TypeAlias = NDArray[np.datetime64]
