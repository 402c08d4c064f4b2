"""One law: beta exposure is the derivative of the full base-currency revaluation when every risk moves by its beta.

The revaluation is `law_world` and `law_positions`: it shares no code with what it checks.
"""

from decimal import Decimal

import numpy as np
import pytest

from law_positions import BESIDE, KINDS, Drawn
from law_world import ASSETS, CURRENCIES, DATES, World
from trimtab.desk.moment.setting import set_up
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates
from trimtab.model.instrument import Cash
from trimtab.model.portfolio import Portfolio, Position

MOVES = (-0.2, -0.05, 0.1)
#: US dollars beside each position, so that NAV is positive.
CASH = 1_000_000_000


def prices_of(world: World, drawn: Drawn, layout: str, pairs: bool) -> PriceTable:
    """Lay prices out long (every column states its currency) or wide (none does); rates as columns if asked."""
    columns: dict[str, tuple[str | None, np.ndarray]] = {"IDX": (world.base, world.benchmark)}
    columns |= {name: (home, world.home[name]) for name, (home, _, _) in ASSETS.items()}
    columns |= {name: (currency, series) for name, currency, series in drawn.columns}
    if pairs:
        columns |= {f"{c}{world.base}": (None, world.rate(c)) for c in CURRENCIES if c != world.base}
    values = np.column_stack([series for _, series in columns.values()])
    return PriceTable(
        dates=DATES.astype("datetime64[s]"),
        symbols=tuple(columns),
        values=values,
        why=absence(values),
        currencies=tuple(None if layout == "wide" else currency for currency, _ in columns.values()),
    )


def rates_of(world: World) -> FxRates:
    """Give a file of rates against the dollar, some of them upside down."""
    upside_down = {"JPY", "CHF"}
    return FxRates.of(
        {
            (f"USD{c}" if c in upside_down else f"{c}USD"): 1.0 / world.dollars[c]
            if c in upside_down
            else world.dollars[c]
            for c in CURRENCIES
            if c != "USD"
        },
        dates=DATES,
    )


def check(seed: int) -> None:
    """Draw a world, a position, a layout and neighbours, and hold the product to the law."""
    rng = np.random.default_rng(seed)
    world = World.draw(rng, str(rng.choice(CURRENCIES)))
    drawn = KINDS[seed % len(KINDS)](rng, world)
    layout, pairs = str(rng.choice(drawn.layouts)), rng.random() < 0.3
    beside = [p for p in BESIDE if rng.random() < 0.3 and p.instrument != drawn.position.instrument]
    money = Position(
        instrument=Cash(currency=world.base), quantity=Decimal(round(CASH / world.dollars[world.base][-1]))
    )
    book = Portfolio(positions=(drawn.position, money, *beside), base=world.base)
    setting = set_up(
        prices_of(world, drawn, layout, pairs), book, benchmark="IDX", method="ols",
        fx=None if pairs else rates_of(world),
    )  # fmt: skip
    line = expose(book, setting.market, setting.betas).positions[0]
    told = f"seed {seed}: {line.asset} {layout} base {world.base}, follows {line.follows}, {line.reason}"
    h = drawn.step
    slope = (drawn.worth(h) - drawn.worth(-h)) / (2.0 * h)
    scale = max(abs(line.delta_exposure or 0.0), abs(line.value or 0.0))
    assert line.beta_exposure == pytest.approx(slope, rel=1e-6, abs=1e-8 * scale), told
    small = Portfolio(positions=(drawn.position, money), base=world.base)
    rows = revalue_moves(measure_book(small, setting.market, setting.betas), moves=MOVES)
    for row in rows:
        gain = drawn.worth(row.move) - drawn.worth(0.0)
        assert row.pnl == pytest.approx(gain, rel=1e-9, abs=1e-9 * max(scale, 1.0)), f"{told} at {row.move}"
    live = LiveBook(small, setting.market, setting.betas)
    assert live.read().positions[0].beta_exposure == pytest.approx(line.beta_exposure, rel=1e-12, abs=1e-9), told


@pytest.mark.parametrize("block", range(8))
def test_exposure_is_the_derivative_of_a_full_revaluation(block):
    """Random positions of every kind, currency and layout, beside other holdings: exposure to 1e-6, profits to 1e-9."""
    for seed in range(40 * block, 40 * (block + 1)):
        check(seed)


@pytest.mark.long
def test_the_law_on_ten_thousand_random_positions():
    """The same on 10,000 positions that `make test` does not draw."""
    for seed in range(320, 10_320):
        check(seed)
