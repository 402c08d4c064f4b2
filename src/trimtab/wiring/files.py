"""Files, frames and lines of text as answers take them: the desk's inputs, opened by the readers of `feeds`."""

from typing import TYPE_CHECKING

from trimtab.config.find import find_workspace
from trimtab.config.read import read_config
from trimtab.desk.answers import inputs as desk
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.errors import TrimtabError
from trimtab.feeds.reader import FileReader
from trimtab.feeds.statements.doorway import Hints
from trimtab.progress import step

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import HoldingsLike, PricesLike

__all__ = ["READER", "open_inputs", "open_prices"]

READER = FileReader()


@step("reading prices and holdings")
def open_inputs(
    prices: "PricesLike", holdings: "HoldingsLike", measuring: Measuring, instruments: Instruments
) -> Inputs:
    """Open what a question of a portfolio names; what the workspace around remembers of a header is used again."""
    saved = {} if instruments.mapping else _saved_mappings()
    hints = Hints(mapping=instruments.mapping or "", saved=saved, sheet=instruments.sheet or "")
    reader = READER if hints == Hints() else FileReader(hints)
    return desk.open_inputs(reader, prices, holdings, measuring, instruments)


@step("reading prices")
def open_prices(prices: "PricesLike", measuring: Measuring) -> Inputs:
    """Open what a question of prices alone names."""
    return desk.open_prices(READER, prices, measuring)


def _saved_mappings() -> dict[str, str]:
    """Give what was said of headers in the workspace that this folder belongs to; nothing where there is none."""
    try:
        config = read_config(find_workspace(None))
    except TrimtabError:
        return {}  # Files need no workspace, and none of its mistakes concerns them.
    return {name: columns.columns for name, columns in config.mappings.items()}
