"""Results that show themselves: in a few lines, as a table with a chart in a notebook, and as their document.

What draws them lies far above and is registered when a question is asked from Python, so that a result knows nothing of
tables, charts and documents.
"""

from typing import Any, Protocol, cast

from trimtab.model.json import JsonObject

__all__ = ["Face", "Shown", "show_with"]


class Face(Protocol):
    """What shows results."""

    def brief(self, result: "Shown") -> str:
        """Write a result in at most twelve lines."""

    def html(self, result: "Shown") -> str:
        """Write a result as a table, with its chart where charts are installed."""

    def text(self, result: "Shown") -> str:
        """Write a result's document as JSON."""

    def plain(self, result: "Shown") -> JsonObject:
        """Give a result's document as plain values."""

    def frame(self, result: "Shown", kind: str) -> Any:
        """Give the main table of a result as a frame: "polars", "pandas" or "pyarrow"."""


class _Registered:
    """The face in use."""

    face: Face | None = None


def show_with(face: Face) -> None:
    """Let results be shown by a face, from now on."""
    _Registered.face = face


class Shown:
    """A result that says what it is.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate, method="ols", window=252)
    >>> print(repr(result).splitlines()[0])
    Review 2022-12-28
    >>> result.to_dict()["schema"], result.to_frame().columns[:2]
    ('trimtab.review/1', ['asset', 'kind'])
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Say what it is in at most twelve lines; all of it is in `to_dict`."""
        face = _Registered.face
        return f"<{type(self).__name__}>" if face is None else face.brief(self)

    def _repr_html_(self) -> str | None:
        """Show it in a notebook: a table and a chart, without script, readable on light and on dark."""
        face = _Registered.face
        return None if face is None else face.html(self)

    def to_dict(self) -> JsonObject:
        """Give its document as plain values: what `--json` writes."""
        return _needed().plain(self)

    def to_json(self) -> str:
        """Give its document as JSON text: what `--json` writes."""
        return _needed().text(self)

    def to_frame(self, kind: str | None = None) -> Any:
        """Give its main table as a frame.

        Parameters
        ----------
        kind
            polars, pandas or pyarrow; None is what the prices came in where a result knows that, else polars.
        """
        return _needed().frame(self, kind or came_in(self))


def came_in(result: "Shown") -> str:
    """Give the kind of frame that the prices of a result came in, where it or a part of it knows; else polars."""
    for holder in (result, *(getattr(result, name, None) for name in ("betas", "prices"))):
        kind = getattr(holder, "frame", None)
        if isinstance(kind, str):
            return kind if kind in {"polars", "pandas", "pyarrow"} else "polars"
    return "polars"


def _needed() -> Face:
    if _Registered.face is None:
        # A result that was made below Python's functions: they bring the face with them.
        __import__("trimtab.wiring.shown.showing")
    return cast("Face", _Registered.face)
