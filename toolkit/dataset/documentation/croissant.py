"""``croissant.json``: Croissant 1.1 with its extension for responsible AI (RAI 1.0), as plain JSON-LD.

It describes the Parquet files with their digests, the splits, and each config's columns; classes are enumerations that
the columns refer to. Of a list inside a list of structs Croissant's JSON paths cannot say more than its name, so what
is in it stands in the description alone. ``contentUrl`` is relative: the files lie beside it wherever the folder goes.

Specification: http://mlcommons.org/croissant/1.1 and http://mlcommons.org/croissant/RAI/1.0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.dataset import vocabulary
from toolkit.dataset.about import About
from toolkit.dataset.documentation.citation import bibtex, creator
from toolkit.dataset.documentation.contents import ROWS, counted
from toolkit.dataset.documentation.rai import responsible
from toolkit.dataset.header import keywords

Json = dict[str, Any]

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
PARQUET = "application/x-parquet"
SPLITS = "splits"

# The terms that the specification gives for every file: part of the format.
CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(about: About) -> str:
    """The whole file. What is not known is left out: without a date there is no ``datePublished``."""
    return json.dumps(described(about), ensure_ascii=False, indent=2) + "\n"


def described(about: About) -> Json:
    """The same as a value."""
    settings = about.project.dataset
    schema = _Schema(about)
    known: Json = {
        "description": about.prose.get("Summary") or counted(about).replace("*", "").replace("`", ""),
        "conformsTo": list(CONFORMS_TO),
        "citeAs": bibtex(about),
        "creator": [_creator(one) for one in settings.creators],
        "datePublished": settings.date,
        "inLanguage": list(about.languages),
        "keywords": keywords(about),
        "license": vocabulary.licence_url(settings.licence) or settings.licence,
        "url": about.url,
        "version": settings.version,
    }
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": about.title,
        **{key: value for key, value in known.items() if value},
        "isLiveDataset": False,
        **{f"rai:{key}": value for key, value in responsible(about).items()},
        "distribution": list(_distribution(about)),
        "recordSet": [_splits(about), *schema.configs(), *schema.enumerations()],
    }


def _creator(written: str) -> Json:
    who = creator(written)
    if who.family:
        return {"@type": "sc:Person", "name": who.name, "familyName": who.family, "givenName": who.given}
    return {"@type": "sc:Organization", "name": who.name}


def _distribution(about: About) -> Iterator[Json]:
    """Every Parquet file, and the files of a config as a set."""
    opened = about.opened
    for config in _configs(about):
        for path in opened.files(config).values():
            name = path.relative_to(opened.folder).as_posix()
            yield {
                "@type": "cr:FileObject",
                "@id": name,
                "name": path.name,
                "contentUrl": name,
                "contentSize": f"{path.stat().st_size} B",
                "encodingFormat": PARQUET,
                "sha256": _sha256(path),
            }
        yield {
            "@type": "cr:FileSet",
            "@id": _file_set(config),
            "name": config,
            "encodingFormat": PARQUET,
            "includes": f"{config}/*.parquet",
        }


def _splits(about: About) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": SPLITS,
        "name": SPLITS,
        "description": "The splits; every config is cut by the same ones, by article.",
        "dataType": "cr:Split",
        "key": {"@id": f"{SPLITS}/name"},
        "field": [_leaf(f"{SPLITS}/name", "sc:Text")],
        "data": [{f"{SPLITS}/name": split} for split in about.opened.splits],
    }


class _Schema:
    """The columns as fields. Classes with the same names are one enumeration, called after the first column."""

    def __init__(self, about: About) -> None:
        self.about = about
        self._enumerations: dict[tuple[str, ...], str] = {}

    def configs(self) -> Iterator[Json]:
        """A record set for each config."""
        for config in _configs(self.about):
            features = self.about.opened.features[config]
            yield {
                "@type": "cr:RecordSet",
                "@id": config,
                "name": config,
                "description": f"A row is {ROWS[config]}.",
                "field": [
                    self._split(config),
                    *(self._field(f"{config}/{name}", feature, config, name) for name, feature in features.items()),
                ],
            }

    def enumerations(self) -> Iterator[Json]:
        """A record set for each set of classes: the numbers in the files, and what they mean."""
        for names, id in self._enumerations.items():
            yield {
                "@type": "cr:RecordSet",
                "@id": id,
                "name": id,
                "description": "Classes: the number in the files, and its name.",
                "dataType": "sc:Enumeration",
                "key": {"@id": f"{id}/number"},
                "field": [_leaf(f"{id}/number", "sc:Integer"), _leaf(f"{id}/name", "sc:Text")],
                "data": [{f"{id}/number": number, f"{id}/name": name} for number, name in enumerate(names)],
            }

    def _split(self, config: str) -> Json:
        # A split's name alone matches, too: loaders apply it again to a column that refers to another.
        regex = f"(?:.*/)?({'|'.join(self.about.opened.splits)})(?:-[^/]*)?$"
        return _leaf(f"{config}/split", "sc:Text") | {
            "source": {
                "fileSet": {"@id": _file_set(config)},
                "extract": {"fileProperty": "fullpath"},
                "transform": {"regex": regex},
            },
            "references": {"field": {"@id": f"{SPLITS}/name"}},
        }

    def _field(self, id: str, feature: Any, config: str, column: str, *path: str) -> Json:
        """A column, or below one (``path``) a part of the structs in it."""
        inner, is_list = getattr(feature, "feature", feature), hasattr(feature, "feature")
        field: Json = {"@type": "cr:Field", "@id": id, "name": id.rsplit("/", 1)[-1]}
        if is_list:
            field |= {"isArray": True, "arrayShape": "-1"}
        if not isinstance(inner, dict):
            return field | self._of_values(id, inner) | {"source": _source(config, column, path)}
        lists = {name: part for name, part in inner.items() if _is_list_of_structs(part)}
        if lists:
            told = (f"{name} (of {', '.join(part.feature)})" for name, part in lists.items())
            field["description"] = f"With lists of structs that are not described further: {'; '.join(told)}."
        parts = ((name, part) for name, part in inner.items() if name not in lists)
        return field | {
            "subField": [self._field(f"{id}/{name}", part, config, column, *path, name) for name, part in parts]
        }

    def _of_values(self, id: str, feature: Any) -> Json:
        if (names := getattr(feature, "names", None)) is not None:
            of = self._enumerations.setdefault(tuple(names), f"{id.replace('/', '-')}-classes")
            return {"dataType": "sc:Integer", "references": {"field": {"@id": f"{of}/number"}}}
        return {"dataType": _DATA_TYPES[feature.dtype]}


_DATA_TYPES = {"string": "sc:Text", "int32": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def _configs(about: About) -> list[str]:
    return [config for config in ROWS if config in about.opened.features]


def _file_set(config: str) -> str:
    return f"{config}-files"


def _leaf(id: str, data_type: str) -> Json:
    return {"@type": "cr:Field", "@id": id, "name": id.rsplit("/", 1)[-1], "dataType": data_type}


def _source(config: str, column: str, path: tuple[str, ...]) -> Json:
    source: Json = {"fileSet": {"@id": _file_set(config)}, "extract": {"column": column}}
    return source | ({"transform": {"jsonPath": "$" + "".join(f"['{name}']" for name in path)}} if path else {})


def _is_list_of_structs(feature: Any) -> bool:
    return isinstance(getattr(feature, "feature", None), dict)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
