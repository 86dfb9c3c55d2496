"""How far two annotators of the same notices agree, label by label.

F of one against the other is the usual measure for spans (Hripcsak & Rothschild 2005); kappa is Cohen's over
characters, inside or outside a span of the label.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rectify_ner.assemble import Parsed
from rectify_ner.corpus import read_gold
from rectify_ner.errors import CorpusError
from rectify_ner.evaluate import evaluate
from rectify_ner.notice import LABELS, Gold


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of one label or one kind of decision. ``kappa`` is None where it is not defined."""

    first: int
    second: int
    both: int
    f: float
    kappa: float | None = None

    def as_dict(self) -> dict[str, float | None]:
        kappa = None if self.kappa is None else round(self.kappa, 4)
        return {"first": self.first, "second": self.second, "both": self.both, "f": round(self.f, 4)} | {
            "kappa": kappa
        }


def agreement(pairs: Iterable[tuple[Gold, Gold]]) -> dict[str, dict[str, Agreement]]:
    """Agreement of entities, structure and values. Raises CorpusError where two texts differ."""
    held = list(pairs)
    for first, second in held:
        _same_text(first, second)
    scores = evaluate((first, _as_found(second)) for first, second in held)
    found: dict[str, dict[str, Agreement]] = {}
    for group in ("entities", "structure", "values"):
        found[group] = {
            name: Agreement(tally.gold, tally.predicted, tally.right, tally.f, _kappa(held, name))
            for name, tally in getattr(scores, group).items()
        }
    return found


def paired(paths: Sequence[Path]) -> list[tuple[Gold, Gold]]:
    """The notices of two files, or those of one name in two folders. Raises CorpusError."""
    if len(paths) != 2:
        raise CorpusError(f"agreement needs two files or two folders, saw {len(paths)}")
    if not all(path.is_dir() for path in paths):
        return [(read_gold(paths[0]), read_gold(paths[1]))]
    sides = [{path.name: path for path in folder.glob("*.xml")} for folder in paths]
    names = sorted(sides[0].keys() & sides[1].keys())
    if not names:
        raise CorpusError(f"{paths[0]} and {paths[1]}: no notice of the same name in both")
    return [(read_gold(sides[0][name]), read_gold(sides[1][name])) for name in names]


def agreement_table(found: dict[str, dict[str, Agreement]]) -> str:
    """The agreement as a table for the terminal."""
    lines = []
    for group, rows in found.items():
        lines.append(f"\n{group:<34}{'first':>8}{'second':>8}{'both':>8}{'F':>8}{'kappa':>8}")
        for name, row in rows.items():
            kappa = "" if row.kappa is None else f"{row.kappa:.3f}"
            width = 32 - sum(ord(char) > 0x2E80 for char in name)
            lines.append(
                f"  {name:<{width}}{row.first:>8}{row.second:>8}{row.both:>8}{row.f:>8.3f}{kappa:>8}"
            )
    return "\n".join(lines).lstrip("\n")


def agreement_json(found: dict[str, dict[str, Agreement]]) -> dict[str, Any]:
    """The agreement as plain objects."""
    return {group: {name: row.as_dict() for name, row in rows.items()} for group, rows in found.items()}


def _same_text(first: Gold, second: Gold) -> None:
    if first.text == second.text:
        return
    pairs = zip(first.text, second.text, strict=False)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first.text), len(second.text)))
    raise CorpusError(
        f"{first.name} and {second.name}: their texts differ from character {at} on; "
        "agreement needs two annotations of one text"
    )


def _as_found(gold: Gold) -> Parsed:
    return Parsed(gold.text, gold.outline, gold.head, gold.entities, gold.statuses)


def _kappa(pairs: list[tuple[Gold, Gold]], label: str) -> float | None:
    if label not in LABELS:
        return None
    total = both = first_in = second_in = 0
    for first, second in pairs:
        sides = [_covered(gold, label) for gold in (first, second)]
        total += len(first.text)
        first_in += sides[0].bit_count()
        second_in += sides[1].bit_count()
        both += (sides[0] & sides[1]).bit_count()
    if not total:
        return None
    agreed = (total - first_in - second_in + 2 * both) / total
    chance = (first_in * second_in + (total - first_in) * (total - second_in)) / total**2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def _covered(gold: Gold, label: str) -> int:
    """The characters of a label as bits of one number."""
    bits = bytearray(b"0") * (len(gold.text) + 1)
    for entity in gold.entities:
        if entity.label == label:
            bits[entity.start : entity.end] = b"1" * (entity.end - entity.start)
    return int(bytes(bits), 2)
