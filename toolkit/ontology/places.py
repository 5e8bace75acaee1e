"""Where something stands in a YAML file: from keys and numbers to line and column."""

from __future__ import annotations

from collections.abc import Callable

import yaml

from toolkit.findings import Place
from toolkit.ontology.consistency import Loc


def locate(yaml_text: str, file: str) -> Callable[[Loc], Place]:
    """A function from keys and numbers, counted from the top, to their place.

    Of a key it gives the key's own place, of an item of a list the item's; where the path leads on into nothing (a key
    that is missing), the place of what is still there. The text is parsed when the first place is asked for, so a file
    without a finding is not parsed twice.

    Args:
        yaml_text: text that ``files.load_yaml`` can read: no aliases, no key twice.
        file: the file's name in every place.
    """
    root: list[yaml.Node | None] = []

    def place(loc: Loc) -> Place:
        if not root:
            root.append(yaml.compose(yaml_text, Loader=yaml.SafeLoader))
        node = root[0]
        if node is None:
            return Place(file)
        mark = node.start_mark
        for part in loc:
            found = _step(node, part)
            if found is None:
                break
            mark, node = found
        return Place(file, mark.line + 1, mark.column + 1)

    return place


def _step(node: yaml.Node, part: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    """One step down: where the member's key or the item stands, and what it holds."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None
