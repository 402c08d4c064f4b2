"""What kind of file bytes are, told by their content and never by their name; and bytes into text."""

import json
import re
import zlib
from enum import StrEnum

from trimtab.errors import FileFormatError
from trimtab.feeds.text import inflated, most_unpacked

__all__ = ["Shape", "decode", "sniff", "unpack"]

_MOST_BYTES = 1_000_000_000
_DIRECTIVE = re.compile(
    r"^\d{4}[-/]\d\d[-/]\d\d\s+(?:open|close|commodity|balance|price|pad|note|txn|[*!])", re.MULTILINE
)
_FIELD = re.compile(r"^:\d\d[A-Z]?:", re.MULTILINE)


class Shape(StrEnum):
    """How a file is built."""

    DELIMITED = "delimited text"
    SPREADSHEET = "spreadsheet"
    JSON = "JSON"
    XML = "XML"
    OFX = "OFX"
    MT535 = "SWIFT MT535"
    MT940 = "SWIFT MT940"
    BEANCOUNT = "beancount"


def unpack(data: bytes, *, name: str) -> bytes:
    """Unpack gzip, and refuse what holds no text, no table and no workbook.

    Raises
    ------
    FileFormatError
        If it is empty, damaged, a PDF, an image or an archive.
    """
    if data[:2] == b"\x1f\x8b":
        data = _ungzip(data, name)
    if not data.strip(b"\r\n\t \xef\xbb\xbf"):
        raise FileFormatError(
            expected="a statement or a table", found=f"an empty file: {name}", try_next="download it again"
        )
    what = {b"%PDF": "a PDF", b"\x89PNG": "an image", b"\xff\xd8\xff\xe0": "an image", b"Rar!": "an archive"}.get(
        data[:4]
    )
    if what is not None:
        raise FileFormatError(
            expected="a statement as CSV, XLSX, OFX, XML, JSON or SWIFT text",
            found=f"{what}: {name}",
            try_next="export the table as CSV or XLSX",
        )
    return data


def _ungzip(data: bytes, name: str) -> bytes:
    try:
        unzipper = zlib.decompressobj(16 + zlib.MAX_WBITS)
        most = min(_MOST_BYTES, most_unpacked(len(data)))
        plain = unzipper.decompress(data, most)
        whole = unzipper.eof or bool(unzipper.unconsumed_tail)
    except zlib.error as error:
        raise FileFormatError(
            expected="a complete gzip file", found=f"a damaged one: {name} ({error})", try_next="download it again"
        ) from error
    if not whole:
        raise FileFormatError(
            expected="a complete gzip file", found=f"one that ends too early: {name}", try_next="download it again"
        )
    if unzipper.unconsumed_tail and most < _MOST_BYTES:
        raise inflated(name, len(data))
    if unzipper.unconsumed_tail:
        raise FileFormatError(
            expected="at most 1 GB of text", found=f"more in {name}", try_next="cut the file into parts"
        )
    return plain


def decode(data: bytes) -> tuple[str, str]:
    r"""Give the text of bytes, and the encoding it was read in.

    UTF-8 and UTF-16 with or without their marks; what is neither is Windows-1252, which holds Latin-1.

    Examples
    --------
    >>> decode("Stück".encode("cp1252")), decode("a;b".encode("utf-16"))
    (('Stück', 'Windows-1252'), ('a;b', 'UTF-16'))
    """
    wide = _wide(data)
    if wide is not None:
        return data.decode(wide, errors="replace").lstrip("\ufeff"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 by its mark, or by a zero in every other byte."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    head = data[:2000]
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if max(zeros) < len(head) // 3:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def sniff(data: bytes, *, name: str) -> tuple[Shape, str]:
    r"""Tell how a file is built, and by what that was told.

    Parameters
    ----------
    data
        Its bytes, unpacked.
    name
        For messages.

    Examples
    --------
    >>> sniff(b":20:START\n:25:1/2\n:60F:C260601EUR1,\n", name="a")[0].value
    'SWIFT MT940'
    """
    if data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return Shape.SPREADSHEET, "the mark of a workbook"
    text, _ = decode(data[:200_000])
    shape = next((sniffed for sniffed in (_of_start(text, data), _of_fields(text)) if sniffed is not None), None)
    if shape is not None:
        return shape
    if "\x00" in text or not _is_text(text):
        raise FileFormatError(
            expected="a statement as CSV, XLSX, OFX, XML, JSON or SWIFT text",
            found=f"binary data in {name}",
            try_next="export the table as CSV or XLSX",
        )
    return Shape.DELIMITED, "lines of text"


def _of_start(text: str, data: bytes) -> tuple[Shape, str] | None:
    start = text.lstrip()
    if start.startswith("OFXHEADER") or re.search(r"<OFX>", start[:4000], re.IGNORECASE):
        return Shape.OFX, "its OFX header"
    if start.startswith("<"):
        return Shape.XML, "its first tag"
    return (Shape.JSON, "a JSON document") if start[:1] in {"{", "["} and _is_json(data) else None


def _of_fields(text: str) -> tuple[Shape, str] | None:
    if _FIELD.search(text) and re.search(r":16R:\s*(?:GENL|FIN)\b", text):
        return Shape.MT535, "blocks :16R:GENL and :16R:FIN"
    if _FIELD.search(text) and re.search(r"^:60[FM]:", text, re.MULTILINE):
        return Shape.MT940, "an opening balance in :60F:"
    return (Shape.BEANCOUNT, "dated directives") if _DIRECTIVE.search(text) else None


def _is_json(data: bytes) -> bool:
    try:
        json.loads(decode(data)[0])
    except ValueError:
        return False
    return True


def _is_text(text: str) -> bool:
    controls = sum(ord(c) < 32 and c not in "\t\n\r\x0c\x1a\x1b" for c in text[:20_000])
    return controls <= 0.02 * min(len(text), 20_000)
