"""Which full name a body's short form stands for, and why.

A notice declares full names in its title, in brackets (``以下简称“…”``) and by naming a body in full
before it is shortened. A mention that more than one of them would fit stays as printed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.fold import fold
from rectify_ner.notice import Entity, Head


@dataclass(frozen=True, slots=True)
class Reference:
    """The full name behind a mention and the Chinese sentence that says why."""

    name: str
    reason: str


def resolve_bodies(text: str, entities: Sequence[Entity], head: Head) -> dict[int, Reference]:
    """For each BODY that is a short form, by its index in ``entities``, the body it stands for."""
    bodies = [(index, entity) for index, entity in enumerate(entities) if entity.label == "BODY"]
    declared = _declared(text, [entity for _, entity in bodies])
    issuer = _Issuer(head.issuer) if head.issuer else None
    known: dict[str, Reference | None] = {}
    tight: dict[str, str] = {}
    unit = issuer.unit if issuer else ""
    earlier = _Earlier()
    found: dict[int, Reference] = {}
    for index, entity in bodies:
        mention = text[entity.start : entity.end]
        name = tight.get(mention) or tight.setdefault(mention, _tight(mention))
        if name not in known:
            known[name] = _declared_as(name, declared, issuer) or _named(name, head, issuer)
        reference = known[name]
        if reference is None and (reference := earlier.longer(name, unit)) is not None:
            reference = known.get(reference.name) or reference
        if reference is not None and reference.name != name:
            found[index] = reference
        earlier.add(name)
    return found


_PLAIN = re.compile("[一-鿿]+")
_BLANKS = re.compile(r"\s+")


def _tight(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else _BLANKS.sub("", fold(name))


_SHORT = re.compile(
    r"\s?\((?:以下|下)?(?:统一)?(?:简称|称|统称)(?:为)?[:\s]?[“\"'「]?"
    r"([^”\"'」()]{1,24}(?:\([^()]{1,12}\)[^”\"'」()]{0,12})?)[”\"'」]?\)"
)
_BRACKET = 60
"""Characters behind a name in which its bracket is read."""


def _declared(text: str, bodies: Sequence[Entity]) -> dict[str, str]:
    """Short forms that a bracket behind the full name declares."""
    short: dict[str, str] = {}
    for entity in bodies:
        if text.startswith(("(", "（", " (", " （"), entity.end):
            found = _SHORT.match(fold(text[entity.end : entity.end + _BRACKET]))
            if found:
                short.setdefault(_tight(found[1]), _tight(text[entity.start : entity.end]))
    return short


def _declared_as(name: str, declared: dict[str, str], issuer: "_Issuer | None") -> Reference | None:
    full = declared.get(name)
    if full is None:
        return None
    behind = issuer.match(full) if issuer else None
    return Reference(behind.name if behind else full, f"前文写明“{full}”简称“{name}”")


def _named(name: str, head: Head, issuer: "_Issuer | None") -> Reference | None:
    if head.inspector and _is_inspector(name, _tight(head.inspector)):
        return Reference(head.inspector, f"“{name}”指本次巡察的{head.inspector}")
    return issuer.match(name) if issuer else None


_GROUP = re.compile(r"巡[察视][^,]{0,4}组$")


def _is_inspector(name: str, inspector: str) -> bool:
    if not _GROUP.search(name):
        return False
    return len(name) == len("巡察组") or (len(name) < len(inspector) and _within(name, inspector))


def _within(short: str, full: str) -> bool:
    """Whether the characters of ``short`` stand in ``full`` in their order."""
    rest = iter(full)
    return all(char in rest for char in short)


_KINDS = (
    ("支部", r"(?:党支部|支部)(?:委员会)?|支委会?"),
    ("总支", r"(?:党总支|总支部?)(?:委员会)?"),
    ("工委", r"(?:党工委|工作委员会|党的工作委员会|工委)"),
    ("党组", r"党组"),
    ("党委", r"(?:党委|委员会)"),
)
"""Kinds of Party body and how their names end; the longer endings come first."""
_ENDINGS = "|".join(f"(?P<k{number}>{ending})" for number, (_, ending) in enumerate(_KINDS))
_KIND = re.compile(rf"(.*?)(?:{_ENDINGS})(?:班子)?")
_CLASS = re.compile(
    "各|全|有关|相关|所属|下属|直属|基层|机关|派驻|驻|其他|其它|部分|个别|上级|二级|责任|辖区|属地|当地|原|村"
    "|离退休|临时|联合|第[一二三四五六七八九十]|非公|企业(?!集团)"
)
"""How a mention begins that is not the reporting body but one or all of those below or beside it."""
_LEVEL = "省市县区旗州盟镇乡"
_PLACE = re.compile(rf"[^{_LEVEL}]{{2,7}}?(?:自治)?[{_LEVEL}]")
_SCHOOL = re.compile(r"大学$|中学$|小学$|学校$|党校$|(?<!大学.)职业[^学]{0,8}学院$|幼儿园$")
_COMMITTEE = re.compile(rf"[{_LEVEL}]委")


class _Issuer:
    """The reporting body: its Party body, the unit behind it and the level of its place."""

    def __init__(self, name: str) -> None:
        self.name = _tight(name)
        bare = self.name.removeprefix("中国共产党").removeprefix("中共")
        self.kind, self.unit = _split(bare)
        if self.kind == "党委" and re.search(r"(?:管理|卫生健康|改革|建设|城市管理)委员会$", bare):
            self.kind, self.unit = "", bare
        self.level, self.core = _own_level(self.unit)

    def match(self, mention: str) -> Reference | None:
        """The issuer, or the unit behind it, where the mention is a short form of either."""
        bare = mention.removeprefix("中国共产党").removeprefix("中共").removeprefix("我")
        if _CLASS.match(bare) or mention == self.name:
            return None
        kind, unit = _split(bare)
        if kind and kind == self.kind and self._is_unit(unit):
            return Reference(self.name, f"“{mention}”是整改单位{self.name}的简称")
        if _COMMITTEE.fullmatch(bare):
            own = self.kind == "党委" and self.unit.endswith(bare[0])
            return Reference(self.name, f"“{mention}”即整改单位{self.name}") if own else None
        if bare and self.unit != bare and self._is_unit(bare) and not bare.endswith(("办公室", "委")):
            return Reference(self.unit, f"“{mention}”指整改单位名称中的{self.unit}")
        return None

    def _is_unit(self, short: str) -> bool:
        """Whether ``short`` abbreviates the unit's name, keeping to the level of its own place."""
        if not short or self.unit.endswith(short):
            return True
        if short in ("校", "学校", "我校"):
            return _SCHOOL.search(self.unit) is not None
        if short in ("集团", "公司", "中心", "学院", "医院", "街道", "开发区", "林场") and short in self.unit:
            return True
        if len(short) < 2 or not _within(short, self.unit) or _is_parent(short, self.unit):
            return False
        if short[0] == self.level:
            return _within(short[1:], self.core) and len(short) > 1
        return short[:2] == self.unit[:2]


def _is_parent(short: str, unit: str) -> bool:
    """Whether the unit's name goes on behind ``short``: a branch is not called by its mother's name."""
    return unit.startswith(short) and re.fullmatch(r"(?:有限|股份|责任|公司)+", unit[len(short) :]) is None


def _split(name: str) -> tuple[str, str]:
    """The kind of Party body and the unit in front of it; kind is empty for other bodies."""
    found = _KIND.fullmatch(name)
    if found is None:
        return "", name
    number = next(int(key[1:]) for key, value in found.groupdict().items() if value is not None)
    return _KINDS[number][0], found[1]


def _own_level(unit: str) -> tuple[str, str]:
    """The level of the innermost place in the unit's name, and what follows that place."""
    level, at = "", 0
    if unit[:1] in tuple(_LEVEL):
        level, at = unit[0], 1
    while found := _PLACE.search(unit, at):
        if re.search(r"开发区|园区|新区管委|城市|社区|林区|景区|地区分", found.group()):
            break
        level, at = found.group()[-1], found.end()
    return level, unit[at:]


_TEAMS = frozenset(("领导小组", "工作专班", "工作小组", "整改专班", "专班", "领导小组办公室"))
_GENERIC = re.compile(r"(?:党支部|党组织|党总支|理论学习中心组|领导班子|办公室|委员会)$")
_KIND_OF = re.compile("(?:企业|单位|学校|部门|机构|组织|合作社|社区|小组|支部|商户|家庭|协会|党员|项目公司)$")
"""How a class of bodies ends: a longer class before it is not its full name."""
_LONGEST = 50
_TERM = re.compile(r"[一二三四五六七八九十]+届")


class _Earlier:
    """The bodies named so far, by how their names end."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.by_ending: dict[str, set[str]] = {}

    def add(self, name: str) -> None:
        if name in self.names or not 5 <= len(name) <= _LONGEST or _CLASS.match(name) or _TERM.match(name):
            return
        self.names.add(name)
        for at in range(1, len(name) - 1):
            self.by_ending.setdefault(name[at:], set()).add(name)

    def longer(self, name: str, unit: str) -> Reference | None:
        """The one longer name before that ends as this mention does.

        It counts for teams, for bodies that open with the level of a place (``县财政局``), and where the
        longer name adds nothing but the reporting unit's own name.
        """
        if name not in _TEAMS and (len(name) < 4 or _GENERIC.fullmatch(name) or _KIND_OF.search(name)):
            return None
        if _CLASS.match(name) and not name.startswith(("驻", "派驻")):
            return None
        ending = re.sub(r"^(?:派驻|驻.{0,6}?(?=纪检))", "", name) if name.endswith("纪检监察组") else name
        longer = {other for other in self.by_ending.get(ending, ()) if other != name}
        if ending != name:
            longer = {other for other in longer if "驻" in other[1:]}
        full = max(longer, key=len, default=None)
        if full is None or not all(full.endswith(other) for other in longer):
            return None
        fits = name in _TEAMS or name[0] in _LEVEL or name.endswith("纪检监察组")
        if not fits and not _within(full.removesuffix(name), unit):
            return None
        return Reference(full, f"前文称“{full}”，此处为简称")
