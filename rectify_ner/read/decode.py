"""bytes → text: byte order marks, UTF-8, GB18030 and UTF-16 told apart by what the text says."""

import codecs
import re

from charset_normalizer import from_bytes

from rectify_ner.read.source import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb-2312": "gb18030",
    "utf8": "utf-8",
    "unicode": "utf-8",
}
_NOT_OF_FILES = frozenset(("punycode", "idna", "utf-7", "unicode-escape", "raw-unicode-escape", "undefined"))
"""Codecs of names and of source code; that of punycode takes a time that grows with the square."""
_CANDIDATES = ("gb18030", "utf-16-le", "utf-16-be")
_SAMPLE = 60_000  # bytes: enough to tell encodings apart
_MAX_BROKEN = 0.005
_COMMON = re.compile(r"[的一是不在人有了和对化工作整改巡察问题党组责任落实、。，：；“”（）《》\d\n ]")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\u0250-\u058f\u0600-\u1fff\ua000-\uabff]")


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of ``data`` and notes. ``declared`` is what the file says of itself, tried before guessing.

    A byte order mark is not part of the text; line ends stay as they are. Raises InputError where no
    encoding gives text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], encoding, name)
    if b"\0" not in data[:_SAMPLE]:
        try:
            return data.decode("utf-8"), ()
        except UnicodeDecodeError:
            pass
    if declared is not None:
        encoding = _NAMES.get(declared.strip().lower(), declared.strip().lower())
        text = _strictly(data, encoding)
        if text is not None and "\0" not in text[:_SAMPLE]:
            return text, ()
    return _guessed(data, name)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        codec = codecs.lookup(encoding)
        if not codec._is_text_encoding or codec.name in _NOT_OF_FILES:
            return None
        return data.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None


def _guessed(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    sample = data[:_SAMPLE]
    scores = {
        encoding: _plausible(sample.decode(encoding, "replace")) for encoding in ("utf-8", *_CANDIDATES)
    }
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] > 0.2:
        return _lenient(data, best, name)
    if b"\0" in sample:
        raise InputError(
            "unsupported",
            f"{name}: not text (it holds NUL bytes), wanted a notice; give txt, html, docx or pdf",
        )
    found = from_bytes(sample).best()
    if (
        found is not None
        and (text := _strictly(data, found.encoding)) is not None
        and _plausible(text[:20_000]) > 0.1
    ):
        return text, ()
    raise InputError(
        "encoding",
        f"{name}: no encoding gives Chinese text, wanted UTF-8, GB18030 or UTF-16; save it as UTF-8",
    )


def _plausible(text: str) -> float:
    """How much of a text looks like a notice: the share of frequent characters, less that of odd ones."""
    if not text:
        return 0.0
    return (len(_COMMON.findall(text)) - 3 * len(_ODD.findall(text))) / len(text)


def _lenient(data: bytes, encoding: str, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode with a few broken bytes kept visible as U+FFFD."""
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    if not broken:
        return text, ()
    if broken > 2 + _MAX_BROKEN * len(text):
        raise InputError(
            "encoding",
            f"{name}: {broken} places are not {encoding.upper()}; the file is damaged, fetch it again",
        )
    return text, (f"有{broken}处字节无法按{encoding.upper()}解码，以�代替",)
