"""Questions as runs kept them before questions had records of their own: read, never written."""

from collections.abc import Mapping

from trimtab.model.json import Json

__all__ = ["read_old"]

#: What a question was asked beside its settings, by command: the same names then and now.
_SAME = {
    "review": ("also", "moves", "vol_shift"),
    "plan": ("hedge", "hedge_prices"),
    "ways": ("hedge", "hedge_prices", "ways", "aim", "mix", "horizon", "max_margin", "yields"),
    "targets": ("hedge", "hedge_prices"),
    "stress": ("fields", "vol_shift", "margin_rate", "margin_factor"),
    "risk": (
        "fields", "participation", "half_spread", "target_volatility", "exit_of", "exit_days",
    ),
    "drift": ("start", "by", "skip"),
    "performance": ("start", "periods_per_year", "trials", "trials_spread", "beta_held"),
}  # fmt: skip
_LIMITS = (
    "shorts", "max_weight", "max_turnover", "min_cash", "cash_neutral", "max_participation", "no_trade", "buy",
    "min_ticket", "impact",
)  # fmt: skip
_TAXES = {"tax_short": "short_rate", "tax_long": "long_rate", "loss_relief": "loss_relief", "lot_method": "lot_method"}


def read_old(command: str, settings: Mapping[str, Json]) -> dict[str, Json]:
    """Bring what a run of earlier code kept (settings side by side, and what was asked beside them) into today's form.

    Examples
    --------
    >>> old = {"mandate": {"benchmark": "SPX"}, "method": "ols", "asked": {"vol_shift": 0.1}}
    >>> found = read_old("review", old)
    >>> found["vol_shift"], found["measuring"]["method"]
    (0.1, 'ols')
    """
    asked = _table(settings, "asked")
    fields = {name: asked[name] for name in _SAME.get(command, ()) if name in asked}
    if command in {"review", "risk"}:
        fields["role"] = settings.get("role")
    if command == "stress":
        fields |= {"shocks": asked.get("shock") or None, "episodes": asked.get("episode") or None}
    if command in {"plan", "ways"}:
        fields["target"] = _target(_table(asked, "target"))
    if command == "drift" and asked.get("ahead") is not None:
        fields["ahead"] = {**_table(asked, "ahead"), "project": True}
    if command == "targets":
        fields["several"] = {name: asked.get(name) for name in ("targets", "currencies")}
    if command == "ways":
        fields |= _ways(asked)
    return {**_shared(settings, asked), **fields}


def _shared(settings: Mapping[str, Json], asked: Mapping[str, Json]) -> dict[str, Json]:
    """Give the groups that every question has."""
    mandate_table = _table(settings, "mandate")
    costs = _table(mandate_table, "costs")
    mandate = {name: value for name, value in mandate_table.items() if name not in {"costs", "reading"}}
    names = ("method", "window", "half_life", "errors", "risk_free", "benchmark_returns", "base", "fx")
    return {
        "mandate": {**mandate, **costs, "judged": mandate_table.get("reading")},
        "measuring": {name: settings.get(name) for name in names},
        "instruments": {
            "contracts": settings.get("contracts"), "funds": settings.get("funds"), "chain": asked.get("chain"),
        },
    }  # fmt: skip


def _target(target: Mapping[str, Json]) -> dict[str, Json]:
    """Read a kind of target with its number."""
    kind = target.get("kind")
    if kind is None:
        return {}
    return {str(kind): True if kind == "neutral" else target.get("value"), "rule": target.get("rule")}


def _ways(asked: Mapping[str, Json]) -> dict[str, Json]:
    """Read what a comparison of ways was told of limits, taxes and options."""
    given, standing, options = (_table(asked, name) for name in ("given", "standing", "options"))
    limits = {name: given[name] for name in _LIMITS if name in given and given[name] is not None}
    words = {name.removeprefix("option_"): value for name, value in options.items() if value is not None}
    return {
        "limits": {
            **limits, "file": asked.get("limits"), "fields": asked.get("fields"),
            "sectors": given.get("sector_limit"),
        },
        "taxes": {
            **{name: given[old] for old, name in _TAXES.items() if old in given}, "lots": asked.get("tax_lots")
        },
        "options": {**words, "chain": asked.get("option_chain")},
        "standing": {
            **{name: value for name, value in standing.items() if name != "costs"}, **_table(standing, "costs")
        },
    }  # fmt: skip


def _table(written: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    table = written.get(name)
    return table if isinstance(table, Mapping) else {}
