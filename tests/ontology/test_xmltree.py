from __future__ import annotations

import pytest

from toolkit.errors import BadInputError
from toolkit.ontology.xmltree import NotXMLError, parse


def test_every_element_knows_its_place() -> None:
    root = parse('<?xml version="1.0"?>\n<!-- é -->\n<View>\n  <Text name="t"/>é<Header\n value="a"/></View>', "a.xml")
    assert [(element.tag, element.line, element.column) for element in root.walk()] == [
        ("View", 3, 1),
        ("Text", 4, 3),
        ("Header", 4, 20),
    ]
    assert str(root.children[1].at("a.xml")) == "a.xml:4:20"


def test_columns_count_characters() -> None:
    assert parse("<a>🚢é<b/></a>", "a.xml").children[0].column == 6


def test_tags_and_attributes_are_found_as_the_editor_finds_them() -> None:
    element = parse('<Labels toName="text" perRegion="true" hint=""/>', "a.xml")
    assert (element.kind, element.get("toname"), element.get("hint"), element.get("name")) == ("labels", "text", "", "")
    assert element.says("perregion")
    assert not element.says("required")


def test_text_and_surroundings() -> None:
    root = parse("<View><View><Header> Tom &amp; <b/>Ana\n</Header></View></View>", "a.xml")
    header = root.children[0].children[0]
    assert header.text == "Tom & Ana"
    assert [element.tag for element in header.around()] == ["View", "View"]
    assert [element.tag for element in root.walk()] == ["View", "View", "Header", "b"]


def test_a_declared_encoding_is_the_files_affair() -> None:
    assert parse('<?xml version="1.0" encoding="latin-1"?><a b="é"/>', "a.xml").get("b") == "é"


def test_depth_is_no_danger() -> None:
    root = parse("<a>" * 20_000 + "</a>" * 20_000, "deep.xml")
    assert sum(1 for _ in root.walk()) == 20_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "bad.xml:1:1"),
        ("<View>\n <Text>", "bad.xml:2:8"),
        ("<View>\n <Text a='1' a='2'/></View>", "bad.xml:2:14"),
        ("<View>&nbsp;</View>", "bad.xml:1:7"),
        ("<View/>\n<View/>", "bad.xml:2:1"),
        ("<View>\ud800</View>", "bad.xml"),
    ],
    ids=["empty", "cut off", "attribute twice", "unknown entity", "two roots", "half a letter"],
)
def test_what_is_no_xml(text: str, place: str) -> None:
    with pytest.raises(NotXMLError) as raised:
        parse(text, "bad.xml")
    assert raised.value.message.startswith(f"{place}: not XML that can be read: ")
    assert place in raised.value.next


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE v [<!ENTITY a0 "ha">{BOMB}]>\n<View>&a9;</View>',
        '<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<View>&x;</View>',
        '<!DOCTYPE v SYSTEM "https://example.org/v.dtd">\n<View/>',
    ],
    ids=["bomb", "external entity", "external document type"],
)
def test_what_can_explode_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match=r"^bad\.xml:1:\d+: .*document type") as raised:
        parse(text, "bad.xml")
    assert "passwd" not in raised.value.message
