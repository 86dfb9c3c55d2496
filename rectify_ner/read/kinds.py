"""What a file is: by its content first, then by its suffix."""

import io
import re
import struct
import zipfile
from typing import Literal, NamedTuple

from rectify_ner.read.source import InputError

Kind = Literal["text", "html", "mhtml", "docx", "pdf", "jsonl", "image"]

_PAGES = (".html", ".htm", ".shtml", ".xhtml", ".jsp", ".asp", ".aspx", ".php")
SUFFIXES = frozenset(
    (*_PAGES, ".txt", ".text", ".md", ".mht", ".mhtml", ".docx", ".docm", ".pdf", ".jsonl", ".ndjson", ".xml")
)
IMAGES = frozenset([".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"])
OTHER_DOCUMENTS = frozenset(
    (".doc", ".wps", ".rtf", ".xls", ".xlsx", ".et", ".odt", ".ofd", ".zip", ".rar", ".7z")
)
"""Suffixes of documents that are no use here, yet worth a line each when a folder holds them."""


class _Magic(NamedTuple):
    start: bytes
    seen: str
    advice: str


_UNREADABLE = (
    _Magic(b"{\\rtf", "an RTF document", "open it and save it as .docx"),
    _Magic(b"Rar!", "a RAR archive", "unpack it and give the files in it"),
    _Magic(b"7z\xbc\xaf", "a 7z archive", "unpack it and give the files in it"),
    _Magic(b"\x1f\x8b", "a gzip archive", "unpack it and give the file in it"),
    _Magic(b"BZh", "a bzip2 archive", "unpack it and give the file in it"),
    _Magic(b"\xfd7zXZ", "an xz archive", "unpack it and give the file in it"),
    _Magic(b"MZ", "a program", "give txt, html, docx or pdf"),
    _Magic(b"\x7fELF", "a program", "give txt, html, docx or pdf"),
    _Magic(b"GIF8", "a GIF image", "give the notice itself"),
    _Magic(b"SQLite format 3", "a database", "give txt, html, docx or pdf"),
)
_IMAGE = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
BAD_ARCHIVE = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    struct.error,
    IndexError,
    OverflowError,
)
"""What zipfile raises for archives that are none or are damaged."""
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|article|section|span|h[1-6]|center|font)\b",
    re.I,
)
_MHTML = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
_OBJECT = re.compile(rb'\s*\{\s*"')


def kind_of(data: bytes, name: str) -> Kind:
    """The kind of ``data``; raises InputError for what cannot be read, saying what it is."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise InputError("empty", f"{name}: empty, wanted the text of a notice; fetch it again")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return _zipped(data, name)
    if data.startswith(_COMPOUND):
        raise _compound(data, name)
    if data.startswith(_IMAGE) or (data.startswith(b"BM") and suffix_of(name) == ".bmp"):
        return "image"
    for magic in _UNREADABLE:
        if data.startswith(magic.start):
            raise InputError("unsupported", f"{name}: {magic.seen}, wanted a notice; {magic.advice}")
    return _textual(data, name)


def suffix_of(name: str) -> str:
    """The suffix in small letters, with its dot."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > max(name.rfind("/"), name.rfind("\\")) else ""


def looks_like_objects(data: bytes) -> bool:
    """Whether the content begins as JSON Lines do."""
    return _OBJECT.match(data.removeprefix(b"\xef\xbb\xbf")[:200]) is not None


def _zipped(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except BAD_ARCHIVE as error:
        raise InputError(
            "damaged", f"{name}: a damaged archive ({error}), wanted .docx; fetch it again"
        ) from error
    if any(entry.startswith("word/") for entry in names):
        return "docx"
    for start, seen, advice in (
        ("xl/", "an Excel workbook", "save the sheet as .docx or .html"),
        ("ppt/", "a presentation", "give txt, html, docx or pdf"),
        ("OFD.xml", "an OFD document", "print it to PDF"),
        ("content.xml", "an OpenDocument file", "save it as .docx"),
    ):
        if any(entry.startswith(start) for entry in names):
            raise InputError("unsupported", f"{name}: {seen}, wanted a notice; {advice}")
    raise InputError(
        "unsupported", f"{name}: a ZIP archive, wanted a notice; unpack it and give the files in it"
    )


def _compound(data: bytes, name: str) -> InputError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return InputError("encrypted", f"{name}: locked with a password; save a copy without one")
    return InputError(
        "unsupported", f"{name}: an old Word or WPS file, wanted .docx; open it and save it as .docx"
    )


def _textual(data: bytes, name: str) -> Kind:
    head = data[:4096]
    if _MHTML.search(head):
        return "mhtml"
    suffix = suffix_of(name)
    plain = head.replace(b"\0", b"").decode("latin-1").removeprefix("ï»¿").lstrip("\xff\xfe \t\r\n")
    if _HTML.search(plain) and (plain.startswith("<") or suffix in _PAGES):
        return "html"
    if suffix in (".jsonl", ".ndjson") or (looks_like_objects(head) and suffix not in (".txt", *_PAGES)):
        return "jsonl"
    return "text"
