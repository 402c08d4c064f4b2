"""What became different in answers from one version of this code to the next, and why: what a replay explains with.

A run that is asked again under newer code gives the same bytes, or a list of differences each with its reason. Whoever
changes what an answer says adds an entry here, last; the kept journals under `tests/kept` fail until that is done. An
entry names the commands and the places that it speaks of, so that no other difference hides behind it.

Kinds of reason
    method_changed        an estimator gives other betas; its version went up
    calculation_changed   something else is worked out otherwise
    words_changed         the same numbers in other words, or a note more
    schema_changed        the document has a new number
    key_added             the document says more than it did
    rounding              the same number but for its last digits: another machine or library
    inputs_changed        what it was computed from is not what it was
    versions_changed      made with other versions
    unexplained           none of these: a mistake, until someone shows otherwise
"""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from fnmatch import fnmatchcase
from math import isclose
from typing import Final

from trimtab.model.json import Json

__all__ = [
    "ABSENT",
    "ALSO_BY",
    "ANSWERS",
    "CHANGES",
    "NOT_OF_BETA",
    "Absent",
    "Change",
    "Why",
    "explain_difference",
    "method_version",
]


#: Stands for a value where there is none; null is a value.
class Absent(Enum):
    """There is nothing where the other document has something."""

    ABSENT = "nothing"


ABSENT: Final = Absent.ABSENT
#: Methods that a command uses whatever it is asked for: a drift judges by welch whether betas changed.
ALSO_BY: Final = {"drift": ("welch",)}
#: Numbers closer than this, relative to their size, are one number on two machines.
_ROUNDING: Final = 1e-9


class Why(StrEnum):
    """Why an answer differs from the one that was given."""

    METHOD = "method_changed"
    CALCULATION = "calculation_changed"
    WORDS = "words_changed"
    SCHEMA = "schema_changed"
    KEY_ADDED = "key_added"
    ROUNDING = "rounding"
    INPUTS = "inputs_changed"
    VERSIONS = "versions_changed"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that became different.

    Parameters
    ----------
    why
        method_changed, calculation_changed or words_changed.
    what
        In a sentence, for whoever reads a replay.
    commands
        Whose answers; empty for all.
    places
        Where in them, as patterns of `Difference.path` without the numbers of list items: ``result.*.why``.
    but
        Where it does not speak although `places` say so.
    methods
        For method_changed: the methods whose version goes up, by name.
    """

    why: Why
    what: str
    commands: tuple[str, ...] = ()
    places: tuple[str, ...] = ("result.*",)
    but: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


_HIDDEN: Final = ("result.not_enough.*", "result.beta_is_not_enough*", "result.findings*")

#: What no beta can change: how much there is of each position, and what it is worth.
NOT_OF_BETA: Final = (
    "result.nav", "result.net", "result.gross", "result.as_of", "result.base_currency", "result.before.nav",
    "result.before.net", "result.before.gross", "result.positions[].option.*",
    *(
        f"result.positions[].{name}"
        for name in (
            "asset", "kind", "quantity", "currency", "price", "price_date", "fx", "multiplier", "value", "delta",
            "delta_exposure", "gamma_exposure", "carry_per_year", "leverage",
        )
    ),
)  # fmt: skip

#: What neither prices nor exchange rates can change: what is held, when, and what it is measured by.
_AS_STATED: Final = (
    "result.as_of", "result.base_currency", "result.benchmark", "result.mandate*", "result.schema",
    *(f"result.positions[].{name}" for name in ("asset", "kind", "quantity", "currency", "multiplier")),
    *(f"result.*[].{name}" for name in ("expiry", "strike", "underlying", "right")),
)  # fmt: skip

#: In the order in which they came; never taken out, never reordered: a run keeps how many there were.
CHANGES: Final[tuple[Change, ...]] = (
    Change(
        why=Why.WORDS,
        what="verdicts say which reading of beta they judge",
        places=("result.*why", "result.*reason", "result.*notes[]"),
    ),
    Change(
        why=Why.CALCULATION,
        what="probabilities far out in a tail keep their digits",
        places=("result.*probability_inside",),
    ),
    Change(
        why=Why.CALCULATION,
        what="correlations are pushed towards one from the measured beta, not from another window's",
        commands=("review", "stress", "risk"),
        places=(*_HIDDEN, "result.pushed*"),
    ),
    Change(
        why=Why.WORDS,
        what="a note says which betas are slopes over past periods",
        commands=("review", "stress", "risk"),
        places=("result.notes[]", *_HIDDEN),
    ),
    Change(
        why=Why.CALCULATION,
        what="ways count a year by the calendar of the prices, take the rate that was given, and options one carry",
        commands=("ways",),
    ),
    Change(
        why=Why.CALCULATION,
        what="options derive their carry once, live on their last day, take bids of 0, and their theta holds the spot",
        places=("result.positions[].*", "result.moves[].*", "result.breakdown.*"),
    ),
    Change(
        why=Why.CALCULATION,
        what="coverage is by money, and verdicts are tried at the worst of what was not measured",
        places=("result.*coverage*", "result.*status", "result.*why", "result.*verdict*", "result.*min_coverage"),
    ),
    Change(
        why=Why.CALCULATION,
        what="positions in other currencies follow their price at home and their currency apart; moves revalue in full",
        but=_AS_STATED,
    ),
    Change(
        why=Why.METHOD,
        what="the default is drawn nowhere where an asset drifts less than shares, and a prior's pull is limited",
        but=NOT_OF_BETA,
        methods=("auto", "two-speed"),
    ),
    Change(
        why=Why.METHOD,
        what="errors come from raw returns, a pull that nothing supports is an error, and priors are of shares alone",
        but=NOT_OF_BETA,
        methods=("welch", "vasicek", "double", "blume", "adjusted", "frazzini-pedersen"),
    ),
    Change(
        why=Why.CALCULATION,
        what="prices are judged against their market: real falls count, coarse ticks are trades, raw closes value",
        but=_AS_STATED,
    ),
    Change(
        why=Why.CALCULATION,
        what="an option of the last day is revalued at the deviation left until the close, without volatility or gamma",
        places=("result.positions[].option*", "result.positions[].gamma*", "result.moves*", "result.*shocks*"),
    ),
    Change(
        why=Why.WORDS,
        what="notes and flags say what was assumed, and what somebody stated that prices contradict",
        places=("result.*notes[]", "result.*flags[]"),
    ),
    Change(
        why=Why.CALCULATION,
        what="from eight days before a contract's expiry a root means the next month",
        commands=("plan", "ways", "targets"),
        but=("result.before.*", "result.as_of", "result.base_currency", "result.mandate*"),
    ),
    Change(
        why=Why.WORDS,
        what="notes say what a position without a price, and a price that stands still, may be",
        places=("result.*notes[]",),
    ),
    Change(
        why=Why.CALCULATION,
        what="in a drift through trades a share in pence is paid for in pounds, and a premium in coin in that coin",
        commands=("drift",),
        places=("result.*",),
    ),
    Change(
        why=Why.CALCULATION,
        what="a split from 2:1 on is met within six usual moves, and a bad print stands out by five",
        but=_AS_STATED,
    ),
    Change(
        why=Why.CALCULATION,
        what="books are those of the ledger: money at price 1 is a deposit, what is bought again is what it was, "
        "dividends of one day and its splits all count, pence stay pence, a second snapshot is compared",
        but=("result.as_of", "result.base_currency", "result.benchmark", "result.schema"),
    ),
    Change(
        why=Why.CALCULATION,
        what="income and cost of the account have parts of their own in an attribution, which were in its residual",
        commands=("performance",),
        places=("result.attribution.*", "result.notes[]"),
    ),
    Change(
        why=Why.METHOD,
        what="the default mixes bswa + Vasicek and three filters by weights that the panel's own past losses teach",
        but=NOT_OF_BETA,
        methods=("auto",),
    ),
    Change(
        why=Why.METHOD,
        what="priors are estimated from assets with a year's history, and weighed by the noise of the line itself",
        but=NOT_OF_BETA,
        methods=("vasicek", "double"),
    ),
    Change(
        why=Why.CALCULATION,
        what="quotes of an option are divided by a split of what it is written on, as its contracts are multiplied",
        but=("result.as_of", "result.base_currency", "result.benchmark", "result.schema"),
    ),
    Change(
        why=Why.CALCULATION,
        what="margin, its interest and carry are of the whole book after less before, netted; impact and tax that "
        "are not known are null; a gain is plus in words",
        commands=("ways",),
        places=(
            "result.ways[].margin",
            "result.ways[].cost_per_year.*",
            "result.ways[].cost_now.*",
            "result.ways[].price",
            "result.ways[].futures[].carry_per_year",
            "result.ways[].satisfies",
            "result.ways[].why",
            "result.ways[].id",
            "result.cheapest",
            "result.reason",
            "result.notes[]",
            "result.inputs_hash",
            "result.nothing.*",
        ),
    ),
    Change(
        why=Why.CALCULATION,
        what="no plan leaves opposite contracts on one index where there was none, if others reach the band",
        commands=("plan", "ways"),
        but=("result.before.*", "result.as_of", "result.base_currency", "result.mandate*"),
    ),
    Change(
        why=Why.CALCULATION,
        what="what is margined in coins is paid for by the coins held, and not by base cash",
        commands=("stress",),
        places=("result.shocks[].margin*", "result.margin*"),
    ),
    Change(
        why=Why.WORDS,
        what="the book's own share of variance names the periods that it was measured over",
        places=("result.*findings[].words", "result.*words"),
    ),
)

#: How many changes this code knows; a run records it.
ANSWERS: Final = len(CHANGES)


def method_version(method: str) -> str:
    """Give a method with the version of each of its parts, as a run records it.

    Parameters
    ----------
    method
        Parts joined by |, without options: the name that an estimator has.

    Examples
    --------
    >>> method_version("monthly|ols")
    'monthly/1|ols/1'
    """
    parts = [part.partition("(")[0].strip() for part in re.split(r"\|(?![^(]*\))", method)]
    return "|".join(f"{part}/{1 + sum(part in change.methods for change in CHANGES)}" for part in parts)


def explain_difference(
    path: str, then: Json | Absent, now: Json | Absent, *, command: str, method: str, since: int
) -> tuple[Why, str]:
    """Say why a value is not what it was: a reason, and the sentences that stand behind it.

    Parameters
    ----------
    path
        Where, such as ``result.positions[3].beta``.
    then, now
        The values; `ABSENT` for nothing there.
    command, method
        Of the run; the method by its parts.
    since
        How many changes the code knew that made it.
    """
    root = path.partition(".")[0]
    if root in {"made_with", "inputs"}:
        return (Why.VERSIONS, "made with other versions") if root == "made_with" else (Why.INPUTS, "other inputs")
    if path == "result.schema":
        return Why.SCHEMA, f"{then} became {now}"
    if then is ABSENT and not path.endswith("]"):
        return Why.KEY_ADDED, "the document says more than it did"
    place = re.sub(r"\[\d+\]", "[]", path)
    changes = [change for change in CHANGES[since:] if _speaks_of(change, command, place, method)]
    if changes:
        return changes[0].why, "; ".join(change.what for change in changes)
    if isinstance(then, float) and isinstance(now, float) and isclose(then, now, rel_tol=_ROUNDING):
        return Why.ROUNDING, "the last digits"
    return Why.UNEXPLAINED, "no change that is known speaks of it"


def _speaks_of(change: Change, command: str, place: str, method: str) -> bool:
    if change.commands and command not in change.commands:
        return False
    parts = {part.partition("/")[0] for part in method.split("|")} | set(ALSO_BY.get(command, ()))
    if change.methods and parts.isdisjoint(change.methods):
        return False
    return _matches(place, change.places) and not _matches(place, change.but)


def _matches(place: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(place, pattern.replace("[]", "[[]]")) for pattern in patterns)
