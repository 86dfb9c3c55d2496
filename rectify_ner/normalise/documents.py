"""What each document mention is called and what the reporting side did with it.

The action is read off the verbs of the mention's own clause: those before it, back to the mention
before, and the passive or nominal verb behind it (已印发, 修订完善, 起草完毕).
"""

import re
from collections.abc import Sequence

from rectify_ner.fold import LINE_BREAKS
from rectify_ner.normalise.passages import Passage, read_passages
from rectify_ner.normalise.wordlists import any_of, entries
from rectify_ner.notice import Outline, Span

VERBS: dict[str, tuple[str, ...]] = {
    "issue": entries("""
        制定 制订 制作 制发 印发 编发 下发 发放 发出 发布 颁布 公布 出台 形成 建立 签订 签署 签下
        订立 补签 重签 续签 出具 编制 编写 编印 编成 汇编 编排 提交 上报 报送 呈报 转发 撰写 列出
        发送 送达 下达 递交 印制 写出 建起 搭建 发文 推出 配发 派发 补发 制成 开列 立下 设立 建成
        填写 开具 整理 排出 总结 汇成 绘制 绘成 发至 写了 订了 制了 发了 交了 拍摄 拍成 录制 翻印
        商定 另列 审议通过 通过
    """),
    "revise": entries("修订 修改 完善 健全 重订 修编 修正 改进 细化 补充 优化 更新"),
    "draft": entries("起草 拟定 拟订 草拟 拟出 拟制 研拟 初拟 草了 代拟 草案 征求意见"),
    "study": entries("""
        学习 传达 宣贯 宣讲 培训 研读 研学 通读 重温 观看 收看 解读 讲解 领学 学深 辅导 精读 自学
        测试 抽考 研讨 诵读 温习 辨析 必学 学懂 学了 学过 读了 看了 警示教育 围绕 考试 应知应会 宣传 剖析
        专讲 必读 必修 第一议题 轮训
    """),
    "follow": entries("""
        按照 根据 依据 遵照 参照 比照 对照 依照 落实 执行 贯彻 依托 遵守 严守 遵循 启用 重申 援引
        践行 履行 严格 结合 对标 违反 按 依
    """),
    "other": entries("""
        废止 废除 解除 终止 抽查 检查 审查 核查 查阅 查看 写入 写进 填报 签收 登记 公示 缺少
        停止执行
    """),
}
"""Verbs of each action; where two adjoin (修订并印发) the action named first here is taken."""

_WITHOUT_BREAKS = dict.fromkeys(map(ord, LINE_BREAKS))
_ACTION = {verb: action for action, verbs in VERBS.items() for verb in verbs}
_RANK = {action: rank for rank, action in enumerate(VERBS)}
_VERB = re.compile("|".join(sorted(_ACTION, key=len, reverse=True)))
_CHAIN = re.compile(r"[“]?Ⓦ[”]?(?:(?:、|和|与|及|以及|并)?(?:等)?[“]?Ⓦ[”]?)*")
_JOINT = re.compile(r"[并、和及与,了过后再已正而即先又]{0,3}")
_BEHIND = re.compile(
    "(?:"
    + any_of("""
        等 的 制度 文件 精神 内容 初稿 文本 草案 Ⓒ Ⓜ Ⓓ 已 均 现 正 也 都 并 再 全部 全面 先后
        重新 及时 进行 予以 作 作了 完成 完成了
    """)
    + r"|[经由]Ⓑ(?:[、和]Ⓑ)*"
    + any_of("研究 审议 批准 批复 审核 审定 核准 同意")
    + "*(?:通过)?(?:后|并)?)*+"
)
"""What may stand between a mention and the verb behind it."""
_MADE_BY = re.compile(r"(?:制定|制订|印发|下发|签订|编制|发布|出台|起草|颁布|通报|选编|编写|修订|转发)后?的$")
_STUDIED = re.compile(r"(?:组织|开展|进行|集中|专题|再次)*(?:学习|研讨|测试|“每周一考”)")
_FILM = re.compile(r"(?:警示|教育|专题|专题教育|宣传|纪录|短)*(?:片|电影|短片|纪录片|视频)$")
_DONE_TO = re.compile(r"(?:[把将对就]|^[^把将对就ⒷⓇ]{0,12})$")
_KEPT = re.compile(r"(?:的|等|之)?(?:执行|落实|贯彻|规定|要求|精神|有关|相关|所列|允许)")
_HELD_TO = re.compile(r"规定|要求|执行不|落实不")
_NOT_DONE = re.compile(r"(?:未|没有|不|从未|没)(?:及时|按时|按规定|按要求)?$")
_ISSUED_THEN = re.compile(
    any_of("审议 通过 批准 讨论 审定 会签 同意 研究")
    + "[^待拟将]{0,16}"
    + any_of("印发 下发 施行 实施 出台 执行 发布")
)
_NOT_YET = re.compile(r"待|拟|将|预计|计划|争取|提请")
_SENTENCE = 120  # characters of the same sentence that are read on
_DRAFT_TITLE = re.compile(r"草案|征求意见稿|送审稿|讨论稿|初稿")


def document_values(text: str, spans: Sequence[Span], outline: Outline) -> dict[Span, dict[str, str]]:
    """``title`` without brackets and ``action`` of every DOCUMENT span."""
    values: dict[Span, dict[str, str]] = {}
    for passage in read_passages(text, spans, outline):
        if "Ⓦ" in passage.text:
            actions = _actions(passage)
            for span, place in zip(passage.spans, passage.places, strict=True):
                if span.label == "DOCUMENT":
                    mention = text[span.start : span.end]
                    action = _settle(mention, actions.get(place))
                    values[span] = {"title": document_title(mention), "action": action}
    return values


def document_title(mention: str) -> str:
    """The mention without its outer 《》; a suffix such as (试行) stays.

    >>> document_title("《采购管理办法》(试行)")
    '采购管理办法(试行)'
    """
    title = mention.translate(_WITHOUT_BREAKS).strip().removeprefix("《")
    if "《" not in title:
        head, bracket, tail = title.rpartition("》")
        title = head + tail if bracket else title
    else:
        title = title.removesuffix("》") if title.count("》") > title.count("《") else title
    return title.strip()


def _settle(mention: str, action: str | None) -> str:
    quoted = "《" in mention or "》" in mention
    if _DRAFT_TITLE.search(mention) and action in (None, "issue", "revise", "draft"):
        return "draft"
    if action is None:
        return "other" if quoted else "issue"
    return action


def _actions(passage: Passage) -> dict[int, str | None]:
    """Action by the place of the mention; None where no verb of the clause speaks of it."""
    found: dict[int, str | None] = {}
    carried: str | None = None
    for start, end in passage.clauses():
        line = passage.text[start:end]
        at = 0
        for chain in _CHAIN.finditer(line) if "Ⓦ" in line else ():
            left = line[at : chain.start()]
            action = carried if carried and not left else _action(left, line, chain.end())
            if action == "draft" and _issued_then(passage.text, end):
                action = "issue"
            for place in range(chain.start(), chain.end()):
                if line[place] == "Ⓦ":
                    found[start + place] = action
            carried = action
            at = chain.end()
        if not at or at < len(line):
            carried = None
    return found


def _action(left: str, line: str, end: int) -> str | None:
    film = _FILM.search(left, max(0, len(left) - 8))
    left = left[: film.start()] if film else left
    verb, action = _before(left)
    if modifier := _MADE_BY.search(left):
        verb, action = _before(left[: modifier.start()])
        return action or _after(line, end) or _before(left)[1]
    if action == "follow":
        return "study" if verb == "对照" and _STUDIED.match(line, end) else action
    if action is None:
        if film:
            return "study"
        if behind := _behind(line, end):
            return behind
        if _DONE_TO.search(left) or "对" in left:
            return _after(line, end)
        return "follow" if _HELD_TO.match(line, end) else None
    behind = _behind(line, end)
    if behind is None:
        return action
    if behind == "study" and "Ⓑ" + verb in left:
        return behind
    return min(action, behind, key=_RANK.__getitem__)


def _before(left: str) -> tuple[str, str | None]:
    """The last verb before the mention, and the strongest of those that stand together there."""
    best: str | None = None
    last = ""
    edge: int | None = None
    for verb in reversed(list(_VERB.finditer(left))):
        if edge is not None and not _JOINT.fullmatch(left, verb.end(), edge):
            break
        action = _ACTION[verb.group()]
        if action in ("issue", "revise") and _NOT_DONE.search(left, max(0, verb.start() - 8), verb.start()):
            action = "other"
        best = action if best is None or _RANK[action] < _RANK[best] else best
        last = last or verb.group()
        edge = verb.start()
    return last, best


def _behind(line: str, at: int) -> str | None:
    """The action of the verb right behind a mention: 修订完善, 已印发."""
    skipped = _BEHIND.match(line, at)
    at = skipped.end() if skipped else at
    best: str | None = None
    while verb := _VERB.match(line, at):
        action = _ACTION[verb.group()]
        if action == "follow":
            break
        best = action if best is None or _RANK[action] < _RANK[best] else best
        joint = _JOINT.match(line, verb.end())
        at = joint.end() if joint else verb.end()
    return best


def _after(line: str, at: int) -> str | None:
    """What the rest of the clause does to a mention that opens it or follows 把, 将, 对."""
    end = line.find("Ⓦ", at)
    end = len(line) if end < 0 else end
    if _KEPT.match(line, at, end):
        return "follow"
    verbs = _VERB.finditer(line, at, end)
    actions = [
        _ACTION[verb.group()]
        for verb in verbs
        if not _NOT_DONE.search(line, max(at, verb.start() - 6), verb.start())
    ]
    return min(actions, key=_RANK.__getitem__) if actions else None


def _issued_then(text: str, at: int) -> bool:
    """Whether the same sentence goes on to say that the draft was passed and sent out."""
    ends = [place for sign in "。;" if (place := text.find(sign, at, at + _SENTENCE)) >= 0]
    rest = text[at : min(ends, default=at + _SENTENCE)]
    return bool(_ISSUED_THEN.search(rest)) and not _NOT_YET.search(rest)
