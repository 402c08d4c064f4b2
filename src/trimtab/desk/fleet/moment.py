"""The moments that a fleet is measured in, one for each benchmark and base currency: everything held, valued once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import Settled, last_day, settle
from trimtab.desk.ask.propose import price_hedges
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.errors import TrimtabError
from trimtab.fleet.units import Units, value_units
from trimtab.hedge.futures.hedge import Hedge
from trimtab.model.instrument import Cash
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["FleetMoment", "open_moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetMoment:
    """One benchmark and one base currency.

    Parameters
    ----------
    benchmark, base
        Which.
    rows
        Each row that a position may be written as, with its place in `units` (`unit`) or why it cannot be read
        (`unread`); the other columns are those that say what is held.
    units
        One unit of each.
    settled
        What they were valued with.
    mandate
        Costs that hedges are priced with.
    hedges
        What may be traded, as an account prices it that holds none of it.
    """

    benchmark: str
    base: str
    rows: pl.DataFrame
    units: Units
    settled: Settled
    mandate: Mandate
    hedges: tuple[Hedge, ...]

    def price_hedges(self, portfolio: Portfolio) -> tuple[Hedge, ...]:
        """Price what may be traded for one account."""
        settled = self.settled
        return price_hedges(
            portfolio, self.mandate, settled.setting.market, settled.setting.betas, settled.hedges, settled.contracts
        )


def open_moment(
    rows: pl.DataFrame, inputs: Inputs, measuring: Measuring, *, benchmark: str, base: str, hedge: tuple[str, ...] = ()
) -> FleetMoment:
    """Read everything that is held, measure its betas, and value one unit of each.

    Parameters
    ----------
    rows
        What positions are written as: every distinct row of symbol and further columns of a holdings file.
    inputs
        Prices and rates.
    measuring
        How betas are measured.
    benchmark, base
        Of the accounts that this is for.
    hedge
        What they may trade.

    Raises
    ------
    InputError
        If the benchmark has no prices, or a hedge cannot be used.
    """
    here = replace(inputs, base=base)
    positions, places, unread = _read(rows, here, measuring)
    # with base cash at the end, so that there is something where nothing can be read
    cash = Position(instrument=Cash(currency=base), quantity=Decimal(1))
    everything = Portfolio(positions=(*positions, cash), base=base, name="everything held")
    mandate = Mandate(benchmark=benchmark, target=1.0, band=0.0)
    settled = settle(replace(here, holdings=everything), mandate, measuring, hedge=hedge)
    # looking through funds and taking rates change positions in their place: `unit` still says where each stands
    assert len(settled.held.positions) == len(everything.positions)  # noqa: S101 - see above
    moment = FleetMoment(
        benchmark=benchmark,
        base=base,
        rows=rows.with_columns(pl.Series("unit", places, dtype=pl.Int64), pl.Series("unread", unread, dtype=pl.String)),
        units=value_units(settled.held.positions, settled.setting.market, settled.setting.betas),
        settled=settled,
        mandate=mandate,
        hedges=(),
    )
    return replace(moment, hedges=moment.price_hedges(Portfolio(positions=(), base=base))) if hedge else moment


def _read(
    rows: pl.DataFrame, inputs: Inputs, measuring: Measuring
) -> tuple[tuple[Position, ...], list[int | None], list[str | None]]:
    """Read each row as a position of one unit, and say of each that cannot be read why."""
    ones = rows.with_columns(pl.lit("1").alias("quantity"))
    day = last_day(inputs, measuring)

    def read(part: pl.DataFrame) -> Sequence[Position]:
        return inputs.reader.portfolio(part, base=inputs.base, contracts=inputs.contracts, as_of=day).positions

    try:
        positions = tuple(read(ones))
    except TrimtabError:
        positions = ()  # some cannot be read: which ones is found out one by one
    if len(positions) == rows.height:
        return positions, list(range(rows.height)), [None] * rows.height
    readable: list[Position] = []
    places: list[int | None] = []
    unread: list[str | None] = []
    for row in range(rows.height):
        try:
            (one,) = read(ones[row])
        except TrimtabError as error:
            places.append(None)
            unread.append(f"{rows['symbol'][row] or 'a row without a symbol'}: {error.found}")
            continue
        places.append(len(readable))
        unread.append(None)
        readable.append(one)
    return tuple(readable), places, unread
