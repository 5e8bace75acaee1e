"""XML that somebody else wrote, read with the place of each element.

Tags and attributes are found by their names in lower case, because that is how Label Studio's editor reads them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, InputSource, Locator

from toolkit.errors import BadInputError
from toolkit.findings import Place


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element and where it begins; lines and columns count from 1."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    parent: Element | None = field(default=None, repr=False)
    children: list[Element] = field(default_factory=list, repr=False)
    pieces: list[str] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """The text directly in it, without white space around it."""
        return "".join(self.pieces).strip()

    @property
    def kind(self) -> str:
        """The tag in lower case."""
        return self.tag.lower()

    def get(self, name: str) -> str:
        """An attribute, named in lower case; empty where there is none."""
        return self.attributes.get(name, "")

    def says(self, name: str) -> bool:
        """Whether an attribute is there and says true."""
        return self.get(name).lower() == "true"

    def walk(self) -> Iterator[Element]:
        """The element and everything in it, in the order of the file."""
        waiting = [self]
        while waiting:
            yield (element := waiting.pop())
            waiting += reversed(element.children)

    def around(self) -> Iterator[Element]:
        """The elements around this one, from the inside out."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def at(self, file: str) -> Place:
        """The place of the element in a file."""
        return Place(file=file, line=self.line, column=self.column)


class NotXMLError(BadInputError):
    """What cannot be read as XML; ``place`` is where, ``why`` says why not."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(f"{place}: not XML that can be read: {why}", next=f"correct {place} and run again")
        self.place = place
        self.why = why


def parse(text: str, file: str) -> Element:
    """Read XML; gives the outermost element.

    Raises:
        NotXMLError: it is not XML, or it declares a document type or entities (they can be made to explode, and to read
            other files). The message begins with the file and the line.
    """
    import defusedxml.sax  # only where a foreign config is read
    from defusedxml.common import DefusedXmlException

    builder = _Builder()
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(builder)
    source = InputSource()
    source.setCharacterStream(io.StringIO(text))  # text, not bytes: an encoding that it declares is the file's affair
    try:
        parser.parse(source)
    except SAXParseException as error:
        place = Place(file, error.getLineNumber() or 1, (error.getColumnNumber() or 0) + 1)
        raise NotXMLError(place, str(error.getMessage())) from None
    except DefusedXmlException:
        place = Place(file, *builder.position)
        raise NotXMLError(place, "it declares a document type or entities, which are not read here") from None
    except (SAXException, ValueError) as error:
        raise NotXMLError(Place(file), str(error)) from None
    return builder.top[0]


class _Builder(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.top: list[Element] = []
        self._open: list[Element] = []
        self._locator: Locator | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Line and column of what is being read."""
        if self._locator is None:
            return 1, 1
        return self._locator.getLineNumber() or 1, (self._locator.getColumnNumber() or 0) + 1

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX's name
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        attributes = {str(key).lower(): str(value) for key, value in attrs.items()}
        around = self._open[-1] if self._open else None
        element = Element(name, attributes, *self.position, parent=around)
        (around.children if around else self.top).append(element)
        self._open.append(element)

    def characters(self, content: str) -> None:
        self._open[-1].pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._open.pop()
