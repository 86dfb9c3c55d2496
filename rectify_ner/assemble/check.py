"""What one comparison of a notice with itself says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "note"]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Check:
    """A claim of the notice against what is in it.

    ``places`` are the spans it speaks of, the claim itself first. A failed check is an ``error`` where the
    notice contradicts itself, a ``note`` where there may be a good reason (a plan's measures need not all
    be printed).
    """

    kind: str
    ok: bool
    places: tuple[Place, ...]
    message: str
    reported: float | None = None
    found: float | None = None
    severity: Severity = "note"

    def as_dict(self) -> dict[str, Any]:
        start, end = self.places[0]
        return {
            "kind": self.kind,
            "reported": self.reported,
            "found": self.found,
            "ok": self.ok,
            "severity": "none" if self.ok else self.severity,
            "start": start,
            "end": end,
            "spans": [{"start": first, "end": last} for first, last in self.places],
            "message": self.message,
        }


def plain(value: float) -> str:
    """A number as it is written: no needless zeros.

    >>> plain(90.0), plain(89.2857)
    ('90', '89.29')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def listing(values: Sequence[float]) -> str:
    """Numbers joined for a sentence."""
    return "＋".join(plain(value) for value in values)
