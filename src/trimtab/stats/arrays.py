"""Arrays of numbers, under one name."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats"]

#: Numbers in double precision, of any shape; NaN is what is missing.
Floats: TypeAlias = NDArray[np.float64]
