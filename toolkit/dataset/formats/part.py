"""One split on its way into a format: its documents, and the count of what became of everything in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from toolkit.dataset.formats.document import Document
from toolkit.errors import GoldkitError
from toolkit.ontology.model import Ontology

InArticle = Literal["documents", "mentions", "relations", "claims"]
Link = Literal["entity_links", "claim_links"]
Kind = InArticle | Link
KINDS: tuple[InArticle, ...] = get_args(InArticle)
LINKS: tuple[Link, ...] = get_args(Link)
Reason = tuple[Kind, str]


class Part:
    """The documents of a split. Who takes them says of each document, mention, relation and claim what became of it.

    Links across articles are in no document, and no format holds them.

    ``came``: what was handed out. ``written``: what the format holds. ``left_out``: what it does not, by reason.
    ``changed``: what of the written is not as it was, by reason.
    """

    def __init__(
        self, split: str, documents: Iterable[Document], progress: Callable[[int], None] | None = None
    ) -> None:
        self.split = split
        self._documents, self._progress = documents, progress
        self.came: Counter[Kind] = Counter()
        self.written: Counter[Kind] = Counter()
        self.left_out: Counter[Reason] = Counter()
        self.changed: Counter[Reason] = Counter()

    def documents(self) -> Iterator[Document]:
        """The documents, counted as they come."""
        for document in self._documents:
            self.came.update(_counts(document))
            yield document
            if self._progress:
                self._progress(1)

    def wrote(self, kind: Kind, count: int = 1, *, changed: str = "") -> None:
        """Count what is in the format now; ``changed`` says in what it is not as it was."""
        self.written[kind] += count
        if changed:
            self.changed[kind, changed] += count

    def wrote_all(self, document: Document) -> None:
        """Count a document that the format holds with everything in it."""
        self.written.update(_counts(document))

    def leave_out(self, kind: Kind, reason: str, count: int = 1) -> None:
        """Count what the format cannot hold."""
        if count:
            self.left_out[kind, reason] += count

    def leave_out_document(self, document: Document, reason: str) -> None:
        """Count a document that the format cannot hold, with everything in it."""
        for kind, count in _counts(document).items():
            self.leave_out(kind, reason, count)

    def require_balance(self) -> None:
        """Raise GoldkitError where something came and was neither written nor left out."""
        kept: Counter[Kind] = Counter(self.written)
        for (kind, _), count in self.left_out.items():
            kept[kind] += count
        for kind in KINDS:
            if kept[kind] != self.came[kind]:
                raise GoldkitError(
                    f"{self.split}: {self.came[kind]} {kind} came, {kept[kind]} are written or left out",
                    next="nothing was written; please report this as a bug of goldkit",
                )

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain JSON values."""
        return {
            "split": self.split,
            "written": {kind: self.written[kind] for kind in KINDS},
            "left_out": _listed(self.left_out),
            "changed": _listed(self.changed),
        }


class Writer(Protocol):
    """What a format's module does: write every part into the folder, and count."""

    def __call__(self, folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
        """Write the parts, and whatever the format needs beside them."""


def _counts(document: Document) -> dict[Kind, int]:
    return {
        "documents": 1,
        "mentions": len(document.mentions),
        "relations": len(document.relations),
        "claims": len(document.claims),
    }


def _listed(counts: Counter[Reason]) -> list[dict[str, Any]]:
    return [{"kind": kind, "reason": reason, "count": counts[kind, reason]} for kind, reason in sorted(counts)]
