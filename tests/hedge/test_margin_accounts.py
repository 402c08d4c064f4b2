"""Venue accounts: published examples, a carry trade and short puts by hand, what is not known, and laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from margin_books import IN_THIRTY_DAYS, accounts, coin_option, coins, margin_book, measured, money, perpetual

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.feeds.contracts import open_contracts
from trimtab.hedge.margin.build import usual_margin
from trimtab.hedge.margin.lines import Line, Path
from trimtab.hedge.margin.liquidation import FURTHEST, LOWEST
from trimtab.hedge.margin.measure import accounts_after, measure_accounts
from trimtab.hedge.margin.require import STATED, required
from trimtab.hedge.standing.margin import margin_lines
from trimtab.model.venue import ContractRates, ProductRules, ScanRules, Scenario, ShortOptionRules, VenueRules

NOW = Path(x=np.zeros(1), own=frozenset(), start={})


# -- published examples


@pytest.mark.parametrize(
    ("on", "price", "size", "initial", "maintenance"),
    [("BTC", 100_000, 25, 53_125, 28_125), ("BTC", 100_000, 350, 1_312_500, None), ("SOL", 200, 25, 200.625, 100.625),
     ("SOL", 200, 6_000, 84_000, None)],
)  # fmt: skip
def test_deribits_linear_perpetuals(on, price, size, initial, maintenance):
    """Deribit's own table: 25 BTC at 100,000 need 53,125 USDC and 28,125, 6,000 SOL at 200 need 84,000.

    Source: support.deribit.com/hc/en-us/articles/25944738177565-Linear-Perpetual.
    """
    row = perpetual(size, payoff="linear", venue="Deribit", settlement="", on=on)
    (account,) = measured(row, money(10_000_000), prices={on: float(price)})
    assert account.initial == pytest.approx(initial, rel=1e-12)
    if maintenance is not None:
        assert account.maintenance == pytest.approx(maintenance, rel=1e-12)


@pytest.mark.parametrize(("size", "initial", "maintenance"), [(180, 0.010, 0.90 / 180), (230, 0.015, 0.010)])
def test_bitmexs_risk_limits(size, initial, maintenance):
    """BitMEX's own example: 180 XBT need 0.90 XBT of maintenance, 230 XBT stand one step higher: 1.00% and 1.50%.

    Source: bitmex.com/app/riskLimitsExamples.
    """
    (account,) = measured(perpetual(-size * 80_000), coins(1_000, venue="BitMEX"))
    assert account.initial == pytest.approx(size * 80_000 * initial, rel=1e-12)
    assert account.maintenance == pytest.approx(size * 80_000 * maintenance, rel=1e-12)


#: Risk array of one future, and of one December 410 call, in the order of SPAN's 16 scenarios.
FUTURE = (0, 0, 3330, 3330, -3330, -3330, 6670, 6670, -6670, -6670, 10000, 10000, -10000, -10000, 7000, -7000)
CALL = (460, -610, 2640, 1730, -1270, -2340, 5210, 4540, -2540, -3430, 8060, 7640, -3380, -3990, 3130, -1500)


def span(extreme: tuple[float, float]) -> ScanRules:
    shipped = open_contracts(None).needed_rules("CME").products[0].scan
    moves = [
        *shipped.scenarios[:14],
        *(Scenario(price=s * extreme[0], volatility=0, share=extreme[1]) for s in (1, -1)),
    ]
    return ScanRules(
        scenarios=tuple(moves), price_range=20 / 400, volatility_range=0.35, initial_multiple=1.1,
        short_option_minimum=0.0,
    )  # fmt: skip


def test_spans_risk_array_of_a_future():
    """Sixteen scenarios of a future with a maintenance margin of 10,000: thirds of it, and an extreme move of 7,000.

    Source: McMillan, Options as a Strategic Investment, chapter 34 (SPAN); 35% of twice the range was covered then.
    """
    (account,) = accounts(perpetual(1, payoff="linear", settlement="", on="M", venue="CME"), money(1e6))
    (line,) = account.lines
    scan = span((2.0, 0.35))
    unit = 10_000 / (line.exposure * scan.price_range)
    array = [s.share * unit * float(line.value(np.array([1 + s.price * scan.price_range]), np.ones(1))[0])
             for s in scan.scenarios]  # fmt: skip
    assert array == pytest.approx(FUTURE, abs=5)


def test_spans_covered_write():
    """A long future and a short call take the worst of sixteen sums, 6,620: less than the 10,000 of the future alone.

    Source: as above, page 670. The grid is the shipped one; the call's values are the printed ones.
    """
    rules = VenueRules(venue="V", products=(ProductRules(scan=span((2.0, 0.35))),))
    spot, scan = 400.0, rules.products[0].scan
    future = planted_line(exposure=10_000 / scan.price_range, price=spot)
    both = [future, planted_line(exposure=0.0, price=spot, table=dict(zip(steps(scan), CALL, strict=True)), units=-1.0)]
    assert required(both, rules, NOW, no_rules="").maintenance[0] == pytest.approx(6620, abs=5)
    assert required([future], rules, NOW, no_rules="").maintenance[0] == pytest.approx(10_000)
    assert required(both, rules, NOW, no_rules="").initial[0] == pytest.approx(1.1 * 6620, abs=5)


def steps(scan):
    """The price and volatility of each scenario, as a table of values is asked for."""
    return [(round(s.price * scan.price_range, 9), s.volatility) for s in scan.scenarios]


class Tabled:
    """An option whose value at each scenario is printed in a book: per contract sold, times -1."""

    vol, spot, scale, expiry_days = 1.0, 400.0, -1.0, 30.0

    def __init__(self, table):
        self.table = table

    def value(self, factor, volatility=None):
        """Read the printed values of the scenarios that are asked for."""
        if volatility is None:
            return np.zeros_like(factor)
        return np.array([[self.printed(f - 1.0, v - 1.0)] for f, v in zip(factor[:, 0], volatility[:, 0], strict=True)])

    def printed(self, move, steps_of):
        """Give minus what is printed, before the share of an extreme move."""
        key = (round(float(move), 9), float(np.sign(round(float(steps_of), 9))))
        return -self.table[key] / (0.35 if abs(key[0]) > 0.06 else 1.0)


def planted_line(*, exposure, price, table=None, units=1.0):
    return Line(
        symbol="X", on="I", units=units, contract=("x", table is None), beta=1.0, paid_in="", paid_beta=0.0,
        exposure=exposure, price=price, inverse=False, ratio=1.0, share=0.06, stated=None,
        option=None if table is None else Tabled(table),
    )  # fmt: skip


# -- by hand: N11


def test_a_carry_trade_of_one_times_is_never_liquidated():
    """20 BTC behind a short of 1.6 million inverse dollars at 80,000: equity is 1.6 million at any price.

    E S / P f - E f-free: 20 x 80,000 f + 1,600,000 (1 - f) = 1,600,000, and maintenance 0.5% of 1.6 million.
    """
    (account,) = measured(coins(20, venue="BitMEX"), perpetual(-1_600_000))
    assert (account.fall, account.rise, account.of) == (None, None, "BTC")
    assert account.equity == pytest.approx(1_600_000)
    assert account.maintenance == pytest.approx(8_000)
    (one,) = accounts(coins(20, venue="BitMEX"), perpetual(-1_600_000))
    at = one.at(one.path(np.array([-0.99, -0.5, 0.5, 2.0, 9.0])))
    assert at.equity == pytest.approx([1_600_000] * 5, rel=1e-9)


@pytest.mark.parametrize(("coins_held", "entry"), [(4.0, None), (10.0, 60_000), (30.0, None), (21.0, 90_000)])
@pytest.mark.parametrize("side", [-1, 1])
def test_an_inverse_contract_has_the_closed_form(coins_held, entry, side):
    """C f + N (S / P f - 1) = m N in money: the root is f = N (1 + s m) / (C + s N S / P) with s the side.

    Derived from the payoff N (1 / P - 1 / S') in coins, margin m N / S' in coins; held at Deribit's base rate.
    """
    contracts = open_contracts(None)
    flat = VenueRules(venue="Flat", products=(ProductRules(rates=ContractRates(initial=0.02, maintenance=0.01)),))
    table = contracts.merged(type(contracts)(venues=(flat,)))
    more = {} if entry is None else {"entry": str(entry)}
    rows = (coins(coins_held, venue="Flat"), perpetual(side * 1_600_000, venue="Flat", **more))
    (account,) = measured(*rows, contracts=table)
    n, c, start = 1_600_000.0, coins_held * 80_000.0, 80_000.0 / (entry or 80_000)
    root = n * (0.01 + side) / (c + side * n * start)
    free_now = c + side * n * (start - 1.0) - 0.01 * n
    rising = c + side * n * start > 0
    expected = root - 1.0 if free_now > 0 and root > 1e-3 else None
    if free_now < 0:
        assert (account.fall, account.rise) == (0.0, 0.0)
        return
    fall = expected if expected is not None and expected <= 0 and rising else None
    rise = expected if expected is not None and expected >= 0 and not rising else None
    assert account.fall == (None if fall is None else pytest.approx(fall, rel=1e-9))
    assert account.rise == (None if rise is None else pytest.approx(rise, rel=1e-9))


def test_fifty_short_puts_are_liquidated_before_ten_per_cent():
    """N11: 50 puts at .00748 BTC on 5 BTC: initial 50 x (.1 + .00748) = 5.37 BTC, against 4.63 of equity."""
    (account,) = measured(coins(5, venue="Deribit"), coin_option(-50, 60_000))
    assert account.initial / 80_000 == pytest.approx(50 * (0.1 + 0.00748), abs=2e-3)
    assert account.maintenance / 80_000 == pytest.approx(50 * (0.075 + 0.00748), abs=2e-3)
    assert account.equity / 80_000 == pytest.approx(5 - 50 * 0.00748, abs=2e-3)
    assert -0.10 < account.fall < 0.0
    assert account.rise is None
    (after,) = accounts_after(accounts(coins(5, venue="Deribit"), coin_option(-50, 60_000)), -0.10 / 1.5)
    assert after.liquidated


def test_the_page_says_what_the_code_finds():
    """Figures of the page: the short puts, the same without options in equity, what the shipped files hold."""
    table = open_contracts(None)
    rows = (coins(5, venue="Deribit"), coin_option(-50, 60_000))
    (account,) = measured(*rows)
    assert [f"{x / 80_000:.2f}" for x in (account.initial, account.maintenance)] == ["5.37", "4.12"]
    assert (f"{account.equity / 80_000:.2f}", f"{account.fall:.1%}") == ("4.63", "-4.9%")
    (one,) = accounts(*rows)
    assert f"{replace(one, rules=replace(one.rules, option_value=False)).sides()[0]:.1%}" == "-11.8%"
    assert (LOWEST, FURTHEST) == (-0.999, 10.0)
    scan, bitmex = table.needed_rules("CME").products[0].scan, table.needed_rules("BitMEX").products[0].rates
    assert (len(scan.scenarios), scan.scenarios[-1].share, scan.initial_multiple) == (16, 0.33, 1.1)
    assert (bitmex.initial, bitmex.maintenance, bitmex.limit, bitmex.step) == (0.01, 0.005, 200, 150)
    deribit = table.needed_rules("Deribit").products[0]
    assert (deribit.rates.initial, deribit.rates.maintenance) == (0.02, 0.01)
    assert (deribit.short_options.initial, deribit.short_options.least) == (0.15, 0.1)
    assert deribit.short_options.maintenance == 0.075
    portfolio = table.needed_rules("Deribit PM").products[0].scan
    assert (portfolio.price_range, len({s.price for s in portfolio.scenarios})) == (0.16, 9)
    assert usual_margin(table).share == 0.06


def test_short_options_paid_in_coin_have_margin_in_the_book():
    """The margin of the whole book holds what the venue asks of them; it was not known."""
    table = open_contracts(None)
    book = margin_book(coins(5, venue="Deribit"), coin_option(-50, 60_000), contracts=table)
    account = measure_accounts(book, usual_margin(table))
    (line,) = margin_lines(book, _terms(table), account)
    assert line.margin == pytest.approx(account[0].initial)
    assert margin_lines(book, _terms(table), ())[0].margin == 0.0


def _terms(table):
    from trimtab.hedge.ways.assumptions import book_terms
    from trimtab.hedge.ways.records import Assumptions
    from trimtab.model.mandate import Mandate

    return book_terms(Assumptions(), Mandate(benchmark="M", target=1.0, band=0.1), table)


# -- what is not known, and what a broker says


def test_a_venue_without_rules_is_not_known():
    """Nothing is made up of a venue: its margin is not known, with what can be given, and never 0."""
    (account,) = measured(coins(20), perpetual(-1_600_000, venue="Nowhere"))
    assert (account.initial, account.maintenance, account.fall, account.rise) == (None, None, None, None)
    assert account.equity == pytest.approx(1_600_000)
    for word in ("Nowhere", "--contracts", "initial_margin"):
        assert word in account.reason
    (account,) = measured(coins(20), perpetual(-1_600_000, venue=None))
    assert "venue" in account.reason
    with pytest.raises(UnknownSymbolError) as refused:
        open_contracts(None).needed_rules("Nowhere")
    assert "BitMEX-like" in refused.value.expected
    assert "maintenance_margin" in refused.value.try_next


def test_rules_that_lack_a_part_say_which():
    """BitMEX-like rules know no options, and Deribit-like ones no contract on a coin that they do not name."""
    (account,) = measured(coins(5), coin_option(-1, 60_000, venue="BitMEX"))
    assert account.maintenance is None
    assert "short_options" in account.reason
    row = perpetual(1, payoff="linear", settlement="", venue="Deribit", on="XRP")
    (account,) = measured(money(1e6), row, prices={"XRP": 1.0})
    assert "rates or scan" in account.reason


def test_a_brokers_own_figures_win():
    """Stated per contract in the money of the margin, they go before rules, net by contract and say whose they are."""
    stated = {"initial_margin": "0.02", "maintenance_margin": "0.01"}
    short = perpetual(-100, payoff="inverse", multiplier="16000", venue="Nowhere", **stated)
    (account,) = measured(coins(20), short)
    assert account.source == STATED
    assert account.initial == pytest.approx(100 * 0.02 * 80_000)
    assert account.maintenance == pytest.approx(100 * 0.01 * 80_000)
    (ruled,) = measured(coins(20), short | {"venue": "BitMEX"})
    assert ruled.initial == pytest.approx(account.initial)
    both = (short, short | {"quantity": "60"})
    (netted,) = measured(coins(20), *both)
    assert netted.initial == pytest.approx(40 * 0.02 * 80_000)
    with pytest.raises(InputError, match="maintenance"):
        measured(coins(20), perpetual(-1, initial_margin="0.02", maintenance_margin=""))


def test_collateral_stands_where_it_is_said_to():
    """Coins at a venue are behind its own account; what is said to be nowhere is shared by margin, and said so."""
    two = (perpetual(-800_000), perpetual(-800_000, venue="Deribit", symbol="OTHER"))
    apart = measured(coins(15, venue="BitMEX"), coins(5, venue="Deribit"), *two)
    assert [a.collateral for a in apart] == pytest.approx([15 * 80_000, 5 * 80_000])
    for account in measured(coins(20), *two):
        # Venues of coins hold them apart: a guess at how much would be a distance to liquidation made up.
        assert (account.equity, account.fall, account.rise) == (None, None, None)
        assert account.maintenance > 0
        assert "venue" in account.reason


def test_money_that_is_said_to_be_nowhere_is_shared_by_margin():
    """Accounts in one money take what they need in proportion, and say so; exchanges with the same rules are one."""
    rows = [
        perpetual(10, payoff="linear", settlement="", venue=venue, symbol=venue) for venue in ("CME", "CBOT", "Deribit")
    ]
    cme, deribit = measured(money(1e6), *rows)
    assert cme.venue == "CME"
    assert cme.initial == pytest.approx(20 * 80_000 * 0.06)
    assert cme.collateral + deribit.collateral == pytest.approx(1e6)
    assert cme.collateral / deribit.collateral == pytest.approx(cme.initial / deribit.initial)
    assert all("column venue" in " ".join(a.notes) for a in (cme, deribit))


def test_collateral_of_another_coin_takes_its_haircut():
    """What a venue takes besides its margin's own money counts less by its haircut, and nothing it does not name."""
    table = open_contracts(None)
    rules = VenueRules(
        venue="Cross", haircuts=(("BTC", 0.1),),
        products=(ProductRules(rates=ContractRates(initial=0.02, maintenance=0.01)),),
    )  # fmt: skip
    table = table.merged(type(table)(venues=(rules,)))
    row = perpetual(-10, payoff="linear", settlement="", venue="Cross")
    held = (coins(2, venue="Cross"), coins(3, "ETH", venue="Cross"), perpetual(1, venue="Elsewhere", symbol="P2"))
    account = next(a for a in measured(row, *held, contracts=table, prices={"ETH": 3_000.0}) if a.venue == "Cross")
    assert account.collateral == pytest.approx(0.9 * 2 * 80_000)


def test_a_haircut_is_of_the_coin_whatever_its_rules_call_it():
    """Rules that say XBT speak of bitcoin."""
    table = open_contracts(None)
    rules = VenueRules(
        venue="Cross", haircuts=(("XBT", 0.1),),
        products=(ProductRules(rates=ContractRates(initial=0.02, maintenance=0.01)),),
    )  # fmt: skip
    table = table.merged(type(table)(venues=(rules,)))
    row = perpetual(-10, payoff="linear", settlement="", venue="Cross")
    (account,) = measured(row, coins(2, venue="Cross"), contracts=table)
    assert account.collateral == pytest.approx(0.9 * 2 * 80_000)


@pytest.mark.parametrize(
    ("contracts", "fall", "rise"), [(10, -0.25925925925925924, None), (-10, None, 0.5384615384615384)]
)
def test_a_coin_at_a_haircut_stands_behind_linear_contracts_alone(contracts, fall, rise):
    """No contract of the book is margined in bitcoin: four fifths of five count, and fall and rise with it.

    With 320,000 (1 + x) of collateral, 800,000 x gained or lost and 5% of 800,000 (1 + x) to be kept, free equity is
    280,000 + 1,080,000 x for a long and 280,000 - 520,000 x for a short.
    """
    rules = VenueRules(
        venue="Cross", haircuts=(("BTC", 0.2),),
        products=(ProductRules(rates=ContractRates(initial=0.1, maintenance=0.05)),),
    )  # fmt: skip
    table = open_contracts(None)
    table = table.merged(type(table)(venues=(rules,)))
    row = perpetual(contracts, payoff="linear", settlement="", venue="Cross")
    (account,) = measured(row, coins(5, venue="Cross"), contracts=table)
    assert (account.equity, account.initial, account.maintenance) == pytest.approx((320_000, 80_000, 40_000))
    assert account.fall == (None if fall is None else pytest.approx(fall))
    assert account.rise == (None if rise is None else pytest.approx(rise))
    (elsewhere,) = measured(row, money(400_000), coins(5), contracts=table)
    assert elsewhere.collateral == pytest.approx(400_000)


def test_shares_and_options_sold_beside_them():
    """A securities account: half and a quarter of shares, the strategy-based rule for an option sold, by hand."""
    put = {"symbol": "PUT", "quantity": "-2", "kind": "option", "underlying": "A", "right": "put", "strike": "90",
           "expiry": IN_THIRTY_DAYS, "multiplier": "100", "vol": "0.3", "currency": "USD"}  # fmt: skip
    rows = ({"symbol": "A", "quantity": "1000", "kind": "spot"}, money(-20_000), put)
    (account,) = measured(*rows, prices={"A": 100.0})
    price = -margin_book(*rows, prices={"A": 100.0}).exposure.positions[2].value / 200
    asked = 200 * (price + max(0.2 * 100 - 10, 0.1 * 90))
    assert account.initial == pytest.approx(0.5 * 100_000 + asked)
    assert account.maintenance == pytest.approx(0.25 * 100_000 + asked)
    assert account.equity == pytest.approx(80_000)
    assert account.venue == "securities account"
    assert not measured({"symbol": "A", "quantity": "1000", "kind": "spot"}, money(1), prices={"A": 100.0})


# -- laws


@settings(max_examples=12, deadline=None)
@given(
    held=st.floats(0.5, 40), more=st.floats(0.01, 20), inverse=st.integers(-2_000_000, 2_000_000).filter(bool),
    puts=st.integers(-30, 30).filter(bool), calls=st.integers(-30, 30).filter(bool),
)  # fmt: skip
def test_more_collateral_never_brings_liquidation_nearer(held, more, inverse, puts, calls):
    """Coins more: neither side comes nearer, but for the last digits of a root."""
    rows = (perpetual(inverse, venue="Deribit"), coin_option(puts, 60_000), coin_option(calls, 90_000, right="call"))
    (account,) = accounts(coins(held, venue="Deribit"), *rows, money(1e8, venue="Bank"))
    (behind,) = account.collateral
    richer = replace(account, collateral=(replace(behind, value=behind.value * (1 + more / held)),))
    for near, far in zip(account.sides(), richer.sides(), strict=True):
        assert far is None or (near is not None and abs(far) >= abs(near) - 1e-9)


@settings(max_examples=12, deadline=None)
@given(
    futures=st.lists(st.integers(-20, 20).filter(bool), min_size=2, max_size=2),
    options=st.lists(st.tuples(st.integers(-20, 20).filter(bool), st.sampled_from(["call", "put"]),
                               st.integers(80, 120)), min_size=1, max_size=3),
)  # fmt: skip
@pytest.mark.parametrize("venue", ["CME", "Deribit PM"])
def test_netting_never_raises_margin(venue, futures, options):
    """On a grid the whole asks for no more than its parts, initial and maintenance alike."""
    rows = [perpetual(n, payoff="linear", settlement="", venue=venue, symbol=f"F{i}") for i, n in enumerate(futures)]
    rows += [
        coin_option(n, 1000 * strike, right=right, venue=venue, symbol=f"O{i}", premium="money")
        for i, (n, right, strike) in enumerate(options)
    ]
    (whole,) = accounts(money(1e9, venue=venue), *rows, prices={"BTC": 100_000.0})
    together = required(whole.lines, whole.rules, NOW, no_rules="")
    parts = [required([line], whole.rules, NOW, no_rules="") for line in whole.lines]
    for name in ("initial", "maintenance"):
        apart = sum(float(getattr(part, name)[0]) for part in parts)
        assert float(getattr(together, name)[0]) <= apart * (1 + 1e-12) + 1e-6


@given(
    share=st.floats(0.05, 0.3), least=st.floats(0.01, 0.05), maintenance=st.floats(0.01, 0.05),
    strike=st.integers(30_000, 150_000), right=st.sampled_from(["call", "put"]),
)  # fmt: skip
@settings(max_examples=8, deadline=None)
def test_initial_margin_is_never_below_maintenance(share, least, maintenance, strike, right):
    """Whatever the rules and the strike."""
    table = open_contracts(None)
    short = ShortOptionRules(initial=share, least=least, maintenance=maintenance, maintenance_of_price=0.075)
    rules = VenueRules(venue="Any", products=(ProductRules(short_options=short),))
    table = table.merged(type(table)(venues=(rules,)))
    (account,) = measured(coins(5), coin_option(-3, strike, right=right, venue="Any"), contracts=table)
    assert account.initial >= account.maintenance > 0
