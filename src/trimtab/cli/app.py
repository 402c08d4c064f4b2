"""The commands. Heavy parts are imported inside them, so that --help and --version answer at once."""

import click

from trimtab.cli.draw import Group

__all__ = ["app"]

app = Group(
    "trimtab",
    help="""Measure a portfolio's beta, compare it with a mandate, plan the trades that bring it back.

    Start with: trimtab demo
    """,
)


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from trimtab.version import VERSION  # noqa: PLC0415

        click.echo(f"trimtab {VERSION}")
        ctx.exit()


app.params.append(
    click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show it.")
)
for _name, _place, _what in (
    ("demo", "here:demo", "Do the main job on the bundled sample."),
    ("doctor", "here:doctor", "Check this installation."),
    ("beta", "beta:beta", "Measure the beta of each asset."),
    ("league", "beta:league", "Judge methods out of sample on your own prices."),
    ("review", "review:review", "Measure a portfolio and compare it with its mandate."),
    ("explain", "learn:explain", "Say where a position's numbers come from."),
    ("plan", "plan:plan", "Plan the trades that bring a portfolio back."),
    ("roll", "plan:roll", "Say which futures are to be rolled, and into what."),
    ("drift", "drift:drift", "Say why beta changed, and where it is going."),
    ("stress", "learn:stress", "Put today's book through past episodes and shocks."),
    ("risk", "learn:risk", "Say what beta misses."),
    ("performance", "learn:performance", "Say what was earned apart from beta."),
    ("report", "report:report", "Compose all of it for a committee."),
    ("hedge-policy", "hedge_policy:hedge_policy", "Say how often to hedge."),
    ("backtest", "backtest:backtest", "Say whether a rule of hedging would have worked."),
    ("serve", "serve:serve", "Show the desk in a browser, and answer over HTTP."),
    ("watch", "watch:watch", "Watch a portfolio while quotes come in."),
    ("alerts", "alerts:add_commands", "See and answer alerts, check rules, deliver."),
    ("fleet", "review:add_commands", "Check many accounts against their mandates."),
    ("attest", "attest:add_commands", "Commit a book, show parts of it, prove its beta."),
    ("init", "workspace:init", "Make a workspace."),
    ("config", "workspace:add_commands", "Show, check and change a workspace's settings."),
    ("import", "books.intake:import_command", "Take files into a workspace."),
    ("fetch", "books.intake:fetch", "Ask services, and take their answers in."),
    ("formats", "books.intake:formats", "List the statements that can be imported."),
    ("runs", "books.runs:runs", "List the answers that a workspace gave."),
    ("replay", "books.runs:replay", "Ask a run's question again, and compare."),
    ("decide", "books.runs:decide", "Write down what was decided about a plan."),
    ("orders", "trading.orders:orders", "Write a plan's orders; see what is open, filled and paid."),
    ("holdings", "books.runs:holdings", "Show what an account holds as of a day."),
    ("ledger", "books.ledger:ledger", "Say what happened to an account, fact by fact."),
    ("journal", "books.keeping:journal", "List what a workspace wrote down."),
    ("verify", "books.keeping:verify", "Check the journal and the files against their hashes."),
    ("backup", "books.keeping:backup", "Copy a workspace while it is in use."),
    ("restore", "books.keeping:restore", "Bring a workspace back."),
):
    app.later(_name, f"trimtab.cli.{_place}", _what)
