"""The report: one HTML page that opens offline, text and ledger side by side."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from rectify_ner.export.overview import Summary, summarise
from rectify_ner.export.partial import PartialFile
from rectify_ner.export.report.front import front_page
from rectify_ner.export.report.tally import Tally
from rectify_ner.export.report.view import notice_view, words_view

_SCRIPTS = ("dom.js", "text.js", "ledger.js", "filters.js", "main.js")
_MARKUP = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


class ReportWriter:
    """Writes each notice as it comes; only one line of sums a notice is kept for the first page."""

    def __init__(self, path: Path) -> None:
        self._script = _asset(*_SCRIPTS)
        self._style = _asset("page.css")
        self._partial = PartialFile(path)
        self._summaries: list[Summary] = []
        self._tally = Tally()
        try:
            self._put(_head(self._style, self._script))
            self._put(_data_block("words", words_view()))
        except BaseException:
            self.discard()
            raise

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one notice."""
        self._summaries.append(summarise(record))
        self._tally.add(record)
        self._put(_data_block(f"n{len(self._summaries)}", notice_view(record)))

    def close(self) -> None:
        """Write the first page and the script, and give the page its name."""
        self._put(_asset("page.html"))
        self._put(front_page(self._summaries, self._tally))
        count = len(self._summaries)
        self._put(
            f'\n<section id="notice" tabindex="-1" aria-label="通报" data-count="{count}" hidden></section>\n'
        )
        self._put('</main>\n<aside id="selection" class="selection" aria-label="所选内容" hidden></aside>\n')
        self._put(f"<script>{self._script}</script>\n</body>\n</html>\n")
        self._partial.commit()

    def discard(self) -> None:
        self._partial.discard()

    def _put(self, text: str) -> None:
        self._partial.file.write(text.encode("utf-8", "backslashreplace"))


def data_json(value: object) -> str:
    """JSON that may stand inside a script element: no character of it can end the element.

    >>> data_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP)


def _data_block(name: str, value: object) -> str:
    return f'<script type="application/json" id="{name}">{data_json(value)}</script>\n'


def _head(style: str, script: str) -> str:
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>整改台账报告</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def _digest(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


def _asset(*names: str) -> str:
    folder = files("rectify_ner.export.report") / "assets"
    parts = [(folder / name).read_text(encoding="utf-8").replace("\r\n", "\n") for name in names]
    joined = "\n".join(parts)
    return f'"use strict";\n(() => {{\n{joined}}})();\n' if names[0].endswith(".js") else joined
