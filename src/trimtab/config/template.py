"""A new workspace: a trimtab.toml that explains every setting, and the folders beside it.

In the file, `# text` explains and `#key = value` is a setting that is not set: its default, or an example where it
has none. Taking away the `#` sets it.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from pathlib import Path
from typing import Any, Final

from trimtab import sample as bundled
from trimtab.config.blocks import BLOCKS, Block
from trimtab.config.checks import Check, WrongValueError
from trimtab.config.mistakes import told
from trimtab.config.read import FILE_NAME
from trimtab.config.sections import SECTIONS, Shape, keys_of
from trimtab.config.show import plain
from trimtab.config.toml import Toml
from trimtab.errors import InputError, StorageError

__all__ = ["init_workspace", "new_config_text"]

_WIDE: Final = 36
#: A new file, and no other.
_NEW: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY
_SECTIONS: Final = {section.name: section for section in SECTIONS}
_IGNORED: Final = """\
# What trimtab makes. The settings are worth keeping under version control; these files are not
/data/
/journal.db*
/*.log
/*.lock
# Keys, where they are kept in files beside the settings
/*.key
/*.token
"""


#: Rules that every workspace starts with, beside the one that the template explains.
_MORE_RULES: Final = """
[[alerts.rules]]
name = "stale prices"                 # A price in use has missed sessions
kind = "stale"

[[alerts.rules]]
name = "expiry"                       # An option or future is about to expire
kind = "expiry"

[[alerts.rules]]
name = "roll due"                     # A future is in the days in which it is rolled: trimtab roll says into what
kind = "roll"
threshold = 0
clear = 0
"""


def new_config_text(
    *,
    name: str | None = None,
    benchmark: str | None = None,
    returns: str | None = None,
    base: str | None = None,
    portfolio: str = "main",
    role: str | None = None,
    hedge: Sequence[str] = (),
) -> str:
    """Write a new trimtab.toml.

    Parameters
    ----------
    name
        Name of the workspace; left out if None.
    benchmark
        Symbol of the benchmark; with it, the file also sets a mandate and a portfolio, both of them otherwise examples.
    returns
        Whether dividends are in it: price or total.
    base
        Base currency; left at its default if None.
    portfolio
        Name of the portfolio.
    role
        What its money is for.
    hedge
        Futures that plans may trade.

    Raises
    ------
    InputError
        If a value cannot be what it is for.

    Examples
    --------
    >>> text = new_config_text(benchmark="SPX", base="EUR")
    >>> [line.partition("  ")[0] for line in text.splitlines() if line and not line.startswith("#")][:4]
    ['[workspace]', 'base = "EUR"', 'portfolio = "main"', '[journal]']
    """
    active: dict[str, dict[str, Toml | None]] = {"workspace": {"name": name, "base": base}}
    if benchmark is not None:
        active["workspace"]["portfolio"] = portfolio
        active["benchmarks"] = {"symbol": benchmark, "returns": returns}
        active["mandates"] = {"benchmark": "main", "target": 1.0, "band": 0.05, "hedge": list(hedge) or None}
        active["portfolios"] = {"mandate": "core", "role": role}
        active["alerts.rules"] = {"name": "out of band", "kind": "band"}
    head = (
        "# Settings of a trimtab workspace.",
        "#",
        "# `#key = value` is a setting that is not set: its default, or an example where there is none. Take away",
        "# the # (and the one before its [header]) to set it. Relative paths start at this folder.",
        "# TRIMTAB_SECTION_KEY in the environment overrules this file.",
        "# Check with: trimtab config check. See where each setting comes from with: trimtab config show --origin",
    )
    blocks = ("\n".join(_written(block, active.get(block.section, {}), portfolio)) for block in BLOCKS)
    more = "" if benchmark is None else _MORE_RULES
    return "\n".join(head) + "\n\n" + "\n\n".join(blocks) + "\n" + more


def init_workspace(
    folder: Path,
    *,
    sample: bool = False,
    benchmark: str | None = None,
    base: str = "USD",
    name: str | None = None,
    prepare: Callable[[Path], None] | None = None,
) -> Path:
    """Make a workspace; one that was left half made is made whole.

    ``trimtab.toml`` is put in place last and at once, so that a folder either is a workspace or is none.

    Parameters
    ----------
    folder
        Where; it may exist, and may hold other files.
    sample
        Whether it is for the bundled sample: its benchmark, a mandate of beta 1.00 +- 0.05, portfolio ``main``.
    benchmark
        Symbol of the benchmark; without it mandate and portfolio are left as examples in the file.
    base
        Base currency.
    name
        Name of the workspace; the folder's if None.
    prepare
        Called with the folder before ``trimtab.toml`` is put in place; must do no harm when called again.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    InputError
        If there is a workspace already, or a value cannot be what it is for.
    StorageError
        If the folder cannot be written.
    """
    folder = Path(folder).expanduser().absolute()
    file = folder / FILE_NAME
    if file.exists():
        raise _taken(file)
    text = _text_for(sample=sample, benchmark=benchmark, base=base, name=name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for own in (folder, folder / "data"):  # what is there already keeps its mode
            own.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            _write_new(folder / ".gitignore", _IGNORED)
        if prepare is not None:
            prepare(folder)
        _write_new(file, text)
        for left in folder.glob(f"*.{'[0-9a-f]' * 32}.part"):  # of an earlier run that was killed
            left.unlink(missing_ok=True)
    except FileExistsError as error:
        if file.exists():  # another one was quicker
            raise _taken(file) from None
        raise _not_written(folder, error) from None
    except StorageError:
        raise
    except OSError as error:
        raise _not_written(folder, error) from None
    return folder


def _text_for(*, sample: bool, benchmark: str | None, base: str, name: str | None) -> str:
    if not sample:
        return new_config_text(name=name, benchmark=benchmark, base=base)
    if benchmark not in {None, bundled.BENCHMARK} or base != bundled.BASE_CURRENCY:
        raise InputError(
            expected=f"benchmark {bundled.BENCHMARK} and base {bundled.BASE_CURRENCY}, which the sample has",
            found=f"benchmark {benchmark or bundled.BENCHMARK}, base {base}",
            try_next="leave both out, or leave out --sample",
        )
    return new_config_text(
        name=name or "Sample",
        benchmark=bundled.BENCHMARK,
        returns="price",
        base=base,
        role="growth",
        hedge=("ES", "MES"),
    )


def _taken(file: Path) -> InputError:
    return InputError(
        expected="a folder that is no workspace yet",
        found=f"{file}, which is left as it is",
        try_next=f"use it as it is (trimtab config show -w {file.parent}), or name another folder",
    )


def _not_written(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        expected=f"to make a workspace in {folder}",
        found=f"{error.strerror or error}: {error.filename or folder}",
        try_next="choose a folder that can be written, then run the same command again",
    )


def _write_new(file: Path, text: str) -> None:
    """Write a file that is there whole or not at all; raise FileExistsError if it is there already."""
    part = file.with_name(f"{file.name}.{uuid.uuid4().hex}.part")
    try:
        # Settings may hold secrets: they are their owner's alone.
        with os.fdopen(os.open(part, _NEW, 0o600), "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(part, file)  # unlike a rename, never replaces
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if file.exists():
                raise FileExistsError(file) from None
            part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _written(block: Block, active: Mapping[str, Toml | None], portfolio: str) -> list[str]:
    section = _SECTIONS[block.section]
    keys = keys_of(section.kind)
    given = {key: value for key, value in active.items() if value is not None}
    header = section.name
    if section.shape is Shape.NAMED:
        header += f".{portfolio if section.name == 'portfolios' else block.name}"
    header = f"[[{header}]]" if section.shape is Shape.LISTED else f"[{header}]"
    lines = [f"# {line}" for line in block.intro]
    lines.append(header if given or section.shape is Shape.ONE else f"#{header}")
    for name in block.only or keys:
        key = keys[name]
        value: Toml | None
        if name in given:
            _refuse_unless(name, given[name], key.check)
            sign, value = "", given[name]
        else:
            default = None if key.default is MISSING else plain(key.default)
            example = portfolio if name == "portfolio" else block.examples.get(name, default)
            sign, value = "#", example
        start = f"{sign}{' ' if name in block.prose else ''}{name} = {_toml(value)}"
        lines.append(f"{start:<{_WIDE}}  # {key.doc}{_choices(key.check)}")
    return lines


def _choices(check: Check) -> str:
    """List the words that may be chosen, where they are few."""
    names = check.expected.removeprefix("one of ")
    return f" ({names})" if names != check.expected and names.count(",") < 5 else ""


def _refuse_unless(name: str, value: Any, check: Check) -> None:
    try:
        check.read(value)
    except WrongValueError as error:
        raise InputError(
            expected=check.expected, found=f"{told(value)} for {name}", try_next=str(error) or f"give another {name}"
        ) from None


def _toml(value: Any) -> str:
    """Write a value as TOML; texts are written as JSON does, which is a part of TOML but for one character."""
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
