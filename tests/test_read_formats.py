"""The same notice in every form says the same; what is around it stays out."""

import pytest
import read_samples as samples

from rectify_ner.read import read_data

WANTED = samples.meaning(samples.text())
FORMS = {
    "utf-8.txt": samples.text().encode(),
    "bom.txt": samples.text().encode("utf-8-sig"),
    "gb18030.txt": samples.text().encode("gb18030"),
    "utf-16.txt": samples.text().encode("utf-16"),
    "utf-16-le.txt": samples.text().encode("utf-16-le"),
    "utf-16-be.txt": samples.text().encode("utf-16-be"),
    "crlf.txt": samples.text().replace("\n", "\r\n").encode(),
    "modern.html": samples.page_modern().encode(),
    "modern-gbk.html": samples.page_modern().replace('charset="utf-8"', 'charset="gbk"').encode("gb18030"),
    "old.htm": samples.page_old().encode("gb18030"),
    "old-utf-8.htm": samples.page_old().encode(),
    "lists.html": samples.page_lists().encode(),
    "lists-gb18030.html": samples.page_lists().encode("gb18030"),
    "numbered.docx": samples.docx(),
    "printed.pdf": samples.pdf(),
    "large.pdf": samples.pdf(size=24),
}


def test_the_sample_is_a_notice() -> None:
    assert [label for label, _, _ in WANTED["issues"]] == ["1.", "2.", "3.", "4."]
    assert len(WANTED["measures"]) == 7
    assert WANTED["head"].published_on == "2023-07-20"
    assert {label for label, _ in WANTED["values"]} == {"DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT"}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_notice(name: str) -> None:
    source = read_data(FORMS[name], name)
    found = samples.meaning(source.text)
    for part, wanted in WANTED.items():
        assert found[part] == wanted, (part, source.text)


@pytest.mark.parametrize("name", [name for name in FORMS if ".htm" in name])
def test_the_site_around_a_notice_stays_out(name: str) -> None:
    text = read_data(FORMS[name], name).text
    for word in (
        "首页",
        "打印",
        "关闭",
        "分享",
        "隐藏",
        "版权",
        "ICP",
        "浏览器",
        "热点",
        "更多",
        "组织机构",
        "var",
    ):
        assert word not in text, text


@pytest.mark.parametrize("name", [*FORMS])
def test_content_decides_before_the_suffix(name: str) -> None:
    assert read_data(FORMS[name], "misnamed.dat").text == read_data(FORMS[name], name).text


def test_a_text_file_is_its_text_to_the_letter() -> None:
    given = "\u3000通报\r\n 一、巡察 \r\n\r\n"
    assert read_data(given.encode("utf-8-sig"), "a.txt").text == given


TABLES = {
    "table.html": f"<html><body><h1>{samples.TITLE}</h1>{samples.table_html()}</body></html>".encode(),
    "table.docx": samples.docx(rows=samples.TABLE),
    "table.pdf": samples.pdf(["<br/>" + samples.TITLE], samples.TABLE),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_becomes_issues_and_measures_with_their_fields(name: str) -> None:
    text = read_data(TABLES[name], name).text
    found = samples.meaning(text[text.index("|序号") :])
    assert [statement for _, statement, _ in found["issues"]] == [row[1] for row in samples.TABLE[1:]]
    assert [(issue, measure) for issue, _, measure in found["measures"]] == [
        (0, "（1）制定《学习计划》。"),
        (0, "（2）集中学习12次。"),
        (1, "完成排查46处，更换设备18套。"),
        (2, "补收党费1200元。"),
    ]
    fields = {(name, issue): value for name, issue, value in found["fields"]}
    for number, row in enumerate(samples.TABLE[1:]):
        assert fields["body", number] == row[3]
        assert fields["deadline", number] == row[4]
        assert fields["status", number] == row[5]


def test_merged_cells_are_one_record_and_short_ones_hold_for_every_row() -> None:
    html = """<table><tr><td>序号</td><td>反馈问题</td><td>整改措施</td><td>责任单位</td></tr>
    <tr><td colspan=4>一、党建方面</td></tr>
    <tr><td rowspan=2>1</td><td rowspan=2>学习不深入</td><td>集中学习5次。</td><td rowspan=3>办公室</td></tr>
    <tr><td>开展研讨2次。</td></tr><tr><td>2</td><td>台账不完整</td><td>补登3本。</td></tr></table>"""
    lines = read_data(f"<html><body><p>整改，如下。</p>{html}".encode(), "a.html").text.splitlines()
    assert lines[1:] == [
        "|序号|反馈问题|整改措施|责任单位",
        "一、党建方面",
        "|1|学习不深入|集中学习5次。 开展研讨2次。|办公室",
        "|2|台账不完整|补登3本。|办公室",
    ]


@pytest.mark.parametrize(
    ("name", "data", "mention", "place"),
    [
        ("a.txt", FORMS["crlf.txt"], "46处", "第9行"),
        ("a.html", FORMS["modern.html"], "46处", "第7段"),
        ("a.docx", FORMS["numbered.docx"], "46处", "第9段"),
        ("a.pdf", FORMS["large.pdf"], "95%", "第2页"),
        ("t.html", TABLES["table.html"], "46处", "表1第3行第3列"),
        ("t.docx", TABLES["table.docx"], "补收党费1200元。|", "表1第4行第3列"),
        ("t.pdf", TABLES["table.pdf"], "46处", "第1页表1第3行第3列"),
    ],
)
def test_every_character_has_its_place(name: str, data: bytes, mention: str, place: str) -> None:
    source = read_data(data, name)
    assert source.places.place_of(source.text.index(mention)) == place
