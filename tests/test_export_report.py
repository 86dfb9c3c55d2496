"""What the report holds, without a browser; tests/test_export_browser.py opens it in one."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from export_samples import hostile, record_of, samples

from rectify_ner.export import write_all
from rectify_ner.export.report.charts import all_charts
from rectify_ner.export.report.tally import Tally, document_kind
from rectify_ner.export.report.view import notice_view, utf16_offsets


class Page(HTMLParser):
    """The elements of a page and what stands in its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "a.html"
    write_all([*samples(), hostile()], path)
    return path.read_text(encoding="utf-8")


def test_the_policy_names_the_one_script_and_the_one_style(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    script, style = (
        re.findall(r"<script>(.*?)</script>", page, re.S),
        re.findall(r"<style>(.*?)</style>", page, re.S),
    )
    assert len(script) == len(style) == 1
    for name, (content,) in (("script-src", script), ("style-src", style)):
        assert f"{name} 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy[1]
    assert "default-src 'none'" in policy[1] and "unsafe" not in policy[1] and "http" not in policy[1]


def test_the_page_asks_for_nothing_outside(page: str) -> None:
    for tag, attributes in Page(page).tags:
        assert tag not in ("img", "link", "iframe", "object", "embed", "base", "b")
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("src", "style", "action")
            assert name != "href" or (value or "").startswith("#")


def test_hostile_words_open_no_element(page: str) -> None:
    parsed = Page(page)
    assert len(parsed.scripts) == 5  # words, three notices and the page's own
    notice = json.loads(parsed.scripts[3])
    assert notice["title"] == hostile()["title"] and notice["text"] == hostile()["text"]


def test_every_notice_and_every_target_is_in_the_page(page: str) -> None:
    notices = [json.loads(script) for script in Page(page).scripts[1:4]]
    for notice, record in zip(notices, [*samples(), hostile()], strict=True):
        units = record["text"].encode("utf-16-le", "surrogatepass")
        for entity, source in zip(notice["entities"], record["entities"], strict=True):
            assert units[2 * entity["s"] : 2 * entity["e"]].decode("utf-16-le") == source["text"]


def test_offsets_count_as_browsers_do() -> None:
    text = "a𠮷b𠮷"
    assert [utf16_offsets(text)(at) for at in range(5)] == [0, 1, 3, 4, 6]
    assert utf16_offsets("")(0) == 0


def test_values_say_what_they_mean() -> None:
    tips = {entity["words"]: entity["tip"] for entity in notice_view(samples()[0])["entities"]}
    assert tips["36.5万元"].startswith("365,000元")
    assert tips["98%"].startswith("98%")
    assert tips["《党组理论学习办法》"].startswith("印发《党组理论学习办法》")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青禾镇财务管理办法（试行）", "管理办法"),
        ("《考勤制度》", "制度"),
        ("整改方案〔2024年修订〕", "整改方案"),
        ("倡议", "其他"),
        ("》", "其他"),
    ],
)
def test_document_kinds(title: str, kind: str) -> None:
    assert document_kind(title) == kind


def test_charts_say_their_numbers_and_bear_nothing_and_much() -> None:
    assert "没有写明日期的措施" in all_charts(Tally())
    tally = Tally()
    for record in samples():
        tally.add(record)
    assert "问题：已完成" in all_charts(tally) and "管理办法1份" in all_charts(tally)
    for month in range(0, 3000, 7):
        tally.months[month, "done"] += 1
    assert all_charts(tally).count("<rect") < 400


def test_a_notice_without_anything(tmp_path: Path) -> None:
    assert write_all([record_of("无关的文字", "a")], tmp_path / "a.html") == 1
