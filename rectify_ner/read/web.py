"""HTML → text: the notice of a saved page, with the page's title and day, without the site around it."""

import email
import email.policy
import re
from typing import Any

from lxml import etree

from rectify_ner.read.decode import decode
from rectify_ner.read.source import InputError, Limits, Source, TextBuilder
from rectify_ner.read.tables import Cell, write_table
from rectify_ner.read.web_blocks import Block, blocks_of, hidden_classes
from rectify_ner.read.web_rules import (
    DAY_LINE,
    DAY_META,
    FOOT_LINE,
    FRAGMENT_LINE,
    SITE_LINE,
    TITLE_META,
    site_title,
)

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,30})")
_ALMOST_ALL = 0.9
_NEARBY = 12  # lines between the page's title and its text
_SPARE_CHARS = 400


def read_html(data: bytes, name: str, limits: Limits, charset: str | None = None) -> Source:
    """The text of a saved page: title, line with the day, paragraphs, lists and tables."""
    declared = _META_CHARSET.search(data[:8192]) or _XML_CHARSET.match(data[:200])
    text, notes = decode(data, name, charset or (declared[1].decode("ascii") if declared else None))
    root = _parsed(text, name)
    blocks = blocks_of(root, hidden_classes(root))
    first, last = _trimmed(blocks, *_extent(root, blocks))
    head = _head_lines(root, blocks, first, last)
    builder = TextBuilder()
    for line in head:
        builder.line(line, "页首")
    kept = [block for block in blocks[first:last] if not block.is_site]
    if not _write(builder, kept or blocks, head):
        raise InputError(
            "empty", f"{name}: a page without text, wanted a notice; save the page of the notice itself"
        )
    return builder.source(name, notes)


def read_mhtml(data: bytes, name: str, limits: Limits) -> Source:
    """A page saved as one file by a browser (.mht, .mhtml)."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        content = None if page is None else page.get_payload(decode=True)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise InputError("damaged", f"{name}: a damaged saved page ({error}); save the page again") from error
    if page is None or not isinstance(content, bytes):
        raise InputError("damaged", f"{name}: a saved page without HTML in it; save the page again")
    return read_html(content, name, limits, page.get_content_charset())


def _parsed(text: str, name: str) -> Any:
    """The tree of a page. The parser knows no entities but those of HTML, loads nothing and runs nothing."""
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8"
    )
    plain = re.sub("[\0\x01-\x08\x0b\x0e-\x1f\ufffe\uffff]", "", text)
    try:
        root = etree.fromstring(plain.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("damaged", f"{name}: not readable as HTML ({error}); save the page again") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError(
            "too_large", f"{name}: elements nested too deep for a page; print it to PDF and give that"
        )
    if root is None:
        raise InputError(
            "empty", f"{name}: a page without text, wanted a notice; save the page of the notice itself"
        )
    return root


def _extent(root: Any, blocks: list[Block]) -> tuple[int, int]:
    """The blocks that are the notice: the tightest element that holds almost all running text."""
    weights: dict[Any, int] = {}
    for block in blocks:
        if weight := block.weight:
            weights[block.owner] = weights.get(block.owner, 0) + weight
    totals = _totals(root, weights)
    if not totals.get(root):
        return _without_links(blocks)
    best = root
    while True:
        children = [child for child in best if totals.get(child, 0) >= _ALMOST_ALL * totals[best]]
        if not children:
            break
        best = children[0]
    return _grown(best, blocks)


def _trimmed(blocks: list[Block], first: int, last: int) -> tuple[int, int]:
    """Without the links and lines of the site at both ends."""
    while first < last and (blocks[first].is_link or blocks[first].is_site):
        first += 1
    while last > first and blocks[last - 1].table is None and _is_foot(blocks[last - 1]):
        last -= 1
    return first, last


def _is_foot(block: Block) -> bool:
    return (
        block.is_link or block.is_site or (len(block.text) < 200 and FOOT_LINE.search(block.text) is not None)
    )


def _totals(root: Any, weights: dict[Any, int]) -> dict[Any, int]:
    totals: dict[Any, int] = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        total = weights.get(element, 0) + totals.get(element, 0)
        if total:
            totals[element] = total
            parent = element.getparent()
            if parent is not None:
                totals[parent] = totals.get(parent, 0) + total
    return totals


def _grown(best: Any, blocks: list[Block]) -> tuple[int, int]:
    """The extent of ``best`` and of what stands around it, as long as that is no part of the site."""
    spans = _spans(best, blocks)
    first, last = spans(best)
    element = best.getparent()
    while element is not None and element.tag not in ("body", "html"):
        upper, lower = spans(element)
        around = blocks[upper:first] + blocks[last:lower]
        chars = sum(len(block.text) for block in around)
        if chars > _SPARE_CHARS or any(block.link_share > 0.3 or block.is_site for block in around):
            break
        first, last = upper, lower
        element = element.getparent()
    return first, last


def _spans(best: Any, blocks: list[Block]) -> Any:
    """A function from ``best`` or one of its ancestors to the first and last block within it."""
    chain = {best: 0}
    for depth, element in enumerate(best.iterancestors(), 1):
        chain[element] = depth
    found: dict[int, list[int]] = {}
    inside: dict[Any, int | None] = {}
    for number, block in enumerate(blocks):
        above = _depth(block.owner, chain, inside)
        if above is not None:
            found.setdefault(above, []).append(number)

    def span(element: Any) -> tuple[int, int]:
        numbers = [
            number
            for depth, held in found.items()
            if depth <= chain[element]
            for number in (held[0], held[-1])
        ]
        return (min(numbers), max(numbers) + 1) if numbers else (0, 0)

    return span


def _depth(owner: Any, chain: dict[Any, int], inside: dict[Any, int | None]) -> int | None:
    """How far above the text's element the first common ancestor lies."""
    path = []
    element = owner
    while element is not None and element not in chain and element not in inside:
        path.append(element)
        element = element.getparent()
    depth: int | None = None
    if element is not None:
        depth = chain[element] if element in chain else inside[element]
    for passed in path:
        inside[passed] = depth
    return depth


def _without_links(blocks: list[Block]) -> tuple[int, int]:
    """A page with no running text: what is not links."""
    kept = [number for number, block in enumerate(blocks) if block.link_share < 0.5 and block.text]
    return (kept[0], kept[-1] + 1) if kept else (0, 0)


def _head_lines(root: Any, blocks: list[Block], first: int, last: int) -> list[str]:
    """Title and line with the day where the extent does not begin with them."""
    opening = [block.text for block in blocks[first : min(last, first + _NEARBY)]]
    before = [block for block in blocks[max(0, first - 40) : first] if not block.is_link]
    lines: list[str] = []
    title = _title(root, before)
    if title and not any(
        _tight(title) in _tight("".join(opening[at : at + 3])) for at in range(min(4, len(opening)))
    ):
        lines.append(title)
    if not any(DAY_LINE.search(text) for text in opening[:6] if len(text) < 150):
        visible = [
            block.text for block in before[-_NEARBY:] if DAY_LINE.search(block.text) and len(block.text) < 150
        ]
        printed = _meta(root, DAY_META)
        if visible:
            lines.append(visible[-1])
        elif printed:
            lines.append(f"发布时间：{printed}")
    return lines


def _title(root: Any, before: list[Block]) -> str | None:
    named = _meta(root, TITLE_META)
    if named:
        return site_title(named) or named
    headings = [block.text for block in before if block.is_title and 6 <= len(block.text) <= 150]
    if headings:
        return headings[-1]
    found = root.find(".//title")
    text = "" if found is None else " ".join("".join(found.itertext()).split())
    return site_title(text)


def _meta(root: Any, names: frozenset[str]) -> str | None:
    for meta in root.iter("meta"):
        if (meta.get("name") or meta.get("property") or "").lower() in names and (
            meta.get("content") or ""
        ).strip():
            return " ".join(meta.get("content").split())
    return None


def _write(builder: TextBuilder, blocks: list[Block], head: list[str]) -> bool:
    """Write the blocks; paragraphs and tables are counted as a reader of the page would."""
    paragraphs = tables = chars = 0
    for block in blocks:
        if block.table is not None:
            tables += 1
            rows = [
                [
                    Cell(cell.lines, cell.continues, f"表{tables}第{y}行第{x}列")
                    for x, cell in enumerate(row, 1)
                ]
                for y, row in enumerate(block.table, 1)
            ]
            write_table(builder, rows)
            chars += 1
            continue
        if block.is_link and SITE_LINE.search(block.text):
            continue
        if block.text in head or (len(block.text) < 300 and FRAGMENT_LINE.fullmatch(block.text)):
            continue
        paragraphs += 1
        chars += len(block.text)
        builder.line(block.text, f"第{paragraphs}段")
    return chars > 0


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
