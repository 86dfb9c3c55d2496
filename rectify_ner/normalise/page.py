"""The page around a notice: its title, the lines of the site, the printed day and the signature's day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rectify_ner.normalise.calendar_days import days_of
from rectify_ner.normalise.date_forms import read_form
from rectify_ner.notice import Category, Issue, Outline

_HEAD_CHARS = 3000
"""The opening of a notice lies within its first characters, headings or not."""
_LEAST_CHARS = 800
"""Read as opening even where the outline has a heading earlier."""
_FOOT_CHARS = 900
_LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Page:
    """``opening`` is where the running text begins, ``end`` where the first heading of an issue stands.

    ``printed_day`` is month and day where the site prints no year.
    """

    title: str | None
    subtitle: str | None
    title_start: int
    title_end: int
    opening: int
    end: int
    printed_on: date | None
    printed_day: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def read_page(text: str, folded: str, outline: Outline) -> Page:
    """Read the lines before the running text."""
    headings: tuple[Category | Issue, ...] = (*outline.categories, *outline.issues)
    first = min((item.start for item in headings), default=len(text))
    end = max(min(first, _HEAD_CHARS), min(len(text), _LEAST_CHARS))
    opening = _opening(folded, end)
    lines = list(_lines(folded, 0, opening))
    title, subtitle, start, title_end = _title(text, lines)
    printed_on, printed_day = _printed(folded, lines, title_end)
    return Page(title, subtitle, start, title_end, max(opening, title_end), end, printed_on, printed_day)


def _lines(folded: str, start: int, end: int) -> Iterator[_Line]:
    at = start
    while at < end:
        stop = folded.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = folded[at:stop]
        if line.strip():
            yield _Line(at + len(line) - len(line.lstrip()), at + len(line.rstrip()), line.strip())
        at = stop + 1


def _opening(folded: str, end: int) -> int:
    """The start of the first line that is running text: it holds a full stop, or is long and no title."""
    for line in _lines(folded, 0, end):
        head = line.text[:60]
        if "。" in line.text or (len(line.text) > 80 and not _SITE.search(head)):
            return line.start
    return end


_CLOSING = re.compile(
    r"(?:通报|公告|公示|报告|公开|情况|说明|通告|函|公布|汇报)(?:[((][^()()]{1,12}[))])?[.。]?$"
)
_ABOUT = re.compile(r"巡[察视]|整改")
_TRAIL = re.compile(r"\s*(?:\.{3,}|…+).*$")
_SITE = re.compile(
    r"首页|当前位置|您?(?:现在)?的?位置[::]|浏览|点击|阅读|字[号体]|打印|关闭|来源|索引号|发布(?:时间|日期|机构|者|人)|作者|编辑"
    r"|责编|分享|收藏|公开类别|主题分类|信息公开|文号|导航|扫一扫|登录|搜索|网站|稿源|供稿"
)


def _title(text: str, lines: list[_Line]) -> tuple[str | None, str | None, int, int]:
    """The first title that is whole, on one line or broken over up to four."""
    partial: tuple[str, int, int] | None = None
    for number, line in enumerate(lines):
        for start, end in _segments(line) if len(line.text) <= _LONGEST_TITLE else ():
            whole = _whole_title(text, lines, number, (start, end))
            if whole is not None:
                title, last, stop = whole
                subtitle, after = _subtitle(text, lines[last + 1 : last + 2])
                return title, subtitle, start, max(stop, _repeated(text, lines, last, title), after)
            if (
                partial is None
                and _ABOUT.search(line.text)
                and not _SITE.search(line.text)
                and len(line.text) > 9
            ):
                partial = _TRAIL.sub("", _tight(text[start:end])), start, end
    return (partial[0], None, partial[1], partial[2]) if partial else (None, None, 0, 0)


_BODY_END = re.compile(
    r"(?:[会组委局院校部处所站社室队区镇乡联行办馆园厅司村]|街道|中心|公司|班子|支部|总支)$"
)


def _whole_title(
    text: str, lines: list[_Line], number: int, place: tuple[int, int]
) -> tuple[str, int, int] | None:
    """The title that begins at ``place`` on line ``number``, the number of its last line and its end."""
    joined, last, stop = _tight(text[place[0] : place[1]]), number, place[1]
    breaks = "关于" in joined or _BODY_END.search(joined) is not None
    while True:
        if _CLOSING.search(joined) and _ABOUT.search(joined) and ("关于" in joined or len(joined) >= 12):
            return joined.rstrip("。."), last, stop
        if not breaks or last + 1 >= len(lines) or last > number + 2 or joined.endswith(("…", "...")):
            return None
        last += 1
        following = lines[last]
        if _SITE.search(following.text) or len(following.text) > 70:
            return None
        joined, stop = joined + _tight(text[following.start : following.end]), following.end


def _segments(line: _Line) -> Iterator[tuple[int, int]]:
    """A line of the site may hold the title between separators: ``首页>整改>…的通报``, ``…的通报 | 某网``."""
    at = line.start
    for piece in re.split(r"(\s*[|>»]+\s*|\s*_+\s*|\s-{1,2}\s)", line.text):
        plain = piece.strip()
        if plain and not re.fullmatch(r"[|>»_-]+", plain) and _ABOUT.search(plain):
            label = re.match(r"(?:标题|名称|信息名称|当前位置|您的位置)[::]\s*", piece)
            skip = label.end() if label else len(piece) - len(piece.lstrip())
            site = _SITE.search(piece, skip)
            stop = len(piece.rstrip()) if site is None else len(piece[: site.start()].rstrip())
            if stop - skip > 8 or site is None:
                yield at + skip, at + stop
        elif plain and piece == line.text:
            yield line.start, line.end
        at += len(piece)


def _subtitle(text: str, lines: list[_Line]) -> tuple[str | None, int]:
    """``——某某局党组`` or a bare body on the line behind the title."""
    for line in lines:
        found = re.match(r"[—-]{1,3}\s*(?P<name>\S.{2,38})$", line.text)
        if found:
            return _tight(text[line.start + found.start("name") : line.end]), line.end
    return None, 0


def _repeated(text: str, lines: list[_Line], last: int, title: str) -> int:
    """The end of the title as the site repeats it right behind, broken or not."""
    end, joined = 0, ""
    for line in lines[last + 1 : last + 6]:
        joined += _tight(text[line.start : line.end])
        if not title.startswith(joined):
            break
        end = line.end
    return end


def _tight(text: str) -> str:
    """Without white space, and without brackets that enclose nothing of the title."""
    return re.sub(r"\s+", "", text)


_FULL_DAY = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s?(?:年|[-./])\s?(?P<month>\d{1,2})\s?(?:月|[-./])\s?(?P<day>\d{1,2})(?!\d)\s?日?"
    r"|[二2][〇○零0O][〇○零0一二三四五六七八九\d]{2}年[一二三四五六七八九十元]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_MONTH = re.compile(
    r"(?:20\d\d年\d{1,2}月|[二2][〇○零0O][〇○零0一二三四五六七八九\d]{2}年[一二三四五六七八九十元]{1,2}月)(?:份)?$"
)
_CUED = re.compile(r"(?:发布|发文|公开|公布|更新|发表|录入|上传|发稿)?(?:时间|日期|于)\s?[::]?\s*$")
_RELEASE = re.compile(r"(?:发布|公开|公布|发表)(?:时间|日期|于)?\s?[::]?\s*$")
_NOT_PRINTED = re.compile(r"(?:今天|今日|现在|当前|成文|生成|落款|有效|废止|截止|届满|公示)[^\s]{0,6}\s?$")
_SHORT_DAY = re.compile(r"(?:时间|日期)\s?[::]?\s*(?P<month>\d{1,2})[-./月](?P<day>\d{1,2})日?(?![\d-])")


def _printed(folded: str, lines: list[_Line], title_end: int) -> tuple[date | None, tuple[int, int] | None]:
    """The day the site prints with the page: after 发布时间 first, else the first full day of its lines."""
    found: list[tuple[int, date]] = []
    short: tuple[int, int] | None = None
    for line in (*lines, *_foot_lines(folded)):
        in_foot = line.start > (lines[-1].start if lines else 0)
        for match in _FULL_DAY.finditer(line.text):
            lead = line.text[max(0, match.start() - 12) : match.start()]
            day = day_of(match.group())
            if day is None or _NOT_PRINTED.search(lead) or _range_around(line.text, match):
                continue
            rank = 0 if _RELEASE.search(lead) else 1 if _CUED.search(lead) else 2
            if in_foot and rank > 0:
                continue
            found.append((rank + (3 if in_foot else 0), day))
        if cued := _SHORT_DAY.search(line.text):
            short = short or (int(cued["month"]), int(cued["day"]))
    found.sort(key=lambda item: item[0])
    return (found[0][1] if found else None), short


def _range_around(line: str, match: re.Match[str]) -> bool:
    """Whether the day is an end of a period (公示期, 监督时间) and no day of printing."""
    return re.match(r"\s?[至到—~－]", line[match.end() :]) is not None or line[: match.start()].endswith(
        ("至", "到", "—")
    )


def _foot_lines(folded: str) -> list[_Line]:
    lines = list(_lines(folded, max(0, len(folded) - _FOOT_CHARS), len(folded)))
    return [line for line in lines if len(line.text) <= 80]


def day_of(mention: str) -> date | None:
    """The single day that a folded mention prints in full."""
    form = read_form(mention)
    if form is None or len(form.parts) != 1 or form.rule not in ("day", "damaged"):
        return None
    part = form.parts[0]
    if part.year is None or part.options:
        return None
    try:
        return date(part.year, *part.first)
    except ValueError:
        return None


_SIGNED = re.compile(r"(?P<date>[〇○零一二三四五六七八九十元\d年月日号份./\s-]{6,24})(?:印发|公布|发布)?\)?$")


def signed_day(folded: str) -> tuple[date, date] | None:
    """The day or the month at the foot, on a line of its own or behind the signature; the last one counts."""
    for line in reversed(list(_lines(folded, max(0, len(folded) - _FOOT_CHARS), len(folded)))):
        found = _SIGNED.search(line.text) if len(line.text) <= 60 else None
        if found is None or _SITE.search(line.text):
            continue
        days = _signed(found["date"].strip(" -./"), line.text[: found.start()])
        if days is not None:
            return days
    return None


def _signed(mention: str, before: str) -> tuple[date, date] | None:
    if any(mark in before for mark in "。,;") or re.search(r"[至到自从]\s?$", before):
        return None
    form = read_form(mention)
    if form is None or len(form.parts) != 1 or form.rule not in ("day", "damaged", "month", "month-part"):
        return None
    part = form.parts[0]
    if part.year is None or part.options:
        return None
    return days_of(part, part.year)
