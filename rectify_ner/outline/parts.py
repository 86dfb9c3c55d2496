"""What stands around the problems: parts before and after, closing lines, navigation, page numbers."""

import re
from typing import Literal

from rectify_ner.outline.words import PROBLEM, spaced

Part = Literal["before", "body", "after"]

_CLOSING_WORDS = (
    r"欢迎(?:广大|社会|各界|干部|党员|群众|全体)|(?:如有|有何|若有).{0,6}(?:意见|问题)|特此(?:通报|报告|公告|公示)",
    r"(?:联系|监督|举报|反映|受理|咨询)(?:电话|方式|人|地址|邮箱|时间|方法)|电话(?=[:\d(])|邮编",
    r"邮政(?:编码|信箱|地址)|电子(?:邮箱|邮件|信箱)|邮箱(?=:)|网址(?=:)|(?:通信|通讯|来信|来访|联系|办公)地址",
    r"来信(?=:)|公示(?:期|时间)|(?:说明|备注|注)(?=:)|附件(?=:|\d)|技术支持|友情链接",
    r"相关(?:链接|阅读|文档|新闻)|(?:编辑|来源|作者)(?=:)|责任编辑|(?:主办|承办)(?:单位)?(?=:)|版权所有",
    r"扫一扫|[上下]一[篇条页]|返回(?:顶部|列表|首页|上一页)|【?(?:打印|关闭|纠错|收藏)|分享(?:到|至|本)?",
    r"网站(?:地图|标识码|首页)|[a-zA-Z]?ICP备|.{0,2}公网安备|您?(?:当前|现在)?(?:的)?(?:所在)?位置(?=:)",
    r"首页(?=[>|])|字号|字体|浏览(?:次数|量)?(?=:)|阅读(?:次数|量)?(?=:)|访问量|点击(?:数|量|次数)",
    r"发布(?:时间|日期|单位|机构)(?=:)",
)
CLOSING = re.compile(spaced("|".join(_CLOSING_WORDS)))
"""How a row begins that is outside of every response."""

NAVIGATION = re.compile(
    spaced(
        r"扫一扫|[上下]一[篇条页]|返回|【?(?:打印|关闭|纠错|收藏)|分享|责任编辑|编辑|来源|作者|主办|承办|版权|网站"
        r"|[a-zA-Z]?ICP|您?(?:当前|现在)?(?:的)?(?:所在)?位置|首页|字号|字体|浏览|阅读|访问|点击|发布"
    )
)
"""Closing rows that may also cut into a notice."""

_WHOLE = r"巡察|巡视|整改|目标不变|标准不降|力度不减|久久为功|常态长效|钉钉子|赶考|驰而不息"
_AHEAD = (
    r"(?:下一?步|下阶段|今后|往后|接下来|下一阶段|整改)(?=.{0,80}(?:将|要|继续|持续|永远|没有|只有|不是))"
)
OUTLOOK = re.compile(
    rf"^{_AHEAD}(?=.{{0,200}}(?:{_WHOLE}))"
    rf"|(?:将|要|继续|持续)[^。]{{0,80}}(?:{_WHOLE})|(?:{_WHOLE})[^。]{{0,40}}(?:将|要|继续)"
    r"|(?:巡察|巡视|整改)[^。]{0,50}(?:后半篇|永远在路上|进行时|没有(?:完成时|休止符|终点))"
    r"|^.{0,40}(?:意见|建议|监督|反映)[^。]{0,30}(?:电话|来信|信箱|邮箱|来电)"
)
"""A paragraph that speaks of the rectification as a whole; behind the last response it closes the notice."""

PAGE_ROW = re.compile(
    r"[-—–─·] ?\d{1,3} ?[-—–─·]|第 ?\d{1,3} ?页(?: ?[,/]? ?共 ?\d{1,3} ?页)?|\d{1,3} ?/ ?\d{1,3}|\d{1,3}"
)
_CN_DIGITS = "一二三四五六七八九十"
DATE_ROW = re.compile(
    rf"(?:\d{{4}}|[〇○零O0{_CN_DIGITS}]{{4}}) ?[年.\-/] ?[\d{_CN_DIGITS}]{{1,3}} ?[月.\-/] ?"
    rf"(?:[\d{_CN_DIGITS}]{{1,3}} ?日?)?"
)
SIGNATURE = re.compile(
    r"[^。,;:!?]{2,38}"
    r"(?:党组|党委|委员会|总支|支部|工委|党总支|办公室|领导小组|局|院|校|集团|公司|中心|政府)"
)

_AFTER = re.compile(
    spaced(
        r"下一?步|下阶段|今后|(?:仍|还)?存在的?(?:主要|突出)?(?:问题|不足|困难)(?!.*整改.*(?:情况|落实))|后续"
        r"|努力方向|打算|(?:长期|持续)(?:坚持|整改|推进).{0,6}(?:事项|问题|任务|工作|情况)"
        r"|未(?:完成|办结|销号)|尚未|经验|体会|启示|^.{0,8}巩固|^.{0,4}持续"
    )
)
_USED = re.compile(
    r"(?:巩固|拓展|深化|扩大|运用|转化|用好)[^、,]{0,6}(?:整改|巡[察视])[^,]{0,4}(?:成果|成效)$"
    r"|整改成果.{0,8}(?:长远|长久|转化|运用)"
)
"""What is to come of the rectification: 三、持之以恒,巩固拓展整改成果."""
_BEFORE = re.compile(
    spaced(
        r"(?:基本|总体|整体|组织|概况|全面|工作)(?:工作)?(?:情况|概况)|(?:主要|具体)?做法|推进情况|高度重视"
        r"|组织(?:领导|落实|实施|推进|部署|保障)|(?:整改|工作)(?:责任|部署)|主体责任|动员部署|加强领导"
        r"|(?:提高|提升|强化|深化)(?:政治)?(?:站位|认识|担当|责任|统筹)|思想(?:认识|自觉)|统筹(?:推进|谋划)"
        r"|(?:压实|扛牢|扛起|压紧|夯实|坚决扛|落实).{0,8}(?:责任|担当)|扎实推进|有力有序"
    )
)
_BODY = re.compile(
    spaced(
        r"(?:问题|意见|任务|事项|反馈|具体).{0,14}(?:情况|进展|成效|清单|结果)"
        r"|整改.{0,8}(?:情况|进展|成效|结果|清单|台账)|整改.{0,12}(?:落|见|实效|到位|抓)"
        r"|逐(?:项|条|一).{0,10}(?:整改|落实)|(?:问题|意见).{0,10}整改"
    )
)


def squeeze(title: str) -> str:
    """A title without spaces and outer punctuation, as the patterns of parts want it."""
    return title.replace(" ", "").strip("【】[]〔〕()<>:。,;、.—-*#\t")


def part_of(title: str) -> Part | None:
    """Which part of a notice a heading opens; None where it names no part."""
    title = squeeze(title)
    if not 2 <= len(title) <= 40 or title.endswith("方面"):
        return None
    if title.startswith(("关于", "针对")) and title.endswith("问题"):
        return None
    if _USED.search(title):
        return "after"
    if _AFTER.search(title) and not PROBLEM.search(
        title.replace("问题", "").replace("不足", "").replace("未", "").replace("突出", "")
    ):
        return "after"
    if _BODY.search(title) and not title.startswith(("关于", "针对", "在")):
        if _BEFORE.search(title) and not re.search("问题|反馈|意见|落实|具体|任务", title):
            return "before"
        if not PROBLEM.search(title):
            return "body"
    if _BEFORE.search(title) and not PROBLEM.search(title):
        return "before"
    return None
