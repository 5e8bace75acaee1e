"""What must not leave: words that occur nowhere else, where they may be all the same, and a search for them."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

# Where names are at home.
PRIVATE = ("snapshots", "review-snapshots", "link-snapshots", "link-review-snapshots", ".goldkit")
SAID = "said/"  # what a command said is looked at like a file of this folder


class Secret(NamedTuple):
    """A word that was planted, in lower case, and patterns of the files that may hold it."""

    word: str
    allowed: tuple[str, ...] = ()

    def may_be_in(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in self.allowed)


@dataclass(frozen=True)
class Person:
    """A user of Label Studio, no part of whose name stands in any article."""

    email: str
    first: str
    last: str
    username: str
    phone: str

    @property
    def secrets(self) -> tuple[Secret, ...]:
        local, _, domain = self.email.partition("@")
        return tuple(Secret(word.lower()) for word in (local, domain, self.first, self.last, self.username, self.phone))


JUNIPER = Person("juniper.zephyrine@hidden.example", "Jorunnveig", "Quillfeather", "brindlewick", "+4930902107771")
MARLOW = Person("marlow.thistledown@hidden.example", "Osvaldina", "Harrowgatesby", "tanglemere", "+4930902107772")
JUDGE = Person("adjudicata.wren@hidden.example", "Philomenon", "Sedgewarbler", "mudlarkine", "+4930902107773")
PEOPLE = (JUNIPER, MARLOW, JUDGE)

# What an annotator types into a region's note is part of their record, as the region's words are; it is not published.
RECORDS = ("exports/*/annotations.jsonl", "exports/*/rejected.jsonl", "exports/*/gold.jsonl", "exports/*/open.jsonl")
NOTE = Secret("notewort@notes.example", (*RECORDS, "exports/*/reviews.jsonl"))
# What a source says of an article, and what cleaning cut off, stays in the store of the articles.
STORE = ("exports/*/articles.jsonl",)
METADATA = Secret("bylinesmith@paper.example", STORE)
FOOTER = Secret("footerling@paper.example", STORE)
INCOMING = Secret("thornwhistle", (*STORE, f"{SAID}*"))  # the folder that articles come from
EXPORT = Secret("fennimore@files.example", (*STORE, f"{SAID}*"))  # in the name of an export
MACHINE = Secret("mossgrovia", (*STORE, f"{SAID}*"))  # the folder that all of it lies in: commands say what they wrote

COMMENT = Secret("commentine@config.example")
DRAFT = Secret("draughty@drafts.example")
MODEL = Secret("modelwright@models.example")
TASK_META = Secret("metaphrast@tasks.example")
TASK_DATA = Secret("datasparrow@tasks.example")
ADDRESS = Secret("203.0.113.77")  # an IP address, beside the two above
KEY = Secret("planted-key-of-the-pseudonyms")
PASSWORD = Secret("sesame-hunter-22")
WRONG_TOKEN = Secret("wrongtoken-5c1f")

EVERYTHING = (
    *(secret for person in PEOPLE for secret in person.secrets),
    *(NOTE, METADATA, FOOTER, INCOMING, EXPORT, MACHINE, COMMENT, DRAFT, MODEL, TASK_META, TASK_DATA, ADDRESS),
    *(KEY, PASSWORD, WRONG_TOKEN),
)


def written(root: Path, *, but: Iterable[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Every file of a workspace outside the private folders and what people wrote; Parquet also as it is read."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not {*PRIVATE, "incoming"} & {*path.parts} and name not in but:
            yield name, path.read_bytes()
            if path.suffix == ".parquet":
                yield f"{name} (read)", json.dumps(_columns(path), ensure_ascii=False, default=str).encode()


def _columns(path: Path) -> dict[str, Any]:
    """The columns by name, and what is said about them."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return {**table.to_pydict(), "about": about, "made by": pyarrow.parquet.read_metadata(path).created_by}


def leaks(contents: Mapping[str, bytes], secrets: Iterable[Secret]) -> list[tuple[str, str]]:
    """Which words are where they must not be: (file, word). Whole numbers are found, not parts of longer ones."""
    found = []
    patterns = [(secret, re.compile(_pattern(secret.word))) for secret in secrets]
    for name, content in contents.items():
        text = content.lower()
        found += [
            (name, secret.word) for secret, pattern in patterns if pattern.search(text) and not secret.may_be_in(name)
        ]
    return found


def _pattern(word: str) -> bytes:
    # As JSON, HTML and addresses write it, too.
    forms = {word, word.replace("@", "%40"), word.replace("@", "&#64;"), json.dumps(word)[1:-1]}
    either = b"|".join(re.escape(form.encode()) for form in sorted(forms))
    return rb"(?<!\d)(?:" + either + rb")(?!\d)" if word.isdigit() else either
