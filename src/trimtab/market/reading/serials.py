"""Days as spreadsheets count them: 45471 is 28 June 2024.

The number counts days since 30 December 1899. Old workbooks of another system count from 1904, four years and a day
later, and such numbers look the same. Trading days tell: a column that would have Saturdays or Sundays counted one way,
and none counted the other, is not read.
"""

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["SERIAL_NOTE", "serial_seconds"]

SERIAL_NOTE = "whole-number dates read as a spreadsheet's count of days since 1899-12-30"
#: 1954 to 2064: below, no prices are kept in spreadsheets; above, nothing has happened yet.
_FIRST, _LAST = 20_000, 60_000
_DAY_1970 = 25_569
#: Days between the two systems of counting.
_SINCE_1904 = 1_462


def serial_seconds(numbers: Floats) -> Floats | None:
    """Give seconds since 1970 of a column that counts days as a spreadsheet does; None if it does not.

    Parameters
    ----------
    numbers
        Distinct numbers of the column, shape (n,); a fraction is the time of day.

    Examples
    --------
    >>> serial_seconds(np.array([45471.0])).astype("datetime64[s]")
    array(['2024-06-28T00:00:00'], dtype='datetime64[s]')
    >>> serial_seconds(np.array([45471.0, 20240628.0])) is None
    True
    """
    if numbers.size == 0 or not bool(((numbers >= _FIRST) & (numbers <= _LAST)).all()):
        return None
    days = np.floor(numbers) - _DAY_1970
    if _has_weekend(days) and days.size >= 5 and not _has_weekend(days + _SINCE_1904):
        return None
    return np.asarray(np.round((numbers - _DAY_1970) * 86_400))


def _has_weekend(days: Floats) -> bool:
    # 1970-01-01 was a Thursday.
    return bool(np.isin((days + 3) % 7, (5, 6)).any())
