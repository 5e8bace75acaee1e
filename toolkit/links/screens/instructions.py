"""What annotators read in Label Studio about the screens across articles, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from toolkit.links.screens.claims import offered
from toolkit.links.screens.entities import FIND_KEY, NIL_KEY, UNSURE_KEY
from toolkit.links.screens.sheet import NEW
from toolkit.ontology.across import LINKS
from toolkit.ontology.decisions import layer_of
from toolkit.ontology.instructions import code, decision_lists, examples, guide, html_table, option_rows
from toolkit.ontology.model import ClaimLinkType, Ontology

_ENTITIES = f"""\
<p>The sheet holds every mention of the story, each below the entity that it is taken for: a heading with a number, a
name and a type, and a line for each mention with its outlet and its date. Two mentions belong together where they are
of one person, place, organisation or event, whatever it is called there.</p>
<ul>
<li><strong>One mention is in the wrong place</strong>: click on it, then on its entity in the register, or press the
key beside the entity. In a long register press <code>{FIND_KEY}</code>, type a piece of the name, and press Enter. The
mention takes the colour of its entity; it stays where it stands.</li>
<li><strong>Two entities are one</strong>: click on the heading of the one, then on the other in the register. All that
stands below the heading goes with it, and keeps its old colour.</li>
<li><strong>It is somebody else</strong>: click on the mention, then on <code>{NEW[0]}</code> (<code>shift+1</code>);
for the next one take <code>{NEW[1]}</code>. Give it a name while it is selected.</li>
<li><strong>It cannot be told</strong>: press <code>{UNSURE_KEY}</code>. A mention whose region is deleted counts as
one that cannot be told.</li>
<li><strong>Name and Wikidata</strong>: click on the heading. The name is the full one, in the language of the dataset.
For Wikidata give the item's id, such as <code>Q42</code>, or its address; press <code>{NIL_KEY}</code> where you looked
and there is none; leave it empty where you did not look.</li>
</ul>
<p>What stands under <em>TO DECIDE</em> is seen differently by annotators; what they say stands below it. What is right
already needs nothing. Draw no regions: a mention that is missing is added in its article. Submit when you are
through.</p>"""

_CLAIMS = """\
<p>Two claims of different outlets, A and B; A is the earlier one. The marked words are what is claimed, or what is
denied where <em>negative</em> stands above them; the rest is there to understand them. Press the key of your answer,
then, where it is asked, the key of what differs, then Ctrl+Enter.</p>
<p>Take the claims as they stand: it does not matter who is right, nor who says it.</p>"""


def entity_instructions(ontology: Ontology) -> str:
    """What annotators read before they settle who is who: the text of the project's ``expert_instruction``."""
    linked = ontology.links.entities if ontology.links else ()
    types = [ontology.spans[name] for name in linked if name in ontology.spans]
    rows = ((code(type.name), escape(type.definition), examples(type)) for type in types)
    return guide(_ENTITIES, "<h2>What is linked</h2>", html_table(("Type", "What it is", "For example"), rows))


def claim_instructions(ontology: Ontology) -> str:
    """What annotators read before they link claims: the text of the project's ``expert_instruction``."""
    types = ontology.links.claims if ontology.links else ()
    parts = ["<h2>All answers</h2>", html_table(("Answer", "Key", "When", "For example"), _answers(types))]
    asked = {attribute.name: attribute for type in types for attribute in type.attributes}
    for attribute in asked.values():
        question = escape(attribute.question or attribute.name)
        parts.append(f"<p><strong>{question}</strong> {escape(attribute.definition)}</p>")
        parts.append(html_table(("Answer", "Key", "Meaning"), option_rows(attribute)))
    parts += decision_lists(tree for tree in ontology.decisions if layer_of(tree, ontology) == LINKS)
    return guide(_CLAIMS, *parts)


def _answers(types: Iterable[ClaimLinkType]) -> Iterator[tuple[str, ...]]:
    for type in types:
        for number, (_, words, key) in enumerate(offered(type)):
            about = (escape(type.definition), examples(type)) if number == 0 else ("the other way round", "")
            yield code(words), code(key or ""), *about
