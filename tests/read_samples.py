# ruff: noqa: E501 (pages as they come)
"""One invented notice in every form that the readers take, and taggers that need no model."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from rectify_ner.assemble import Parsed, parse
from rectify_ner.notice import Span

TITLE = "中共清泉县水务局党组关于巡察整改情况的通报"
DAY = "2023-07-20"
OPENING = (
    "根据县委统一部署，2022年7月27日至9月20日，县委第三巡察组对县水务局党组开展了巡察，"
    "并于2022年12月5日反馈了巡察意见。现将巡察整改情况予以公布。"
)
# level, text: 0 categories, 1 issues, 2 the answer below
BODY: tuple[tuple[int, str], ...] = (
    (0, "学习贯彻上级决策部署方面"),
    (1, "理论学习不够深入，联系实际不紧密。"),
    (2, "一是局党组制定《学习计划》，全年集中学习12次；二是开展交流研讨3次，覆盖300余人次。"),
    (1, "河道巡查制度落实不到位，底数不清。"),
    (2, "一是修订《河道巡查办法》，完成排查46处；二是投入资金27.5万元，更换设备18套，已整改到位。"),
    (0, "落实全面从严治党责任方面"),
    (1, "党费收缴不及时，台账登记不完整。"),
    (2, "局机关党委补收党费1200元，2023年3月底前完善台账5本。"),
    (1, "公务接待管理不规范，审批手续不齐全。"),
    (2, "一是下发通知2份；二是对8名相关人员进行提醒谈话，完成率达到95%。"),
)
SIGNED = ("中共清泉县水务局党组", "2023年7月18日")
CHINESE = "一二三四五六"


def lines() -> list[str]:
    """The notice line by line, with its numbers typed."""
    result = [TITLE, f"发布时间：{DAY} 来源：县水务局", OPENING, "一、反馈问题整改落实情况"]
    category = issue = 0
    for level, text in BODY:
        if level == 0:
            category += 1
            text = f"（{CHINESE[category - 1]}）{text}"
        elif level == 1:
            issue += 1
            text = f"{issue}.{text}"
        result.append(text)
    return [*result, *SIGNED]


def text() -> str:
    return "\n".join(lines()) + "\n"


TABLE = (
    ("序号", "反馈问题", "整改措施", "责任单位", "整改时限", "完成情况"),
    (
        "1",
        "理论学习不够深入",
        "（1）制定《学习计划》。（2）集中学习12次。",
        "办公室",
        "2023年3月底",
        "已完成",
    ),
    ("2", "河道巡查不到位", "完成排查46处，更换设备18套。", "河道科、各水利站", "2023年6月底前", "已完成"),
    ("3", "党费收缴不及时", "补收党费1200元。", "机关党委", "2023年3月", "正在推进"),
)


def anchors(notice: str) -> list[Span]:
    """Spans that a tagger would give, found in any form of the notice by their words."""
    found = []
    for label, pattern in (
        ("DOCUMENT", r"《[^》]+》"),
        ("COUNT", r"\d+余?(?:次|处|套|本|份|名|人次)"),
        ("MONEY", r"[\d.]+万?元"),
        ("PERCENT", r"\d+%"),
        ("DATE", r"20\d\d年\d+月(?:\d+日|底前)?(?:至\d+月\d+日)?"),
    ):
        found += [Span(hit.start(), hit.end(), label) for hit in re.finditer(pattern, notice)]  # type: ignore[arg-type]
    return sorted(found)


def meaning(notice: str) -> dict[str, Any]:
    """What a form of the notice says, apart from where it says it."""
    parsed: Parsed = parse(notice, anchors(notice))
    outline = parsed.outline
    return {
        "issues": [(issue.label, issue.statement, issue.category) for issue in outline.issues],
        "measures": [
            (measure.issue, measure.ordinal, notice[measure.start : measure.end])
            for measure in outline.measures
        ],
        "fields": [(field.name, field.issue, notice[field.start : field.end]) for field in outline.fields],
        "values": [(entity.label, dict(entity.value)) for entity in parsed.entities],
        "statuses": parsed.statuses,
        "head": parsed.head,
    }


def table_html(rows: Sequence[Sequence[str]] = TABLE) -> str:
    made = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table border=1>{made}</table>"


def _paragraphs(tag: str = "p") -> str:
    return "\n".join(f"<{tag}>&nbsp;&nbsp;&nbsp;&nbsp;{line}</{tag}>" for line in lines()[2:])


MENU = "".join(
    f'<li><a href="/{name}">{name}</a></li>' for name in ("首页", "信息公开", "巡视巡察", "审查调查")
)


def page_modern() -> str:
    """A site of today: meta data, an article container, share links, a foot."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}_清泉县纪委监委网站</title>
<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="{DAY} 15:44">
<style>.tip{{display:none}} @media print {{.article{{display:none}}}}</style><script>var a="巡察，整改。"</script></head>
<body><header class="top"><ul class="nav">{MENU}</ul></header>
<div class="crumbs">当前位置：<a>首页</a> &gt; <a>巡视巡察</a> &gt; <a>整改公开</a></div>
<div class="article"><h1>{TITLE}</h1>
<div class="info"><span>发布时间：{DAY}</span> <span>来源：县水务局</span> <a href="#">打印</a> <a href="#">关闭</a></div>
<div class="TRS_Editor">{_paragraphs()}<p class="tip">隐藏的文字，不应出现。</p>
<p style="display: none">1.隐藏的问题不到位。</p></div>
<div class="share">分享到：<a>微信</a> <a>微博</a></div></div>
<div class="list"><h3>相关链接</h3><ul><li><a>某镇党委关于巡察整改情况的通报</a></li><li><a>更多</a></li></ul></div>
<footer>主办单位：清泉县纪委监委，版权所有。 ICP备00000000号</footer></body></html>"""


def page_old() -> str:
    """A site of the tables: layout by nested tables, breaks in place of paragraphs, gb2312 declared."""
    body = "<br>\n<br>".join(f"　　{line}" for line in lines()[2:])
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>{TITLE}-清泉党建网</title></head><body><form><table width=1000><tr><td><a>首页</a>|<a>党建要闻</a>|<a>公开</a></td></tr>
<tr><td><table><tr><td width=200><a>组织机构</a><br><a>办事指南</a></td>
<td><table><tr><td align=center><font size=5>{TITLE}</font></td></tr>
<tr><td>发布时间：{DAY} 来源：县水务局 【字体：<a>大</a> <a>中</a> <a>小</a>】</td></tr>
<tr><td id="zoom">{body}</td></tr><tr><td align=right>【<a>打印</a>】【<a>关闭</a>】</td></tr></table></td></tr></table></td></tr>
<tr><td>版权所有：清泉县委组织部，技术支持：某某公司。建议使用1024分辨率浏览器浏览</td></tr></table></form></body></html>"""


def page_lists() -> str:
    """A page whose numbers are those of lists, in an article of its own."""
    html, open_list = "", False
    category = issue = 0
    for level, line in BODY:
        if level == 0:
            category += 1
            html += (
                "</ol>" if open_list else ""
            ) + f"<p>（{CHINESE[category - 1]}）{line}</p><ol start={issue + 1}>"
            open_list = True
        elif level == 1:
            issue += 1
            html += f"<li>{line}"
        else:
            html += f"<p>{line}</p></li>"
    signed = "".join(f"<p style='text-align:right'>{line}</p>" for line in SIGNED)
    return f"""<!doctype html><html><head><title>{TITLE} - 清泉县人民政府</title></head><body>
<nav><ul>{MENU}</ul></nav><main><article><h2 class="title">{TITLE}</h2>
<p class="meta">发布时间：{DAY}</p>
<section><p>{OPENING}</p><p>一、反馈问题整改落实情况</p>{html}</ol>{signed}</section></article>
<aside><a>热点</a><p>今日要闻，欢迎阅读。</p></aside></main><div class="footer">网站地图 联系我们</div></body></html>"""


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NUMBERING = f"""<w:numbering xmlns:w="{_W}">
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="（%1）"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/><w:suff w:val="nothing"/><w:lvlText w:val="%2."/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def docx(rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word file with automatic numbers."""
    from docx import Document

    document = Document()
    _add_numbering(document)
    for line in lines()[:4]:
        document.add_paragraph(line)
    for level, line in BODY:
        _add_listed(document, line, level)
    for line in SIGNED:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                table.cell(y, x).text = cell
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_numbering(document: Any) -> None:
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    main = document.part
    for relation in list(main.rels.values()):
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            del main.rels[relation.rId]
    part = Part(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, _NUMBERING.encode(), main.package)
    main.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)


def _add_listed(document: Any, line: str, level: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.add_paragraph(line)
    if level < 2:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        for tag, value in (("w:ilvl", level), ("w:numId", 1)):
            element = OxmlElement(tag)
            element.set(qn("w:val"), str(value))
            properties.append(element)


def raw_docx(body: str, **parts: str) -> bytes:
    """A Word file from the XML of its body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def pdf(content: Sequence[str] | None = None, rows: Sequence[Sequence[str]] = (), size: int = 12) -> bytes:
    """A printed notice: indented paragraphs over pages with a header and page numbers."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    font = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    body = ParagraphStyle(
        "body", fontName=font, fontSize=size, leading=1.7 * size, firstLineIndent=2 * size, wordWrap="CJK"
    )
    small = ParagraphStyle("cell", fontName=font, fontSize=10, leading=13, wordWrap="CJK")

    def furniture(canvas: Any, _: Any) -> None:
        canvas.setFont(font, 9)
        canvas.drawString(60, 815, "清泉县水务局文件")
        canvas.drawCentredString(297, 20, f"- {canvas.getPageNumber()} -")

    out = io.BytesIO()
    flow: list[Any] = [Paragraph(line, body) for line in (lines() if content is None else content)]
    if rows:
        cells = [[Paragraph(cell, small) for cell in row] for row in rows]
        style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
        flow.append(Table(cells, colWidths=[40, 90, 130, 65, 65, 65], style=style, repeatRows=1))
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build(
        flow, onFirstPage=furniture, onLaterPages=furniture
    )
    return out.getvalue()


def json_lines(count: int) -> str:
    return "".join(
        json.dumps({"id": f"n{at}", "text": text()}, ensure_ascii=False) + "\n" for at in range(count)
    )


def plain_tagger() -> Callable[[str], Sequence[Span]]:
    return anchors


def slow_tagger() -> Callable[[str], Sequence[Span]]:
    from time import sleep

    def tag(notice: str) -> Sequence[Span]:
        sleep(0.02)
        return anchors(notice)

    return tag


def trapped_tagger() -> Callable[[str], Sequence[Span]]:
    """Ends its process, or never ends, where the notice says so."""
    import os
    from time import sleep

    def tag(notice: str) -> Sequence[Span]:
        if "致命一击" in notice:
            os._exit(7)
        if "没有尽头" in notice:
            sleep(600)
        return anchors(notice)

    return tag


def brisk_tagger() -> Callable[[str], Sequence[Span]]:
    """Slow enough that a run can be ended in the middle."""
    from time import sleep

    def tag(notice: str) -> Sequence[Span]:
        sleep(0.002)
        return anchors(notice)

    return tag
