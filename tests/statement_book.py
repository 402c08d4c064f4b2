"""Compares a statement that was read with a book written by hand as JSON: every number that the book states."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trimtab.feeds.statements.records import FactReading, Identity, PositionReading, Statement

__all__ = ["differences"]

#: Whether a thing is a share, a fund or a coin is often not in the file: a book that says one of them accepts another.
_SPOT = {"share", "fund", "coin"}
_CODES = ("isin", "cusip", "wkn", "figi")


def _same(got: object, want: object) -> bool:
    first, second = (None if v is None else Decimal(str(v)) for v in (got, want))
    if first is None or second is None:
        return not first and not second  # A cost that is not stated is none.
    return abs(first - second) <= Decimal("1e-9") * max(abs(first), abs(second), Decimal(1))


def _of_thing(what: Identity | None, want: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    if what is None:
        return {k: (None, want[k]) for k in ("symbol", "isin") if want.get(k)}
    pairs: dict[str, tuple[object, object]] = {}
    if "symbol" in want:
        pairs["symbol"] = (what.symbol, want["symbol"])
    if "name_kind" in want and not {what.kind.value, want["name_kind"]} <= _SPOT:
        pairs["kind"] = (what.kind.value, want["name_kind"])
    pairs |= {k: (what.code(k), want[k]) for k in _CODES if want.get(k)}
    if want.get("underlying"):
        pairs["underlying"] = (what.underlying, want["underlying"])
    if want.get("expiry"):
        pairs["expiry"] = (str(what.expiry), want["expiry"])
    if want.get("right"):
        pairs["right"] = (what.right, want["right"])
    if want.get("multiplier_from"):
        pairs["multiplier_from"] = (what.multiplier_from, want["multiplier_from"])
    return {k: v for k, v in pairs.items() if v[0] != v[1]}


def _position(got: PositionReading, want: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    found = _of_thing(got.what, want)
    words = {
        "account": (got.account, want["account"]),
        "currency": (got.currency, want["currency"]),
        "price_unit": (got.price_unit, want.get("price_unit", "unit")),
    }
    numbers = {
        "quantity": (got.quantity, want["quantity"]),
        "price": (got.price, want["price"]),
        "market_value": (got.market_value, want["market_value"]),
        "multiplier": (got.what.multiplier, want.get("multiplier", 1)),
        "strike": (got.what.strike, want.get("strike")),
    }
    found |= {k: v for k, v in words.items() if v[0] != v[1]}
    return found | {k: v for k, v in numbers.items() if not _same(*v)}


def _fact(got: FactReading, want: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    named = any(want.get(k) for k in ("symbol", "isin", "name_kind"))
    found = _of_thing(got.what, want) if named else {}
    words = {
        "account": (got.account, want["account"]),
        "date": (str(got.day), want["date"]),
        "fact": (got.fact.value, want["fact"]),
        "currency": (got.currency, want["currency"]),
        "price_currency": (got.price_currency, want.get("price_currency")),
        "fx_means": (got.fx_means, want.get("fx", {}).get("means")),
        "counter": (got.counter[0] if got.counter else None, want.get("counter", {}).get("symbol")),
    }
    words |= {k: (str(getattr(got, k)), want[k]) for k in ("settles", "booked") if want.get(k)}
    numbers = {k: (getattr(got, k), want.get(k)) for k in ("quantity", "price", "cash", "fee", "tax", "costs_implied")}
    numbers |= {k: (getattr(got, k), want[k]) for k in ("price_derived", "shares", "value", "income") if want.get(k)}
    numbers["fx"] = (got.fx, want.get("fx", {}).get("rate"))
    if got.counter and want.get("counter"):
        numbers["counter quantity"] = (got.counter[1], want["counter"]["quantity"])
    found |= {k: v for k, v in words.items() if v[0] != v[1]}
    return found | {k: v for k, v in numbers.items() if not _same(*v)}


def differences(got: Statement, want: Mapping[str, Any]) -> list[str]:
    """Say in words everything in which a statement is not the book."""
    said = [f"refused, line {f.line}: {f.why}" for f in got.faults]
    whole = {
        "format": (got.format, want["format"]),
        "kind": (got.holds.value, want["kind"]),
        "as_of": (str(got.as_of) if got.as_of else None, want["as_of"]),
        "accounts": (list(got.accounts), want["accounts"]),
        "positions": (len(got.positions), len(want["positions"])),
        "facts": (len(got.facts), len(want["facts"])),
    }
    if want.get("prices_of"):
        whole["prices_of"] = (str(got.prices_of), want["prices_of"])
    said += [f"{k}: {a!r} for {b!r}" for k, (a, b) in whole.items() if a != b]
    for name, have, wanted in (
        ("cash", got.cash_totals, want["cash"]),
        ("balances", dict(got.balances), want.get("balances", {})),
    ):
        if set(have) != set(wanted) or any(not _same(have[k], wanted[k]) for k in wanted):
            said.append(f"{name}: {have} for {wanted}")
    for have, wanted in zip(got.positions, want["positions"], strict=False):
        said += [f"line {have.line}: {k} {a!r} for {b!r}" for k, (a, b) in _position(have, wanted).items()]
    for have, wanted in zip(got.facts, want["facts"], strict=False):
        said += [f"line {have.lines[0]}: {k} {a!r} for {b!r}" for k, (a, b) in _fact(have, wanted).items()]
    return said
