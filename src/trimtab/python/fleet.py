"""Many accounts from Python: files in, a folder of checks out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from trimtab.desk.fleet.summary import FleetRun
from trimtab.desk.questions.fleet import ExecutorName, FleetQuestion
from trimtab.python.how import How, groups_of
from trimtab.python.planning import listed
from trimtab.wiring.fleet import check_fleet

__all__ = ["fleet_check"]


def fleet_check(
    positions: str | Path,
    *,
    mandates: str | Path,
    prices: str | Path | Sequence[str | Path],
    out: str | Path,
    hedge: str | Sequence[str] = (),
    executor: ExecutorName = "inline",
    workers: int | None = None,
    resume: bool = False,
    **how: Unpack[How],
) -> FleetRun:
    """Hold many accounts against their mandates, each as `review` would, and write what comes of it to a folder.

    Parameters
    ----------
    positions
        Parquet file, or a folder of such files, each a chunk: sorted by account, with the columns account, symbol and
        quantity, and further ones as in a holdings file. No account may stand in two files.
    mandates
        File (CSV or Parquet) of account, benchmark, target and band; confidence (0.5) and base (that of ``how``) where
        they are stated.
    prices
        Files of prices.
    out
        New folder: ``checks/*.parquet`` with one row an account, ``exceptions.parquet`` worst first, and
        ``manifest.json``, written last. What is not known is null.
    hedge
        One to four contracts or funds that an account outside its mandate may trade, as in `plan`.
    executor, workers
        "inline", or "processes" and how many; the numbers do not depend on it. A script that starts processes calls
        this under ``if __name__ == "__main__":``, as Python asks of it.
    resume
        Go on with a run that was cut off.
    **how
        As in `review`: ``method``, ``window``, ``as_of``, ``fx``, ``contracts`` and the others.

    Returns
    -------
    FleetRun; ``run.counts.outside``, ``run.worst`` (a frame of the worst exceptions), ``run.folder``.

    Examples
    --------
    >>> import tempfile
    >>> import polars as pl
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> place = tempfile.mkdtemp()
    >>> held = {"account": ["K1", "K1", "K2"], "symbol": ["AAPL", "USD", "WMT"], "quantity": [100.0, 5e3, 80.0]}
    >>> pl.DataFrame(held).write_parquet(f"{place}/positions.parquet")
    >>> asked = {"account": ["K1", "K2"], "benchmark": "SPX", "target": [1.0, 1.0], "band": [0.1, 0.1]}
    >>> pl.DataFrame(asked).write_csv(f"{place}/mandates.csv")
    >>> run = tt.fleet_check(
    ...     f"{place}/positions.parquet",
    ...     mandates=f"{place}/mandates.csv",
    ...     prices=sample.prices_path(),
    ...     out=f"{place}/checks",
    ... )
    >>> run.counts.inside, run.counts.outside, run.worst["account"].to_list()
    (1, 1, ['K2'])
    """
    measuring, instruments = groups_of(how)
    files = (str(prices),) if isinstance(prices, str | Path) else tuple(str(one) for one in prices)
    question = FleetQuestion(
        positions=str(positions), mandates=str(mandates), prices=files, out=str(out), hedge=listed(hedge),
        executor=executor, workers=workers, resume=resume, measuring=measuring, instruments=instruments,
    )  # fmt: skip
    return check_fleet(question)
