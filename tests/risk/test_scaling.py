"""Scaling, value at risk, flow, drawdowns and tails."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.drawdown import drawdown_path, drawdown_review, drawdowns
from trimtab.risk.flow import abnormal_volume, alarm_record, alarms, amihud, on_balance_volume, selling_pressure
from trimtab.risk.scaling import ar1_variance_ratio, horizon_beta, scale_to_target, variance_ratio
from trimtab.risk.tails import coskewness, tail_dependence
from trimtab.risk.value_at_risk import empirical_var, normal_var

RNG = np.random.default_rng(71)
MARKET = RNG.standard_t(4, 3000) * 0.007


@pytest.mark.parametrize(("q", "printed"), [(2, 1.30), (4, 1.5535), (12, 1.7551)])
def test_variance_ratio_of_an_autoregression(q, printed):
    """AR(1) with rho .3: 1.30, 1.5535, 1.7551 by formula, and near it in a long simulation."""
    assert ar1_variance_ratio(0.3, q) == pytest.approx(printed, abs=5e-5)
    series = lfilter([1.0], [1.0, -0.3], np.random.default_rng(2).standard_normal(200_000))
    result = variance_ratio(series, periods=q)
    assert result.ratio == pytest.approx(printed, abs=0.03)
    assert result.root_time_error == pytest.approx(1 / np.sqrt(printed) - 1, abs=0.01)
    assert result.z > 10


def test_variance_ratio_by_the_definition():
    """Ratio and robust z equal loops written straight from Lo and MacKinlay's sums over prices."""
    r = MARKET[:300]
    price, n, q = np.concatenate([[0.0], np.cumsum(r)]), 300, 5
    mean = (price[-1] - price[0]) / n
    one = sum((price[k] - price[k - 1] - mean) ** 2 for k in range(1, n + 1)) / (n - 1)
    m = q * (n - q + 1) * (1 - q / n)
    many = sum((price[k] - price[k - q] - q * mean) ** 2 for k in range(q, n + 1)) / m
    theta = 0.0
    for j in range(1, q):
        top = sum((r[t] - mean) ** 2 * (r[t - j] - mean) ** 2 for t in range(j, n))
        theta += (2 * (q - j) / q) ** 2 * top / sum((x - mean) ** 2 for x in r) ** 2
    result = variance_ratio(r, periods=q)
    assert result.ratio == pytest.approx(many / one)
    assert result.z_robust == pytest.approx((many / one - 1) / np.sqrt(theta))


def test_the_robust_test_keeps_its_size_under_changing_variance():
    """On white noise with volatility clusters the robust z rejects 5% of the time, the plain one far more often."""
    rng = np.random.default_rng(5)
    robust = plain = 0
    for _ in range(500):
        variance = np.exp(lfilter([1.0], [1.0, -0.9], rng.normal(0, 0.6, 600)))
        result = variance_ratio(np.sqrt(variance) * rng.standard_normal(600), periods=5)
        robust += abs(result.z_robust) > 1.96
        plain += abs(result.z) > 1.96
    assert 0.02 <= robust / 500 <= 0.085
    assert plain / 500 > 0.12


def test_horizon_beta():
    """A constant beta is found at every horizon within its error; late prices need the longer one."""
    asset = 1.3 * MARKET + RNG.normal(0, 0.005, 3000)
    for q in (1, 5, 20):
        result = horizon_beta(asset, MARKET, periods=q)
        assert abs(result.beta - 1.3) < 3 * result.stderr
    errors = [horizon_beta(asset, MARKET, periods=q).stderr for q in (1, 20)]
    assert errors[1] > errors[0]


def test_both_targeting_conventions():
    """Scaling by the ratio of deviations hits the target exactly; by its square it overshoots, both ways."""
    r = MARKET
    for factor in (0.5, 2.0):
        target = factor * r.std()
        by_sd = scale_to_target(target_sd=target, actual_sd=r.std())
        by_variance = scale_to_target(target_sd=target, actual_sd=r.std(), convention="variance")
        assert (by_sd * r).std() == pytest.approx(target)
        assert by_variance == pytest.approx(by_sd**2)
    assert scale_to_target(target_sd=0.2, actual_sd=0.05, most=1.5) == 1.5
    with pytest.raises(InputError, match="target"):
        scale_to_target(target_sd=0.1, actual_sd=0.0)


def test_gaps_are_refused():
    """A variance over several periods needs neighbours in time; a hole inside is refused, one at the end is cut."""
    holes = MARKET[:100].copy()
    holes[50] = np.nan
    with pytest.raises(InputError, match="gaps"):
        variance_ratio(holes, periods=2)
    holes = np.append(MARKET[:100], np.nan)
    assert variance_ratio(holes, periods=2) == variance_ratio(MARKET[:100], periods=2)
    with pytest.raises(NotEnoughDataError, match="vary"):
        variance_ratio(np.full(100, 0.01), periods=2)
    with pytest.raises(InputError, match="periods"):
        variance_ratio(MARKET[:100], periods=50)


def test_value_at_risk_of_hull():
    """Hull ch. 22: 465,300 for one day, 1,471,300 for ten; with 5m at 1%, rho .3: 1,620,100, benefit 219,000."""
    assert normal_var([10e6], [0.02]).total == pytest.approx(465_300, abs=50)
    assert normal_var([10e6], [0.02], days=10).total == pytest.approx(1_471_300, abs=50)
    both = normal_var([10e6, 5e6], [0.02, 0.01], correlation=[[1, 0.3], [0.3, 1]], days=10)
    assert both.total == pytest.approx(1_620_100, abs=100)
    assert both.diversification == pytest.approx(219_000, abs=100)
    with pytest.raises(InputError, match="correlation"):
        normal_var([1, 1], [0.01, 0.01])


def test_empirical_var():
    """The observed quantile and mean beyond it; too few profits for the level are refused."""
    profits = np.random.default_rng(3).normal(0, 1, 200_000)
    var, shortfall = empirical_var(profits, level=0.99)
    assert var == pytest.approx(stats.norm.ppf(0.99), abs=0.03)
    assert shortfall == pytest.approx(stats.norm.pdf(stats.norm.ppf(0.99)) / 0.01, abs=0.04)
    with pytest.raises(NotEnoughDataError, match="100 profits"):
        empirical_var(np.zeros(99), level=0.99)


@given(st.lists(st.floats(-0.3, 0.4), min_size=1, max_size=40))
def test_drawdowns_agree_with_the_path(returns):
    """The deepest fall is the largest depth; falls do not overlap; every day under water belongs to one."""
    path, found = drawdown_path(returns), drawdowns(returns, most=100)
    assert max((d.depth for d in found), default=0.0) == pytest.approx(path.max(), abs=1e-11)
    days = [range(d.peak + 1, len(path) if d.recovery is None else d.recovery) for d in found]
    covered = [row for span in days for row in span]
    assert len(covered) == len(set(covered)) == int((path > 1e-12).sum())


def test_drawdown_by_empyrical():
    """The largest drawdown equals empyrical's."""
    empyrical = pytest.importorskip("empyrical", reason="the comparison library is an extra of the benchmarks")
    assert drawdowns(MARKET)[0].depth == pytest.approx(-empyrical.max_drawdown(MARKET))


def test_the_neutral_part_of_a_pure_beta_book_never_falls():
    """A book that is 1.2 times its benchmark has drawdowns, and its neutral part none."""
    review = drawdown_review(1.2 * MARKET, MARKET, 1.2)
    assert review.book
    assert review.neutral == ()
    assert review.neutral_in_worst == pytest.approx(0, abs=1e-12)
    assert review.benchmark_in_worst < 0
    calm = drawdown_review([0.01, 0.02], [0.01, 0.0], 0.0)
    assert (calm.book, calm.neutral_in_worst, calm.under_water) == ((), None, 0.0)


def test_coskewness():
    """Symmetric residuals have none, short convexity has a negative one, and scale does not matter."""
    noise = RNG.normal(0, 0.01, 3000)
    plain = coskewness(0.9 * MARKET + noise, MARKET)
    # Residuals that know nothing of the market: the error of the mean of e z^2 / (s E z^2).
    error = np.sqrt(np.mean(MARKET**4) / np.mean(MARKET**2) ** 2 / 3000)
    assert abs(plain) < 3 * error
    short = coskewness(MARKET - 8 * MARKET**2 + 0.1 * noise, MARKET)
    assert short < -0.5
    assert coskewness(3 * (MARKET - 8 * MARKET**2 + 0.1 * noise), MARKET) == pytest.approx(short)
    with pytest.raises(NotEnoughDataError, match="multiple"):
        coskewness(2 * MARKET, MARKET)


def test_tail_dependence():
    """Independent series show the level, normal ones the normal value, Student ones more, equal ones one."""
    rng = np.random.default_rng(12)
    n = 100_000
    x, y = rng.standard_normal((2, n))
    alone = tail_dependence(x, y, level=0.05)
    assert alone.lower == pytest.approx(0.05, abs=3 * alone.stderr + 0.003)
    joint = 0.6 * x + 0.8 * y
    normal = tail_dependence(joint, x, level=0.02)
    assert normal.lower == pytest.approx(normal.normal, abs=4 * normal.stderr)
    scale = np.sqrt(3 / rng.chisquare(3, n))
    student = tail_dependence(joint * scale, x * scale, level=0.02)
    assert student.lower > student.normal + 5 * student.stderr
    assert tail_dependence(x, x).lower == tail_dependence(x, x).upper == 1.0
    with pytest.raises(NotEnoughDataError, match="10 days"):
        tail_dependence(x[:100], y[:100], level=0.05)


def test_obv_and_amihud():
    """On-balance volume adds signed volume; Amihud is the mean ratio in millions; too few days are refused."""
    assert on_balance_volume([1, 2, 1, 1, 3], [9, 5, 4, 3, 2]).tolist() == [0, 5, 1, 1, 3]
    r, money = np.full(70, -0.02), np.full(70, 4e6)
    money[:5] = 0
    assert amihud(r, money) == pytest.approx(0.005)
    with pytest.raises(NotEnoughDataError, match="60 days"):
        amihud(r[:30], money[:30])


def test_abnormal_volume_sees_only_the_past():
    """A day's z-score does not change with later volume, and is that of the days before."""
    volume = np.exp(RNG.normal(0, 0.3, 300))
    z = abnormal_volume(volume, window=60)
    assert (abnormal_volume(volume[:200], window=60)[60:] == z[60:200]).all()
    logs = np.log(volume)
    assert z[150] == pytest.approx((logs[150] - logs[90:150].mean()) / logs[90:150].std(ddof=1))


def test_random_prices_give_alarms_no_better_than_chance():
    """On a random walk with independent volume the false-alarm rate is the base rate, within its interval."""
    rng = np.random.default_rng(21)
    closes = np.exp(np.cumsum(rng.normal(0, 0.01, 60_000)))
    volume = np.exp(rng.normal(0, 0.5, 60_000))
    record = alarm_record(closes, selling_pressure(closes, volume, threshold=1.0))
    assert record.n_alarms > 100
    assert record.low < record.base_rate < record.high


def test_planted_selling_is_seen():
    """Falls on heavy volume that go on falling raise alarms that are seldom false."""
    rng = np.random.default_rng(22)
    moves, volume = rng.normal(0.0005, 0.01, 20_000), np.exp(rng.normal(0, 0.3, 20_000))
    for start in range(200, 19_500, 200):
        moves[start : start + 40] -= 0.008
        volume[start : start + 40] *= 2.5
    closes = np.exp(np.cumsum(moves))
    record = alarm_record(closes, selling_pressure(closes, volume))
    assert record.n_alarms >= 50
    assert record.high < record.base_rate


@pytest.mark.parametrize(("n", "false"), [(1, 0), (1, 1), (7, 2), (40, 39), (400, 100)])
def test_the_interval_of_the_rate_is_wilsons(n, false):
    """Each limit lies 1.96 of its own standard errors from the rate: Wilson's equation, solved by no formula."""
    closes = np.concatenate([[10.0, 11.0 if k < false else 9.0] for k in range(n)] + [[10.0]])
    record = alarm_record(closes, np.arange(2 * n + 1) % 2 == 0, horizon=1)
    assert (record.n_alarms, record.false_alarms) == (n, false)
    for limit in (record.low, record.high):
        distance = 1.959963984540054 * np.sqrt(max(limit * (1 - limit), 0.0) / n)
        assert abs(limit - false / n) == pytest.approx(distance, abs=1e-7)
    assert record.low <= record.rate <= record.high
    assert record.high - record.low > 0.01


def test_alarms_keep_their_distance():
    """Within the quiet time a second run raises no alarm."""
    assert alarms([True, False, True, False, False, True], quiet=3).tolist() == [0, 5]
    late = np.isin(np.arange(20), [3, 5, 6, 8, 10, 12, 19])
    # 6 goes on from 5; 8 lies two days after 6 but five after the last alarm, at 3.
    assert alarms(late, quiet=5).tolist() == [3, 8, 19]
    assert alarms(late, quiet=4).tolist() == [3, 8, 12, 19]


def test_false_alarm_rate_on_real_data(shared_data):
    """On 60 large US shares, 1999-2017, the indicator's false-alarm rate is measured, and is near the base rate."""
    path = shared_data / "us_equity_daily_sp500.parquet"
    table = pl.scan_parquet(path).select("ticker", "date", "adj_close", "volume")
    names = sorted(n for n in table.select("ticker").unique().collect()["ticker"].to_list() if n)[::8][:60]
    table = table.filter(pl.col("ticker").is_in(names)).sort("ticker", "date").collect()
    counts = np.zeros(2)
    base = []
    for _, one in table.group_by("ticker"):
        closes, volume = one["adj_close"].to_numpy().astype(float), one["volume"].to_numpy().astype(float)
        if len(closes) < 500 or not (closes > 0).all():
            continue
        record = alarm_record(closes, selling_pressure(closes, volume))
        counts += (record.false_alarms, record.n_alarms)
        base.append(record.base_rate)
    rate = counts[0] / counts[1]
    # The figures of docs/risk.md.
    assert (len(base), *counts) == (60, 512, 882)
    assert (round(rate, 3), round(float(np.mean(base)), 3)) == (0.58, 0.58)
    assert 0.45 < rate < 0.70
    assert abs(rate - np.mean(base)) < 0.08


def test_flow_refusals():
    """Missing closes, unequal lengths and empty windows are refused."""
    with pytest.raises(InputError, match="known and positive"):
        on_balance_volume([1.0, np.nan], [1, 1])
    with pytest.raises(InputError, match="one length"):
        on_balance_volume([1.0, 2.0], [1])
    with pytest.raises(InputError, match="window"):
        abnormal_volume([1.0, 2.0], window=5)
    with pytest.raises(InputError, match="horizon"):
        alarm_record([1.0, 2.0], [True, False], horizon=2)
