"""Read large XML files element by element, in bounded memory.

Entities are never expanded, and nothing is loaded from the network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from lxml import etree

from monitor.errors import UsageError
from monitor.exchange.formats.source_file import opened

Element = etree._Element  # noqa: SLF001  # the type that lxml's functions return; it has no public name


def root_tag(file: Path) -> str:
    """Return the name of the root element without its namespace; empty if *file* is not XML.

    Raises:
        UsageError: The file cannot be read.
    """
    with opened(file) as source:
        try:
            for _, element in etree.iterparse(source, events=("start",), **_SAFE):
                return local_name(element)
        except etree.XMLSyntaxError:
            return ""
    return ""


def iterate(file: Path, tags: Collection[str]) -> Iterator[Element]:
    """Yield each complete element whose name without namespace is in *tags*; its contents are released afterwards.

    Raises:
        UsageError: The file cannot be read, is not well-formed, or declares a document type.
    """
    wanted = [f"{{*}}{tag}" for tag in tags]
    with opened(file) as source:
        try:
            context = etree.iterparse(source, events=("end",), tag=wanted, **_SAFE)
            for _, element in context:
                _refuse_declarations(file, element)
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError as error:
            line, column = error.position
            reason = (error.msg or "is damaged").partition(", line ")[0]
            raise UsageError(f"{file}:{line}:{column}: is not complete XML: {reason}; download it again") from error


_SAFE = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def _refuse_declarations(file: Path, element: Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UsageError(f"{file}: has a document type declaration, which no published list has; it is not read")


def local_name(element: Element) -> str:
    """Return the name of *element* without its namespace."""
    return etree.QName(element).localname


def line_of(element: Element) -> int:
    """Return the line of the file on which *element* begins; 0 if it is not known."""
    line: int | None = getattr(element, "sourceline", None)
    return line or 0


def children(element: Element, *path: str) -> Iterator[Element]:
    """Yield the descendants of *element* on the path of element names *path*, from child to child."""
    name, *rest = path
    for child in element.iterchildren(f"{{*}}{name}"):
        if rest:
            yield from children(child, *rest)
        else:
            yield child


def text(element: Element, *path: str) -> str:
    """Return the text of the first descendant on the path of element names *path*; empty if there is none."""
    for found in children(element, *path):
        return (found.text or "").strip()
    return ""
