"""The vocabulary of a notice's skeleton: lead words, field labels, names of parts, closing lines.

Every pattern is matched on folded text, allows one space between characters (pages lose and gain
them), and has bounded repetition only, so that matching stays linear.
"""

import re
from typing import Literal

from rectify_ner.notice import FieldName

Part = Literal["before", "body", "after"]

_TOKEN = re.compile(r"\\.|\[(?:[^\]\\]|\\.)*\]|([\u4e00-\u9fff])([?*+{])?|.", re.DOTALL)


def spaced(pattern: str) -> str:
    """The pattern with an optional space after every Chinese character outside classes."""

    def loosen(found: re.Match[str]) -> str:
        char, quantifier = found.groups()
        if char is None:
            return found.group()
        return f"(?:{char} ?){quantifier}" if quantifier else f"{char} ?"

    return _TOKEN.sub(loosen, re.sub(r"\s+", "", pattern))


_LEAD_NOUN = "(?:情况|措施|成效|结果|进展|做法|举措|效果|成果|进度)"
_LEAD_WORD = spaced(
    rf"""(?:
    (?:巡察|巡视|反馈|问题|目前|当前|具体|主要|已经|已|后续|集中|阶段性|采取|的|本次){{0,3}}
        (?:整改|落实|办理|工作|完成|进展|取得|采取)(?:的)?(?:落实|完成|进展|推进|工作){{0,2}}{_LEAD_NOUN}
        (?:(?:以及|及|和|与|、)(?:主要|取得|整改|工作|落实|完成|的){{0,2}}{_LEAD_NOUN})?
    |(?:具体|主要|采取|已采取|目前|整改后|取得)(?:的)?(?:措施|做法|举措|进展|成效|效果)
    |下一?步(?:的)?(?:整改|工作){{0,2}}(?:打算|措施|计划|安排|举措)
    |今后(?:工作)?(?:打算|措施)
    )(?:如下)?"""
)
_SHORT_LEAD = spaced("(?:整改|成效|进展|措施|落实|做法|效果)(?:如下)?")

FIELD_LABELS: tuple[tuple[FieldName, str], ...] = (
    (
        "body",
        "(?:整改|第一|主要|直接|具体|问题)?(?:责任|牵头|配合|主办|协办|承办|主责|参与)(?:责任)?"
        "(?:单位|部门|科室|股室|处室|支部|党支部|党组织|主体|机构)"
        "(?:(?:及|和|与|、)(?:责任|牵头|配合|主要|分管)?(?:人|领导|负责人|单位|部门))?",
    ),
    (
        "role",
        "(?:整改|第一|主要|直接|具体|问题)?(?:责任|牵头|分管|包保|挂联|联系|督办|配合)(?:责任)?"
        "(?:领导|校领导|院领导|局领导|行领导|县领导|人员|人|负责人|负责同志)(?:(?:及|和|与|、)(?:单位|部门|责任单位|责任部门))?",
    ),
    ("deadline", "(?:计划|预计|拟)?(?:整改|完成|办结|落实|销号)(?:完成|整改)?(?:的)?(?:时限|期限|时间|时点|日期)(?:要求)?|时限要求|时限|完成期限"),
    ("status", "(?:整改|完成|销号|办理|落实|进展|目前)(?:完成|整改|销号)?(?:状态|情形)|状态"),
)

LEAD = rf"(?P<lead>{_LEAD_WORD}(?= ?:)|[【\[〔(<] ?(?:{_LEAD_WORD}|{_SHORT_LEAD})(?= ?[】\]〕)>]))"
SHORT_LEAD = rf"(?P<short>{_SHORT_LEAD})(?= ?:)"
FIELD = "|".join(
    rf"(?P<{name}>[【\[〔]?(?:{spaced(label)})(?= ?[:】\]〕]))" for name, label in FIELD_LABELS
)
TAG = spaced(
    r"""(?P<tag>[【\[〔]?(?:巡察|巡视)?(?:反馈|存在|具体|主要|发现)?(?:的)?(?:主要|具体)?(?:问题|反馈意见)(?:表现|描述|表述)?
    (?:\d{1,3}|[一二三四五六七八九十]{1,3})?[】\]〕]:?
    |(?:巡察|巡视|反馈|存在|具体|发现)(?:反馈|的){0,2}(?:问题|意见)(?:表现|描述|表述)?(?=:)
    |问题(?:表现|描述|表述)?(?=:)
    |(?:巡察|巡视)?(?:组)?反馈(?:意见)?指出(?=[:,]))"""
)

LEAD_ROW = re.compile(rf"(?:{_LEAD_WORD}) ?:?")
"""A row that is nothing but a lead word."""

BARE_STATE = re.compile(
    spaced(
        r"""\(?(?:已|基本|全部|阶段性|长期|持续|正在|需|并|立行立改|按期|按时|尚未|未|待|均|初步|正?按(?:计划|时序|序时|要求|进度)|有序|稳步|已经|取得|,|、|并且){0,4}
        (?:完成|整改到位|到位|办结|推进|坚持|整改|销号|落实|进行|达标|整改中|进展|成效|立行立改|整治|实施|巩固)
        (?:整改|推进|完成|坚持|销号|落实|到位|并|持续|长期|中|,|、|阶段性|成效|巩固|深化){0,5}\)?[。;]?"""
    )
)
"""A status that says only how far things are: ``已完成``, ``阶段性完成``, ``长期坚持``."""

DEADLINE_LIKE = re.compile(r"立行立改|长期坚持|持续|即知即改|(?:\d{4}|今|明|本)年|\d{1,2}月|\d{4}[.\-/]\d|\d{1,2}日前|集中整改期")

CLOSING = re.compile(
    spaced(
        r"""欢迎(?:广大|社会|各界|干部|党员|群众|全体)|(?:如有|有何|若有).{0,6}(?:意见|问题)
        |(?:联系|监督|举报|反映|受理|咨询)(?:电话|方式|人|地址|邮箱|时间|方法)|电话(?=[:\d(])|邮政(?:编码|信箱|地址)|邮编|电子(?:邮箱|邮件|信箱)|邮箱(?=:)
        |(?:通信|通讯|来信|来访|联系|办公)地址|来信(?=:)|公示(?:期|时间)|(?:说明|备注|注)(?=:)|特此(?:通报|报告|公告|公示)
        |扫一扫|上一[篇条页]|下一[篇条页]|返回(?:顶部|列表|首页|上一页)|【?(?:打印|关闭|纠错|收藏)|分享(?:到|至|本)?|责任编辑|编辑(?=:)|来源(?=:)|作者(?=:)
        |主办(?:单位)?(?=:)|承办(?:单位)?(?=:)|版权所有|网站(?:地图|标识码|首页)|[a-zA-Z]?ICP备|.{0,2}公网安备|您?(?:当前|现在)?(?:的)?(?:所在)?位置(?=:)|首页(?=[>|])
        |字号|字体|浏览(?:次数|量)?(?=:)|阅读(?:次数|量)?(?=:)|访问量|点击(?:数|量|次数)|发布(?:时间|日期|单位|机构)(?=:)|附件(?=:|\d)|相关(?:链接|阅读|文档|新闻)|友情链接|网址(?=:)|技术支持"""
    )
)
"""How a row begins that is outside of every response."""
NAVIGATION = re.compile(
    spaced(
        r"""扫一扫|上一[篇条页]|下一[篇条页]|返回|【?(?:打印|关闭|纠错|收藏)|分享|责任编辑|编辑|来源|作者|主办|承办|版权|网站|[a-zA-Z]?ICP|您?(?:当前|现在)?(?:的)?(?:所在)?位置|首页|字号|字体|浏览|阅读|访问|点击|发布"""
    )
)
_WHOLE = r"巡察|巡视|整改|目标不变|标准不降|力度不减|久久为功|常态长效|钉钉子|赶考|驰而不息"
OUTLOOK = re.compile(
    rf"^(?:下一?步|下阶段|今后|往后|接下来|下一阶段|整改)(?=.{{0,80}}(?:将|要|继续|持续|永远|没有|只有|不是))(?=.{{0,200}}(?:{_WHOLE}))"
    rf"|(?:将|要|继续|持续)[^。]{{0,80}}(?:{_WHOLE})|(?:{_WHOLE})[^。]{{0,40}}(?:将|要|继续)"
    r"|(?:巡察|巡视|整改)[^。]{0,50}(?:后半篇|永远在路上|进行时|没有(?:完成时|休止符|终点))"
    r"|^.{0,40}(?:意见|建议|监督|反映)[^。]{0,30}(?:电话|来信|信箱|邮箱|来电)"
)
"""A paragraph that speaks of the rectification as a whole; behind the last response it closes the notice."""
PAGE_ROW = re.compile(r"[-—–─·] ?\d{1,3} ?[-—–─·]|第 ?\d{1,3} ?页(?: ?[,/]? ?共 ?\d{1,3} ?页)?|\d{1,3} ?/ ?\d{1,3}|\d{1,3}")
DATE_ROW = re.compile(r"(?:\d{4}|[〇○零二一O0三四五六七八九]{4}) ?[年.\-/] ?[\d一二三四五六七八九十]{1,3} ?[月.\-/] ?(?:[\d一二三四五六七八九十]{1,3} ?日?)?")
SIGNATURE = re.compile(r"[^。,;:!?]{2,38}(?:党组|党委|委员会|总支|支部|工委|党总支|办公室|领导小组|局|院|校|集团|公司|中心|政府)")

_AFTER = re.compile(spaced(r"下一?步|下阶段|今后|(?:仍|还)?存在的?(?:主要|突出)?(?:问题|不足|困难)(?!.*整改.*(?:情况|落实))|后续|努力方向|打算|(?:长期|持续)(?:坚持|整改|推进).{0,6}(?:事项|问题|任务|工作|情况)|未(?:完成|办结|销号)|尚未|经验|体会|启示|^.{0,8}巩固|^.{0,4}持续"))
_BEFORE = re.compile(
    spaced(
        r"""(?:基本|总体|整体|组织|概况|全面|工作)(?:工作)?(?:情况|概况)|(?:主要|具体)?做法|组织(?:领导|落实|实施|推进|部署|保障)|推进情况
        |(?:整改|工作)(?:责任|部署)|主体责任|(?:提高|提升|强化|深化)(?:政治)?(?:站位|认识|担当|责任|统筹)|(?:压实|扛牢|扛起|压紧|夯实|坚决扛|落实).{0,8}(?:责任|担当)|高度重视|动员部署|思想(?:认识|自觉)|统筹(?:推进|谋划)|扎实推进|有力有序|加强领导"""
    )
)
_BODY = re.compile(
    spaced(
        r"""(?:问题|意见|任务|事项|反馈|具体).{0,14}(?:情况|进展|成效|清单|结果)|整改.{0,8}(?:情况|进展|成效|结果|清单|台账)
        |逐(?:项|条|一).{0,10}(?:整改|落实)|(?:问题|意见).{0,10}整改|整改.{0,12}(?:落|见|实效|到位|抓)"""
    )
)

PROBLEM = re.compile(
    r"不(?!断|忘|仅|但|折不扣|松劲|移|懈|再|少于|低于|超)|未|没|缺|弱|差|偏|滞后|短板|漏洞|盲[区点]|形式|[松虚浮乱难乏拖欠空慢迟浅淡窄粗]|形同|违规|违反|堵点|脱节|两张皮"
    r"|走过场|失[之职责察管序范]|少|重[^要点大视新申]{1,8}轻|随意|打折|落差|温差|隐患|敷衍|闲置|浪费|低效|单一|僵化|老化|风险|突出|混乱|一刀切|断层|泛化|较低|不足|反弹|挤占|挪用|超标|虚化|宽|代替|走样|薄|“.{1,8}”现象"
)
"""Words by which a heading names a failing."""

ACTION = re.compile(
    r"制定|印发|出台|修订|召开|组织|开展|建立|成立|完善|健全|已(?!有)|完成|举办|签订|安排|邀请|下发|投入|检查|排查|整改|清退|追缴|培训|会同|联合|聘请|委托|牵头|学习了|督促|责成|推动|坚持|强化|进一步|加强|压实|规范|严格|推行|开设|选派|约谈|通报|起草|编制|争取|协调|改造"
)
"""Words by which a sentence tells what was done."""


def squeeze(title: str) -> str:
    """A title without spaces and outer punctuation, as the patterns of parts want it."""
    return title.replace(" ", "").strip("【】[]〔〕()<>:。,;、.—-*#\t")


def part_of(title: str) -> Part | None:
    """Which part of a notice a heading opens; None where it names no part."""
    title = squeeze(title)
    if not 2 <= len(title) <= 40 or title.endswith("方面"):
        return None
    if _AFTER.search(title) and not PROBLEM.search(title.replace("问题", "").replace("不足", "").replace("未", "").replace("突出", "")):
        return "after"
    if _BODY.search(title) and not title.startswith(("关于", "针对", "在")):
        if _BEFORE.search(title) and not re.search("问题|反馈|意见|落实|具体|任务", title):
            return "before"
        if not PROBLEM.search(title):
            return "body"
    if _BEFORE.search(title) and not PROBLEM.search(title):
        return "before"
    return None
