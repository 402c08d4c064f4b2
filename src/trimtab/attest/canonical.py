"""The one form of what is hashed and signed, and of the files it travels in.

Canonical bytes: JSON in ASCII, keys in order of their code points, no spaces; text, whole numbers, true, false, null,
lists and objects. No floating-point number: every measured number is written as text, so that no reader rounds it and
no two writers differ. A file has one form as well (two spaces, keys in the order of the record, one newline at the
end), and a file in any other form is refused: no byte of it can be changed unseen.
"""

import hashlib
import json
from collections.abc import Mapping

from trimtab.errors import FileFormatError, InputError
from trimtab.model.json import Json

__all__ = ["canonical_bytes", "file_text", "read_file_text", "sha256_hex"]


def canonical_bytes(value: Json) -> bytes:
    """Give the bytes that stand for a value.

    Raises
    ------
    InputError
        If it holds a floating-point number, or what is no JSON.

    Examples
    --------
    >>> canonical_bytes({"b": [1, "0.1"], "a": None})
    b'{"a":null,"b":[1,"0.1"]}'
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _refuse_floats(value: Json) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise _not_plain(key)
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
    elif value is not None and not isinstance(value, bool | int | str):
        raise _not_plain(value)


def _not_plain(value: Json) -> InputError:
    return InputError(
        expected="text, whole numbers, true, false, null, lists and objects with names",
        found=f"{value!r}, a {type(value).__name__}", try_next="write a measured number as text",
    )  # fmt: skip


def sha256_hex(content: bytes) -> str:
    """Give the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def file_text(document: Mapping[str, Json]) -> str:
    """Write a document as a file holds it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_file_text(text: str, name: str) -> dict[str, Json]:
    """Read a document from the text of a file.

    Parameters
    ----------
    text
        All of it.
    name
        Of the file, for errors.

    Raises
    ------
    FileFormatError
        If it is no JSON object, or is not written in its one form.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        # A whole number of more digits than Python reads is a ValueError that is no JSONDecodeError.
        raise FileFormatError(
            expected=f"{name} as trimtab attest wrote it, a JSON object", found=f"no JSON: {error}",
            try_next="ask for the file again",
        ) from None  # fmt: skip
    if not isinstance(document, dict) or not isinstance(document.get("schema"), str):
        raise FileFormatError(
            expected=f"{name} as trimtab attest wrote it, a JSON object with its schema", found="another JSON value",
            try_next="give a file that trimtab attest wrote",
        )  # fmt: skip
    if file_text(document) != text:
        raise FileFormatError(
            expected=f"{name} in the one form in which trimtab attest writes it",
            found="the same or other values written otherwise: it was changed on its way",
            try_next="ask for the file again, and send it as an attachment, not as pasted text",
        )
    return document
