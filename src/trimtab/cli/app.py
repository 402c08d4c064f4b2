"""The commands. Heavy parts are imported inside them, so that --help and --version answer at once."""

from collections.abc import Callable

import click

from trimtab.cli import alerts, keeping, learn, runs, workspace
from trimtab.cli.beta import beta, league
from trimtab.cli.draw import Group
from trimtab.cli.drift import drift
from trimtab.cli.hedge_policy import hedge_policy
from trimtab.cli.here import demo, doctor
from trimtab.cli.intake import formats, import_command
from trimtab.cli.plan import plan
from trimtab.cli.review import review
from trimtab.cli.watch import watch

__all__ = ["app"]

app = Group(
    "trimtab",
    help="""Measure a portfolio's beta, compare it with a mandate, plan the trades that bring it back.

    Start with: trimtab demo
    """,
)


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from trimtab import __version__  # noqa: PLC0415

        click.echo(f"trimtab {__version__}")
        ctx.exit()


app.params.append(
    click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show it.")
)
_QUESTIONS: tuple[Callable[..., None], ...] = (
    demo, doctor, beta, league, review, learn.explain, plan, drift, learn.stress, learn.risk, learn.performance,
    hedge_policy, watch,
)  # fmt: skip
_KEPT: tuple[Callable[..., None], ...] = (
    runs.runs, runs.replay, runs.decide, runs.holdings, keeping.journal, keeping.verify, keeping.backup,
    keeping.restore,
)  # fmt: skip
for _command in _QUESTIONS:
    app.draw(_command)
alerts.add_commands(app)
workspace.add_commands(app)
app.draw(import_command, "import")
app.draw(formats)
for _command in _KEPT:
    app.draw(_command)
