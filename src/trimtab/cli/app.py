"""The commands. Heavy parts are imported inside them, so that --help and --version answer at once."""

import click

from trimtab.cli.draw import Group
from trimtab.cli.review import review

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


class _Elsewhere(click.Command):
    """A command that is still declared in the other way."""

    def __init__(self, name: str, help: str) -> None:  # noqa: A002
        super().__init__(
            name,
            help=help,
            add_help_option=False,
            context_settings={
                "ignore_unknown_options": True,
                "allow_interspersed_args": False,
                "allow_extra_args": True,
            },
        )

    def invoke(self, ctx: click.Context) -> None:
        from trimtab.cli.typer_app import app as other  # noqa: PLC0415

        other([self.name, *ctx.args], prog_name="trimtab")


app.draw(review)
_OTHERS = (
    "beta plan explain demo doctor drift watch alerts hedge-policy performance stress risk init config import runs "
    "replay decide holdings journal verify backup restore"
)
for _word in _OTHERS.split():
    app.add_command(_Elsewhere(_word, ""))
