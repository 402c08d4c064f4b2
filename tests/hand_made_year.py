"""The year of `examples/ledger` by hand: each number beside its arithmetic; t and m are ids in its files."""

import datetime as dt
from decimal import Decimal

D = Decimal
START = dt.date(2023, 12, 29)
SPRING, SUMMER, AUTUMN, END = (dt.date(2024, m, d) for m, d in ((3, 28), (6, 28), (9, 30), (12, 31)))

#: Cash at the end of each quarter: what it was, and each row of the files since.
USD = {
    START: D(60_000),
    SPRING: 60_000
    - (1005 * 4 + 5)  # t01: RSP
    + (D("2.50") * 100 - 1)  # t02: a put written
    - (2 * D("1.20") * 100 + 2)  # t03: two calls
    - (5400 + 2)  # m02: into euros
    - 100 * 110  # t04: the put is assigned
    - (D(30) * 10 + D("1.50"))  # t05: a put on the index
    + 3 * 5 * (5160 - 5150)  # t06, t07: MESH4, settled
    + 3 * 5 * (D("5230.50") - 5220)  # t07, t09: MESM4
    - 9  # t06, t07, t09: fees
    + (5300 - D("5240.25")) * 10  # t10: the put pays 59.75
    + 10_000,  # m03
}
USD[SUMMER] = (
    USD[SPRING]
    + (15 * 28 - 1)  # t11: KID
    - 16  # t12: fee of the perpetual
    + (D("-9.60") + D("3.20") - D("4.00"))  # m04 to m06: funding
    + D("0.2") * (60_000 - 64_000) - 6  # t13
    + (10 * 180 - 1)  # t14: sold short
    - 25 - D("2.40")  # m08, m09
    - 12  # m10: funding
    + (300 * 33 - D("1.50"))  # t15: ABC
    - 10 * D("0.50")  # m11: a short position pays the dividend
)  # fmt: skip
USD[AUTUMN] = (
    USD[SUMMER]
    - (10 * 170 + 1)  # t16
    + D("0.3") * (63_000 - 64_000) - D("9.45")  # t17
    + D("0.5") * 42  # 1,005 for ten are 100.5: half a share is paid out
)  # fmt: skip
USD[END] = (
    USD[AUTUMN]
    + (20 * 95 - 1)  # t22 in the place of t21
    + 25 * 1  # m17
    - D("12.34") + 1270 + D("1.15") - 150  # m18 to m21; m15 was cancelled
)  # fmt: skip
EUR = {START: D(8_000), SPRING: D(8_000 + 5_000)}
EUR[SUMMER] = EUR[SPRING] + D("37.50") - 2_000  # m07, m12
EUR[AUTUMN] = EUR[SUMMER] + 120 - D("31.65") + 200 * 3  # m13, and the merger's money
EUR[END] = EUR[AUTUMN]
GBP = {START: D(5_000), SPRING: 5_000 + 10_000 * D("0.045")}  # m01: 4.5 pence a share
GBP[SUMMER] = GBP[SPRING]
GBP[AUTUMN] = GBP[SUMMER] + 450  # m14: 45,000 pence
GBP[END] = GBP[AUTUMN] - (5000 * D("0.72") + 12) + (12_000 * D("0.75") - 10) - 1_000  # t19, t20, m19

#: What the additions above come to, so that a slip of the pen would be seen.
TOTALS = {
    START: ("60000.00", "8000.00", "5000.00"),
    SPRING: ("50174.50", "13000.00", "5450.00"),
    SUMMER: ("61414.20", "11037.50", "5450.00"),
    AUTUMN: ("59424.75", "11725.85", "5900.00"),
    END: ("62457.56", "11725.85", "10278.00"),
}

UNITS = {
    START: {"ABC": 100, "PAR": 400, "OLD": 200, "VOD": 10_000},
    # 100 of ABC came by assignment.
    SPRING: {"ABC": 200, "PAR": 400, "OLD": 200, "VOD": 10_000, "RSP": 1005},
    # ABC 200 x 4 - 300; KID 400 / 10 - 15, now KDZ.
    SUMMER: {
        "ABC": 500, "PAR": 400, "KDZ": 25, "OLD": 200, "VOD": 10_000, "RSP": 1005, "TSL": -10, "BTC-PERP": D("0.3"),
    },
    # OLD 200 became 100 of NEW; RSP 1,005 / 10 without the half.
    AUTUMN: {"ABC": 500, "PAR": 400, "KDZ": 25, "NEW": 100, "VOD": 10_000, "RSP": 100, "GLB": 50},
    # PAR 400 x 1.05; VOD 10,000 + 5,000 - 12,000.
    END: {"ABC": 500, "PAR": 420, "KDZ": 25, "NEW": 100, "VOD": 3000, "RSP": 100, "GLB": 30},
}  # fmt: skip

#: Net asset value: cash in its currencies, then each position at its close; pence are hundredths.
NAV = {
    START: USD[START] + EUR[START] * D("1.10") + GBP[START] * D("1.27")
    + 100 * 118 + 400 * 58 + 200 * 26 * D("1.10") + 10_000 * D("0.68") * D("1.27"),
    SPRING: USD[SPRING] + EUR[SPRING] * D("1.08") + GBP[SPRING] * D("1.26")
    + 200 * 124 + 400 * 61 + 200 * D("26.5") * D("1.08") + 10_000 * D("0.695") * D("1.26") + 1005 * D("4.20"),
    SUMMER: USD[SUMMER] + EUR[SUMMER] * D("1.07") + GBP[SUMMER] * D("1.265")
    + 500 * 34 + 400 * D("57.5") + 25 * 29 + 200 * D("27.5") * D("1.07") + 10_000 * D("0.71") * D("1.265")
    + 1005 * 4 - 10 * 175 + D("0.3") * (61_500 - 64_000),
    AUTUMN: USD[AUTUMN] + EUR[AUTUMN] * D("1.115") + GBP[AUTUMN] * D("1.34")
    + 500 * 36 + 400 * 59 + 25 * 30 + 100 * 49 * D("1.115") + 10_000 * D("0.74") * D("1.34") + 100 * D("41.5")
    + 50 * 90,
    END: USD[END] + EUR[END] * D("1.04") + GBP[END] * D("1.25")
    + 500 * 38 + 420 * 56 + 25 * D("31.5") + 100 * 47 * D("1.04") + 3000 * D("0.73") * D("1.25") + 100 * 39
    + 30 * 97,
}  # fmt: skip
NAV_TEXT = {
    START: "124506.00", SPRING: "138983.50", SUMMER: "137230.08", AUTUMN: "146784.57", END: "145242.94",
}  # fmt: skip

#: From outside, in base currency: m03, m12 at 1.07, and 50 of GLB at 90.
FLOWS = {SPRING: D(10_000), SUMMER: D(-2_000) * D("1.07"), AUTUMN: D(50 * 90)}

INCOME = {
    "USD": D("3.20") + 25 + D("1.15"),  # m05, m17, m20
    "EUR": D("37.50") + 120,  # m07, m13
    "GBP": D(450 + 450),  # m01, m14
}
EXPENSE = {
    "USD": 5 + 1 + 2 + 2 + D("1.50") + 9 + 1 + (16 + 6 + D("9.45")) + 1 + D("1.50") + 1 + 1  # fees of trades, m02
    + 25 + D("2.40") + 5  # m08, m09, m11
    + (D("9.60") + 4 + 12)  # m04, m06, m10
    + D("12.34") + 150,  # m18, m21
    "EUR": D("31.65"),  # withheld
    "GBP": D(12 + 10),
}  # fmt: skip

#: Realised, before fees. The premium of the assigned put, 250, is in the cost of the shares and no gain of its own.
GAINS = {
    "USD": {
        "ABC 130C Mar24": D(-2 * 120),
        "SPX 5300P Mar24": D("597.50") - 300,
        "MESH4": D(150),
        "MESM4": D("157.50"),
        # 4.5% of PAR's cost of 20,000 went with 40 of KID: 22.50 each.
        "KID": 15 * (28 - D("22.50")),
        "BTC-PERP": D(-800) - 300,
        # The oldest lot, 100 at 80, is 400 at 20.
        "ABC": D(300 * (33 - 20)),
        "TSL": D(10 * (180 - 170)),
        # Half of a share of 4,020 / 100.5 = 40.
        "RSP": D("0.5") * (42 - 40),
        # What came over had cost 4,000 / 50 = 80.
        "GLB": D(20 * (95 - 80)),
    },
    # 100 of NEW at 48 and 600 in money for what cost 5,000: 400, all of it below the money received.
    "EUR": {"OLD": D(100 * 48 + 600 - 5000)},
    # 10,000 at 70p and 2,000 at 72p, sold at 75p.
    "GBP": {"VOD": 10_000 * D("0.05") + 2_000 * D("0.03")},
}

#: Cost of what is left, lot by lot, oldest first: units, cost, fees, day.
LOTS = {
    "ABC": [
        (100, 100 * 20, 0, "2022-05-02"),
        # 100 at 110 less the premium of 2.50, then split; the put's fee goes along.
        (400, 100 * D("107.50"), 1, "2024-02-16"),
    ],
    "PAR": [(420, 20_000 - 900, 0, "2022-11-01")],
    "KDZ": [(25, 25 * D("22.50"), 0, "2022-11-01")],
    # 5,000 less 600 in money, plus the gain of 400.
    "NEW": [(100, 4800, 0, "2023-06-01")],
    "VOD": [(3000, 3000 * D("0.72"), 12 * D(3) / 5, "2024-10-07")],
    # 4,020 and its fee of 5, less a half in a hundred and a half.
    "RSP": [(100, 4000, 5 * 100 / D("100.5"), "2024-01-08")],
    "GLB": [(30, 2400, 0, "2021-02-10")],
}
