r"""Margin that a venue's rules ask for, for many moves at once.

Equations, for the net position in each contract with exposure N at the move, size s in units of the underlying:
    rates           N min(1, rate + slope s + step_rate ceil((s - limit) / step))     steps for s beyond the limit
    option sold     max(share x S - out of the money, least x S) + price         initial; maintenance likewise
    scan            max over scenarios of share x (value now - value there)      all on one coin or index together
    stated          the broker's figure per contract x contracts
Source
    The files of rules name theirs. SPAN: CME's methodology; strategy-based options: Cboe margin manual.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.hedge.margin.lines import Line, OptionLine, Path, option_values
from trimtab.model.venue import ContractRates, ProductRules, ScanRules, ShortOptionRules, VenueRules
from trimtab.stats.arrays import Floats

__all__ = ["STATED", "Required", "required"]

#: The words for a broker's own figures.
STATED = "stated by the broker"
#: Days to expiry at which a volatility range in points is what it says.
_RANGE_DAYS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Initial and maintenance margin, base currency, shape (n_moves,); None with its reason where it is not known."""

    initial: Floats | None
    maintenance: Floats | None
    source: str
    reason: str = ""


def required(lines: Sequence[Line], rules: VenueRules | None, path: Path, *, no_rules: str) -> Required:
    """Give the margin of what is on one coin or index in one account.

    Parameters
    ----------
    lines
        The positions.
    rules
        The venue's; None where there are none.
    path
        Moves.
    no_rules
        What to say where there are none.
    """
    stated = [line for line in lines if line.stated is not None]
    ruled = [line for line in lines if line.stated is None]
    zero = np.zeros_like(path.x)
    initial, maintenance = zero.copy(), zero.copy()
    for group in _same(stated):
        count = abs(sum(line.units for line in group))
        _, g = group[0].factors(path)
        each = group[0].stated or (0.0, 0.0)
        initial, maintenance = initial + count * each[0] * g, maintenance + count * each[1] * g
    if not ruled:
        return Required(initial=initial, maintenance=maintenance, source=STATED)
    product = None if rules is None else rules.rules_of(ruled[0].on)
    if rules is None:
        return Required(initial=None, maintenance=None, source="", reason=no_rules)
    both = _ruled(ruled, rules, product, path)
    if isinstance(both, str):
        return Required(initial=None, maintenance=None, source="", reason=both)
    source = rules.venue if not stated else f"{STATED}, {rules.venue}"
    return Required(initial=initial + both[0], maintenance=maintenance + both[1], source=source)


def _ruled(
    lines: list[Line], rules: VenueRules, product: ProductRules | None, path: Path
) -> tuple[Floats, Floats] | str:
    """Give margin by rules, or say what they lack."""
    if product is not None and product.scan is not None:
        return _scanned(lines, product.scan, path)
    initial, maintenance = np.zeros_like(path.x), np.zeros_like(path.x)
    shares = [line for line in lines if line.is_share]
    options = [line for line in lines if line.option is not None]
    contracts = [line for line in lines if line.option is None and not line.is_share]
    short = rules.short_share
    rates = None if product is None else product.rates
    selling = None if product is None else product.short_options
    if shares and short is None:
        return f"{rules.venue}: its rules have none for shares sold short (short_share)"
    if contracts and rates is None:
        return f"{rules.venue}: its rules have none for contracts on {contracts[0].on} (rates or scan)"
    if any(line.units < 0 for line in options) and selling is None:
        return f"{rules.venue}: its rules have none for options sold on {options[0].on} (short_options or scan)"
    for line in shares:
        worth = np.abs(line.value(*line.factors(path)))
        initial, maintenance = initial + (short or (0, 0))[0] * worth, maintenance + (short or (0, 0))[1] * worth
    for group in _same(contracts):
        for_one = _by_rates(group, rates, path)
        initial, maintenance = initial + for_one[0], maintenance + for_one[1]
    if selling is not None:
        sold = _sold(options, selling, path)
        initial, maintenance = initial + sold[0], maintenance + sold[1]
    return initial, maintenance


def _same(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines of the same contract: opposite sides of one net."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        groups.setdefault(line.contract, []).append(line)
    return list(groups.values())


def _by_rates(group: list[Line], rates: ContractRates | None, path: Path) -> tuple[Floats, Floats]:
    assert rates is not None  # noqa: S101 - asked for before
    f, g = group[0].factors(path)
    exposure = np.abs(sum(line.notional(f, g) for line in group))
    size = exposure / (group[0].price * f)
    steps = np.ceil(np.maximum(size - rates.limit, 0.0) / rates.step) if rates.step else 0.0
    more = rates.slope * size + rates.step_rate * steps
    # No more than the whole position is asked for: rates that go on growing with its size would pass that.
    initial, maintenance = (np.minimum(rate + more, 1.0) for rate in (rates.initial, rates.maintenance))
    return exposure * initial, exposure * maintenance


def _sold(lines: list[Line], rules: ShortOptionRules, path: Path) -> tuple[Floats, Floats]:
    """Give the margin of options sold, each against what was bought beside it where the rules let it."""
    zero = np.zeros_like(path.x)
    initial, maintenance = zero.copy(), zero.copy()
    nets = [(group[0], sum(line.units for line in group)) for group in _same(lines)]
    covers = _Covers(nets, len(path.x))
    sold = [(line, line.option, units) for line, units in nets if units < 0 and line.option is not None]
    by = [line.factors(path)[0] for line, _, _ in sold]
    worth = option_values([option for _, option, _ in sold], np.stack(by)) if sold else ()
    for (line, option, units), f, value in zip(sold, by, worth, strict=True):
        money = abs(option.scale / line.units)
        naked = _naked(option, rules, f, np.maximum(value / option.scale, 0.0))
        count = np.full_like(path.x, -units)
        for cover, gap in covers.of(option) if rules.covers else ():
            # Covers come the best first: where one leaves as much open as the margin of one sold alone, so do the rest.
            if not count.any() or not (gap < naked[0]).any():
                break
            used = np.where(gap < naked[0], np.minimum(count, covers.left[cover]), 0.0)
            covers.left[cover] -= used
            count = count - used
            initial, maintenance = initial + used * gap * money, maintenance + used * gap * money
        initial, maintenance = initial + count * money * naked[0], maintenance + count * money * naked[1]
    return initial, maintenance


def _naked(option: OptionLine, rules: ShortOptionRules, f: Floats, price: Floats) -> tuple[Floats, Floats]:
    """Give initial and maintenance margin of one option sold alone, per unit of the underlying, at its price there."""
    spot = f * option.spot
    least = rules.least * (np.full_like(f, option.strike) if rules.least_on_strike and option.right < 0 else spot)
    initial = price + np.maximum(rules.initial * spot - option.out(f), least)
    if rules.maintenance is None:
        return initial, initial
    of_price = rules.maintenance_of_price * price if option.right < 0 else np.zeros_like(f)
    maintenance = price + np.maximum(rules.maintenance * spot, of_price)
    return np.maximum(initial, maintenance), maintenance


class _Covers:
    """What was bought that can cover options sold, and how many units of each are left at each move.

    Parameters
    ----------
    nets
        Contracts with their net units.
    n_moves
        How many moves are looked at.
    """

    def __init__(self, nets: list[tuple[Line, float]], n_moves: int) -> None:
        bought = [(line.option, units) for line, units in nets if units > 0 and line.option is not None]
        self._keys: dict[tuple[object, ...], int] = {}
        self._key = np.array([self._keys.setdefault(one.kind_key, len(self._keys)) for one, _ in bought], dtype=np.intp)
        self._strike = np.array([one.strike for one, _ in bought], dtype=np.float64)
        self._days = np.array([one.expiry_days for one, _ in bought], dtype=np.float64)
        self.left = np.repeat(np.array([units for _, units in bought], dtype=np.float64)[:, None], n_moves, axis=1)

    def of(self, sold: OptionLine) -> list[tuple[int, float]]:
        """Give what covers an option sold, and what each leaves open per unit, the best first."""
        alike = (self._key == self._keys.get(sold.kind_key, -1)) & (self._days >= sold.expiry_days)
        usable = np.flatnonzero(alike & self.left.any(axis=1))
        gaps = np.maximum(0.0, sold.right * (self._strike[usable] - sold.strike))
        order = np.argsort(gaps, kind="stable")
        return list(zip(usable[order].tolist(), gaps[order].tolist(), strict=True))


def _scanned(lines: list[Line], scan: ScanRules, path: Path) -> tuple[Floats, Floats]:
    """Give the worst loss over the grid, and no less than the least of options sold."""
    ranges = _price_ranges(lines, scan)
    start = [line.factors(path) for line in lines]
    now = sum(line.value(f, g) for line, (f, g) in zip(lines, start, strict=True))
    # All scenarios of a line at once, shape (n_scenarios, n_moves).
    moves = np.array([s.price for s in scan.scenarios])[:, None]
    steps = np.array([s.volatility for s in scan.scenarios])[:, None]
    shares = np.array([s.share for s in scan.scenarios])[:, None]
    there = np.zeros((len(moves), len(path.x)))
    for line, (f, g), price_range in zip(lines, start, ranges, strict=True):
        by = np.maximum(1.0 + moves * price_range, 1e-9)
        paid = g * by if line.paid_in == line.on else g * np.ones_like(by)
        there = there + line.value(f * by, paid, _volatility(line.option, scan, steps))
    worst = np.maximum((shares * (now - there)).max(axis=0), 0.0)
    least = np.zeros_like(path.x)
    for line, (f, _), price_range in zip(lines, start, ranges, strict=True):
        if line.option is not None and line.units < 0:
            least = least + scan.short_option_minimum * price_range * abs(line.option.scale) * line.option.spot * f
    maintenance = np.maximum(worst, least)
    return scan.initial_multiple * maintenance, maintenance


def _price_ranges(lines: list[Line], scan: ScanRules) -> list[float]:
    """Give the price scan range of each: the rules', else the futures' own maintenance margin as a share."""
    if scan.price_range is not None:
        return [scan.price_range] * len(lines)
    own = [line.share / scan.initial_multiple for line in lines]
    futures = [share for line, share in zip(lines, own, strict=True) if line.option is None]
    return [
        max(futures, default=share) if line.option is not None else share
        for line, share in zip(lines, own, strict=True)
    ]


def _volatility(option: OptionLine | None, scan: ScanRules, steps: Floats) -> Floats | None:
    """Give an option's volatility in each scenario, shape (n_scenarios, 1); None where it has none."""
    if option is None or option.vol is None:
        return None
    if scan.relative:
        return np.maximum(option.vol * (1.0 + steps * scan.volatility_range), 0.0)
    life = (_RANGE_DAYS / max(option.expiry_days, 1.0)) ** scan.life_power if scan.life_power else 1.0
    return np.maximum(option.vol + steps * scan.volatility_range * life, 0.0)
