"""What the pages of government sites are made of, as tables of words."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DROPPED = _words(
    "script style noscript template iframe frame frameset object embed applet svg math canvas audio "
    "video map select option datalist button input textarea nav aside footer head dialog"
)
"""Elements without text of the notice. A form is kept: whole pages of older sites stand in one."""

BLOCKS = _words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul caption ucapcontent ucaptitle marquee"
)
HEADINGS = frozenset(("h1", "h2", "ucaptitle"))

SITE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w{0,12}?share\w{0,12}|bds\w{0,12}|jiathis\w{0,12}|print|dayin|dy|btn-?print|nav|navs|navbar|navigation|menu|submenu|crumbs?"
    r"|breadcrumbs?|bread|location|position|dqwz|wz|weizhi|foot|footer|footbox|copyright|copy-right|sidebar|side-?bar"
    r"|qrcode|qr-?code|ewm|erweima|code2d|font-?size|fontsize|zihao|toolbar|tools|search|searchbox|pager|pagination|paging"
    r"|prev-?next|prenext|related|relate|xgxw|recommend|hot|rank|links|friendlinks?|yqlj|login|advert|ads?|gotop|go-?top|backtop"
    r"|accessibility|wza|player|comment|comments|editor-?name|skip)(?:$|[\s_-])",
    re.I,
)
"""Class and id names of site furniture; an element is dropped by its name only where it holds little text."""

TITLE_NAME = re.compile(r"(?:title|headline|biaoti|(?:^|[\s_-])bt(?:$|[\s_-]))", re.I)
TITLE_META = frozenset(("articletitle", "og:title"))
DAY_META = frozenset(("pubdate", "publishdate", "article:published_time", "others:publishdate"))

DAY_LINE = re.compile(
    r"(?:时间|日期|发布于|公布于|公开日)\s?[:：]?\s?(?:19|20)\d\d\s?[-年./]\s?\d{1,2}|^\s*(?:19|20)\d\d-\d{1,2}-\d{1,2}(?:\s|$)"
)
SITE_LINE = re.compile(
    r"首页|打印|关闭|收藏|分享|返回|顶部|上一[篇条页]|下一[篇条页]|登录|注册|无障碍|长者|字体|字号|下载|更多|扫一扫|微信|微博|网站地图"
)
FRAGMENT_LINE = re.compile(
    r"(?:(?:我要)?打印(?:本[页文稿])?|(?:我要)?关闭(?:本页|窗口)?|(?:我要)?收藏(?:本[页文])?|(?:我要)?分享(?:到)?|返回(?:顶部|首页|列表|上一[级页])?|复制(?:链接|全文)?"
    r"|字[体号]|大|中|小|默认|超大|微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|朋友圈|人人网|繁体|简体|朗读|语音播报|T|\+|-|:|：|[\s|｜【】\[\]（）()/])+"
    r"|(?:上|下)一[篇条][:：].{0,80}|扫一扫.{0,30}|.{0,6}扫码.{0,20}|您?(?:现在|当前)?的?(?:位置|所在位置)(?:是)?[:：].{0,200}"
)
FOOT_LINE = re.compile(
    r"ICP备|ICP证|公网安备|网站标识码|版权所有|技术支持|copyright|浏览器|(?:主办|承办|运维)(?:单位)?[:：]|网站地图|^地址[:：].{0,60}邮编|总访问量",
    re.I,
)
"""Lines of a site's foot; they end a page where they stand at its end."""
_SITE_NAME_END = re.compile(r"\s*(?:[-_|—–]+|>>?|»)\s*[^-_|—–>»]{1,40}$")
_ABOUT = re.compile(r"巡[察视]|整改|通报|公告|公示|报告|情况")
_LONGEST = 400
"""Characters of a ``<title>`` that may hold a notice's title with the names of site and columns."""


def site_title(title: str) -> str | None:
    """The ``<title>`` of a page without the names of site and columns behind it."""
    if len(title) > _LONGEST:
        return None
    for _ in range(4):
        shorter = _SITE_NAME_END.sub("", title)
        if shorter == title or not _ABOUT.search(shorter):
            break
        title = shorter
    return title if _ABOUT.search(title) and 6 <= len(title) <= 150 else None
