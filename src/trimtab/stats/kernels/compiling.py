"""How the house compiles: once, told to whoever waits, and kept for the next time where that is possible.

numba keeps compiled code in `NUMBA_CACHE_DIR` if that is set, else beside the package, else in the user's own cache
folder. Where none of them can be written the code is compiled anew in each process: slower, and never refused. What was
kept and cannot be read (a damaged file, another version's) is compiled anew and replaced.
"""

# mypy: disallow-untyped-calls=False
from collections.abc import Callable
from threading import local
from typing import Any, Literal

import numba
from numba.core import event
from numba.core.base import BaseContext
from numba.core.caching import FunctionCache
from numba.core.compiler import CompileResult
from numba.core.typing.templates import Signature

from trimtab.progress import report_of

__all__ = ["dispatchers", "kept_in", "njit"]

_made: list[Any] = []


def njit(
    *signatures: Signature,
    cache: bool,
    nogil: bool = False,
    error_model: Literal["python", "numpy"] = "python",
    inline: Literal["never", "always"] = "never",
    fastmath: bool | set[str] = False,
) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function when it is first called, or now for the signatures given; arguments are those of numba.

    Parameters
    ----------
    signatures
        What it is compiled for; none leaves that to the calls.
    cache
        Keep it for the next process where that is possible.
    nogil, error_model, inline, fastmath
        As numba has them.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        made: Any = numba.njit(nogil=nogil, error_model=error_model, inline=inline, fastmath=fastmath)(function)
        if not hasattr(made, "compile"):  # NUMBA_DISABLE_JIT
            return made
        if cache:
            _keep(made, function)
        _made.append(made)
        for signature in signatures:
            made.compile(signature)
        if signatures:
            made.disable_compile()
        return made

    return decorate


def kept_in() -> str | None:
    """Give the folder in which compiled code is kept for the next process; None where no folder can be written.

    Examples
    --------
    >>> kept_in() is None or "kernels" in kept_in()
    True
    """
    try:
        return str(_Forgiving(kept_in).cache_path)
    except RuntimeError:
        return None


def dispatchers() -> tuple[Any, ...]:
    """Give all compiled functions that were declared so far."""
    return tuple(_made)


class _Forgiving(FunctionCache):
    """Kept code that can be done without: what cannot be read or written is no error, it is compiled."""

    def load_overload(self, sig: Signature, target_context: BaseContext) -> CompileResult | None:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 - a damaged file can be anything; compiling mends it
            self._start_afresh()
            return None

    def save_overload(self, sig: Signature, data: CompileResult) -> None:
        try:
            super().save_overload(sig, data)
        except Exception:  # noqa: BLE001 - a full disk or a damaged index must not cost the answer
            self._start_afresh()

    def _start_afresh(self) -> None:
        try:
            self.flush()
        except OSError:
            return


def _keep(made: Any, function: Callable[..., Any]) -> None:
    try:
        made._cache = _Forgiving(function)  # noqa: SLF001 - what enable_caching does with its own class
    except RuntimeError:  # numba: no locator available
        return


class _Teller(event.Listener):
    """Tells that something is compiled, which numba says of each function, also of those that one needs."""

    def __init__(self) -> None:
        self._of_thread = local()

    def on_start(self, event: Any) -> None:
        depth = getattr(self._of_thread, "depth", 0)
        self._of_thread.depth = depth + 1
        if depth == 0:
            self._of_thread.report = report_of("compiling once, kept for the next time" if kept_in() else "compiling")
            self._of_thread.report.__enter__()
        del event

    def on_end(self, event: Any) -> None:
        self._of_thread.depth -= 1
        if self._of_thread.depth == 0:
            self._of_thread.report.__exit__(None, None, None)
        del event


event.register("numba:compile", _Teller())
