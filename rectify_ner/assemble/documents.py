"""Which document mentions name the same document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.fold import fold
from rectify_ner.notice import ACTIONS, Entity


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """One document of the notice; ``entities`` are indices of its mentions in text order."""

    id: str
    title: str
    suffix: str | None
    action: str
    """The strongest action of its mentions: issue over revise over draft over the others."""
    entities: tuple[int, ...]


def identify_documents(
    text: str, entities: Sequence[Entity], issues: Sequence[int | None], issuer: str | None
) -> list[NamedDocument]:
    """All documents in the order they are first named; ``issues`` tells each entity's issue.

    A title in 《》 or a long name is the same document wherever it stands; a short name without brackets
    (整改方案, 通知) only within one issue.
    """
    places: dict[tuple[str, int | None], list[int]] = {}
    prefixes = _prefixes(issuer)
    for index, entity in enumerate(entities):
        if entity.label == "DOCUMENT":
            mention = text[entity.start : entity.end]
            key = document_key(str(entity.value["title"]), prefixes)
            wide = "《" in mention or "》" in mention or len(key) >= _LONG
            places.setdefault((key, None if wide else issues[index]), []).append(index)
    documents = []
    for number, indices in enumerate(places.values(), 1):
        first = entities[indices[0]]
        suffixes = (document_suffix(str(entities[index].value["title"])) for index in indices)
        suffix = next((suffix for suffix in suffixes if suffix), None)
        action = min((str(entities[index].value["action"]) for index in indices), key=ACTIONS.index)
        documents.append(
            NamedDocument(f"d{number}", str(first.value["title"]), suffix, action, tuple(indices))
        )
    return documents


_LONG = 8
"""Characters from which a name without brackets tells one document from others of its kind."""
_SUFFIX = re.compile(
    r"[(\[〔]((?:试行|暂行|草案|征求意见稿|送审稿|讨论稿|修订|修正|新修订|\d{4}年?(?:修订|修正|版))[^()]{0,6})[)\]〕]?$"
)
_CLOSING = (")", "）", "]", "］", "〕")
_TAIL = 24
_MARKS = re.compile(r"[\s《》〈〉<>“”\"'‘’「」、,。·—\-()\[\]〔〕]")
_WRAPPED = re.compile(r"^关于(?:重新)?(?:印发|下发|发布)[〈<《](.{4,80})[〉>》](?:的|\(.{1,8}\)的)通知$")


def document_suffix(title: str) -> str | None:
    """What stands in the bracket at a title's end, where it tells the document's state.

    >>> document_suffix("采购管理办法（试行）")
    '试行'
    """
    found = _SUFFIX.search(fold(title[-_TAIL:])) if title[-1:] in _CLOSING else None
    return found[1] if found else None


def document_key(title: str, prefixes: Sequence[str] = ()) -> str:
    """What two mentions of one document have in common: no marks, no suffix, no name of the issuer.

    >>> document_key("关于印发〈车辆管理办法（试行）〉的通知") == document_key("车辆管理办法")
    True
    """
    title = fold(title).strip()
    wrapped = _WRAPPED.match(title)
    title = wrapped[1] if wrapped else title
    title = _MARKS.sub("", _SUFFIX.sub("", title))
    for prefix in prefixes:
        if title.startswith(prefix) and len(title) - len(prefix) >= _LONG:
            return title.removeprefix(prefix)
    return title


def _prefixes(issuer: str | None) -> list[str]:
    """The issuer's name with and without 中共 and its Party body, longest first."""
    if not issuer:
        return []
    name = _MARKS.sub("", fold(issuer))
    bare = name.removeprefix("中国共产党").removeprefix("中共")
    unit = re.sub(r"(?:党组|党委|党工委|党总支|党支部)$", "", bare)
    bases = [base for base in (name, bare, unit, "中共" + unit) if len(base) > len("中共")]
    return sorted({*bases, *(base + "关于" for base in bases)}, key=len, reverse=True)
