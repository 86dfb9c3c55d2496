"""Files for the readers: damaged bytes of every kind of text file, and what must hold of each."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

from rectify_ner.batch import Job
from rectify_ner.batch.inputs import Item
from rectify_ner.batch.work import work
from rectify_ner.notice import Span
from rectify_ner.read import DEFAULT_LIMITS, InputError, read_data

from .cases import HOSTILE, draw_case, strewn
from .invariants import check_offsets, check_shape

_ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk")
_TAGS = ("p", "div", "td", "tr", "table", "li", "ol", "script", "style", "br", "h1", "span", "title", "body")


@dataclass(frozen=True, slots=True)
class File:
    """What a file is called and holds."""

    name: str
    data: bytes


def draw_file(random: Random) -> File:
    """A case's text written in some form and encoding, then damaged or not."""
    text = draw_case(random).text
    name, make = random.choice(_FORMS)
    return File(name, _spoiled(make(text, random), random))


def check_file(file: File) -> None:
    """A source that holds, or a refusal that says why; the whole way never ends in an unknown error."""
    try:
        source = read_data(file.data, file.name)
    except InputError as error:
        assert str(error).isprintable() and error.kind
    else:
        assert source.text.strip()
        assert source == read_data(file.data, file.name)
        assert list(source.places.starts) == sorted(source.places.starts)
        assert source.places.place_of(len(source.text) - 1)
    outcome = work(Item(file.name, data=file.data, is_object=file.name.endswith("l:1")), _JOB, _tag)
    assert outcome.kind != "internal", outcome.message
    if outcome.line is not None:
        record = json.loads(outcome.line)
        check_shape(record)
        check_offsets(record["text"], record)


def _tag(text: str) -> Sequence[Span]:
    return strewn(text, Random(len(text)))


_JOB = Job(lambda: _tag, DEFAULT_LIMITS, "fuzz")


def _plain(text: str, random: Random) -> bytes:
    encoding = random.choice(_ENCODINGS)
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def _page(text: str, random: Random) -> bytes:
    pieces = ["<!doctype html><html><body>"] if random.randrange(4) else []
    for line in text.split("\n"):
        tag = random.choice(_TAGS)
        close = f"</{tag}>" if random.randrange(6) else ""
        inside = line if random.randrange(2) else escape(line)
        pieces.append(f"<{tag} class='{random.choice(HOSTILE)}'>{inside}{close}")
    return "\n".join(pieces).encode(random.choice(_ENCODINGS), "replace")


def _object(text: str, random: Random) -> bytes:
    held = {"id": random.choice((text[:9], 7, None)), random.choice(("text", "html")): text}
    return json.dumps(held, ensure_ascii=bool(random.randrange(2))).encode("utf-8", "surrogatepass")


def _word(text: str, random: Random) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    clean = "".join(char for char in text if char.isprintable() or char in "\n\t")
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in clean.split("\n"))
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", _spoiled(xml.encode("utf-8", "replace"), random))
    return packed.getvalue()


_FORMS = (
    ("a.txt", _plain),
    ("a.txt", _plain),
    ("a.html", _page),
    ("a.html", _page),
    ("a.jsonl:1", _object),
    ("a.docx", _word),
)


def _spoiled(data: bytes, random: Random) -> bytes:
    """Some bytes lost, changed or doubled, in one file of two."""
    for _ in range(random.randrange(4) if random.randrange(2) else 0):
        at = random.randrange(len(data) + 1)
        end = at + random.randrange(1, 9)
        new = (b"", bytes([random.randrange(256)]), data[at:end] * 2)[random.randrange(3)]
        data = data[:at] + new + data[end:]
    return data
