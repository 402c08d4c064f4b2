"""`trimtab orders`: a plan's orders as CSV and FIX, and what became of those that left."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, write_text
from trimtab.cli.records import ACCOUNT, folder_of
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import Choice, Number, Pairs, Switch, Text, Whole
from trimtab.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.hedge.orders.records import ReleaseTerms

__all__ = ["Sending", "orders"]

_PRICES = Pairs(Number("PRICE", above=0, example="3800.25"), "SYMBOL", "ESH3=3800.25")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Which plan, where its orders are written, and how they are to be done.

    Parameters
    ----------
    number
        The run of a plan, ways, targets or a roll; None shows the orders of all.
    csv, fix
        Files that its orders are written to.
    order_type
        How they are priced.
    limits, arrivals
        Limit prices, and prices when they are sent, by symbol.
    broker_account, strategy
        The account at the broker, and a word for the desk.
    sent_at
        When they leave; None is now.
    sender, target
        Names of both ends of a FIX session.
    save_costs
        Whether assumed costs are set to those measured.
    """

    number: int | None = option(
        Whole("RUN", least=1, example="14"), "The plan's run; without it all orders.", place=True, otherwise="all"
    )
    csv: str | None = option(
        Text("FILE", "the path of a file", "orders.csv"), "Write the plan's orders as CSV, and note that they left.",
        otherwise="none",
    )  # fmt: skip
    fix: str | None = option(
        Text("FILE", "the path of a file", "orders.fix"), "Write them as FIX 4.4 NewOrderSingle.", otherwise="none"
    )
    order_type: str | None = option(
        Choice("close", "market", "limit", "benchmark-close"), "Market on close, market, limit, or benchmark's close.",
        otherwise="close",
    )  # fmt: skip
    limits: Mapping[str, float] = option(
        _PRICES, "Limit of a limit order; repeatable.", flags=("--limit-price",), default={}
    )
    arrivals: Mapping[str, float] = option(
        _PRICES, "Price when the order leaves; repeatable.", flags=("--arrival-price",), default={}
    )
    broker_account: str | None = option(
        Text("TEXT", "an account", "U1234567"), "Account at the broker.", otherwise="none"
    )
    strategy: str | None = option(Text("WORD", "a word", "overlay"), "The desk's word for them.", otherwise="none")
    sent_at: str | None = option(
        Text("TIME", "a UTC time", "2022-12-29T15:00:00Z"), "When they leave.", otherwise="now"
    )
    sender: str | None = option(
        Text("NAME", "a name", "TRIMTAB"), "SenderCompID of the FIX messages.", otherwise="TRIMTAB"
    )
    target: str | None = option(Text("NAME", "a name", "BROKER"), "TargetCompID of them.", otherwise="BROKER")
    save_costs: bool = option(Switch(), "Set assumed costs to what fills of futures did cost.", default=False)

    def __post_init__(self) -> None:
        check(self)


def orders(sending: Sending, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Write a plan's orders for an order system, or show what is open, what is filled, and what it cost by part.

    Nothing is routed anywhere. Fills come back with `trimtab import fills.csv`, tied by the client order id.

    Example: trimtab orders 14 --csv orders.csv --fix orders.fix --order-type close --strategy overlay
    """
    from trimtab.report import documents
    from trimtab.report.documents.trading.orders import orders_document
    from trimtab.report.tables.trading.orders import show_orders
    from trimtab.wiring.ordering import orders_of, save_costs
    from trimtab.wiring.workspace import open_workspace

    workspace = open_workspace(folder_of(source))
    if sending.csv is not None or sending.fix is not None:
        _send(sending, source)
    elif sending.limits or sending.arrivals or sending.order_type is not None:
        raise UsageError(
            expected="a file to write the orders to (--csv, --fix) together with how they are to be done",
            found="none", try_next="give for example --csv orders.csv",
        )  # fmt: skip
    traded = orders_of(workspace, source.account, run=sending.number)
    if output.json:
        click.echo(documents.dumps(orders_document(traded)))
    else:
        show_orders(traded, console())
    if sending.save_costs:
        for line in save_costs(workspace, traded):
            click.echo(f"Set in the workspace: {line}", err=True)


def _send(sending: Sending, source: Source) -> None:
    from trimtab.report.fix import orders_fix
    from trimtab.report.tickets import orders_csv
    from trimtab.wiring.ordering import plan_orders, write_down_orders
    from trimtab.wiring.workspace import open_workspace

    if sending.number is None:
        raise UsageError(
            expected="the number of a plan's run with --csv or --fix", found="none",
            try_next="find it with `trimtab runs --command plan`, and give for example trimtab orders 14 --csv FILE",
        )  # fmt: skip
    workspace = open_workspace(folder_of(source))
    made = plan_orders(workspace, sending.number, _terms(sending))
    # Texts first: what FIX cannot say is refused before anything is written.
    fix = orders_fix(made, sender=sending.sender or "TRIMTAB", target=sending.target or "BROKER")
    if sending.csv is not None:
        write_text(sending.csv, orders_csv(made))
    if sending.fix is not None:
        write_text(sending.fix, fix)
    write_down_orders(workspace, made)


def _terms(sending: Sending) -> "ReleaseTerms":
    import datetime as dt

    from trimtab.hedge.orders.records import OrderType, ReleaseTerms
    from trimtab.model.decimals import exact

    return ReleaseTerms(
        order_type=OrderType(sending.order_type or "close"),
        limits={name: exact(value) for name, value in sending.limits.items()}, arrivals=dict(sending.arrivals),
        account=sending.broker_account or "", strategy=sending.strategy or "",
        sent_at=dt.datetime.now(dt.UTC).replace(microsecond=0) if sending.sent_at is None else _time(sending.sent_at),
    )  # fmt: skip


def _time(text: str) -> "dt.datetime":
    import datetime as dt

    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            expected="sent_at (--sent-at): a UTC time",
            found=repr(text),
            try_next="write for example 2022-12-29T15:00:00Z",
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
