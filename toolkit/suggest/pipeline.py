"""A spaCy pipeline that suggests mentions: what it calls an entity, under the ontology's names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import RootModel

from toolkit.annotations.model import Mention
from toolkit.articles.model import Article
from toolkit.errors import BadInputError, SourceError
from toolkit.files import load_yaml, to_json
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology.model import Ontology
from toolkit.project import SpacySettings
from toolkit.settings import parse_settings
from toolkit.suggest.batches import SOURCE_FAILED
from toolkit.suggest.model import Suggestions

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

UNMAPPED = Rule(
    "suggestion-unmapped-label",
    "The mapping says of every label of the pipeline what it is here, if only null.",
    Severity.WARNING,
    "add the label to the file that labels names (configs/project.yaml), with null where it means nothing here",
)


class LabelMapping(RootModel[dict[str, str | None]]):
    """From a pipeline's labels to the ontology's; null leaves out what has the label."""


def read_mapping(path: Path, ontology: Ontology) -> dict[str, str | None]:
    """The mapping in a file. Raises BadInputError where it leads to a label that the ontology does not have."""
    mapping = parse_settings(LabelMapping, load_yaml(path), path).root
    unknown = sorted({label for label in mapping.values() if label is not None} - ontology.mention_types.keys())
    if unknown:
        raise BadInputError(
            f"{path}: no label of the ontology: {', '.join(unknown)}",
            next=f"use one of {', '.join(ontology.mention_types)}, or null",
        )
    return mapping


class Pipeline:
    """See ``SpacySettings``. It gives no scores: spaCy's entity recogniser has none."""

    def __init__(self, settings: SpacySettings, mapping: dict[str, str | None], folder: Path) -> None:
        """Args: settings; what the labels mean; the folder from which the path of a pipeline counts."""
        self._name = settings.name
        self._pipeline = settings.pipeline
        self._mapping = mapping
        self._folder = folder

    @cached_property
    def version(self) -> str:
        """The source's name, the pipeline's own name and version, and a digest of the mapping."""
        meta = self._language.meta
        digest = hashlib.sha256(to_json(self._mapping).encode()).hexdigest()[:8]
        return f"{self._name}-{meta['lang']}_{meta['name']}-{meta['version']}-{digest}"

    def suggest(self, articles: Sequence[Article]) -> Iterator[Suggestions | Finding]:
        """See ``Source.suggest``."""
        language = self._language
        unmapped: Counter[str] = Counter()
        for article in sorted(articles, key=lambda article: article.article_id):
            try:
                document = language(article.text)
            except Exception as error:  # whatever any of its components raises: the next article may do
                message = f"{self._name}: {type(error).__name__}: {str(error)[:200]}"
                yield SOURCE_FAILED.at(Place(article_id=article.article_id), message)
                continue
            if document.text != article.text:
                message = f"{self._name}: the pipeline changes the text, so its offsets mean nothing here"
                yield SOURCE_FAILED.at(Place(article_id=article.article_id), message)
                continue
            unmapped.update(one.label_ for one in document.ents if one.label_ not in self._mapping)
            yield Suggestions(
                article_id=article.article_id,
                text_sha256=article.text_sha256,
                version=self.version,
                mentions=tuple(self._mentions(document, article.text)),
            )
        if unmapped:
            counted = ", ".join(f"{label} {count}" for label, count in sorted(unmapped.items()))
            message = f"{self._name}: {unmapped.total()} entities have labels that are not mapped: {counted}"
            yield UNMAPPED.at(Place(), message)

    def _mentions(self, document: Doc, text: str) -> Iterator[Mention]:
        for number, entity in enumerate(document.ents, 1):
            if label := self._mapping.get(entity.label_):
                start, end = entity.start_char, entity.end_char
                yield Mention(id=f"m{number}", start=start, end=end, text=text[start:end], labels=(label,))

    @cached_property
    def _language(self) -> Language:
        try:
            import spacy
        except ImportError:
            raise SourceError(
                f"{self._name}: spaCy is not installed", next="pip install 'goldkit[spacy]', then run again"
            ) from None
        path = self._folder / self._pipeline
        try:
            return spacy.load(path if path.is_dir() else self._pipeline)
        except (OSError, ValueError, ImportError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise SourceError(
                f"{self._name}: the pipeline {self._pipeline} cannot be loaded: {reason}",
                next=f"install it (python -m spacy download {self._pipeline}), or name its folder in the workspace",
            ) from None
