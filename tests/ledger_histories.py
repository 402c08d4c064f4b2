"""Random histories of an account over every kind of fact, as plain events and as the ledger's own records.

The naive ledger runs along while a history is drawn, so that only what is held is exercised, delivered or taken away.
"""

# ruff: noqa: C901, PLR0911, S311 - one branch for each kind of fact; random histories need no cryptography

import datetime as dt
import random
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from naive_ledger import Naive

from trimtab.ledger.facts.amendments import Cancellation, Correction
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, OptionEndKind, Roll, Settlement
from trimtab.ledger.facts.corporate import Delisting, Merger, MultiplierChange, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.header import Subject, about
from trimtab.ledger.facts.income import Payout, PayoutKind, StockDividend
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit, Direction, Transfer, Withdrawal
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.model.instrument import (
    Cash,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Position, TaxLot

D = Decimal
FIRST = dt.date(2023, 6, 1)
EXPIRY = dt.date(2027, 1, 15)
SHARES = {"A": ("USD", False), "B": ("USD", False), "C": ("EUR", False), "E": ("EUR", False), "V": ("GBP", True)}
CONTRACTS = {"F1": ("USD", "10", False), "F2": ("EUR", "25", False), "P1": ("BTC", "100", True)}
METHODS = ("fifo", "lifo", "hifo", "average")


@dataclass
class History:
    """Events by day, the same as facts, and the naive books of each evening."""

    seed: int
    method: str
    from_nothing: bool = True
    events: dict = field(default_factory=dict)
    facts: list = field(default_factory=list)
    books: dict = field(default_factory=dict)

    def fx(self, currency, day):
        """Base currency for one unit; the same for every caller."""
        if currency == "USD":
            return D(1)
        middle = {"EUR": "1.1", "GBP": "1.25", "BTC": "30000"}[currency]
        wobble = random.Random(f"{self.seed}{currency}{day}").randint(9000, 11000)
        return D(middle) * wobble / 10000

    def price(self, symbol, day):
        """Price as quoted."""
        draw = random.Random(f"{self.seed}{symbol}{day}")
        return D(draw.randint(800000, 1250000)) / 10000


def draw_history(seed, days=45):
    """Draw a history; the same for the same seed."""
    rng = random.Random(seed)
    history = History(seed=seed, method=rng.choice(METHODS))
    naive = Naive("USD", history.method, history.fx)
    pen = _Pen(rng, history, naive)
    day = FIRST
    if rng.random() < 0.5:
        pen.open(day)
    for _ in range(days):
        day += dt.timedelta(days=rng.choice([1, 1, 1, 2, 9]))
        events = pen.draw_day(day)
        history.events[day] = events
        naive.run(day, events)
        history.books[day] = naive.copy()
        history.facts += [_fact(e, naive) for e in events]
        if rng.random() < 0.05:
            pen.confirm(day)
    history.facts = pen.amend(history.facts)
    rng.shuffle(history.facts)
    return history


class _Pen:
    """Writes the events of a day."""

    def __init__(self, rng, history, naive):
        self.rng, self.history, self.naive = rng, history, naive
        self.number = 0

    def fresh(self, stem):
        self.number += 1
        return f"{stem}{self.number}"

    def cents(self, low, high):
        return str(D(self.rng.randint(low * 100, high * 100)) / 100)

    def open(self, day):
        """Begin with a snapshot with lots and money."""
        naive, rng = self.naive, self.rng
        naive.day = day
        positions = []
        for sym, (cur, pence) in SHARES.items():
            if rng.random() < 0.5:
                continue
            lots, taxed = [], []
            for i in range(rng.randint(1, 3)):
                bought = day - dt.timedelta(days=500 - 100 * i)
                q, price = rng.randint(1, 80), D(rng.randint(8000, 12000)) / 100
                unit = Fraction(1, 100) if pence else Fraction(1)
                cost = q * Fraction(price) * unit
                lots.append(
                    {
                        "q": Fraction(q), "cost": cost, "fees": Fraction(0), "day": bought, "name": bought.isoformat(),
                        "base": cost * Fraction(self.history.fx(cur, bought)),
                    }
                )  # fmt: skip
                taxed.append(TaxLot(quantity=D(q), price=price / 100 if pence else price, acquired=bought))
            naive.shares[sym] = {"cur": cur, "pence": pence, "lots": lots}
            whole = sum((t.quantity for t in taxed), D(0))
            positions.append(Position(instrument=_share(sym, cur, pence), quantity=whole, lots=tuple(taxed)))
        for cur in ("USD", "EUR", "GBP"):
            amount = rng.randint(1000, 90000)
            naive.pay(cur, Fraction(amount))
            positions.append(Position(instrument=Cash(currency=cur), quantity=D(amount)))
        self.history.books[day] = naive.copy()
        self.history.facts.append(Snapshot(day=day, positions=tuple(positions)))
        self.history.from_nothing = False

    def confirm(self, day):
        """Write a snapshot that agrees, where its numbers can be written down."""
        positions = []
        for sym, thing in self.naive.shares.items():
            units = self.naive.units(sym)
            if (10**12 * units).denominator != 1:
                return
            share = _share(sym, thing["cur"], thing["pence"])
            positions.append(Position(instrument=share, quantity=D(units.numerator) / units.denominator))
        self.history.facts.append(Snapshot(day=day, positions=tuple(positions), whole=False)) if positions else None

    def amend(self, facts):
        """Hide some facts behind wrong ones that are corrected, and add some that never happened."""
        rng, amended = self.rng, []
        for fact in facts:
            # A name decides nothing but what lots are called.
            if isinstance(fact, Trade) and rng.random() < 0.1:
                wrong = replace(fact, quantity=fact.quantity * 2, price=fact.price + 1)
                numbers = rng.sample(range(100), 2)
                amended += [
                    wrong,
                    Correction(target=fact.id, fact=replace(fact, fee=fact.fee + 7), number=min(numbers)),
                    Correction(target=fact.id, fact=fact, number=max(numbers)),
                ]
            elif isinstance(fact, Deposit | CashItem) and rng.random() < 0.1:
                name = self.fresh("bogus")
                amended += [fact, replace(fact, id=name), Cancellation(target=name)]
            else:
                amended.append(fact)
        return amended

    # -- events

    def draw_day(self, day):
        rng, naive = self.rng, self.naive
        busy, events = set(), []
        for sym in list(naive.shares):
            if rng.random() < 0.12:
                events += self.corporate(sym, busy)
            if rng.random() < 0.08:
                events += self.payouts(sym, events)
        if rng.random() < 0.06:
            events += self.transfer(day, busy)
        events += self.ends(day, busy)
        for _ in range(rng.randint(0, 3)):
            events += self.trade(day, busy, events)
        if rng.random() < 0.25:
            events += self.money()
        events += self.contracts(day, busy)
        for event in events:
            event["day"] = day
            event.setdefault("id", self.fresh("n"))
        return events

    def payouts(self, sym, events):
        rng, naive = self.rng, self.naive
        long = naive.units(sym) > 0
        tax = self.cents(0, 3) if long and rng.random() < 0.5 else "0"
        name = next((e["to"] for e in events if e["kind"] == "rename" and e["sym"] == sym), sym)
        event = {"kind": "payout", "sym": sym, "said": rng.choice([sym, name]), "tax": tax}
        event["type"] = rng.choice(list(PayoutKind))
        if rng.random() < 0.7:
            event |= {"amount": self.cents(1, 5), "new": name == sym and rng.random() < 0.3}
        else:
            event["total"] = self.cents(1, 200) if long else "-" + self.cents(1, 200)
        gone = any(e["kind"] in ("merger", "delisting") and e["sym"] == sym for e in events)
        if gone:
            event.pop("new", None)
        return [event]

    def corporate(self, sym, busy):
        """One thing that happens to a company; nothing else is done with it that day but dividends and trades."""
        rng, naive = self.rng, self.naive
        thing, units = naive.shares[sym], naive.units(sym)
        if sym in busy:
            return []
        busy.add(sym)
        kind = rng.choice(["split", "split", "stock_dividend", "spin_off", "merger", "rename", "delisting"])
        fraction = self.cents(50, 150) if rng.random() < 0.6 else None
        if kind == "split":
            new, old = rng.choice([(2, 1), (4, 1), (3, 2), (1, 10), (1, 5)])
            return [{"kind": kind, "sym": sym, "new": str(new), "old": str(old), "fraction": fraction}]
        if kind == "stock_dividend":
            price = self.cents(50, 150) if rng.random() < 0.5 else None
            return [{"kind": kind, "sym": sym, "per_unit": rng.choice(["0.05", "0.1", "1"]), "price": price}]
        alike = [
            s for s, t in naive.shares.items()
            if s not in busy and (t["cur"], t["pence"]) == (thing["cur"], thing["pence"]) and naive.units(s) * units > 0
        ]  # fmt: skip
        into = rng.choice(alike) if alike and rng.random() < 0.4 else self.fresh("S")
        if kind == "spin_off":
            busy.add(into)
            new, old = rng.choice([(1, 4), (1, 1), (1, 3)])
            return [
                {
                    "kind": kind, "sym": sym, "into": into, "new": str(new), "old": str(old), "fraction": fraction,
                    "basis": str(D(rng.randint(0, 100)) / 100), "cur": thing["cur"], "pence": thing["pence"],
                }
            ]  # fmt: skip
        busy.add("no trade " + sym)
        if kind == "rename":
            return [{"kind": kind, "sym": sym, "to": self.fresh("R")}]
        if kind == "delisting":
            return [{"kind": kind, "sym": sym, "price": rng.choice(["0", self.cents(1, 9)])}]
        event = {"kind": "merger", "sym": sym, "fraction": fraction, "cur": thing["cur"], "pence": thing["pence"]}
        how = rng.choice(["cash", "stock", "both"]) if units > 0 else rng.choice(["cash", "stock"])
        if how != "stock":
            event["cash"] = self.cents(5, 150)
        if how != "cash":
            busy.add(into)
            new, old = rng.choice([(1, 2), (2, 1), (1, 1)])
            event |= {"into": into, "new": str(new), "old": str(old), "price": self.cents(5, 150)}
        return [event]

    def time(self):
        return dt.time(
            self.rng.randint(9, 17), self.rng.randint(0, 59), self.rng.randint(0, 59), self.rng.randint(0, 999999)
        )

    def trade(self, day, busy, events):
        rng, naive = self.rng, self.naive
        what = rng.choice(["share", "share", "share", "option", "future"])
        traded = {(e["what"], e.get("sym"), e.get("key")) for e in events if e["kind"] == "trade"}
        base = {"kind": "trade", "what": what, "fee": rng.choice(["0", self.cents(0, 9)]), "time": self.time()}
        base["side"] = rng.choice(["buy", "buy", "buy", "sell", "short", "cover"])
        base["q"] = str(rng.randint(1, 90))
        if what == "share":
            sym = rng.choice([*SHARES, *naive.shares])
            if "no trade " + sym in busy:
                return []
            cur, pence = SHARES.get(sym) or (naive.shares[sym]["cur"], naive.shares[sym]["pence"])
            if sym in naive.shares:
                cur, pence = naive.shares[sym]["cur"], naive.shares[sym]["pence"]
            if rng.random() < 0.3 and ("share", sym, None) not in traded:
                base["time"] = None
            price = self.history.price(sym, day) + D(rng.randint(-99999, 99999)) / 100000
            named = sym in naive.shares and rng.random() < 0.5
            return [base | {"sym": sym, "cur": cur, "pence": pence, "price": str(price), "named": named}]
        if what == "option":
            under = rng.choice(["A", "C"])
            held = [k for k in naive.options if k[0] not in busy]
            key = (under, rng.choice(["call", "put"]), Fraction(rng.choice([90, 100])), EXPIRY, Fraction(100))
            if held and rng.random() < 0.6:
                key = rng.choice(held)
            cur = naive.options[key]["cur"] if key in naive.options else SHARES[under][0]
            if key[0] in busy or ("option", str(key)) in busy:
                return []
            busy.add(("option", str(key)))
            return [base | {"key": key, "cur": cur, "price": self.cents(1, 20), "q": str(rng.randint(1, 4))}]
        sym = rng.choice([*CONTRACTS, *naive.futures])
        if ("contract", sym) in busy:
            return []
        busy.add(("contract", sym))
        if sym in naive.futures:
            future = naive.futures[sym]
            settle, mult, inverse = future["settle"], str(future["mult"]), future["inverse"]
        else:
            settle, mult, inverse = CONTRACTS[sym]
        extra = {"settle": settle, "mult": mult, "inverse": inverse, "price": str(self.history.price(sym, day))}
        return [base | {"sym": sym} | extra]

    def ends(self, day, busy):
        rng, naive, events = self.rng, self.naive, []
        for key, thing in naive.options.items():
            if rng.random() > 0.1 or key[0] in busy or ("option", str(key)) in busy:
                continue
            busy.add(("option", str(key)))
            held = sum(lot["q"] for lot in thing["lots"])
            hows = ["exercised" if held > 0 else "assigned", "expired", "cash_settled"]
            if naive.shares.get(key[0], {"cur": thing["cur"]})["cur"] != thing["cur"]:
                hows = hows[1:]
            q = abs(held) if rng.random() < 0.5 or held.denominator != 1 else rng.randint(1, int(abs(held)))
            event = {"kind": "option_end", "key": key, "how": rng.choice(hows), "q": _text(Fraction(q))}
            event |= {"fee": self.cents(0, 5), "settlement": self.cents(70, 130), "cur": thing["cur"]}
            events.append(event | {"time": self.time() if rng.random() < 0.5 else None})
        return events

    def contracts(self, day, busy):
        rng, events = self.rng, []
        for sym, future in self.naive.futures.items():
            price = str(self.history.price(sym, day))
            free = ("contract", sym) not in busy
            roll = rng.random()
            if free and roll < 0.03 and not future["inverse"]:
                share = {"kind": "delivery", "sym": sym, "into": "D" + sym, "units": "5", "cur": future["settle"]}
                events.append(share | {"price": price})
                continue
            if free and roll < 0.06 and not future["inverse"]:
                event = {"kind": "roll", "sym": sym, "into": self.fresh("G"), "price": price, "fee": self.cents(0, 5)}
                mult = {"mult": str(future["mult"]), "settle": future["settle"]}
                events.append(event | {"into_price": str(self.history.price(event["into"], day))} | mult)
                continue
            if free and roll < 0.09 and not future["inverse"]:
                event = {"kind": "multiplier", "sym": sym, "multiplier": rng.choice(["5", "50"])}
                events.append(event | {"settlement": str(self.history.price(sym, day - dt.timedelta(days=1)))})
            if rng.random() < 0.8:
                final = free and rng.random() < 0.03
                events.append({"kind": "settlement", "sym": sym, "price": price, "final": final})
        return events

    def money(self):
        rng = self.rng
        cur, other = rng.sample(["USD", "EUR", "GBP"], 2)
        kind = rng.choice(["deposit", "withdrawal", "conversion", "item", "item"])
        if kind == "conversion":
            fee = rng.choice(["0", "1.5"])
            return [
                {
                    "kind": kind,
                    "from": cur,
                    "to": other,
                    "sold": self.cents(9, 900),
                    "bought": self.cents(9, 900),
                    "fee": fee,
                }
            ]
        if kind == "item":
            sign = rng.choice(["", "-"])
            return [{"kind": kind, "what": rng.choice(list(CashKind)), "cur": cur, "amount": sign + self.cents(1, 90)}]
        return [{"kind": kind, "cur": cur, "amount": self.cents(100, 9000)}]

    def transfer(self, day, busy):
        rng, naive = self.rng, self.naive
        out = [s for s in naive.shares if s not in busy]
        if out and rng.random() < 0.5:
            sym = rng.choice(out)
            held = naive.units(sym)
            if held.denominator != 1:
                return []
            busy |= {sym, "no trade " + sym}
            q = rng.randint(1, int(abs(held))) * (1 if held > 0 else -1)
            return [{"kind": "transfer_out", "sym": sym, "q": str(q), "price": self.cents(50, 150)}]
        sym = rng.choice(list(SHARES))
        cur, pence = SHARES[sym]
        if sym in busy or (sym in naive.shares and naive.units(sym) < 0) or sym not in naive.shares:
            return []
        if naive.shares[sym]["cur"] != cur:
            return []
        q = rng.randint(1, 50)
        event = {
            "kind": "transfer_in",
            "sym": sym,
            "cur": cur,
            "pence": pence,
            "q": str(q),
            "price": self.cents(50, 150),
        }
        return [event | {"cost": self.cents(100, 5000), "acquired": day - dt.timedelta(days=rng.randint(100, 700))}]


def _text(value):
    """Write a fraction that ends as a decimal."""
    return str(D(value.numerator) / D(value.denominator))


def _share(sym, cur, pence):
    return Spot(symbol=sym, currency=cur, minor=pence)


def _option(key, cur):
    under, right, strike, expiry, mult = key
    return Option(
        symbol=under, underlying=under, currency=cur, right=OptionRight(right), strike=D(_text(strike)), expiry=expiry,
        terms=(Terms(multiplier=D(_text(mult))),),
    )  # fmt: skip


def _contract(e):
    terms = (Terms(multiplier=D(_text(Fraction(e["mult"])))),)
    if e.get("inverse"):
        return Perpetual(
            symbol=e["sym"], currency="USD", settlement=e["settle"], payoff=PerpetualPayoff.INVERSE, terms=terms
        )
    return Future(symbol=e["sym"], root=e["sym"], currency=e["settle"], terms=terms)


def _maybe(e, name):
    return D(e[name]) if e.get(name) is not None else None


def _fact(e, naive):
    """Write an event as a fact."""
    head = {"day": e["day"], "id": e["id"], "time": e.get("time")}
    kind = e["kind"]
    if kind == "trade":
        if e["what"] == "share":
            of = Subject(symbol=e["sym"]) if e["named"] else about(_share(e["sym"], e["cur"], e["pence"]))
        else:
            of = about(_option(e["key"], e["cur"]) if e["what"] == "option" else _contract(e))
        return Trade(**head, of=of, side=Side(e["side"]), quantity=D(e["q"]), price=D(e["price"]), fee=D(e["fee"]))
    if kind == "option_end":
        how = OptionEndKind(e["how"])
        settled = D(e["settlement"]) if e["how"] == "cash_settled" else None
        of = about(_option(e["key"], e["cur"]))
        return OptionEnd(**head, of=of, kind=how, quantity=D(e["q"]), settlement=settled, fee=D(e["fee"]))
    if kind == "deposit":
        return Deposit(**head, currency=e["cur"], amount=D(e["amount"]))
    if kind == "withdrawal":
        return Withdrawal(**head, currency=e["cur"], amount=D(e["amount"]))
    if kind == "conversion":
        sold, bought = D(e["sold"]), D(e["bought"])
        return Conversion(
            **head, sold_currency=e["from"], sold=sold, bought_currency=e["to"], bought=bought, fee=D(e["fee"])
        )
    if kind == "item":
        return CashItem(**head, kind=CashKind(e["what"]), amount=D(e["amount"]), currency=e["cur"])
    return _about_a_holding(e, head, kind)


def _about_a_holding(e, head, kind):
    of = about(e.get("said", e["sym"]))
    if kind == "payout":
        amount, total, new = _maybe(e, "amount"), _maybe(e, "total"), e.get("new", False)
        return Payout(
            **head,
            of=of,
            kind=e["type"],
            per_unit=amount,
            total=total,
            per_new_unit=new,
            tax=D(e["tax"]),
            everywhere=amount is not None,
        )
    if kind == "stock_dividend":
        return StockDividend(**head, of=of, per_unit=D(e["per_unit"]), price=_maybe(e, "price"))
    if kind in ("transfer_in", "transfer_out"):
        way, cost = Direction(kind.removeprefix("transfer_")), _maybe(e, "cost")
        moved = {"quantity": D(e["q"]), "price": D(e["price"]), "cost": cost, "acquired": e.get("acquired")}
        return Transfer(**head, of=of, direction=way, **moved)
    if kind == "settlement":
        return Settlement(**head, of=of, price=D(e["price"]), final=e["final"])
    if kind == "multiplier":
        return MultiplierChange(**head, of=of, multiplier=D(e["multiplier"]), settlement=D(e["settlement"]))
    if kind == "roll":
        into = about(_contract(e | {"sym": e["into"]}))
        prices = {"price": D(e["price"]), "into_price": D(e["into_price"]), "fee": D(e["fee"])}
        return Roll(**head, of=of, into=into, **prices)
    if kind == "delivery":
        into = about(_share(e["into"], e["cur"], False))
        return Delivery(**head, of=of, underlying=into, price=D(e["price"]), units=D(e["units"]))
    if kind == "rename":
        return SymbolChange(**head, of=of, new_symbol=e["to"])
    if kind == "delisting":
        return Delisting(**head, of=of, price=D(e["price"]))
    ratio = {"new": _maybe(e, "new"), "old": D(e.get("old", "1")), "fraction_price": _maybe(e, "fraction")}
    if kind == "split":
        return Split(**head, of=of, **ratio)
    into = about(_share(e["into"], e["cur"], e["pence"])) if e.get("into") else None
    if kind == "spin_off":
        return SpinOff(**head, of=of, into=into, basis=D(e["basis"]), **ratio)
    return Merger(**head, of=of, into=into, cash=D(e.get("cash", "0")), price=_maybe(e, "price"), **ratio)
