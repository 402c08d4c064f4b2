"""What settings must be together: a band and its edges, a channel and its address, a method and its options."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from trimtab.config.exchanges.table import exchange_codes
from trimtab.config.measures.benchmarks import check_benchmark
from trimtab.config.measures.betas import check_stated_beta
from trimtab.config.settings import QuietSettings, RuleSettings
from trimtab.errors import InputError
from trimtab.model.decimals import as_decimal
from trimtab.model.near import nearest

__all__ = ["TOGETHER", "Complaint"]

#: Key, expected, found, try next.
Complaint = tuple[str, str, str, str]

_NEEDS: Final = {
    "terminal": (), "file": ("path",), "webhook": ("url",), "apprise": ("urls",),
    "email": ("recipients", "sender", "host"),
}  # fmt: skip
_MAY: Final = {"email": ("port", "security", "username", "password")}


def _mandate(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    """Turn lower and upper into target and band, which is what a mandate is made of; check the trigger within it."""
    edges = _edges(values, given)
    return edges or _trigger(values["band"], values["trigger"], values["step"])


def _trigger(band: float, trigger: float | None, step: float | None) -> list[Complaint]:
    """Refuse a trigger beyond the band, and a step beyond the trigger or without one."""
    if trigger is not None and not 0 < trigger <= band:
        tip = "trade before the limit is reached: lower trigger, or widen band"
        return [("trigger", f"a trigger above 0 and within the band of {band:g}", f"{trigger:g}", tip)]
    if step is None:
        return []
    if trigger is None:
        return [("step", "trigger beside it", "step alone", "add trigger, or take step out")]
    if not 0 < step <= trigger:
        return [("step", f"a step above 0 and within the trigger of {trigger:g}", f"{step:g}", "lower step")]
    return []


def _edges(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    lower, upper = values["lower"], values["upper"]
    if lower is None and upper is None:
        return []
    if lower is None or upper is None:
        there, missing = ("upper", "lower") if lower is None else ("lower", "upper")
        return [(there, f"{missing} beside it", f"{there} alone", f"add {missing}, or write target and band")]
    # In decimals, so that 0.95 and 1.05 are exactly 1 +- 0.05.
    low, high = as_decimal(lower, "lower"), as_decimal(upper, "upper")
    if low > high:
        return [("lower", "a lower edge at or below the upper one", f"{lower:g} above {upper:g}", "swap the two")]
    middle = (low + high) / 2
    if "band" in given:
        return [("band", "either band, or lower and upper", "both", "take out one of the two ways")]
    if "target" in given and as_decimal(values["target"], "target") != middle:
        tip = f"leave target out (it is then {middle}), or write target and band"
        return [("target", f"the middle of lower and upper, {middle}", f"{values['target']:g}", tip)]
    values["target"], values["band"] = float(middle), float((high - low) / 2)
    return []


def _quiet(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    del given
    if (values["start"] is None) != (values["end"] is None):
        there, missing = ("end", "start") if values["start"] is None else ("start", "end")
        return [(there, f"{missing} beside it", f"{there} alone", f"add {missing}")]
    try:
        QuietSettings(**values).hours()
    except InputError as error:
        return [("start", error.expected, error.found, error.try_next)]
    return []


def _channel(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    kind = values["kind"]
    needed, allowed = _NEEDS[kind], {"kind", *_NEEDS[kind], *_MAY.get(kind, ())}
    short = [("kind", f"{key} for a channel of kind {kind}", "none", f"add {key}") for key in needed if not values[key]]
    owners = {key: kind for kind in _NEEDS for key in (*_NEEDS[kind], *_MAY.get(kind, ()))}
    strange = [
        (key, f"only settings of kind {kind}", f"{key}, which is for kind {owners[key]}", f"take out {key}")
        for key in sorted(given - allowed)
    ]
    if values["password"] and not values["username"]:
        short.append(("password", "username beside it", "password alone", "add username"))
    return short + strange


def _rule(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    try:
        RuleSettings(**values).rule(values["portfolio"] or "any")
    except InputError as error:
        key = "clear" if error.expected.startswith("clear") else "threshold"
        if "/" in values["name"]:
            key = "name"
        elif "escalation" in error.expected:
            key = "escalate_severity"
        mistaken = error.found.removesuffix(f" in rule {values['name']!r}")
        return [(key if key in given else "name", error.expected, mistaken, error.try_next)]
    return []


def _estimation(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    options = {name: values[name] for name in ("window", "half_life", "errors") if values[name] is not None}
    if not options:
        return []
    from trimtab.beta.method import parse_method  # noqa: PLC0415 - estimators are heavy, and most reads name none

    try:
        parse_method(values["method"], **options)
    except InputError as error:
        key = next((name for name in options if name in error.found), next(iter(options)))
        return [(key if key in given else "method", error.expected, error.found, error.try_next)]
    return []


def _alias(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    del given
    first, last = values["valid_from"], values["valid_until"]
    if first is None or last is None or first <= last:
        return []
    return [("valid_until", f"a day on or after valid_from, {first}", f"{last}", "swap the two")]


_FETCHED: Final = {
    "ccxt": {"wanted", "exchange", "symbols", "since", "currency", "key", "secret", "password"},
    "flex": {"query", "token"},
}


def _fetch(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    kind, wanted = values["kind"], values["wanted"]
    needed = ("query", "token") if kind == "flex" else ("exchange", "symbols" if wanted == "prices" else "key")
    short = [("kind", f"{key} for {kind}", "none", f"add {key}") for key in needed if not values[key]]
    others = set().union(*(keys for name, keys in _FETCHED.items() if name != kind))
    strange = [
        (key, f"only settings of kind {kind}", f"{key}, which is for another", f"take out {key}")
        for key in sorted(given & others)
    ]
    url = urlsplit(values["url"] or "")
    if url.scheme == "http" and url.hostname not in {"localhost", "127.0.0.1", "::1"}:
        # not the address itself: a user name or a key may stand in it
        strange.append(("url", "https, save for this machine itself", "http to another one", "begin it with https://"))
    if url.username is not None or url.query:
        strange.append(("url", "an address without a name, a key or a question in it", "one with", "take them out"))
    return short + strange


def _calendar(values: dict[str, Any], given: frozenset[str]) -> list[Complaint]:
    code = values["exchange"]
    if code is None:
        return []
    codes = exchange_codes()
    if code not in codes:
        tip = nearest(code, codes) or f"take one of {', '.join(codes[:6])} ..., or leave exchange out"
        return [("exchange", "an exchange of the table that trimtab ships", f'"{code}"', tip)]
    stated = sorted(given & {"time_zone", "close", "seven_days"})
    return [
        (key, f"{key} as {code} has it", f"both exchange and {key}", f"take out {key}, or leave exchange out")
        for key in stated
    ]


#: Checks of a whole table by section: values by field, which keys were given; may set values that follow from others.
TOGETHER: Final[Mapping[str, Callable[[dict[str, Any], frozenset[str]], list[Complaint]]]] = {
    "aliases": _alias,
    "benchmarks": check_benchmark,
    "stated_betas": check_stated_beta,
    "calendars": _calendar,
    "fetch": _fetch,
    "mandates": _mandate,
    "alerts.quiet": _quiet,
    "alerts.channels": _channel,
    "alerts.rules": _rule,
    "estimation": _estimation,
}
