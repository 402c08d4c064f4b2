"""Everything that decides an answer beside the data, as JSON: kept with each run, and turned back into arguments.

A replay takes these and not today's trimtab.toml, and the files they name are the copies kept then.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from trimtab.desk.ask.targets import TargetKind, TargetRule
from trimtab.errors import InputError
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.funds import read_funds
from trimtab.hedge.ways.targets import VolatilityRule
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Costs, Mandate
from trimtab.wiring.answers import FILES
from trimtab.wiring.inputs import as_fx, as_interest
from trimtab.wiring.workspace import Workspace

__all__ = [
    "arguments_of",
    "asked_again",
    "asked_settings",
    "contracts_of",
    "mandate_of",
    "mandate_settings",
    "settings_of",
]

#: Rates by currency in words, which need no file to be kept.
_PLAIN_RATES = re.compile(r"(\s*[A-Za-z]{3}\s*=\s*[-+.\deE]+\s*(,|$))+")
#: Settings that measuring takes as they are.
_PLAIN = ("method", "window", "half_life", "errors", "benchmark_returns")


def settings_of(workspace: Workspace, portfolio: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what decides an answer: the workspace's settings for a portfolio, with what a caller changes.

    Parameters
    ----------
    changed
        Values that are not None win: ``method``, ``window``, ``half_life``, ``errors``, ``risk_free``, ``fx``,
        ``benchmark_returns``, ``contracts``, ``funds``, and of the mandate ``benchmark``, ``target``, ``band``,
        ``confidence``, ``min_coverage``, ``max_contracts``, ``reading``, ``commission``.
    """
    config = workspace.config
    said = {k: v for k, v in changed.items() if v is not None}
    estimation = config.estimation
    mandate = mandate_settings(config.mandate(portfolio))
    for name in ("benchmark", "target", "band", "confidence", "min_coverage", "max_contracts", "reading"):
        if name in said:
            mandate[name] = said[name]
    if "commission" in said:
        mandate["costs"]["commission"] = str(said["commission"])
    returns = {b.symbol: b.returns for b in config.benchmarks.values()}
    found: dict[str, Any] = {
        "base": config.base(portfolio),
        "role": said.get("role", config.portfolios[portfolio].role),
        "mandate": mandate,
        "method": said.get("method", estimation.method),
        "window": said.get("window", estimation.window),
        "half_life": said.get("half_life", estimation.half_life),
        "errors": said.get("errors", estimation.errors),
        "benchmark_returns": said.get("benchmark_returns", returns.get(mandate["benchmark"])),
        "risk_free": _kept(workspace, said.get("risk_free", estimation.risk_free)),
        "fx": _kept(workspace, said.get("fx", estimation.fx)),
        "contracts": [_kept(workspace, f) for f in said.get("contracts", config.contracts.files)],
        "funds": [_kept(workspace, f) for f in said.get("funds", config.funds.files)],
    }
    return found


def arguments_of(workspace: Workspace, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Turn settings into the arguments of `trimtab.wiring.review` and the other functions."""
    found: dict[str, Any] = {name: settings[name] for name in _PLAIN}
    found["base"] = settings["base"]
    found["risk_free"] = as_interest(_opened(workspace, settings["risk_free"]), settings["base"])
    found["fx"] = as_fx(_opened(workspace, settings["fx"]))
    found["contracts"] = contracts_of(workspace, settings)
    funds: dict[str, Any] = {}
    for name in settings["funds"]:
        funds |= read_funds(_opened(workspace, name))
    found["funds"] = funds or None
    return found


def asked_settings(workspace: Workspace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write what a question asked beside the settings as JSON values: a target by its parts, a chain as a kept file."""
    found = dict(asked)
    if isinstance(found.get("target"), TargetRule):
        found["target"] = asdict(found["target"])
    for name in FILES:
        if found.get(name) is not None:
            found[name] = _kept(workspace, found[name])
    return found


def asked_again(workspace: Workspace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what `asked_settings` wrote back into arguments."""
    found: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()}
    target = found.get("target")
    if target is not None:
        rule = None if target["rule"] is None else VolatilityRule(target["rule"])
        found["target"] = TargetRule(kind=TargetKind(target["kind"]), value=target["value"], rule=rule)
    for name in FILES:
        if found.get(name) is not None:
            found[name] = _opened(workspace, found[name])
    return found


def contracts_of(workspace: Workspace, settings: Mapping[str, Any]) -> ContractTable:
    """Give the contract table of some settings: the bundled one with each file on top."""
    table = bundled_contracts()
    for name in settings["contracts"]:
        table = table.merged(read_contracts(_opened(workspace, name)))
    return table


def mandate_settings(mandate: Mandate) -> dict[str, Any]:
    """Write a mandate as JSON values.

    Examples
    --------
    >>> mandate_of(mandate_settings(Mandate(benchmark="SPX", target=1.0, band=0.05))).band
    0.05
    """
    found = asdict(mandate)
    found["costs"] = {k: None if v is None else str(v) for k, v in found["costs"].items()}
    return found


def mandate_of(settings: Mapping[str, Any]) -> Mandate:
    """Read a mandate from what `mandate_settings` wrote."""
    costs = {k: None if v is None else Decimal(v) for k, v in settings["costs"].items()}
    return Mandate(**{**settings, "costs": Costs(**costs)})  # type: ignore[arg-type]


def _kept(workspace: Workspace, source: Any) -> Any:
    """Keep a file that an answer depends on, and give its kept name; numbers and nothing stay."""
    if source is None or isinstance(source, int | float):
        return source
    if isinstance(source, str):
        try:
            return float(source)
        except ValueError:
            if _PLAIN_RATES.fullmatch(source):
                return source
            source = Path(source)
    if not isinstance(source, Path):
        raise InputError(
            expected="a number or the path of a file, so that the run can be replayed",
            found=f"a {type(source).__name__}",
            try_next="write it to a file and give its path",
        )
    return {"file": workspace.inputs.keep(source), "name": source.name}


def _opened(workspace: Workspace, kept: Any) -> Any:
    return workspace.inputs.find(kept["file"]) if isinstance(kept, Mapping) else kept
