"""Names for annotators that do not lead back to them: the only names that leave the snapshots.

A pseudonym is the keyed hash of an identity, so it is the same in every pull, and nobody without the key can find an
annotator by trying e-mail addresses.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from pathlib import Path

from toolkit.errors import WorkspaceError
from toolkit.files import read_secret, write_text

KEY_VARIABLE = "GOLDKIT_PSEUDONYM_KEY"
KEY_FILE = "pseudonym.key"
LENGTH = 8  # base32 characters, 40 bits: among 1,000 annotators two share a name once in two million workspaces


class Pseudonyms:
    """Pseudonyms by one secret key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode("utf-8")

    def of(self, identity: str) -> str:
        """The pseudonym of an identity (an e-mail address, in whatever case), ``ann-`` and eight characters."""
        digest = hmac.digest(self._key, identity.strip().lower().encode("utf-8"), "sha256")
        return f"ann-{base64.b32encode(digest).decode('ascii')[:LENGTH].lower()}"


def load_pseudonyms(private: Path) -> Pseudonyms:
    """The workspace's pseudonyms: the key is in GOLDKIT_PSEUDONYM_KEY or in the private folder, made on first use.

    Raises WorkspaceError where others can read the key's file, or it is empty.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if key:
        return Pseudonyms(key)
    file = private / KEY_FILE
    if not file.exists():
        write_text(file, secrets.token_hex(32) + "\n", private=True)
    if not (key := read_secret(file)):
        raise WorkspaceError(
            f"{file} is empty", next=f"restore it, or set {KEY_VARIABLE}; a new key gives all annotators new names"
        )
    return Pseudonyms(key)
