"""The vocabulary of a notice's skeleton: lead words, field labels, states, words of failing and of acting.

Every pattern is matched on folded text, allows one space between characters (pages lose and gain
them), and has bounded repetition only, so that matching stays linear.
"""

import re

from rectify_ner.notice import FieldName

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
    (
        "deadline",
        "(?:计划|预计|拟)?(?:整改|完成|办结|落实|销号)(?:完成|整改)?(?:的)?(?:时限|期限|时间|时点|日期)(?:要求)?|时限要求|时限|完成期限",
    ),
    ("status", "(?:整改|完成|销号|办理|落实|进展|目前)(?:完成|整改|销号)?(?:状态|情形)|状态"),
)

LEAD = rf"(?P<lead>{_LEAD_WORD}(?= ?:)|[【\[〔(<] ?(?:{_LEAD_WORD}|{_SHORT_LEAD})(?= ?[】\]〕)>]))"
SHORT_LEAD = rf"(?P<short>{_SHORT_LEAD})(?= ?:)"
FIELD = "|".join(rf"(?P<{name}>[【\[〔]?(?:{spaced(label)})(?= ?[:】\]〕]))" for name, label in FIELD_LABELS)
TAG = spaced(
    r"""(?P<tag>[【\[〔]?(?:巡察|巡视)?(?:反馈|存在|具体|主要|发现)?(?:的)?(?:主要|具体)?(?:问题|反馈意见)(?:表现|描述|表述)?
    (?:\d{1,3}|[一二三四五六七八九十]{1,3})?[】\]〕]:?
    |(?:巡察|巡视|反馈|存在|具体|发现)(?:反馈|的){0,2}(?:问题|意见)(?:表现|描述|表述)?(?=:)
    |问题(?:表现|描述|表述)?(?=:)
    |(?:巡察|巡视)?(?:组)?反馈(?:意见)?指出(?=[:,]))"""
)

LEAD_ROW = re.compile(rf"(?:{_LEAD_WORD}) ?:?")
"""A row that is nothing but a lead word."""

_STATE_BEFORE = (
    "已|基本|全部|阶段性|长期|持续|正在|需|并|立行立改|按期|按时|尚未|未|待|均|初步|已经|取得|有序|稳步|,|、|并且"
    "|正?按(?:计划|时序|序时|要求|进度)"
)
_STATE = "完成|整改到位|到位|办结|推进|坚持|整改|销号|落实|进行|达标|整改中|进展|成效|立行立改|整治|实施|巩固"
_STATE_BEHIND = "整改|推进|完成|坚持|销号|落实|到位|并|持续|长期|中|,|、|阶段性|成效|巩固|深化"
BARE_STATE = re.compile(
    spaced(rf"\(?(?:{_STATE_BEFORE}){{0,4}}(?:{_STATE})(?:{_STATE_BEHIND}){{0,5}}\)?[。;]?")
)
"""A status that says only how far things are: ``已完成``, ``阶段性完成``, ``长期坚持``."""

DEADLINE_LIKE = re.compile(
    r"立行立改|长期坚持|持续|即知即改|(?:\d{4}|今|明|本)年|\d{1,2}月|\d{4}[.\-/]\d|\d{1,2}日前|集中整改期"
)

PROBLEM = re.compile(
    r"不(?!断|忘|仅|但|折不扣|松劲|移|懈|再|少于|低于|超)|未|没|缺|弱|差|偏|滞后|短板|漏洞|盲[区点]|形式|形同"
    r"|[松虚浮乱难乏拖欠空慢迟浅淡窄粗宽薄少]|违规|违反|堵点|脱节|两张皮|走过场|失[之职责察管序范]"
    r"|重[^要点大视新申]{1,8}轻|随意|打折|落差|温差|隐患|敷衍|闲置|浪费|低效|单一|僵化|老化|风险|突出|混乱"
    r"|一刀切|断层|泛化|较低|不足|反弹|挤占|挪用|超标|虚化|代替|走样|“.{1,8}”现象"
)
"""Words by which a heading names a failing."""

ACTION = re.compile(
    r"制定|印发|出台|修订|召开|组织|开展|建立|成立|完善|健全|已(?!有)|完成|举办|签订|安排|邀请|下发|投入|检查|排查"
    r"|整改|清退|追缴|培训|会同|联合|聘请|委托|牵头|学习了|督促|责成|推动|坚持|强化|进一步|加强|压实|规范|严格"
    r"|推行|开设|选派|约谈|通报|起草|编制|争取|协调|改造"
)
"""Words by which a sentence tells what was done."""
