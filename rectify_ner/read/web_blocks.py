"""A page's tree → its visible lines and tables, in one walk that knows no depth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from rectify_ner.read.numbering import number_text
from rectify_ner.read.tables import Cell
from rectify_ner.read.web_rules import BLOCKS, DROPPED, FRAGMENT_LINE, HEADINGS, SITE_NAME, TITLE_NAME

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.I,
)
_RULE_NAME = re.compile(r"[.#]([\w-]{1,60})$")
_RUNNING = re.compile(r"[。；，：]")
_FURNITURE_CHARS = 300
_MAX_SPAN = 60
_MAX_CELLS = 100_000
_MAX_SCANS = 200  # whole subtrees looked through by name: more is no page of a site
_MAX_RULES = 40
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—"
_BREAK_IN_CJK = re.compile(rf"(?<=[{_CJK}])[ \t]*\n\s*(?=[{_CJK}])")
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CHINESE_LIST = re.compile(
    r"list-style(?:-type)?\s*:[^;]{0,40}(?:cjk-ideographic|chinese|trad-chinese|simp-chinese)", re.I
)
_NO_LIST = re.compile(r"list-style(?:-type)?\s*:\s*none", re.I)
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十\d①-⑳]{1,3}[）)、.．]|[①-⑳]|[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]"
)


@dataclass(slots=True)
class Block:
    """A line of the page, or a table. ``owner`` is the innermost block element around it."""

    owner: Any
    text: str
    link_chars: int = 0
    is_title: bool = False
    is_site: bool = False
    table: list[list[Cell]] | None = None

    @property
    def link_share(self) -> float:
        return self.link_chars / max(1, len(self.text))

    @property
    def is_link(self) -> bool:
        return self.table is None and self.link_share > 0.6

    @property
    def weight(self) -> int:
        """Characters of running text: a line with punctuation that is not made of links."""
        if self.table is not None:
            return len(self.text)
        return (
            len(self.text) if not self.is_site and self.link_share < 0.4 and _RUNNING.search(self.text) else 0
        )


@dataclass(slots=True)
class _Walk:
    hidden: frozenset[str]
    blocks: list[Block] = field(default_factory=list)
    owners: list[Any] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    link_chars: int = 0
    links: int = 0
    pre: int = 0
    site: list[bool] = field(default_factory=list)
    scans: int = 0
    numbers: dict[Any, int] = field(default_factory=dict)

    def say(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.links:
                self.link_chars += len(text.strip())

    def flush(self) -> None:
        raw = "".join(self.pieces)
        owner = self.owners[-1] if self.owners else None
        for line in raw.split("\n") if self.pre else [_collapsed(raw)]:
            if line.strip():
                is_title = owner is not None and _is_title(owner)
                is_site = bool(self.site and self.site[-1])
                self.blocks.append(Block(owner, line.strip(), self.link_chars, is_title, is_site))
        self.pieces.clear()
        self.link_chars = 0


def blocks_of(root: Any, hidden: frozenset[str]) -> list[Block]:
    """The visible lines and tables below ``root`` in page order."""
    walk = _Walk(hidden)
    events = etree.iterwalk(root, events=("start", "end"))
    left_out: Any = None
    for event, element in events:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            left_out = None
            if (
                _is_dropped(element, tag, hidden)
                or _is_button(element, tag)
                or (tag == "table" and _data_table(walk, element))
            ):
                left_out = element
                events.skip_subtree()
                continue
            _enter(walk, element, tag)
        else:
            if element is not left_out:
                _leave(walk, tag)
            left_out = None
            if element is not root:
                walk.say(element.tail)
    walk.flush()
    return walk.blocks


def _enter(walk: _Walk, element: Any, tag: str) -> None:
    if tag in BLOCKS:
        walk.flush()
        walk.owners.append(element)
        walk.site.append(bool(walk.site and walk.site[-1]) or _is_furniture(walk, element))
        if tag == "li":
            walk.say(_list_number(walk, element))
    elif tag == "br":
        walk.flush()
    elif tag == "a":
        walk.links += 1
    walk.pre += tag == "pre"
    walk.say(element.text)


def _leave(walk: _Walk, tag: str) -> None:
    if tag in BLOCKS:
        walk.flush()
        walk.owners.pop()
        walk.site.pop()
    elif tag == "a":
        walk.links -= 1
    walk.pre -= tag == "pre"


def _collapsed(raw: str) -> str:
    """White space as a browser shows it; line breaks of the source in Chinese show nothing."""
    if "\n" in raw:
        raw = _BREAK_IN_CJK.sub("", raw.strip())
    return re.sub(r"[ \t\r\n\f]+", " ", raw).strip(" \u00a0\u3000\u200b\ufeff")


def _is_dropped(element: Any, tag: str, hidden: frozenset[str]) -> bool:
    if not tag or tag in DROPPED:
        return True
    style = element.get("style")
    if style is not None and _HIDDEN.search(style):
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(hidden) and not hidden.isdisjoint(_names(element))


def _is_button(element: Any, tag: str) -> bool:
    """A link that prints, closes or shares the page, in the middle of a line or not."""
    if tag != "a" or len(element) > 2:
        return False
    text = "".join(element.itertext()).strip()
    return 0 < len(text) < 12 and FRAGMENT_LINE.fullmatch(text) is not None


def _names(element: Any) -> list[str]:
    return [*(element.get("class") or "").split(), *filter(None, (element.get("id"),))]


def _is_furniture(walk: _Walk, element: Any) -> bool:
    names = " ".join(_names(element))
    if not names or not SITE_NAME.search(names):
        return False
    held = 0
    for text in element.itertext():
        held += len(text.strip())
        if held > _FURNITURE_CHARS:
            walk.scans += 1
            return walk.scans < _MAX_SCANS and _mostly_links(element)
    return True


def _mostly_links(element: Any) -> bool:
    held = sum(len(text.strip()) for text in element.itertext())
    linked = sum(len(text.strip()) for link in element.iter("a") for text in link.itertext())
    return linked > 0.6 * held


def _is_title(element: Any) -> bool:
    return element.tag in HEADINGS or any(TITLE_NAME.search(name) for name in _names(element))


def _list_number(walk: _Walk, item: Any) -> str:
    """The number a browser prints before a list item; one that the text has of itself is enough."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    following = walk.numbers[parent] + 1 if parent in walk.numbers else _whole(parent.get("start"), 1)
    number = walk.numbers[parent] = _whole(item.get("value"), following)
    text = next((text.strip() for text in item.itertext() if text.strip()), "")
    style = f"{parent.get('style') or ''};{item.get('style') or ''}"
    if not text or _NUMBERED.match(text) or _NO_LIST.search(style):
        return ""
    if _CHINESE_LIST.search(style):
        return number_text(number, "chineseCounting") + "、"
    return number_text(number, _LIST_FORMS.get(parent.get("type") or "", "decimal")) + "."


def _whole(value: str | None, default: int) -> int:
    return int(value) if value is not None and re.fullmatch(r"\d{1,6}", value.strip()) else default


def hidden_classes(root: Any) -> frozenset[str]:
    """Class and id names that a style sheet in the page hides; rules for print do not count."""
    found = set()
    for style in root.iter("style"):
        for selectors, body in _rules(style.text or ""):
            if re.search(r"display\s*:\s*none", body, re.I):
                for selector in selectors.split(","):
                    name = _RULE_NAME.fullmatch(selector.strip())
                    if name:
                        found.add(name[1])
    return frozenset(name for name in sorted(found)[:_MAX_RULES] if not _holds_most(root, name))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selector and body of the rules at the top of a style sheet."""
    depth, at, selector = 0, 0, ""
    sheet_text = "".join(
        piece.partition("*/")[2] if number else piece for number, piece in enumerate(sheet.split("/*"))
    )
    for brace in re.finditer(r"[{}]", sheet_text):
        if brace[0] == "{":
            depth += 1
            if depth == 1:
                selector = sheet_text[at : brace.start()].strip()
                at = brace.end()
        elif depth:
            depth -= 1
            if depth == 0:
                if not selector.startswith("@"):
                    yield selector, sheet_text[at : brace.start()]
                at = brace.end()


def _holds_most(root: Any, name: str) -> bool:
    """Whether the page's own text is hidden by a rule: a script of the site shows it again."""
    whole = sum(len(text) for text in root.itertext())
    held = sum(
        len(text)
        for element in root.iter(etree.Element)
        if name in _names(element)
        for text in element.itertext()
    )
    return held > 0.5 * whole


def _data_table(walk: _Walk, table: Any) -> bool:
    """Read ``table`` as a grid where it is one; a frame for the layout of the page is not."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iter("tr"))
    wide = sum(1 for row in rows if sum(1 for cell in row.iterchildren("td", "th") if _has_text(cell)) >= 2)
    if wide < 2 or any(len(list(cell.iter("p", "div", "br"))) > 40 for cell in table.iter("td", "th")):
        return False
    walk.flush()
    grid = _grid(rows, walk.hidden)
    text = " ".join(cell.text for row in grid for cell in row)
    if text.strip():
        site = bool(walk.site and walk.site[-1])
        linked = sum(len(text.strip()) for link in table.iter("a") for text in link.itertext())
        if linked > 0.5 * len(text):
            return False
        walk.blocks.append(Block(walk.owners[-1] if walk.owners else table, text, 0, False, site, grid))
    return True


def _has_text(element: Any) -> bool:
    return any(text.strip() for text in element.itertext())


def _grid(rows: list[Any], hidden: frozenset[str]) -> list[list[Cell]]:
    """Cells by row and column; the lower and right parts of a merged cell are empty."""
    grid: list[list[Cell]] = []
    above: dict[int, int] = {}  # column → rows that a cell above still spans
    made = 0
    for row in rows:
        line: list[Cell] = []
        for cell in (*row.iterchildren("td", "th"), None):
            while above.get(len(line), 0) > 0:
                above[len(line)] -= 1
                line.append(Cell((), True))
            if cell is None or made > _MAX_CELLS:
                break
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            texts = tuple(block.text for block in blocks_of(cell, hidden))
            for extra in range(wide):
                above[len(line)] = high - 1
                line.append(Cell(texts if extra == 0 else ()))
            made += wide
        grid.append(line)
    return grid


def _span(cell: Any, name: str) -> int:
    return max(1, min(_whole(cell.get(name), 1), _MAX_SPAN))
