"""How results show themselves is picked here: importing this registers it."""

# ruff: noqa: PLC0415 - what shows a result is loaded when it is shown
from typing import Any, cast

from trimtab.model.json import JsonObject
from trimtab.model.shown import Shown, show_with
from trimtab.report.shape.write import dumps, plain
from trimtab.wiring.shown.documents import document_of

__all__: list[str] = []


class _Face:
    """Briefs, tables and documents of `trimtab.report`, loaded when they are shown."""

    def brief(self, result: Shown) -> str:
        from trimtab.report.shown.brief import brief_of, written

        return written(brief_of(document_of(result)))

    def html(self, result: Shown) -> str:
        from trimtab.report.shown.brief import brief_of
        from trimtab.report.shown.html import block

        document = document_of(result)
        return block(brief_of(document), document)

    def text(self, result: Shown) -> str:
        return dumps(document_of(result))

    def plain(self, result: Shown) -> JsonObject:
        return cast("JsonObject", plain(document_of(result)))

    def frame(self, result: Shown, kind: str) -> Any:
        from trimtab.report.shown.frames import main_table

        return main_table(self.plain(result), kind)


show_with(_Face())
