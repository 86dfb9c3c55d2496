"""DOCX → text: paragraphs with their automatic numbers, tables, tracked changes as if accepted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from rectify_ner.read.numbering import Numbering, W, read_numbering
from rectify_ner.read.package import Package
from rectify_ner.read.source import InputError, Limits, Source, TextBuilder
from rectify_ner.read.tables import Cell, write_table

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VAL = W + "val"
_DROPPED = frozenset(
    W + tag
    for tag in (
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "pPr",
        "rPr",
        "tblPr",
        "trPr",
        "tcPr",
        "sectPr",
        "rt",
    )
) | {_MC + "Fallback"}
_COUNTED = {
    W + "footnoteReference": "脚注",
    W + "endnoteReference": "尾注",
    W + "commentReference": "批注",
    W + "drawing": "图片",
    W + "pict": "图片",
}
_SIGNS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-", W + "softHyphen": ""}
_MAX_DEPTH = 200


@dataclass(slots=True)
class _Paragraph:
    text: str
    number: int
    joined: bool  # its mark was deleted: the next paragraph goes on in it


@dataclass(slots=True)
class _Document:
    numbering: Numbering
    hidden_styles: frozenset[str]
    builder: TextBuilder = field(default_factory=TextBuilder)
    left_out: Counter[str] = field(default_factory=Counter)
    paragraphs: int = 0
    tables: int = 0


def read_docx(data: bytes, name: str, limits: Limits) -> Source:
    """The text of a Word file; footnotes, comments, headers and pictures are left out and said so."""
    package = Package(data, name, limits)
    root = package.part("word/document.xml")
    body = None if root is None else root.find(W + "body")
    if body is None:
        raise InputError(
            "damaged", f"{name}: a Word file without a document in it; open it in Word and save it again"
        )
    styles = package.part("word/styles.xml")
    document = _Document(read_numbering(package.part("word/numbering.xml"), styles), _hidden_styles(styles))
    _blocks(document, body, 0)
    notes = [f"{what}{count}处未读入" for what, count in document.left_out.items()]
    if any(entry.startswith(("word/header", "word/footer")) for entry in package.archive.namelist()):
        notes.append("页眉页脚未读入")
    return document.builder.source(name, tuple(notes))


def _blocks(document: _Document, container: Any, depth: int) -> None:
    """Write the paragraphs and tables of a container in their order."""
    held = ""
    for block in _flat(container):
        if block.tag == W + "tbl":
            _table(document, block, depth)
            continue
        paragraph = _paragraph(document, block)
        held += paragraph.text
        if not paragraph.joined:
            document.builder.line(held, f"第{paragraph.number}段")
            held = ""
    if held:
        document.builder.line(held, f"第{document.paragraphs}段")


def _flat(container: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those within content controls and tracked insertions."""
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in (W + "p", W + "tbl"):
            yield element
        elif isinstance(element.tag, str) and element.tag not in _DROPPED:
            stack.append(iter(element))


def _paragraph(document: _Document, element: Any) -> _Paragraph:
    document.paragraphs += 1
    text = "".join(_runs(document, element))
    label = ""
    if text.strip():
        label = document.numbering.label_of(element)
        text = label + text.lstrip() if label else text
    mark = element.find(f"{W}pPr/{W}rPr")
    joined = mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)
    return _Paragraph(text, document.paragraphs, joined)


def _runs(document: _Document, paragraph: Any) -> Iterator[str]:
    """The text of a paragraph as printed once all tracked changes are accepted."""
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        tag = element.tag
        if tag in _COUNTED and next(element.iter(W + "txbxContent"), None) is None:
            document.left_out[_COUNTED[tag]] += 1
        if tag in _DROPPED or (tag == W + "r" and _is_hidden(document, element)):
            walk.skip_subtree()
        elif tag == W + "t":
            yield element.text or ""
        elif tag in _SIGNS:
            if tag != W + "br" or element.get(W + "type") in (None, "textWrapping"):
                yield _SIGNS[tag]
        elif tag == W + "sym":
            yield _symbol(element)
        elif tag == W + "p" and element is not paragraph:
            yield "\n"  # a paragraph of a text box


def _symbol(element: Any) -> str:
    try:
        code = int(element.get(W + "char", ""), 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 else ""


def _is_hidden(document: _Document, run: Any) -> bool:
    properties = run.find(W + "rPr")
    if properties is None:
        return False
    vanish = properties.find(W + "vanish")
    if vanish is not None:
        return vanish.get(_VAL) not in ("0", "false", "off")
    style = properties.find(W + "rStyle")
    return style is not None and style.get(_VAL) in document.hidden_styles


def _hidden_styles(styles: Any | None) -> frozenset[str]:
    found = styles.findall(W + "style") if styles is not None else ()
    return frozenset(
        style.get(W + "styleId", "") for style in found if style.find(f"{W}rPr/{W}vanish") is not None
    )


def _table(document: _Document, table: Any, depth: int) -> None:
    """A grid becomes lines; one with a single column, or with a table inside, is only a frame."""
    rows = [row for row in _children(table, W + "tr") if row.find(f"{W}trPr/{W}del") is None]
    width = max((len(list(_children(row, W + "tc"))) for row in rows), default=0)
    nested = depth < _MAX_DEPTH and next(table.iterfind(f".//{W}tbl"), None) is not None
    if width <= 1 or nested:
        for row in rows:
            for cell in _children(row, W + "tc"):
                if depth < _MAX_DEPTH:
                    _blocks(document, cell, depth + 1)
        return
    document.tables += 1
    grid = [list(_cells(document, row, number)) for number, row in enumerate(rows, 1)]
    write_table(document.builder, grid)


def _children(element: Any, tag: str) -> Iterator[Any]:
    """Children of a tag, also those within content controls and tracked insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "ins", W + "customXml", W + "moveTo"):
            yield from child.iterfind(f".//{tag}")


def _cells(document: _Document, row: Any, number: int) -> Iterator[Cell]:
    column = _before(row)
    for _ in range(column):
        yield Cell()
    for cell in _children(row, W + "tc"):
        column += 1
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        continues = merge is not None and merge.get(_VAL) in (None, "continue")
        lines = tuple(line for block in _flat(cell) for line in _lines(document, block))
        place = f"表{document.tables}第{number}行第{column}列"
        yield Cell(() if continues else lines, continues, place)
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        extra = (
            min(int(span.get(_VAL, "1")), 64) - 1
            if span is not None and span.get(_VAL, "1").isdecimal()
            else 0
        )
        for _ in range(extra):
            column += 1
            yield Cell((), continues, place)


def _before(row: Any) -> int:
    skipped = row.find(f"{W}trPr/{W}gridBefore")
    value = skipped.get(_VAL, "0") if skipped is not None else "0"
    return min(int(value), 64) if value.isdecimal() else 0


def _lines(document: _Document, block: Any) -> Iterator[str]:
    text = _paragraph(document, block).text
    yield from (" ".join(line.split()) for line in text.split("\n") if line.strip())
