"""Hold the league: every method forecasts at every date with what was known then, and is judged by what came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.history import BetaHistory
from trimtab.beta.method import DEFAULT_METHOD, Estimator
from trimtab.beta.validation.basket import draw_baskets, variance_removed
from trimtab.beta.validation.candidate import BASELINES, Candidate, candidates, forecast
from trimtab.beta.validation.measure import row_means
from trimtab.beta.validation.schedule import Horizon, forecast_rows, horizons_of
from trimtab.beta.validation.score import AssetScore, Score, judge, score_assets
from trimtab.beta.validation.target import Realised, realised_betas
from trimtab.beta.validation.verdict import Recommendation, Verdict, decide, recommend
from trimtab.errors import InputError
from trimtab.market.records import build_frame, frame_kind
from trimtab.market.returns import PairedReturns
from trimtab.model.shown import Shown
from trimtab.stats.arrays import Floats

__all__ = ["League", "Report", "hold_league"]

#: Told (done, total, what) as the work goes on.
Report = Callable[[int, int, str], None]
#: A method that answers less often than this would shrink the dates and names that all are judged on.
_MIN_ANSWERED = 0.9
#: One asset of this many or more that makes up this share of a method's squared error is named in a note.
_MIN_CROWD, _DOMINANT = 6, 0.5


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class League(Shown):
    """Methods judged out of sample.

    Parameters
    ----------
    benchmark
        Symbol of the benchmark.
    methods
        Who played.
    days
        Horizons judged, in trading days.
    step
        How often forecasts were made.
    first, last
        First and last forecast date that was judged; None if there was none.
    n_assets
        Assets with a judged forecast.
    frequency
        Of the data, in words.
    scores
        One per method and horizon; a method that answered too seldom has none.
    assets
        The same by asset.
    removed_at_most
        By horizon: the share of random baskets' variance that a hedge with the realised beta would have removed.
    verdicts
        One per horizon.
    recommendation
        Over all horizons.
    notes
        What was decided on the way, and what cannot be claimed, in words.
    frame
        The kind of frame that tables are given in.
    """

    benchmark: str
    methods: tuple[str, ...]
    days: tuple[int, ...]
    step: str
    first: np.datetime64 | None
    last: np.datetime64 | None
    n_assets: int
    frequency: str
    scores: tuple[Score, ...]
    assets: tuple[AssetScore, ...]
    removed_at_most: tuple[float, ...]
    verdicts: tuple[Verdict, ...]
    recommendation: Recommendation
    notes: tuple[str, ...]
    frame: str = "polars"

    def to_frame(self, kind: str | None = None) -> Any:
        """Give the scores as a frame, one row per method and horizon, best first; the columns are those of `Score`."""
        return _frame(Score, self.scores, frame_kind(kind or self.frame))

    def assets_frame(self) -> Any:
        """Give the scores by asset as a frame, one row per method, horizon and asset; the columns of `AssetScore`."""
        return _frame(AssetScore, self.assets, self.frame)

    def score(self, method: str, days: int) -> Score:
        """Give one method's score at one horizon.

        Raises
        ------
        InputError
            If it was not judged.
        """
        for score in self.scores:
            if (score.method, score.days) == (method, days):
                return score
        judged = ", ".join(sorted({f"{s.method} at {s.days}" for s in self.scores})) or "nothing"
        raise InputError(
            expected=f"one of: {judged}", found=f"{method} at {days}", try_next="read League.notes for why"
        )


def _frame(kind: type[Score | AssetScore], rows: tuple[Any, ...], frame: str) -> Any:
    return build_frame({f.name: [getattr(row, f.name) for row in rows] for f in fields(kind)}, kind=frame)


def hold_league(
    pairs: PairedReturns,
    *,
    methods: Sequence[str | Estimator] | None = None,
    horizons: Sequence[int] = (21, 63, 252),
    step: str | int = "month-end",
    min_obs: int = 252,
    seed: int = 20,
    progress: Report | None = None,
) -> League:
    """Judge estimators by what came after their forecasts.

    Parameters
    ----------
    pairs
        Paired returns of all assets; the benchmark itself is not judged.
    methods
        Who plays; None takes the default field. ``ols`` and ``welch|vasicek`` always play: skill is measured on them.
    horizons
        In trading days (252 a year, whatever the calendar).
    step
        When forecasts are made: "month-end", "week-end", "year-end", or every so many rows.
    min_obs
        Paired returns an asset needs before it is judged, in trading days; scaled to the calendar like the horizons.
    seed
        Of the random baskets.
    progress
        Called with (done, total, what) as the work goes on.
    """
    rows = forecast_rows(pairs.dates, step)
    field = candidates(methods)
    laid_horizons, notes = horizons_of(tuple(horizons), pairs.frequency, rows)
    least = max(2, round(min_obs * pairs.frequency.periods_per_year / 252.0))
    seasoned = np.cumsum(~np.isnan(pairs.asset), axis=0)[rows] >= least
    seasoned &= np.array([s != pairs.benchmark for s in pairs.symbols])
    if seasoned.any():
        # Nothing before the first asset has its history is judged, so nothing is forecast there.
        start = int(np.argmax(seasoned.any(axis=1)))
        rows, seasoned = rows[start:], seasoned[start:]
    parts: list[_Round] = []
    fixed: dict[str, BetaHistory] = {}
    teller = _Teller(progress, len(field) * len(laid_horizons))
    for horizon in laid_horizons:
        realised = realised_betas(pairs, rows, horizon.rows)
        eligible = seasoned & np.isfinite(realised.beta)
        forecasts = {c.name: _forecast(c, pairs, rows, horizon, fixed, teller) for c in field}
        parts.append(_play(pairs, rows, horizon, realised, eligible, forecasts, seed))
    judged = np.flatnonzero(np.any([p.keep.any(axis=1) for p in parts], axis=0)) if parts else np.empty(0, np.intp)
    errors = {p.horizon.days: p.errors for p in parts}
    verdicts = tuple(p.verdict for p in parts)
    dates = pairs.dates[rows]
    return League(
        benchmark=pairs.benchmark,
        methods=tuple(c.name for c in field),
        days=tuple(h.days for h in laid_horizons),
        step=step if isinstance(step, str) else f"every {step} rows",
        first=dates[judged[0]] if judged.size else None,
        last=dates[judged[-1]] if judged.size else None,
        n_assets=int(np.any([p.keep.any(axis=0) for p in parts], axis=0).sum()) if parts else 0,
        frequency=pairs.frequency.name,
        scores=tuple(s for p in parts for s in p.scores),
        assets=tuple(s for p in parts for s in p.assets),
        removed_at_most=tuple(p.removed_at_most for p in parts),
        verdicts=verdicts,
        recommendation=recommend(verdicts, errors, DEFAULT_METHOD),
        notes=(*notes, *(n for p in parts for n in p.notes), *_limits(pairs, laid_horizons, judged.size, least)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One horizon's results."""

    horizon: Horizon
    keep: NDArray[np.bool_]
    scores: tuple[Score, ...]
    assets: tuple[AssetScore, ...]
    errors: dict[str, Floats]
    removed_at_most: float
    verdict: Verdict
    notes: tuple[str, ...]


class _Teller:
    """Counts the forecasts that are done, for the one who waits."""

    def __init__(self, progress: Report | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self, what: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total, what)


def _forecast(
    candidate: Candidate,
    pairs: PairedReturns,
    rows: NDArray[np.intp],
    horizon: Horizon,
    fixed: dict[str, BetaHistory],
    teller: _Teller,
) -> BetaHistory:
    """Forecast, or take the same forecast again where the horizon makes no difference to it."""
    if candidate.by_horizon or candidate.name not in fixed:
        history = forecast(candidate, pairs, rows, horizon.days)
        if not candidate.by_horizon:
            fixed[candidate.name] = history
    else:
        history = fixed[candidate.name]
    teller.done(f"{candidate.name}, {horizon.days} days")
    return history


def _play(
    pairs: PairedReturns,
    rows: NDArray[np.intp],
    horizon: Horizon,
    realised: Realised,
    eligible: NDArray[np.bool_],
    forecasts: dict[str, BetaHistory],
    seed: int,
) -> _Round:
    """Judge every method at one horizon, on the forecasts that all of them gave."""
    # Skill is measured on the baselines: where they give nothing, there is nothing to compare with.
    for name in BASELINES:
        eligible = eligible & np.isfinite(forecasts[name].beta)
    given = {n: eligible & np.isfinite(h.beta) for n, h in forecasts.items()}
    possible = max(int(eligible.sum()), 1)
    answered = {n: float(g.sum()) / possible for n, g in given.items()}
    ranked = [n for n in forecasts if answered[n] >= _MIN_ANSWERED or n in BASELINES]
    keep = np.logical_and.reduce([given[n] for n in ranked])
    squares = {n: (h.beta - realised.beta) ** 2 for n, h in forecasts.items()}
    baskets = draw_baskets(keep, seed)
    removed, most = variance_removed(pairs, rows, horizon.rows, baskets, {n: forecasts[n].beta for n in ranked})
    scores: list[Score] = []
    by_asset: list[AssetScore] = []
    notes: list[str] = []
    for name, history in forecasts.items():
        # A method that seldom answers would shrink the sample of all; it is judged, and not ranked, on its own.
        kept = keep if name in ranked else given[name]
        if not kept.any():
            continue
        base = [row_means(squares[b], kept) for b in BASELINES]
        scores.append(
            judge(
                name, horizon, forecast=history.beta, stderr=history.stderr, realised=realised, keep=kept,
                baskets=baskets if name in ranked else draw_baskets(kept, seed), answered=answered[name],
                ranked=name in ranked, removed=removed.get(name, float("nan")), ols=base[0], shrunk=base[1],
            )
        )  # fmt: skip
        by_asset.extend(score_assets(name, horizon, pairs.symbols, history.beta, realised, kept))
        if name not in ranked:
            notes.append(
                f"{name} gave {answered[name]:.0%} of the forecasts over {horizon.days} days: judged on those alone,"
                " not ranked"
            )
    errors = {n: row_means(squares[n], keep) for n in ranked} if keep.any() else {}
    notes.extend(_outliers(pairs.symbols, horizon, {n: squares[n] for n in ranked}, keep))
    return _Round(
        horizon=horizon,
        keep=keep,
        scores=tuple(sorted(scores, key=lambda s: (not s.ranked, s.rmse))),
        assets=tuple(by_asset),
        errors=errors,
        removed_at_most=most,
        verdict=decide(horizon, errors),
        notes=tuple(notes),
    )


def _outliers(
    symbols: tuple[str, ...], horizon: Horizon, squares: dict[str, Floats], keep: NDArray[np.bool_]
) -> list[str]:
    """Name an asset that makes most of a method's squared error: its prices, not the method, decide the place."""
    if np.count_nonzero(keep.any(axis=0)) < _MIN_CROWD:
        return []
    weight = keep / np.maximum(keep.sum(axis=1, keepdims=True), 1)
    worst: dict[str, list[str]] = {}
    for name, square in squares.items():
        share = np.where(keep, weight * square, 0.0).sum(axis=0)
        top = int(np.argmax(share))
        if share[top] > _DOMINANT * share.sum():
            worst.setdefault(symbols[top], []).append(name)
    return [
        f"{asset} makes up most of the squared error of {', '.join(names)} over {horizon.days} days: look at its prices"
        for asset, names in worst.items()
    ]


def _limits(pairs: PairedReturns, horizons: tuple[Horizon, ...], n_dates: int, least: int) -> tuple[str, ...]:
    """Say what these data cannot show."""
    notes = []
    if not n_dates and horizons:
        need = least + min(h.rows for h in horizons)
        notes.append(
            f"nothing could be judged: it takes {need} returns of an asset ({least} before a forecast date and the"
            f" horizon after it), and the benchmark has {len(pairs.dates) - 1}"
        )
    others = sum(s != pairs.benchmark for s in pairs.symbols)
    if n_dates and others < 6:
        count = "1 asset" if others == 1 else f"{others} assets"
        notes.append(f"{count}: no portfolios were drawn, and a result for so few says little about others")
    return tuple(notes)
