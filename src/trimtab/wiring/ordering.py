"""Orders of a workspace: sent once from the plan as it was written down, and looked at with what came back."""

from trimtab.config.change import set_setting
from trimtab.desk.books.runs import find_run
from trimtab.desk.books.trading.orders import record_orders
from trimtab.desk.books.trading.state import check_not_rejected, check_unfilled, trading_state
from trimtab.errors import InputError
from trimtab.hedge.joint.records import JointPlan
from trimtab.hedge.orders.records import ReleasedOrder, ReleaseTerms, Traded
from trimtab.hedge.orders.release import Planned, release
from trimtab.hedge.orders.shortfall import measured_costs
from trimtab.hedge.plan import Plan
from trimtab.hedge.roll.records import Rolls
from trimtab.hedge.ways.records import Ways
from trimtab.wiring.accounts import contracts_of_workspace
from trimtab.wiring.runs import asked_again
from trimtab.wiring.workspace import Workspace

__all__ = ["orders_of", "plan_orders", "save_costs", "write_down_orders"]

_DIGITS = {"commission": 4, "half_spread_ticks": 4}


def plan_orders(workspace: Workspace, number: int, terms: ReleaseTerms) -> tuple[ReleasedOrder, ...]:
    """Make the orders of a plan's run; nothing is written down, and nothing is sent anywhere.

    Parameters
    ----------
    workspace
        Which.
    number
        Of the run of a plan, of ways (the marked one), of several targets, or of a roll (what is due).
    terms
        How they are to be done.

    Raises
    ------
    InputError
        If it is no such run, asked again it is another plan, there is nothing to trade, or something of it is filled.
    """
    run = find_run(workspace.journal, number)
    if run.command not in {"plan", "ways", "targets", "roll"}:
        raise InputError(
            expected="the number of a plan or of a roll", found=f"run {number} is a {run.command}",
            try_next="list them with `trimtab runs --command plan` or `--command roll`",
        )  # fmt: skip
    check_not_rejected(workspace.journal, run)
    answered, _ = asked_again(workspace, run)
    if answered.text != run.document:
        raise InputError(
            expected=f"run {number} as it was given", found="another answer to the same question, by other code",
            try_next=f"see what differs with `trimtab replay {number}`, plan again, and send that",
        )  # fmt: skip
    assert isinstance(answered.result, Plan | Ways | JointPlan | Rolls)  # noqa: S101 - by the command
    planned = Planned(run=number, portfolio=run.portfolio, document=run.document)
    check_unfilled(workspace.journal, run.portfolio, number)
    return release(planned, answered.result, terms)


def write_down_orders(workspace: Workspace, orders: tuple[ReleasedOrder, ...]) -> int:
    """Write down that orders left, and give the number of the entry; again only while nothing of them is filled.

    Parameters
    ----------
    workspace
        Where.
    orders
        Of one plan.
    """
    with workspace.journal.writing():
        check_unfilled(workspace.journal, orders[0].portfolio, orders[0].run)
        return record_orders(workspace.journal, orders)


def orders_of(workspace: Workspace, account: str | None = None, *, run: int | None = None) -> tuple[Traded, ...]:
    """Give the orders of an account that left, with their fills and what they cost.

    Parameters
    ----------
    workspace, account
        Whose; None takes the default.
    run
        Of one plan alone.
    """
    name = workspace.config.portfolio_name(account)
    prices = workspace.prices.table() if workspace.prices.batches() else None
    return trading_state(workspace.journal, name, prices, contracts_of_workspace(workspace), run=run)


def save_costs(workspace: Workspace, traded: tuple[Traded, ...]) -> tuple[str, ...]:
    """Set what trading is assumed to cost to what futures did cost, and say what was set.

    Parameters
    ----------
    workspace
        Whose settings.
    traded
        What it is measured from.

    Raises
    ------
    InputError
        If neither is known: no fill of a future, no fee, or no price at arrival.
    """
    measured = measured_costs(traded)
    costs = {name: round(value, _DIGITS[name]) for name, value in measured.items() if value is not None and value >= 0}
    if not costs:
        raise InputError(
            expected="fills of futures of one family, with fees or a price at arrival (--arrival-price)",
            found="none from which a cost could be measured; nothing was saved",
            try_next="import fills first (trimtab import fills.csv), or name the run of one family: trimtab orders RUN "
            "--save-costs",
        )  # fmt: skip
    for name, value in costs.items():
        set_setting(workspace.config.folder, f"costs.{name}", repr(value))
    better = [n for n, value in measured.items() if value is not None and value < 0]
    return (
        *(f"costs.{name} = {value!r}" for name, value in costs.items()),
        *(f"costs.{name} stays as it is: these fills were better than the price at arrival" for name in better),
    )
