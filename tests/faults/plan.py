"""What goes wrong in a run, drawn from a seed.

What becomes of a request hangs on the seed, on the request's method and path (without numbers: they differ from run to
run), and on how many like it there were. So threads that overtake each other change nothing, and a seed can be tried
again. A plan has so many faults and no more, so every run ends.
"""

from __future__ import annotations

import enum
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field


class Fault(enum.Enum):
    """What goes wrong with one request."""

    REFUSED = "hung up, and for a while nobody listens"
    DROPPED = "hung up before the request was passed on"
    DROPPED_AFTER = "hung up after the server did what it was asked"
    RESET = "a reset before the request was passed on"
    RESET_AFTER = "a reset after the server did what it was asked"
    LIMITED = "429 with Retry-After in seconds"
    LIMITED_UNTIL = "429 with Retry-After as a date"
    FAILED = "500, not passed on"
    GATEWAY = "502 with a page, not passed on"
    GATEWAY_AFTER = "502 with a page after the server did what it was asked"
    UNAVAILABLE = "503 with Retry-After"
    TIMEOUT = "504 after the server did what it was asked"
    SHORT = "half of the body that was announced"
    CHUNKS_CUT = "chunks without the last one"
    JSON_CUT = "half of the JSON, as if that were all"
    TRICKLED = "the body in many small pieces"
    STUCK = "half of the body, and then nothing"
    EXPIRED = "401, as when an access token ends"
    PAGE = "a page where JSON is due, with status 200"
    NULL = "null where something is due"
    LIST = "a list where an object is due, or an object where a list is"
    STRANGE = "what is due, with ids that are words"


LASTING = {Fault.NULL, Fault.LIST, Fault.STRANGE}
"""After these nobody tries again, so there are fewer of them: else no run would get far."""


@dataclass
class Plan:
    """Which requests go wrong, and how: at most ``most``, each with the chance ``often``."""

    seed: int
    most: int = 6
    often: float = 0.25
    faults: tuple[Fault, ...] = tuple(Fault)
    drawn: list[tuple[str, Fault]] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, method: str, path: str) -> Fault | None:
        """What happens to the next request of this kind."""
        kind = re.sub(r"\d+", "N", f"{method} {path.partition('?')[0]}")
        with self._lock:
            self._seen[kind] += 1
            luck = random.Random(f"{self.seed} {kind} {self._seen[kind]}")
            if len(self.drawn) >= self.most or luck.random() >= self.often:
                return None
            (fault,) = luck.choices(self.faults, [1 if fault in LASTING else 4 for fault in self.faults])
            self.drawn.append((kind, fault))
            return fault

    def settle(self) -> None:
        """Wait until what was broken works again."""
