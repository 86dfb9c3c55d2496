# ruff: noqa: E501 (markup on one line)
"""What Word keeps outside the text: numbers, tracked changes, footnotes."""

import pytest
import read_samples as samples

from rectify_ner.read import Source, read_data
from rectify_ner.read.numbering import number_text

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(body: str, **parts: str) -> Source:
    return read_data(samples.raw_docx(body, **parts), "a.docx")


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def listed(text: str, level: int = 0, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(*levels: tuple[str, str], overrides: str = "") -> str:
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return (
        f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">{made}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num></w:numbering>'
    )


@pytest.mark.parametrize(
    ("form", "values", "wanted"),
    [
        ("decimal", (1, 12), "1 12"),
        ("chineseCounting", (1, 10, 11, 20, 21, 105), "一 十 十一 二十 二十一 一百〇五"),
        ("chineseCountingThousand", (2, 30), "二 三十"),
        ("japaneseCounting", (3, 14), "三 十四"),
        ("chineseLegalSimplified", (2, 10), "贰 壹拾"),
        ("ideographDigital", (10,), "一〇"),
        ("ideographTraditional", (1, 11), "甲 甲"),
        ("decimalEnclosedCircle", (1, 20, 21, 36, 50), "① ⑳ ㉑ ㊱ ㊿"),
        ("decimalEnclosedCircleChinese", (3, 51), "③ 51"),
        ("decimalEnclosedParen", (2,), "⑵"),
        ("decimalEnclosedFullstop", (2,), "⒉"),
        ("ideographEnclosedCircle", (1,), "㊀"),
        ("decimalFullWidth", (12,), "１２"),
        ("decimalZero", (3,), "03"),
        ("upperRoman", (4, 9), "IV IX"),
        ("lowerLetter", (1, 27), "a aa"),
        ("somethingNew", (7,), "7"),
    ],
)
def test_numbers_are_printed_as_word_does(form: str, values: tuple[int, ...], wanted: str) -> None:
    assert " ".join(number_text(value, form) for value in values) == wanted


def test_levels_count_and_begin_again_below_a_higher_one() -> None:
    parts = numbering(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    body = "".join(
        listed(text, level)
        for text, level in (
            ("甲", 0),
            ("乙", 1),
            ("丙", 2),
            ("丁", 2),
            ("戊", 1),
            ("己", 2),
            ("庚", 0),
            ("辛", 1),
        )
    )
    assert read(body, numbering=parts).text.split() == [
        "一、甲", "（一）乙", "1.丙", "2.丁", "（二）戊", "1.己", "二、庚", "（一）辛",
    ]  # fmt: skip


def test_a_list_goes_on_in_another_unless_its_start_is_overridden() -> None:
    goes_on = numbering(("decimal", "%1."))
    body = listed("甲") + listed("乙", number=2)
    assert read(body, numbering=goes_on).text.split() == ["1.甲", "2.乙"]
    starts = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    anew = numbering(("decimal", "%1."), overrides=starts)
    assert read(body + listed("丙", number=2), numbering=anew).text.split() == ["1.甲", "5.乙", "6.丙"]


def test_numbers_by_style_bullets_and_numbers_of_several_levels() -> None:
    style = (
        f'<w:styles xmlns:w="{_W}"><w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        '</w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    parts = numbering(("decimal", "%1."), ("decimal", "%1.%2"), ("bullet", "\uf0b7"))
    off = paragraph("丁", '<w:pStyle w:val="b"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = paragraph("甲", '<w:pStyle w:val="b"/>') + listed("乙", 1) + listed("丙", 2) + off
    assert read(body, numbering=parts, styles=style).text.splitlines() == ["1.甲", "1.1 乙", "丙", "丁"]


def test_tracked_changes_are_read_as_accepted() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>".format
    body = (
        f"<w:p>{run('已')}<w:ins>{run('全部')}</w:ins><w:del><w:r><w:delText>没有</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('整改')}</w:moveTo>{run('。')}</w:p>"
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('前半')}</w:p><w:p>{run('后半')}</w:p>"
    )
    assert read(body).text.splitlines() == ["已全部整改。", "前半后半"]


def test_what_is_left_out_is_said() -> None:
    body = (
        "<w:p><w:r><w:t>整改</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r><w:r><w:rPr><w:vanish/></w:rPr>"
        "<w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:tab/><w:t>情况</w:t><w:br/></w:r></w:p>"
    )
    source = read(body, footnotes="<a/>", header1="<a/>")
    assert source.text == "整改\t情况\n\n"
    assert source.notes == ("脚注1处未读入", "页眉页脚未读入")


def test_tables_within_content_controls_and_frames_of_one_cell() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format
    frame = f"<w:tbl><w:tr>{cell('整段文字')}</w:tr></w:tbl>"
    row = f"<w:sdt><w:sdtContent><w:tr>{cell('联系人')}{cell('张某')}</w:tr></w:sdtContent></w:sdt>"
    body = f"<w:sdt><w:sdtContent><w:p/>{frame}</w:sdtContent></w:sdt><w:tbl>{row}{row}</w:tbl>"
    assert read(body).text.split("\n")[1:] == ["整段文字", "联系人\t张某", "联系人\t张某", ""]
