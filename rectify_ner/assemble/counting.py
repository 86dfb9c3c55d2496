"""The notice's claims against its own outline: issues, categories, measures, finished ones, documents."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rectify_ner.assemble.check import Check, Severity, plain
from rectify_ner.assemble.claims import Claim, first_wholes
from rectify_ner.assemble.documents import NamedDocument, document_key
from rectify_ner.assemble.sentences import Sentence
from rectify_ner.notice import Outline, Status

Layers = list[tuple[str, list[int]]]
"""Ways to count issues: what each is called and the issues it counts."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a notice, as far as its claims are compared with it."""

    outline: Outline
    statuses: Sequence[Status]
    """One status an issue."""
    all_stated: bool
    """Whether every issue's status comes from a line that states it."""
    documents: Sequence[NamedDocument]
    partial: bool
    """Whether the notice says that it prints only the main part."""


def counting_checks(
    groups: Sequence[Sequence[Claim]], sentences: Sequence[Sentence], found: Found
) -> Iterator[Check]:
    """Checks of every claim that is clear, in no order."""
    layers = _layers(found.outline)
    yield from _issues(groups, layers, found)
    yield from _categories(groups, layers, found)
    yield from _measures(groups, found)
    yield from _progress(groups, layers, found)
    yield from _documents(sentences, found)
    for sentence in sentences:
        yield from _listed(sentence)


def _layers(outline: Outline) -> Layers:
    """The ways to count issues: the innermost, the outermost, each depth, all of them."""
    depths: list[int] = []
    parents = set()
    for issue in outline.issues:
        depths.append(0 if issue.parent is None else depths[issue.parent] + 1)
        parents.add(issue.parent)
    numbers = range(len(depths))
    layers = [("最末级", [at for at in numbers if at not in parents])]
    for depth in range(max(depths, default=0) + 1):
        layers.append((f"第{depth + 1}级", [at for at in numbers if depths[at] == depth]))
    layers.append(("各级合计", list(numbers)))
    answered = {measure.issue for measure in outline.measures}
    layers.append(("有整改措施的", [at for at in numbers if at in answered]))
    return layers


def _issues(groups: Sequence[Sequence[Claim]], layers: Layers, found: Found) -> Iterator[Check]:
    wholes = list(first_wholes(groups, "issues"))
    sizes = [len(members) for _, members in layers]
    some_fit = any(claim.value in sizes for claim in wholes)
    grouped = {len(found.outline.categories), *_category_sizes(found.outline)}
    for claim in wholes:
        value = plain(claim.value)
        if claim.value in sizes:
            name = layers[sizes.index(int(claim.value))][0]
            yield _count(claim, claim.value, True, f"通报称问题{value}个，与正文{name}问题数一致。")
        elif claim.value in grouped:
            yield _count(claim, claim.value, True, f"通报称问题{value}个，与正文的问题分组数一致。")
        elif not some_fit:
            nearest = min(sizes[:-2] or [0], key=lambda size: (abs(size - claim.value), -size))
            message = f"通报称问题{value}个，正文列出{nearest}个，两者不符。"
            yield _count(claim, nearest, False, message, "note" if found.partial else "error")


_KINDS = {"done": "issues_done", "open": "issues_open"}


def _count(claim: Claim, found: float, ok: bool, message: str, severity: Severity = "note") -> Check:
    kind = _KINDS.get(claim.part, claim.target)
    return Check(kind, ok, (claim.mention.place,), message, claim.value, found, severity)


def _category_sizes(outline: Outline) -> set[int]:
    """How many categories there are at each depth."""
    paths: dict[int, set[tuple[str, ...]]] = {}
    for issue in outline.issues:
        for depth in range(1, len(issue.category) + 1):
            paths.setdefault(depth, set()).add(issue.category[:depth])
    return {len(names) for names in paths.values()}


def _categories(groups: Sequence[Sequence[Claim]], layers: Layers, found: Found) -> Iterator[Check]:
    sizes = _category_sizes(found.outline) | {len(found.outline.categories)}
    issue_sizes = {len(members) for _, members in layers}
    for claim in first_wholes(groups, "categories"):
        value = plain(claim.value)
        if claim.value in sizes or claim.value in issue_sizes:
            yield _count(claim, claim.value, True, f"通报称{value}个方面，与正文的分类一致。")
        elif found.outline.categories:
            nearest = min(sizes, key=lambda size: abs(size - claim.value))
            message = f"通报称{value}个方面，正文分为{nearest}个方面，两者不符。"
            yield _count(claim, nearest, False, message)


def _measures(groups: Sequence[Sequence[Claim]], found: Found) -> Iterator[Check]:
    """Measures of the plan: a notice need not print them all, but hardly prints more."""
    printed = len(found.outline.measures)
    for claim in first_wholes(groups, "measures"):
        value = plain(claim.value)
        ok = printed <= claim.value
        tail = "未超出所称数，正文可只写主要措施" if ok else "多于所称数"
        tail = "一致" if printed == claim.value else tail
        message = f"通报称整改措施{value}条，正文写出{printed}条，{tail}。"
        yield _count(claim, printed, ok, message)


def _progress(groups: Sequence[Sequence[Claim]], layers: Layers, found: Found) -> Iterator[Check]:
    """Finished and unfinished issues, at the depth at which the notice counts its issues."""
    sizes = [len(members) for _, members in layers]
    whole = next((claim.value for claim in first_wholes(groups, "issues") if claim.value in sizes), None)
    if whole is None:
        return
    members = layers[sizes.index(int(whole))][1]
    done = sum(found.statuses[at] == "done" for at in members)
    seen: set[tuple[str, float]] = set()
    for claims in groups:
        opened = [claim for claim in claims if claim.target == "issues" and claim.part == "open"]
        for claim in claims:
            if claim.target != "issues" or (claim.part, claim.value) in seen or claim.value > whole:
                continue
            seen.add((claim.part, claim.value))
            if claim.part == "done":
                yield _compared("已完成", claim, done, found)
            elif claim.part == "open" and len(opened) == 1:
                yield _compared("未完成", claim, len(members) - done, found)


def _compared(word: str, claim: Claim, found: int, notice: Found) -> Check:
    ok = claim.value == found
    source = "整改状态" if notice.all_stated else "措施的表述"
    verdict = "一致" if ok else "不符"
    message = f"通报称{word}问题{plain(claim.value)}个，按{source}判断为{found}个，两者{verdict}。"
    return _count(claim, found, ok, message, "error" if notice.all_stated else "note")


_MADE = re.compile(
    r"(?:建立|制定|制订|出台|新建|新立|印发|修订|修改|完善|健全|建章立制)[^,;。Ⓒ]{0,24}?(?:制度|文件|办法|规定|规章)?(?P<c>Ⓒ)(?P<noun>(?:规章)?制度|文件|办法)?"
)
_DOCUMENTS = re.compile(r"制度$|文件$|办法$|规定$|规章$|建章立制$")


def _documents(sentences: Sequence[Sentence], found: Found) -> Iterator[Check]:
    """Rules that the parts around the issues claim were made: a notice need not name them all."""
    seen: set[float] = set()
    for sentence in sentences:
        if sentence.measure is not None or re.search("下一?步|将|拟|力争", sentence.text):
            continue
        counts = {mention.at: mention for mention in sentence.mentions if mention.entity.label == "COUNT"}
        for made in _MADE.finditer(sentence.text):
            mention = counts.get(made.start("c"))
            told = made["noun"] or _DOCUMENTS.search(sentence.text, made.start(), made.start("c"))
            if mention is None or not told:
                continue
            value = mention.entity.value["value"]
            if value in seen or value is None or mention.entity.value["approximate"]:
                continue
            seen.add(value)
            issued = _named(made[0], found.documents)
            ok = issued <= value
            tail = "未超出所称数，正文可不逐一写出" if ok else "多于所称数"
            tail = "一致" if issued == value else tail
            message = f"通报称制定修订制度文件{plain(value)}项，正文点名印发或修订的有{issued}项，{tail}。"
            yield Check("documents_issued", ok, (mention.place,), message, value, issued)


_RULES = re.compile(
    "(?:制度|办法|规定|细则|规则|规范|规程|章程|准则|守则|规约|公约|标准|预案|指引|意见|流程|清单)$"
)


def _named(claim: str, documents: Sequence[NamedDocument]) -> int:
    """How many documents of the kind and action that the claim speaks of the notice names."""
    makes = re.search("制定|制订|出台|新|印发|建立|建章立制", claim) is not None
    revises = re.search("修订|修改|完善|健全|建章立制", claim) is not None
    wanted = {action for action, told in (("issue", makes), ("revise", revises)) if told}
    rules_only = "文件" not in claim
    return sum(
        document.action in wanted
        and (not rules_only or _RULES.search(document_key(document.title)) is not None)
        for document in documents
    )


_NAMED = re.compile(
    r"(?<!Ⓦ)(?<!Ⓦ[、和及与])(?P<all>Ⓦ(?:[、和及与]?Ⓦ)++)(?P<count>Ⓒ)(?=(?:规章|内控|管理|内部|配套|工作|专项|党建|财务)*"
    r"(?:制度|文件|办法|规定|规则|方案|预案|清单|细则|通知))"
)


def _listed(sentence: Sentence) -> Iterator[Check]:
    """``《甲》《乙》2项制度``: the titles named, where no 等 leaves the list open."""
    if "Ⓦ" not in sentence.text:
        return
    mentions = {mention.at: mention for mention in sentence.mentions}
    for found in _NAMED.finditer(sentence.text):
        mention = mentions.get(found.start("count"))
        if mention is None or mention.entity.value["value"] is None:
            continue
        named = Counter(found["all"])["Ⓦ"]
        value = mention.entity.value["value"]
        verdict = "一致" if named == value else "不符"
        message = f"句中称{plain(value)}项文件，点名的有{named}项，两者{verdict}。"
        places = range(found.start("all"), found.end("all"))
        titles = [mentions[at].place for at in places if at in mentions]
        ok = named == value
        yield Check("documents_listed", ok, (mention.place, *titles), message, value, named, "error")
