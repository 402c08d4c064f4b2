"""A second verifier, in plain integers: RFC 9496 and the equations of the page written down anew, sharing no code.

It takes the text of a proof file and says whether the proof holds. It imports nothing of the package.
"""

import base64
import hashlib
import json
from fractions import Fraction

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P


def is_negative(x):
    return x % P & 1


def absolute(x):
    return (-x if is_negative(x) else x) % P


def sqrt_ratio(u, v):
    """Section 4.2: whether u/v is a square, and its root, not negative."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
SQRT_AD_MINUS_ONE = (P - sqrt_ratio((-D - 1) % P, 1)[1]) % P
if is_negative(SQRT_AD_MINUS_ONE) == 0:
    SQRT_AD_MINUS_ONE = P - SQRT_AD_MINUS_ONE


class Refused(Exception):  # noqa: N818 - a verdict, no error
    """The proof does not hold, or an encoding is none."""


def decode(raw):
    """Section 4.3.1."""
    s = int.from_bytes(raw, "little")
    if len(raw) != 32 or s >= P:
        raise Refused("not canonical")
    if is_negative(s):
        raise Refused("negative")
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    u2_sqr = u2 * u2 % P
    v = (-(D * u1 * u1) - u2_sqr) % P
    was_square, inv = sqrt_ratio(1, v * u2_sqr % P)
    den_x, den_y = inv * u2 % P, inv * (inv * u2 % P) * v % P
    x = absolute(2 * s * den_x)
    y = u1 * den_y % P
    if not was_square:
        raise Refused("no square")
    if is_negative(x * y):
        raise Refused("negative product")
    if y == 0:
        raise Refused("zero")
    return x, y, 1, x * y % P


def encode(point):
    """Section 4.3.2."""
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, inv = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = inv * u1 % P, inv * u2 % P
    z_inv = den1 * den2 * t0 % P
    if is_negative(t0 * z_inv):
        x, y, den = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den = x0, y0, den2
    if is_negative(x * z_inv):
        y = -y % P
    return absolute(den * (z0 - y)).to_bytes(32, "little")


def add(a, b):
    """Add on the Edwards curve, extended coordinates, a = -1 (RFC 8032, section 5.1.4)."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


ZERO = (0, 1, 1, 0)


def minus(a):
    return -a[0] % P, a[1], a[2], -a[3] % P


def times(number, point):
    number %= L
    made = ZERO
    while number:
        if number & 1:
            made = add(made, point)
        point, number = add(point, point), number >> 1
    return made


def elligator(t):
    """Section 4.3.4, MAP."""
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    if was_square:
        c = -1
    else:
        s, c = -absolute(s * t) % P, r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_hash(raw):
    halves = [int.from_bytes(raw[i : i + 32], "little") % 2**255 % P for i in (0, 32)]
    return add(elligator(halves[0]), elligator(halves[1]))


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
VALUE = from_hash(hashlib.sha512(b"trimtab.attest.value/1").digest())


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def places(text):
    return max(0, -_exponent(text))


def _exponent(text):
    digits, _, power = text.lower().partition("e")
    return int(power or 0) - len(digits.partition(".")[2])


def sums(claim):
    """The three sums of the claim: weights, what is taken off, and how many bits each may have."""
    rows = claim["universe"]
    unit, floor, margin = Fraction(claim["unit"]), Fraction(claim["floor"]), Fraction(claim["margin"])
    lower, upper = Fraction(claim["lower"]) + margin, Fraction(claim["upper"]) - margin
    money = 10 ** max(max(places(r["price"]) for r in rows) + places(claim["unit"]), places(claim["floor"]))
    share = 10 ** max(
        [places(r["beta"]) for r in rows] + [places(claim[name]) for name in ("lower", "upper", "margin")]
    )
    bits = claim["bits"]
    least = -(2 ** (bits - 1)) if claim["shorts"] else 0
    most = least + 2**bits - 1
    found = []
    for kind in ("low", "high", "nav"):
        weights = []
        for r in rows:
            value, beta, funded = Fraction(r["price"]) * unit, Fraction(r["beta"]), int(r["funded"])
            worth = {
                "low": value * (beta - lower * funded) * money * share,
                "high": value * (upper * funded - beta) * money * share,
                "nav": value * funded * money,
            }[kind]
            weights.append(int(worth))
            if worth.denominator != 1:
                raise Refused("a weight that is not whole")
        less = int(floor * money) if kind == "nav" else 0
        top = sum(max(w * least, w * most) for w in weights) - less
        bottom = sum(min(w * least, w * most) for w in weights) - less
        size = max(2, top.bit_length())
        if top < 0 or max(top, -bottom) + 2**size >= L:
            raise Refused("sums that wrap")
        found.append((weights, less, size))
    return found, least


def holds(text):
    """Say whether a proof holds, from the text of its file."""
    document = json.loads(text)
    claim, raw = document["claim"], base64.b64decode(document["proof"], validate=True)
    if document["schema"] != "trimtab.attest.proof/1" or Fraction(claim["floor"]) <= 0:
        raise Refused("schema or floor")
    wanted, least = sums(claim)
    count = len(claim["universe"]) * claim["bits"] + sum(size for _, _, size in wanted)
    if len(raw) != 16 + 112 * count:
        raise Refused("length")
    about = hashlib.sha512(b"trimtab.attest.proof/1\x00" + canonical(claim)).digest()
    challenge = int.from_bytes(raw[:16], "little")
    text = b"trimtab.attest.bits/1\x00" + (64).to_bytes(8, "big") + about + count.to_bytes(8, "big")
    points = []
    for at in range(16, len(raw), 112):
        encoded, zero = raw[at : at + 32], int.from_bytes(raw[at + 32 : at + 48], "little")
        s0, s1 = (int.from_bytes(raw[at + k : at + k + 32], "little") for k in (48, 80))
        if s0 >= L or s1 >= L or encoded == bytes(32):
            raise Refused("scalar or identity")
        point = decode(encoded)
        points.append(point)
        one = (challenge - zero) % 2**128
        a0 = add(times(s0, BASE), minus(times(zero, point)))
        a1 = add(times(s1, BASE), minus(times(one, add(point, minus(VALUE)))))
        text += encoded + encode(a0) + encode(a1)
    if hashlib.sha512(text).digest()[:16] != raw[:16]:
        raise Refused("challenge")
    starts = range(0, len(claim["universe"]) * claim["bits"], claim["bits"])
    held = [add(weighted(points[start : start + claim["bits"]]), times(least % L, VALUE)) for start in starts]
    at = len(held) * claim["bits"]
    for weights, less, size in wanted:
        total = times(-less, VALUE)
        for weight, point in zip(weights, held, strict=True):
            total = add(total, times(weight, point))
        if encode(weighted(points[at : at + size])) != encode(total):
            raise Refused("sum")
        at += size
    return True


def weighted(points):
    made = ZERO
    for point in reversed(points):
        made = add(add(made, made), point)
    return made
