"""XML that came from somebody else: no entities, no declarations of types, no reading of other files."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from trimtab.errors import FileFormatError, MissingExtraError

__all__ = ["children", "leaf", "local", "parse"]


def parse(data: bytes, *, name: str) -> Element:
    """Parse XML, refusing entities and declarations of types.

    Raises
    ------
    FileFormatError
        If it is not well formed, or declares entities (which could expand without end, or name other files).

    Examples
    --------
    >>> parse(b"<a><b x='1'/></a>", name="a.xml")[0].get("x")
    '1'
    """
    try:
        from defusedxml.common import DefusedXmlException  # noqa: PLC0415
        from defusedxml.ElementTree import fromstring  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            expected="defusedxml, which reads XML of others",
            found="it is not installed",
            try_next="pip install defusedxml",
        ) from error
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileFormatError(
            expected="XML without entities and declarations of types",
            found=f"{type(error).__name__} in {name}",
            try_next="download the file again from its source",
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise FileFormatError(
            expected="a whole XML document", found=f"{name}: {error}", try_next="download the file again"
        ) from None
    return root


def local(element: Element) -> str:
    """Give the name of an element without its namespace.

    Examples
    --------
    >>> local(parse(b"<a xmlns='urn:x'/>", name="a.xml"))
    'a'
    """
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """Give every element below one, however deep, that has a name, whatever its namespace."""
    return (e for e in element.iter() if local(e) == name)


def leaf(element: Element, name: str) -> str:
    """Give the text of the first element of a name below one; empty if there is none.

    Examples
    --------
    >>> leaf(parse(b"<a><b> 1 </b></a>", name="a.xml"), "b")
    '1'
    """
    return next((e.text.strip() for e in children(element, name) if e.text and e.text.strip()), "")
