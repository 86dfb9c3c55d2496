"""Files from strangers: one clear line each, and nothing else happens."""

import io
import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import read_samples as samples
from test_batch import rows, run

from rectify_ner.batch import Workers
from rectify_ner.read import InputError, Limits, read_data, read_source

_LOL = '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;&l;&l;">]>'


def _archive(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _locked_archive() -> bytes:
    data = bytearray(samples.raw_docx("<w:p/>"))
    for at in range(len(data) - 4):
        if data[at : at + 4] == b"PK\x03\x04":
            data[at + 6] |= 1
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    return bytes(data)


def _locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(100, 100, "x")
    canvas.save()
    return out.getvalue()


def _scanned_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(10, 10, 100, 100, fill=1)
    canvas.save()
    return out.getvalue()


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b" \r\n", "empty", "empty"),
    "nul": (b"\0\1\2\3" * 500, "unsupported", "NUL"),
    "noise": (bytes(range(128, 255)) * 40, "encoding", "UTF-8"),
    "program": (b"MZ" + b"\0" * 100, "unsupported", "program"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported", ".docx"),
    "locked word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password",
    ),
    "locked zip": (_locked_archive(), "encrypted", "password"),
    "locked pdf": (_locked_pdf(), "encrypted", "password"),
    "cut pdf": (samples.pdf()[:700], "damaged", "PDF"),
    "cut docx": (samples.docx()[:2000], "damaged", "damaged"),
    "broken docx": (_archive("word/document.xml", b"<w:document"), "damaged", "Word"),
    "no document": (_archive("word/other.xml", b"<a/>"), "damaged", "document"),
    "sheet": (_archive("xl/workbook.xml", b"<a/>"), "unsupported", "Excel"),
    "archive": (_archive("a.txt", b"text"), "unsupported", "unpack"),
    "bomb": (_archive("word/document.xml", b" " * (40 << 20)), "too_large", "--max-unpacked-mb"),
    "entities": (_archive("word/document.xml", f"{_LOL}<a>&m;</a>".encode()), "unsafe", "DOCTYPE"),
    "external": (
        _archive("word/document.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        "unsafe", "DOCTYPE",
    ),
    "deep xml": (_archive("word/document.xml", b"<a>" * 100_000), "damaged", "Word"),
    "no text": (b"<html><body><script>x</script><img src=a.png></body></html>", "empty", "without text"),
    "deep page": (b"<html><body>" + b"<div>" * 9000 + b"text", "too_large", "deep"),
    "objects": (b'{"id": "1", "text": "x"}\n', "unsupported", "JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_one_clear_line(name: str) -> None:
    data, kind, word = HOSTILE[name]
    with pytest.raises(InputError) as caught:
        read_data(data, f"{name}\n.bin", Limits(max_unpacked=8 << 20))
    message = str(caught.value)
    assert caught.value.kind == kind
    assert message.startswith(f"{name}\\n.bin: ") and word in message and "\n" not in message
    assert ";" in message, "what to do next stands behind a semicolon"


def test_entities_of_a_page_are_not_expanded_and_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket, "socket", forbidden)
    page = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "甲甲甲">]>'
        '<html><head><link rel="stylesheet" href="http://127.0.0.1:9/x"><base href="http://127.0.0.1:9/"></head>'
        "<body><p>整改，&x;&y;完成。</p><img src='http://127.0.0.1:9/a.png'></body></html>"
    )
    text = read_data(page.encode(), "a.html").text
    assert "root:" not in text and "甲甲甲" not in text and "完成" in text


SLOW: dict[str, Callable[[int], bytes]] = {
    "deep page": lambda size: (
        (b"<div class=nav>" * 1500 + "整改，完成。".encode() + b"</div>" * 1500) * (size // 1250)
    ),
    "flat list": lambda size: b"<ol>" + "<li>整改，完成。</li>".encode() * size + b"</ol>",
    "many named": lambda size: (
        ("<div class='share'>" + "整改，完成。" * 30 + "</div>").encode() * (size // 10)
    ),
    "open comments": lambda size: (
        b"<style>" + b"/*" * size + b"{" * size + "</style><p>整改，完成。".encode()
    ),
    "open tags": lambda size: b"<" * size + "<p>整改，完成。".encode(),
    "breaks": lambda size: b"\n" * size + "<p>整改，\n".encode() + b"\n \t" * size + "完成。".encode(),
    "wide table": lambda size: (
        b"<table><tr>" + b"<td rowspan=60 colspan=60>a" * size + b"<tr><td>b<td>c<tr><td>d<td>e"
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_time_is_linear(name: str) -> None:
    spent = []
    for size in (5_000, 40_000):
        begun = time.perf_counter()
        read_data(b"<html><body>" + SLOW[name](size), "a.html")
        spent.append(time.perf_counter() - begun)
    assert spent[1] < 30 * max(spent[0], 0.05), spent


@pytest.mark.parametrize("codec", ["punycode", "idna", "utf-7", "unicode_escape", "zlib"])
def test_a_page_cannot_name_a_slow_or_strange_codec(codec: str) -> None:
    head = b"<html><head><meta charset=" + codec.encode() + b"></head><body>\0 "
    begun = time.perf_counter()
    text = read_data(head + b"abc-" + b"zzz9" * 60_000 + "，整改完成。".encode() + b"</body>", "a.html").text
    assert "整改完成" in text and time.perf_counter() - begun < 2


def _pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of the given objects, the first one its catalog."""
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    size = len(objects) + 1
    out.write(b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (size, trailer.replace(b"HERE", b"%d" % table)))
    out.write(b"startxref\n%d\n%%%%EOF" % table)
    return out.getvalue()


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_ONE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>"
_SELF = _pdf(_CATALOG, _ONE, _PAGE, _stream(b"/F Do"), _stream(b"/F Do /F Do", _FORM))
"""A page whose drawing draws itself twice: PDFium follows it until memory or time is spent."""
LOOPS: dict[str, tuple[bytes, str]] = {
    "pages in a circle": (_pdf(_CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 5>>"), "damaged"),
    "two nodes in a circle": (
        _pdf(_CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 5>>", b"<</Type/Pages/Kids[2 0 R]/Count 5>>"),
        "damaged",
    ),
    "pages that are not there": (_pdf(_CATALOG, b"<</Type/Pages/Kids[]/Count 900>>"), "damaged"),
    "a billion pages": (_pdf(_CATALOG, b"<</Type/Pages/Kids[]/Count 2000000000>>"), "damaged"),
    "a table that comes before itself": (
        _pdf(_CATALOG, _ONE, _PAGE, _stream(b"BT ET"), trailer=b"/Prev HERE"),
        "scan",
    ),
    "a script": (
        _pdf(b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", _ONE, _PAGE),
        "scan",
    ),
}


@pytest.mark.parametrize("name", LOOPS)
def test_pdfs_in_circles(name: str) -> None:
    data, kind = LOOPS[name]
    begun = time.perf_counter()
    with pytest.raises(InputError) as caught:
        read_data(data, "a.pdf")
    assert caught.value.kind in (kind, "empty")  # with the extra ocr a scan is read and found empty
    assert time.perf_counter() - begun < 60  # the extra ocr takes its time to begin


def test_a_pdf_that_draws_itself_costs_itself_only(tmp_path: Path) -> None:
    """No reader can stop it from inside; the worker's bounds of time and memory do."""
    (tmp_path / "a.pdf").write_bytes(_SELF)
    (tmp_path / "b.txt").write_text(samples.text(), encoding="utf-8")
    summary = run(tmp_path, tmp_path / "o.jsonl", workers=Workers(1, seconds=3, memory_mb=1500))
    assert (summary.notices, summary.failures) == (1, 1)
    (failed,) = rows(tmp_path / "o.failures.csv")
    assert failed["kind"] in ("crashed", "too_slow") and failed["source"].endswith("a.pdf")


def test_an_annotated_notice_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = f"{_LOL}<notice>&m;</notice>".replace("DOCTYPE a", "DOCTYPE notice")
    (tmp_path / "a.xml").write_text(bomb)
    (tmp_path / "b.xml").write_text("<notice>" * 200_000)
    assert run(tmp_path, tmp_path / "o.jsonl").failures == 2
    assert {row["kind"] for row in rows(tmp_path / "o.failures.csv")} <= {"unreadable", "damaged", "unsafe"}


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(InputError, match=r"500\.0 MB, wanted at most 64; raise --max-mb"):
        read_source(path)
    with pytest.raises(InputError, match="2 pages, wanted at most 1; raise --max-pages"):
        read_data(samples.pdf(size=24), "a.pdf", Limits(max_pages=1))
    with pytest.raises(InputError, match="characters"):
        read_data(samples.text().encode(), "a.txt", Limits(max_chars=100))


def test_a_scan_without_the_extra_names_it() -> None:
    pytest.importorskip("reportlab")
    try:
        import rapidocr  # noqa: F401
    except ImportError:
        with pytest.raises(InputError, match=r"rectify-ner\[ocr\]") as caught:
            read_data(_scanned_pdf(), "scan.pdf")
        assert caught.value.kind == "scan"


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, word in (
        ("gone.txt", "no such file"), ("dead", "leads nowhere"), ("pipe", "pipe"), ("loop", "cannot be read"),
        (".", "a folder"), ("x" * 300, "cannot be read"), ("a\0b", "cannot be read"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=word):
            read_source(tmp_path / name)


def test_a_few_broken_bytes_stay_visible() -> None:
    data = bytearray(samples.text().encode())
    data[600] = 0xFF
    source = read_data(bytes(data), "a.txt")
    assert "\ufffd" in source.text and "字节无法" in source.notes[0]


def test_a_message_spells_out_what_the_file_puts_into_it() -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", '<w:document xmlns:w="http://exa\x7fmple.org/w"><w:body/></w:document>')
    with pytest.raises(InputError) as refused:
        read_data(package.getvalue(), "a.docx")
    assert refused.value.kind == "damaged"
    assert "exa\\x7fmple" in str(refused.value) and str(refused.value).isprintable()
