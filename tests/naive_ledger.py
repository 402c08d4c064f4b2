"""A ledger written as a child would keep one: day by day, in fractions, sharing no code with the real one.

Events are plain dictionaries (see `ledger_histories`). Money is exact; the real ledger rounds to 1e-12, so numbers
agree to far less than a cent.
"""

# ruff: noqa: D102, N817 - the names say it; F is a fraction, nothing else

import datetime as dt
from fractions import Fraction as F

ORDER = [
    "payout", "stock_dividend", "split", "payout_new", "spin_off", "merger", "rename", "multiplier", "transfer_in",
    "money", "trading", "transfer_out", "settlement", "delivery", "delisting",
]  # fmt: skip
GROUP = {
    "deposit": "money", "withdrawal": "money", "conversion": "money", "item": "money", "trade": "trading",
    "roll": "trading", "option_end": "trading",
}  # fmt: skip


def group_of(event):
    kind = event["kind"]
    if kind == "payout" and event.get("new"):
        return "payout_new"
    return GROUP.get(kind, kind)


def sort_key(event):
    late = event["kind"] == "option_end"
    time = event.get("time") or (dt.time.max if late else dt.time.min)
    closes = event["kind"] == "trade" and event["side"] in ("sell", "cover")
    return (ORDER.index(group_of(event)), time, closes)


class Naive:
    """Books of one account."""

    def __init__(self, base, method, fx):
        self.base, self.method, self.fx = base, method, fx
        self.cash = {}
        self.sums = {}
        self.shares = {}
        self.options = {}
        self.futures = {}
        self.terms = {}
        self.closed = []
        self.day = None

    def copy(self):
        """The books of this evening, which later days leave alone."""
        other = Naive(self.base, self.method, self.fx)
        for name in ("cash", "sums", "closed"):
            setattr(other, name, type(getattr(self, name))(getattr(self, name)))
        for name in ("shares", "options", "futures"):
            books = {key: dict(thing) for key, thing in getattr(self, name).items()}
            for thing in books.values():
                if "lots" in thing:
                    thing["lots"] = [dict(lot) for lot in thing["lots"]]
            setattr(other, name, books)
        other.day = self.day
        return other

    # -- pieces

    def pay(self, currency, amount):
        self.cash[currency] = self.cash.get(currency, F(0)) + amount

    def add(self, what, currency, amount):
        self.sums[what, currency] = self.sums.get((what, currency), F(0)) + amount
        rate = F(self.fx(currency, self.day))
        self.sums["base " + what] = self.sums.get("base " + what, F(0)) + amount * rate

    def earn(self, currency, amount):
        self.pay(currency, amount)
        if amount > 0:
            self.add("income", currency, amount)
        else:
            self.add("expense", currency, -amount)

    def fee(self, currency, amount):
        if amount:
            self.pay(currency, -amount)
            self.add("expense", currency, amount)

    def pick(self, lots, units, named):
        """Yield (lot, units) in the order in which they go."""
        if self.method == "average":
            q = sum(lot["q"] for lot in lots)
            for field in ("cost", "fees", "base"):
                whole = sum(lot[field] for lot in lots)
                for lot in lots:
                    lot[field] = whole * lot["q"] / q
        order = list(lots)
        if self.method == "lifo":
            order.reverse()
        if self.method == "hifo":
            order.sort(key=lambda lot: round((lot["cost"] + lot["fees"]) / lot["q"], 9) * (-1 if lot["q"] > 0 else 1))
        if self.method == "specific" and named:
            for name, part in named:
                yield next(lot for lot in lots if lot["name"] == name), part
            return
        for lot in order:
            part = min(units, abs(lot["q"]))
            if part:
                units -= part
                yield lot, part

    def take(self, thing, units, named=()):
        """Cut units out of lots; give the pieces."""
        pieces = []
        for lot, part in list(self.pick(thing["lots"], units, named)):
            share = part / abs(lot["q"])
            piece = dict(lot)
            for field in ("q", "cost", "fees", "base"):
                piece[field] = lot[field] * share
                lot[field] -= piece[field]
            pieces.append(piece)
        thing["lots"] = [lot for lot in thing["lots"] if lot["q"]]
        return pieces

    def deal(self, thing, units, value, fees, name, named=()):
        """Trade units worth `value` (signed like them); cash is paid by whoever calls."""
        held = sum(lot["q"] for lot in thing["lots"])
        closing = min(abs(units), abs(held)) if held * units < 0 else F(0)
        rate = F(self.fx(thing["cur"], self.day))
        if closing:
            share = closing / abs(units)
            got = -value * share
            for piece in self.take(thing, closing, named):
                part = abs(piece["q"]) / closing
                received, cost_of_sale = got * part, fees * share * part
                self.add("gain", thing["cur"], received - piece["cost"])
                self.closed.append(
                    {
                        "day": self.day,
                        "gain": received - cost_of_sale - piece["cost"] - piece["fees"],
                        "base": (received - cost_of_sale) * rate - piece["base"],
                        "long": piece["q"] > 0 and self.day > year_later(piece["day"]),
                    }
                )
        rest = abs(units) - closing
        if rest:
            share = rest / abs(units)
            cost, paid = value * share, fees * share
            thing["lots"].append(
                {
                    "q": rest if units > 0 else -rest, "cost": cost, "fees": paid, "base": (cost + paid) * rate,
                    "day": self.day, "name": name,
                }
            )  # fmt: skip

    # -- one day

    def run(self, day, events):
        self.day = day
        ordered = sorted(events, key=sort_key)
        renames = {e["sym"]: e["to"] for e in ordered if e["kind"] == "rename"}
        done = False
        for event in ordered:
            if event["kind"] == "rename":
                if not done:
                    self.rename(renames)
                done = True
                continue
            getattr(self, "do_" + event["kind"])(event)
        for book in (self.shares, self.options):
            for key in [k for k, thing in book.items() if not thing["lots"]]:
                del book[key]

    def rename(self, renames):
        shares = {}
        for sym, thing in self.shares.items():
            shares[renames.get(sym, sym)] = thing
        self.shares = shares
        self.options = {(renames.get(k[0], k[0]), *k[1:]): thing for k, thing in self.options.items()}

    def units(self, sym):
        return sum(lot["q"] for lot in self.shares[sym]["lots"]) if sym in self.shares else F(0)

    def unit(self, sym):
        return F(1, 100) if self.shares[sym]["pence"] else F(1)

    def do_payout(self, e):
        thing = self.shares.get(e["sym"])
        if thing is None or ("amount" in e and not self.units(e["sym"])):
            return
        amount = self.units(e["sym"]) * F(e["amount"]) if "amount" in e else F(e["total"])
        self.earn(thing["cur"], amount * self.unit(e["sym"]))
        self.fee(thing["cur"], F(e.get("tax", 0)) * self.unit(e["sym"]))

    def do_stock_dividend(self, e):
        thing = self.shares.get(e["sym"])
        if thing is None:
            return
        more = self.units(e["sym"]) * F(e["per_unit"])
        if e.get("price") is not None:
            value = more * F(e["price"]) * self.unit(e["sym"])
            self.add("income" if value > 0 else "expense", thing["cur"], abs(value))
            self.deal(thing, more, value, F(0), e["id"])
            return
        factor = 1 + F(e["per_unit"])
        for lot in thing["lots"]:
            lot["q"] *= factor

    def do_split(self, e):
        factor = F(e["new"]) / F(e["old"])
        thing = self.shares.get(e["sym"])
        if thing is not None:
            whole = self.units(e["sym"]).denominator == 1
            for lot in thing["lots"]:
                lot["q"] *= factor
            if whole:
                self.fraction(e["sym"], e.get("fraction"))
        for key in list(self.options):
            if key[0] != e["sym"]:
                continue
            option = self.options.pop(key)
            under, right, strike, expiry, mult = key
            if factor.denominator == 1:
                for lot in option["lots"]:
                    lot["q"] *= factor
            else:
                mult *= factor
            self.options[under, right, strike / factor, expiry, mult] = option

    def fraction(self, sym, price):
        units = self.units(sym)
        part = units - int(units)
        if part and price is not None:
            value = part * F(price) * self.unit(sym)
            self.pay(self.shares[sym]["cur"], value)
            self.deal(self.shares[sym], -part, -value, F(0), "fraction")

    def do_spin_off(self, e):
        parent = self.shares.get(e["sym"])
        if parent is None:
            return
        basis, factor = F(e["basis"]), F(e["new"]) / F(e["old"])
        child = self.shares.setdefault(e["into"], {"cur": parent["cur"], "pence": parent["pence"], "lots": []})
        for lot in parent["lots"]:
            new = dict(lot, q=lot["q"] * factor)
            for field in ("cost", "fees", "base"):
                new[field] = lot[field] * basis
                lot[field] -= new[field]
            child["lots"].append(new)
        child["lots"].sort(key=lambda lot: lot["day"])
        self.fraction(e["into"], e.get("fraction"))

    def do_merger(self, e):
        old = self.shares.get(e["sym"])
        if old is None:
            return
        units, unit = self.units(e["sym"]), self.unit(e["sym"])
        paid = units * F(e.get("cash", 0)) * unit
        self.pay(old["cur"], paid)
        if e.get("into") is None:
            self.deal(old, -units, -paid, F(0), "merger")
            return
        factor = F(e["new"]) / F(e["old"])
        rate = F(self.fx(old["cur"], self.day))
        new = self.shares.setdefault(e["into"], {"cur": old["cur"], "pence": old["pence"], "lots": []})
        for lot in old["lots"]:
            if paid:
                share = lot["q"] / units
                got, worth = paid * share, units * factor * share * F(e["price"]) * unit
                gain = max(min(got, got + worth - lot["cost"]), 0)
                self.add("gain", old["cur"], gain)
                if gain:
                    long = self.day > year_later(lot["day"])
                    self.closed.append({"day": self.day, "gain": gain, "base": gain * rate, "long": long})
                lot["cost"] += gain - got
                lot["base"] += (gain - got) * rate
            new["lots"].append(dict(lot, q=lot["q"] * factor))
        new["lots"].sort(key=lambda lot: lot["day"])
        del self.shares[e["sym"]]
        if units.denominator == 1:
            self.fraction(e["into"], e.get("fraction"))

    def do_multiplier(self, e):
        self.terms[e["sym"]] = F(e["multiplier"])
        future = self.futures.get(e["sym"])
        if future is not None:
            self.gain_of(future, F(e["settlement"]))
            future["mult"] = F(e["multiplier"])
            future["carried"] = self.worth(future, future["q"], F(e["settlement"]))

    def do_transfer_in(self, e):
        thing = self.shares.setdefault(e["sym"], {"cur": e["cur"], "pence": e["pence"], "lots": []})
        cost, units = F(e["cost"]), F(e["q"])
        self.add("flow", thing["cur"], units * F(e["price"]) * self.unit(e["sym"]))
        rate = F(self.fx(thing["cur"], e["acquired"]))
        thing["lots"].append(
            {"q": units, "cost": cost, "fees": F(0), "base": cost * rate, "day": e["acquired"], "name": e["id"]}
        )
        thing["lots"].sort(key=lambda lot: lot["day"])

    def do_transfer_out(self, e):
        thing = self.shares[e["sym"]]
        self.add("flow", thing["cur"], -F(e["q"]) * F(e["price"]) * self.unit(e["sym"]))
        self.take(thing, abs(F(e["q"])))

    def do_deposit(self, e):
        self.pay(e["cur"], F(e["amount"]))
        self.add("flow", e["cur"], F(e["amount"]))

    def do_withdrawal(self, e):
        self.pay(e["cur"], -F(e["amount"]))
        self.add("flow", e["cur"], -F(e["amount"]))

    def do_conversion(self, e):
        self.pay(e["from"], -F(e["sold"]))
        self.pay(e["to"], F(e["bought"]))
        self.fee(e["from"], F(e["fee"]))

    def do_item(self, e):
        amount = F(e["amount"])
        if e["what"] in ("fee", "tax", "borrow_cost"):
            self.pay(e["cur"], amount)
            self.add("expense", e["cur"], -amount)
        elif e["what"] == "gain":
            self.pay(e["cur"], amount)
            self.add("gain", e["cur"], amount)
        else:
            self.earn(e["cur"], amount)

    def do_trade(self, e):
        units = F(e["q"]) if e["side"] in ("buy", "cover") else -F(e["q"])
        price, fee = F(e["price"]), F(e["fee"])
        if e["what"] == "share":
            thing = self.shares.setdefault(e["sym"], {"cur": e["cur"], "pence": e["pence"], "lots": []})
            value = units * price * self.unit(e["sym"])
        elif e["what"] == "option":
            thing = self.options.setdefault(e["key"], {"cur": e["cur"], "lots": []})
            value = units * price * e["key"][4]
        else:
            self.fee(e["settle"], fee)
            self.future_trade(e, units, price)
            return
        self.pay(thing["cur"], -value)
        self.fee(thing["cur"], fee)
        self.deal(thing, units, value, fee, e["id"], e.get("lots", ()))

    # -- contracts

    def worth(self, future, units, price):
        return -units * future["mult"] / price if future["inverse"] else units * future["mult"] * price

    def gain_of(self, future, price, units=None, carried=None):
        units = future["q"] if units is None else units
        carried = future["carried"] if carried is None else carried
        gain = self.worth(future, units, price) - carried
        self.pay(future["settle"], gain)
        self.add("gain", future["settle"], gain)

    def future_trade(self, e, units, price):
        future = self.futures.setdefault(
            e["sym"],
            {
                "q": F(0), "carried": F(0), "mult": self.terms.get(e["sym"], F(e["mult"])), "settle": e["settle"],
                "inverse": e["inverse"],
            },
        )  # fmt: skip
        held = future["q"]
        if held * units < 0:
            closing = -units if abs(units) <= abs(held) else held
            part = future["carried"] * closing / held
            self.gain_of(future, price, closing, part)
            future["q"] -= closing
            future["carried"] -= part
            units += closing
        future["carried"] += self.worth(future, units, price)
        future["q"] += units
        if not future["q"]:
            del self.futures[e["sym"]]

    def do_settlement(self, e):
        future = self.futures.get(e["sym"])
        if future is None:
            return
        self.gain_of(future, F(e["price"]))
        future["carried"] = self.worth(future, future["q"], F(e["price"]))
        if e.get("final"):
            del self.futures[e["sym"]]

    def do_roll(self, e):
        future = dict(self.futures[e["sym"]])
        self.fee(future["settle"], F(e["fee"]))
        self.future_trade({"sym": e["sym"]} | future, -future["q"], F(e["price"]))
        self.future_trade({"sym": e["into"]} | future, future["q"], F(e["into_price"]))

    def do_delivery(self, e):
        future = self.futures.pop(e["sym"])
        self.gain_of(future, F(e["price"]))
        units = future["q"] * F(e["units"])
        thing = self.shares.setdefault(e["into"], {"cur": e["cur"], "pence": False, "lots": []})
        self.pay(e["cur"], -units * F(e["price"]))
        self.deal(thing, units, units * F(e["price"]), F(0), e["id"])

    def do_option_end(self, e):
        option = self.options[e["key"]]
        under, right, strike, _, mult = e["key"]
        held = sum(lot["q"] for lot in option["lots"])
        signed = F(e["q"]) if held > 0 else -F(e["q"])
        self.fee(option["cur"], F(e["fee"]))
        if e["how"] in ("expired", "cash_settled"):
            value = F(0)
            if e["how"] == "cash_settled":
                inside = F(e["settlement"]) - strike if right == "call" else strike - F(e["settlement"])
                value = signed * mult * max(inside, 0)
            self.pay(option["cur"], value)
            self.deal(option, -signed, -value, F(e["fee"]), "end")
            return
        pieces = self.take(option, abs(signed))
        premium, fees = sum(p["cost"] for p in pieces), F(e["fee"]) + sum(p["fees"] for p in pieces)
        units = (signed if right == "call" else -signed) * mult
        thing = self.shares.setdefault(under, {"cur": option["cur"], "pence": False, "lots": []})
        self.pay(option["cur"], -units * strike)
        self.deal(thing, units, units * strike + premium, fees, e["id"])

    def do_delisting(self, e):
        thing = self.shares.get(e["sym"])
        if thing is None:
            return
        units = self.units(e["sym"])
        value = units * F(e["price"]) * self.unit(e["sym"])
        self.pay(thing["cur"], value)
        self.deal(thing, -units, -value, F(0), "delisted")

    # -- what it is worth

    def nav(self, day, price):
        total = F(0)
        for currency, amount in self.cash.items():
            total += amount * F(self.fx(currency, day))
        for sym, thing in self.shares.items():
            total += self.units(sym) * F(price(sym, day)) * self.unit(sym) * F(self.fx(thing["cur"], day))
        for key, thing in self.options.items():
            units = sum(lot["q"] for lot in thing["lots"])
            total += units * key[4] * F(price(key[0] + " option", day)) * F(self.fx(thing["cur"], day))
        for sym, future in self.futures.items():
            open_gain = self.worth(future, future["q"], F(price(sym, day))) - future["carried"]
            total += open_gain * F(self.fx(future["settle"], day))
        return total


def year_later(day):
    """The last day on which what was bought on a day is still held short."""
    return dt.date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
