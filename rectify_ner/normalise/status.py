"""How far each measure has come: planned, in progress or done.

A measure reports done unless a clause of it says otherwise; the last state it reports counts.
Titles in 《》 are folded away first, so that a plan or a schedule in a document's name says nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.normalise.passages import read_passages
from rectify_ner.normalise.wordlists import any_of
from rectify_ner.notice import Outline, Span, Status


def measure_statuses(text: str, outline: Outline, spans: Sequence[Span] = ()) -> tuple[Status, ...]:
    """One status a measure of ``outline.measures``; ``spans``, where given, hide every mention."""
    statuses: list[Status] = ["done"] * len(outline.measures)
    for passage in read_passages(text, spans, outline):
        if passage.measure is not None:
            statuses[passage.measure] = passage_status(passage.text)
    return tuple(statuses)


@dataclass(frozen=True, slots=True)
class Rule:
    status: Status
    name: str
    pattern: str


_DATE = r"(?:Ⓓ|\d{4}年|今年|明年|\d{1,2}月|[上下]半年|[一二三四]季度|年底|近期)"
_ACT = any_of("""
        启动 启用 推行 推进 推动 修订 制定 出台 组织 开展 争取 征求 提供 加大 加强 完成 办理 举办
        建立 建设 建成 实施 安排 选派 投入 召开 提请 交由 适用 完善 坚持 聚焦 紧盯 强化 深化 探索
        优化 履行 健全 委托 跟踪 配备 拨付 迎来 采取 增加 新增 新建 购置 引入 引进 移交 补齐 纳入
    """)
_FUTURE = any_of("""
        于 由 与 会同 联合 对 继续 持续 进一步 全部 全面 尽快 适时 分批 分期 陆续 逐步 严格 按照?
        在(?![建编职岗读]) 再 会 围绕 结合 通过 依托 不断 定期 更加 统一
    """)
_TAKES = (
    "(?!.{0,80}"
    + any_of("""
        纳入 作为 列为 列入 编入 写入 融入 贯穿 转化为 充实到 调整为 固定 移送 抄送 反馈
    """)
    + ")"
)
_NO_CHANGE = "(?![^,]{1,12}由[^,]{1,12}[压缩减增提降延调扩][减短小高长低整大]?[至到为])"
"""将时限由30日压减至15日 is done."""
_SPEEDS = any_of("有序 稳步 全力 深入 扎实 加快 抓紧 积极 逐步 持续") + "*"
_EFFECT = any_of("增强 脱颖 形成 变(?!更) 成为 养成 转变 显现 释放 转化 成长 壮大 彰显 取代 熟悉 见效 凝聚")
_STATES = any_of("""
        推进 办理 施工 审理 调试 进行 整改 建设 编制 招标 审批 处理 实施 协商 试运行 培训 进展 酝酿
        落实 追缴 磋商
    """)
_NO_ATTRIBUTE = "(?!在?(?!对|按|就|与|会同|根据|以)[^,的]{1,9}的.)"
"""Not before a noun of its own: 正在施工的路段 is no report."""
RULES = (
    Rule("planned", "拟", r"(?<![草模虚比研代初重对])拟(?![定订就制稿任录聘出态发建办])"),
    Rule(
        "planned",
        "将",
        rf"(?<!把)(?:(?<=[年月底日Ⓓ])将|将(?={_FUTURE}|{_ACT})){_NO_CHANGE}{_TAKES}",
    ),
    Rule("planned", "还将", rf"(?:即将|必将|[也还均都]将)(?!Ⓦ){_TAKES}"),
    Rule("planned", "下一步", r"下一?步|接下来|届时"),
    Rule("planned", "预计", rf"预计(?:于|在|到|可|将)?(?:{_DATE}|于)"),
    Rule(
        "planned",
        "计划",
        r"(?<![按年习作训度原较订照划展施建治复])计划"
        rf"(?=于|在|用|从|对|分|再|将|通过|{_DATE}|{_ACT}|选送|引导)",
    ),
    Rule("planned", "准备", rf"准备(?:于|在|送|再|{_DATE})"),
    Rule("planned", "待", r"(?<![等接对招看优期善亟有虐款])待(?![遇命办岗业建整解加查补人]).{1,80}后"),
    Rule(
        "in_progress",
        "正在",
        r"(?<![端改公真修更纠校矫反转立方廉清])正"
        r"(?=在|按|由|对照|会同|抓紧|有序|根据|同|结合|逐|履行|进行|报|抢|做|向|通过"
        r"|征求|积极|全力|加紧|持续推进|稳步)"
        rf"(?!(?:在|逐步)(?:被|.{{0,14}}{_EFFECT})){_NO_ATTRIBUTE}",
    ),
    Rule(
        "in_progress",
        "尚在",
        rf"(?:目前|现|眼下)正|[尚仍还]在(?!于|的|,|$){_NO_ATTRIBUTE}|(?:还|尚)未{_NO_ATTRIBUTE}(?:办结|完成|做完|完工|到位|结束)",
    ),
    Rule("in_progress", "…中", rf"(?<!^)(?<!^在){_STATES}(?:之(?<![处次]..))?中$"),
    Rule(
        "in_progress",
        "按计划推进",
        rf"按(?:既定|年度)?(?:计划|期|序时进度|程序|节点|时序|时间节点){_SPEEDS}推进",
    ),
)
_RULE = re.compile("|".join(f"(?P<r{number}>{rule.pattern})" for number, rule in enumerate(RULES)))
_SIGN = re.compile(
    r"拟|将|届|待|正|尚|仍|还|按|现|下一?步|接下来|预计|计划|准备|目前|眼下|中(?=[,;:。!?\n]|$)"
)
"""What a clause holds if any rule may speak of it; alternatives that begin with a letter are found fast."""
_ENDS = frozenset(("预计", "下一步", "计划", "待"))
"""What tells when work will end that the same sentence says is under way: 正在施工,预计9月底完工."""
_STOPS = ",;:。!?\n"
_CLAUSE_END = re.compile(rf"[{_STOPS}]|$")
_TITLE = re.compile(r"《[^《》]{1,80}(?:《[^《》]{1,80}》[^《》]{0,40})?》")
_GENERAL = re.compile(r"凡是?|一律")


def passage_status(passage: str) -> Status:
    """The status of one measure; mentions may be folded to letters, punctuation is half-width."""
    last: Status = "done"
    passage = _TITLE.sub("Ⓦ", passage)
    end = begun = 0
    while sign := _SIGN.search(passage, end):
        start = sign.start()
        while start > end and passage[start - 1] not in _STOPS:
            start -= 1
        closing = _CLAUSE_END.search(passage, sign.start())
        end = closing.start() if closing else len(passage)
        line = passage[start:end]
        if _GENERAL.search(line):
            continue
        for found in _RULE.finditer(line):
            rule = RULES[int(str(found.lastgroup)[1:])]
            if rule.name in _ENDS and last == "in_progress" and "。" not in passage[begun:start]:
                break
            last, begun = rule.status, end
    return last
