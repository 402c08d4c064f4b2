"""`trimtab hedge-policy`: how often to hedge a book, or one option."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass

import click

from trimtab.cli.output import Charted, Output, console, show_told
from trimtab.cli.records import Shown
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.policy import OneOption, PolicyQuestion
from trimtab.desk.questions.values import Switch
from trimtab.errors import InputError, UsageError

__all__ = ["Kept", "hedge_policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is done with the best band.

    Parameters
    ----------
    save
        Whether it becomes the mandate's in the workspace's settings.
    """

    save: bool = option(
        Switch(),
        "Set the mandate's trigger in the workspace's trimtab.toml to the best one; its band, the limit, stays.",
        default=False,
    )

    def __post_init__(self) -> None:
        check(self)


def hedge_policy(
    question: PolicyQuestion, one: OneOption, source: Source, kept: Kept, shown: Shown, output: Charted
) -> None:
    """Say how often to hedge: the best band and interval, what each costs a year, what tracking error it leaves.

    With --strike, one option instead: Leland, Whalley-Wilmott, Zakamouline and fixed intervals, simulated to expiry.

    Example: trimtab hedge-policy --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES,MES
    """
    from trimtab.report.tables.hedge_policy import show_hedge_policy
    from trimtab.wiring.asking import ask_policy

    if one.strike is not None:
        _show_option(one, question.seed, output)
        return
    of_workspace = not source.of_files and question.stated.nav is None
    if kept.save and not of_workspace:
        raise UsageError(
            expected="save (--save) with a workspace", found="files, or a stated NAV",
            try_next="leave --prices, --holdings and --nav out",
        )  # fmt: skip
    answered = ask_policy(question, source)
    show_told(answered, lambda done, screen: show_hedge_policy(done, screen, depth=shown.depth()), output)
    if kept.save:
        result = answered.answer.result
        line = _save_trigger(source, result.band, result.table.rows[0].policy.trade)
        click.echo(f"Set in the workspace: {line}", err=True)


def _show_option(one: OneOption, seed: int, output: Output) -> None:
    from trimtab.desk.answers.policy import option_policy
    from trimtab.report.documents import dumps
    from trimtab.report.documents.hedge_policy import option_policy_document
    from trimtab.report.tables.hedge_policy import show_option_policy

    table = option_policy(one, seed)
    if output.json:
        click.echo(dumps(option_policy_document(table)))
    else:
        show_option_policy(table, console())


def _save_trigger(source: Source, trigger: float, trade: float | None) -> str:
    """Set the trigger of an account's mandate, and the step of a policy that trades in lots; never its limit."""
    from trimtab.config.edit import set_number
    from trimtab.config.read import FILE_NAME, read_config
    from trimtab.wiring.asking import workspace_of

    folder = workspace_of(source)
    config = read_config(folder)
    name = config.portfolios[config.portfolio_name(source.account)].mandate
    stated = config.mandates[name]
    if not 0 < trigger <= stated.band:
        raise InputError(
            expected=f"a trigger above 0 and within the limit of [mandates.{name}], a band of {stated.band:g}",
            found=f"a best one of {trigger:g}; nothing was saved",
            try_next="trade at the limit as it is, or widen band in the file if the mandate allows it",
        )
    step = stated.step if trade is None else trade
    new = {"trigger": trigger, **({} if step is None else {"step": min(step, trigger)})}
    # In such an order that the step is never beyond the trigger, should anybody read the file in between.
    keys = sorted(new, reverse=stated.step is None or stated.step <= trigger)
    lines = {key: set_number(folder / FILE_NAME, ("mandates", name), key, new[key]) for key in keys}
    words = " and ".join(f"{key} = {new[key]!r}" for key in sorted(new, reverse=True))
    return f"{words} under [mandates.{name}], {FILE_NAME}:{min(lines.values())}"
