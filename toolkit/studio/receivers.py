"""A mend of the embedded Label Studio: what follows a change of a task goes on after a project was deleted.

Label Studio takes the receivers of Django's model signals away, in the whole process, while it deletes a project.
Django remembers of each model that is looked at meanwhile that it has no receivers, and nobody tells it that they are
back: from then on no counter follows when a task is deleted or an annotation changed, in the worker that did it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def keep_receivers() -> None:
    """Have Django look again, once the receivers are back; after Django was set up, before the workers are forked."""
    disconnecting = import_module("core.utils.common").temporary_disconnect_all_signals
    reconnect = disconnecting.reconnect

    def reconnect_and_look_again(self: Any, signal: Any) -> None:
        reconnect(self, signal)
        signal.sender_receivers_cache.clear()

    disconnecting.reconnect = reconnect_and_look_again
