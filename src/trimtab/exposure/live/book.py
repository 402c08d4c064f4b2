r"""The live book: the exposures of `expose`, kept up to date quote by quote.

A quote changes only what it touches: positions priced by that symbol, options on it, and for an exchange rate
everything in that currency. Totals are trees of sums, so they are a function of the prices and not of the way there.

What happens to an option between its own quotes
    Its own quote sets its price, and its volatility together with the underlying's price of that moment. When the
    underlying moves after that, the option's price is of another moment: taken with the new price of the underlying it
    would show a volatility that nobody quoted. The option is therefore repriced at its own volatility until its next
    quote, as `trimtab.exposure.moves` does; and so it is from one day to the next.

`portfolio()` and `market()` give the same state as arguments of `expose`, which then finds the same numbers to 1e-12.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from math import inf, isnan, nan
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.coverage import Covered, bound_position, cover
from trimtab.exposure.expose import Exposure, PortfolioBeta, expose, portfolio_beta
from trimtab.exposure.kinds.row import Row
from trimtab.exposure.live.build import LiveRows
from trimtab.exposure.live.market import LiveMarket
from trimtab.exposure.live.reading import LivePosition, LiveReading, LiveState
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.pricing import live_kernel as kernel
from trimtab.exposure.value import value_position
from trimtab.market.prices import unknown_symbol
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.stats.arrays import Floats

__all__ = ["LiveBook"]


Moment = np.datetime64 | str | int


class LiveBook(LiveRows):
    """A portfolio whose exposures follow quotes.

    Parameters
    ----------
    portfolio, market, betas
        As for `expose`.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.beta.estimate import BetaEstimate
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.snapshot import market_at
    >>> from trimtab.model.instrument import Cash, Spot
    >>> market = market_at(PriceTable.of({"A": [100.0]}, dates=["2024-03-01"], currency="USD"), base="USD")
    >>> one = BetaEstimate(
    ...     asset="A", value=1.2, stderr=0.1, n_obs=250, n_eff=250.0, first=None, last=None, method="given"
    ... )
    >>> betas = Betas(
    ...     benchmark="A", as_of=market.as_of, method="given", estimates=(one,), scores=np.zeros((1, 1)),
    ...     own_variance=np.array([0.01]),
    ... )  # fmt: skip
    >>> shares = Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(10))
    >>> cash = Position(instrument=Cash(currency="USD"), quantity=Decimal(1000))
    >>> book = LiveBook(Portfolio(positions=(shares, cash), base="USD"), market, betas)
    >>> round(book.quote("A", 150.0, "2024-03-01T14:30"), 6)
    0.72
    """

    # ------------------------------------------------------------------ quotes

    def slot(self, symbol: str) -> int:
        """Give the number of a symbol for `quotes`; it stays the same while the book lives.

        Raises
        ------
        UnknownSymbolError
            If neither the price table nor a position names it.
        """
        slot = self._board.slot(symbol)
        if slot is None:
            raise unknown_symbol(symbol, tuple(self._board.slots))
        return slot

    def knows(self, symbol: str) -> bool:
        """Tell whether a quote of a symbol means something here."""
        return self._board.slot(symbol) is not None

    def last(self, symbol: str) -> tuple[float, np.datetime64] | None:
        """Give the last price of a symbol and its moment; None if it has none."""
        slot = self._board.slot(symbol)
        if slot is None or np.isnan(self._board.px[slot]):
            return None
        return float(self._board.px[slot]), np.datetime64(int(self._board.stamp[slot]), "us")

    def quote(self, symbol: str, price: float, moment: Moment | None = None) -> float:
        """Take one quote and give portfolio beta as it is then; NaN while NAV is not positive.

        Parameters
        ----------
        symbol
            As in the price table; a pair such as EURUSD (dollars for one euro) for a rate of exchange.
        price
            Of one unit in the symbol's currency, above 0.
        moment
            UTC; the symbol's last moment if not given. A quote older than that is left out and counted.
        """
        board = self._board
        slot = board.slots.get(symbol, -1)
        if slot < 0:
            slot = self.slot(symbol)
        stamp = self._stamp(slot, moment) if type(moment) is not int else moment
        one = self._one
        one[0][0], one[1][0], one[2][0] = slot, price, stamp
        if stamp < self._midnight and 0.0 < price < inf and not (self._unpriced and isnan(board.px[slot])):
            # what `_take` comes to for one quote that leaves the book's make-up alone, without its detours
            late, by_hand = kernel.apply(one[0], one[1], one[2], *self._arrays)
            self.quotes_late += late
            if by_hand:
                self._by_hand(self._rows[:by_hand].tolist())
            self.quotes_taken += 1
        else:
            self._take(*one)
        totals = self._trees
        nav = totals[k.NAV, 1]
        return float(totals[k.BETA, 1] / nav) if nav > 0 else nan

    def _stamp(self, slot: int, moment: Moment | None) -> int:
        """Read a moment; that of the symbol's last quote, or of the book's day, if none is given."""
        if moment is not None:
            return _microseconds(moment)
        if np.isnan(self._board.px[slot]):
            return int(self._board.as_of.astype("datetime64[us]").astype(np.int64))
        return int(self._board.stamp[slot])

    def quotes(
        self, symbols: Sequence[str] | NDArray[np.int64], prices: Sequence[float] | Floats,
        moments: Sequence[Moment] | NDArray[np.int64] | NDArray[np.datetime64],
    ) -> float:  # fmt: skip
        """Take quotes in order and give portfolio beta after the last.

        Parameters
        ----------
        symbols
            Names, or numbers from `slot`.
        prices
            One each, above 0.
        moments
            UTC moments; integers are microseconds since 1970.

        Raises
        ------
        InputError
            If lengths differ, or a price is not a positive number: then none of them is taken.
        """
        slots = np.asarray(
            [self.slot(s) for s in symbols] if len(symbols) and isinstance(symbols[0], str) else symbols, dtype=np.int64
        )
        values = np.ascontiguousarray(prices, dtype=np.float64)
        stamps = np.asarray(moments)
        if stamps.dtype.kind != "i":
            stamps = stamps.astype("datetime64[us]").astype(np.int64)
        if not len(slots) == len(values) == len(stamps):
            raise InputError(
                expected="as many prices and moments as symbols",
                found=f"{len(slots)} symbols, {len(values)} prices, {len(stamps)} moments",
                try_next="give one of each for every quote",
            )
        self._take(slots, values, stamps.astype(np.int64))
        nav = self._trees[k.NAV, 1]
        return float(self._trees[k.BETA, 1] / nav) if nav > 0 else float("nan")

    def _take(self, slots: NDArray[np.int64], prices: Floats, stamps: NDArray[np.int64]) -> None:
        if not (len(prices) == 1 and 0.0 < prices[0] < np.inf):
            self._check(prices)
        start, end = 0, len(slots)
        while start < end:
            stop = self._plain_until(slots, stamps, start)
            if stop > start:
                self._apply(slots[start:stop], prices[start:stop], stamps[start:stop])
            if stop < end:
                self._rebuild_with(int(slots[stop]), float(prices[stop]), int(stamps[stop]))
                stop += 1
            start = stop
        self.quotes_taken += end

    def _plain_until(self, slots: NDArray[np.int64], stamps: NDArray[np.int64], start: int) -> int:
        """Give where the first quote stands that changes the book's make-up: a first price, or a new day."""
        if len(slots) == 1:
            fresh = self._unpriced and bool(np.isnan(self._board.px[slots[0]]))
            return 0 if fresh or stamps[0] >= self._midnight else 1
        odd = stamps[start:] >= self._midnight
        if self._unpriced:
            odd |= np.isnan(self._board.px[slots[start:]])
        odd_rows = np.flatnonzero(odd)
        return start + int(odd_rows[0]) if odd_rows.size else len(slots)

    def _check(self, prices: Floats) -> None:
        wrong = ~((prices > 0.0) & (prices < np.inf))
        if wrong.any():
            raise InputError(
                expected="prices that are positive numbers",
                found=f"{prices[wrong][0]} in {int(wrong.sum())} of {len(prices)} quotes",
                try_next="set such quotes aside before they reach the book",
            )

    # ------------------------------------------------------------------ reading

    @property
    def day(self) -> str:
        """The day that option terms are counted from: of the newest quote, or of what the book was made from."""
        return str(self._board.as_of.astype("datetime64[D]"))

    def beta(self) -> float:
        """Give portfolio beta; NaN while NAV is not positive."""
        nav = self._trees[k.NAV, 1]
        return float(self._trees[k.BETA, 1] / nav) if nav > 0 else float("nan")

    def nav(self) -> float:
        """Give net asset value, base currency."""
        return float(self._trees[k.NAV, 1])

    def read(self) -> LiveReading:
        """Give the portfolio as it stands, with its error and coverage.

        Raises
        ------
        NotEnoughDataError
            If NAV is not positive and finite, so that a beta on NAV has no meaning.
        """
        nav, money, net, gross, _, gross_beta, gamma = (float(x) for x in self._trees[:, 1])
        unpriced = sum(r.valuation.legs is None for r in self._made)
        if not 0 < nav < np.inf:
            raise NotEnoughDataError(
                expected="a portfolio with a positive net asset value",
                found=f"NAV {nav:,.2f} {self._board.base} from {len(self._held)} positions, "
                f"{unpriced} of them without a value",
                try_next="add the cash that backs the positions, and prices for those that have none",
            )
        weights = self._weights(nav)
        (oldest, newest), oldest_name = self._ages()
        return LiveReading(
            as_of=self._board.as_of,
            oldest=oldest,
            oldest_name=oldest_name,
            newest=newest,
            quotes=self.quotes_taken,
            late=self.quotes_late,
            nav=nav,
            beta=portfolio_beta(money / nav, weights, self._betas),
            companion=self._companion(weights),
            beta_exposure=money,
            net=net,
            gross=gross,
            gross_beta=gross_beta / nav,
            gamma_exposure=gamma,
            coverage=cover([self._covered(i) for i in range(len(self._held))], nav=nav, beta_exposure=money),
            slow=tuple((p.symbol, r.slow) for p, r in self._pairs() if r.slow is not None),
            positions=tuple(self._position(i) for i in range(len(self._held))),
        )

    def _pairs(self) -> list[tuple[Position, Row]]:
        return list(zip(self._held, self._made, strict=True))

    def _covered(self, i: int) -> Covered:
        """Give a position as coverage counts it; what it can be is valued anew, because the loop does not."""
        row, as_made = self._made[i], self._held[i]
        if row.reason is None and row.valuation.bounds is None:
            total = self._delta_exposure(i)
            return Covered(asset=as_made.symbol, delta_exposure=total, reason=None, bounds=None)
        position, hidden = self._as_held(i)
        market = LiveMarket.of(self._board, hidden=hidden)
        valued = value_position(position, market)
        money = None if row.reason is not None else float(self._trees[k.BETA, self._trees.shape[1] // 2 + i])
        bounds = bound_position(position, valued, self._betas, market, beta_exposure=money)
        return Covered(asset=as_made.symbol, delta_exposure=valued.delta_exposure, reason=row.reason, bounds=bounds)

    def _delta_exposure(self, i: int) -> float:
        """Give what a row moves with, from the exposure and value that the loop has found."""
        row = self._floats[i]
        return float(row[k.PER_EXPOSURE] * row[k.EXPOSURE] + row[k.PER_VALUE] * row[k.VALUE])

    def _position(self, i: int) -> LivePosition:
        row = self._made[i]
        fx = float(self._fx[self._board.currencies.index(self._held[i].instrument.currency)])
        shown = None if np.isnan(fx) else fx
        asset = self._held[i].symbol
        if row.valuation.legs is None:
            worth = row.valuation.value
            return LivePosition(asset=asset, value=worth, delta_exposure=None, beta_exposure=None, fx=shown, delta=1.0)
        leaf = self._trees.shape[1] // 2 + i
        delta = 1.0
        if row.kind == k.OPTION:
            delta = float(self._floats[i, k.DELTA])
        elif row.kind == k.SLOW and row.valuation.delta is not None:
            delta = row.valuation.delta
        return LivePosition(
            asset=asset,
            value=float(self._floats[i, k.VALUE]),
            delta_exposure=self._delta_exposure(i),
            beta_exposure=None if row.reason else float(self._trees[k.BETA, leaf]),
            fx=shown,
            delta=delta,
        )

    def _weights(self, nav: float) -> Floats:
        """Give delta exposure / NAV by asset of the betas, shape (n_assets,)."""
        weights = np.zeros(len(self._betas.estimates))
        for i, row in enumerate(self._made):
            exposure, value = self._floats[i, k.EXPOSURE], self._floats[i, k.VALUE]
            for part in row.assets:
                money = part.per_exposure * exposure + part.per_value * value
                weights[self._betas.row(part.asset)] += money / nav
        return weights

    def _companion(self, weights: Floats) -> PortfolioBeta | None:
        """Give portfolio beta in the other reading; None where the method, or something held, does not have it."""
        other = self._betas.companion
        if other is None:
            return None
        # what is followed with a weight of zero must have a beta too, as for `expose`
        followed = {part.asset for row in self._made for part in row.assets}
        if any(other[asset].value is None for asset in followed):
            return None
        return portfolio_beta(float(np.nan_to_num(other.values()) @ weights), weights, other)

    def _ages(self) -> tuple[tuple[np.datetime64 | None, np.datetime64 | None], str | None]:
        """Give the moments of the oldest and the newest price in use, and whose the oldest is."""
        used = [
            (int(self._board.stamp[row.ints[k.PRICE]]), position.symbol)
            for position, row in self._pairs()
            if row.ints.get(k.PRICE, -1) >= 0 and row.kind != k.NOTHING
        ]
        if not used:
            return (None, None), None
        (first, name), (last, _) = min(used, key=itemgetter(0)), max(used, key=itemgetter(0))
        return (np.datetime64(first, "us"), np.datetime64(last, "us")), name

    # ------------------------------------------------------------------ the same, for `expose`

    def portfolio(self) -> Portfolio:
        """Give the portfolio as `expose` is to see it: held options with their volatility stated."""
        self._remember()
        positions = []
        hidden = self._hidden()
        for i in range(len(self._held)):
            position, _ = self._as_held(i)
            own = self._board.quote(position.symbol)
            if i not in self._kept and position.symbol in hidden and own is not None:
                position = replace(position, stated=replace(position.stated, price=exact(own.value)))
            positions.append(position)
        return replace(self._given, positions=tuple(positions))

    def market(self) -> Market:
        """Give prices and rates as `expose` is to see them: without those of options that are held."""
        self._remember()
        board = self._board
        return Market(
            as_of=board.as_of,
            base=board.base,
            prices=board.columns(self._hidden()),
            fx=board.rates(),
            doubts=board.doubts,
            waiting=board.waiting,
        )

    def _hidden(self) -> frozenset[str]:
        return frozenset(self._held[i].symbol for i in self._kept)

    def exposure(self) -> Exposure:
        """Measure the portfolio as it stands by `expose`: slower, with everything that it tells."""
        return expose(self.portfolio(), self.market(), self._betas)

    def state(self) -> LiveState:
        """Give what a new book of the same portfolio needs to go on from here."""
        self._remember()
        quoted = [i for i in np.flatnonzero(self._live).tolist() if i not in self._kept]
        return LiveState(
            as_of=str(self._board.as_of.astype("datetime64[D]")),
            prices=self._board.changed(),
            held={self._keys[i]: vol for i, vol in self._kept.items()},
            quoted={self._keys[i]: float(self._floats[i, k.VOL]) for i in quoted if self._made[i].kind == k.OPTION},
            taken=self.quotes_taken,
            late=self.quotes_late,
        )

    def restore(self, state: LiveState) -> None:
        """Go on from a state: totals are then those of that moment to the last bit.

        What the state does not fit is left as it is: a price older than the one known, an option no longer held.
        """
        self._kept = {}
        self._go_on(state)

    def succeed(self, was: LiveState, old: "LiveBook | None" = None, *, without: Container[str] = ()) -> None:
        """Go on from the state of a book with other holdings, prices or betas, with the newest of what each knows.

        Its quotes count unless this book was made from newer prices. Options keep the volatility that it had found for
        them, unless their terms are others now or a newer price of theirs is known here.

        Parameters
        ----------
        was
            Its state.
        old
            The book itself, if it is at hand: then a price that was corrected is seen too.
        without
            Names whose quotes do not count here, such as those in the units of before a split.
        """
        board = self._board
        same = {
            key for key in self._keys if key.partition(" ")[2] not in without and self._knows_no_more(key, was, old)
        }
        news = sorted(
            (stamp, name, price)
            for name, (price, stamp) in was.prices.items()
            if name not in without and (slot := board.slot(name)) is not None and stamp >= board.stamp[slot]
        )
        if news:
            self.quotes([n for _, n, _ in news], [p for _, _, p in news], np.array([t for t, _, _ in news]))
        self._remember()
        held_vols = {key: vol for key, vol in was.held.items() if key in same}
        quoted = {key: vol for key, vol in was.quoted.items() if key in same}
        kept = {self._keys[i]: vol for i, vol in self._kept.items() if self._keys[i] not in quoted}
        self._go_on(replace(was, prices={}, held={**kept, **held_vols}, quoted=quoted))

    def _knows_no_more(self, key: str, was: LiveState, old: "LiveBook | None") -> bool:
        """Tell whether an option of both books has no newer price here, nor other terms."""
        ours = self._held[self._keys.index(key)]
        slot = self._board.slots.get(ours.symbol)
        if slot is None or not ours.instrument.written_on:
            return False
        if ours.symbol in was.prices:
            no_newer = self._board.stamp[slot] <= was.prices[ours.symbol][1]
        else:
            no_newer = self._board.stamp[slot] <= int(np.datetime64(was.as_of, "us").astype(np.int64))
        theirs = None if old is None else old.terms(key)
        if theirs is None:
            return bool(no_newer)
        instrument, stated, first = theirs
        if (instrument, stated) != (ours.instrument, ours.stated):
            return False
        here = float(self._board.first[0][slot])
        return bool(no_newer) and (ours.symbol in was.prices or np.array_equal(here, first, equal_nan=True))

    def terms(self, key: str) -> tuple[Instrument, Stated, float] | None:
        """Give instrument, stated terms and first price (NaN if none) of an option by its key; None if not held."""
        if key not in self._keys:
            return None
        position = self._held[self._keys.index(key)]
        return position.instrument, position.stated, float(self._board.first[0][self._board.slots[position.symbol]])

    def _go_on(self, state: LiveState) -> None:
        board = self._board
        board.take_back(state.prices)
        board.as_of = max(board.as_of, np.datetime64(state.as_of).astype("datetime64[s]"))
        self.quotes_taken, self.quotes_late = state.taken, state.late
        keys = {key: i for i, key in enumerate(self._keys)}
        for key in (*state.quoted, *state.held):
            if key in keys:
                self._live[keys[key]] = True
        self._kept = {keys[key]: vol for key, vol in state.held.items() if key in keys}
        self._build()
        again = [keys[key] for key in state.quoted if key in keys and self._made[keys[key]].kind == k.OPTION]
        for i in again:
            # found again from the same prices it is the same volatility but for its last digits
            self._floats[i, k.VOL] = state.quoted[self._keys[i]]
        self._run(again, k.TOUCHED | k.REFRESH)

    def with_betas(self, betas: Betas) -> None:
        """Go on with newly estimated betas."""
        self._remember()
        self._betas = betas
        self._build()


def _microseconds(moment: Moment) -> int:
    if isinstance(moment, int):
        return moment
    return int(np.asarray(moment, dtype="datetime64[us]").astype(np.int64))
