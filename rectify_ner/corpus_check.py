"""What a corpus file must not contain, and what a reviewer should look at twice."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rectify_ner.corpus import read_gold
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Entity, Gold

SHARED_RUN = 25
"""Characters in a row that a corpus notice may not share with a published one."""

FORMULAS = (
    "习近平新时代中国特色社会主义思想",
    "习近平总书记关于",
    "中国共产党党组工作条例",
    "中国共产党支部工作条例",
    "中国共产党纪律处分条例",
    "党政领导干部选拔任用工作条例",
    "欢迎广大干部群众对巡察整改落实情况进行监督",
    "对巡察整改落实情况进行监督",
    "如有意见建议",
    "如有意见和建议",
    "请及时向我们反映",
    "增强“四个意识”、坚定“四个自信”、做到“两个维护”",
    "成立巡察整改工作领导小组",
    "严格执行中国共产党重大事项请示报告条例",
    "党的二十大精神和习近平总书记",
)
"""Titles of laws, slogans and set formulas that every notice may carry."""

_UNTAGGED = (
    ("title in 《》", "DOCUMENT", re.compile(r"《[^《》\n]{2,60}》")),
    (
        "date",
        "DATE",
        re.compile(
            r"\d{4}年|\d{1,2}月\d{1,2}日|\d{1,2}月(?:份|底|初|中旬|上旬|下旬)|[去今]年|[一二三四]季度|[上下]半年"
        ),
    ),
    ("percentage", "PERCENT", re.compile(r"(?<!\d)\d+(?:\.\d+)?[%％‰]|百分之|个百分点")),
    ("money", "MONEY", re.compile(r"(?<!\d)\d+(?:\.\d+)?(?:余|多)?[万亿]?元")),
    (
        "count",
        "COUNT",
        re.compile(
            r"(?<!\d)\d+(?:\.\d+)?(?:余|多)?万?(?:余|多)?[个条项次人名家份件篇处户场起期批亩套座台间所村]"
        ),
    ),
)


_NOT_IN_A_NAME = re.compile(r"我|本|该|其他|某|由")
_OUTSIDE = {
    "COUNT": re.compile(r"共|累计|达|超|第"),
    "BODY": _NOT_IN_A_NAME,
    "ROLE": _NOT_IN_A_NAME,
}
"""Words that stay outside a span of that label."""


def lint(gold: Gold, published: frozenset[str] = frozenset()) -> Iterator[str]:
    """Hints for a reviewer, each naming the place; an empty run does not prove a file right."""
    yield from untagged(gold)
    yield from odd_spans(gold)
    for run in shared_runs(gold.text, published):
        yield f"SHARED with a published notice, rewrite: {run}"


def untagged(gold: Gold) -> Iterator[str]:
    """Places that look like an entity and carry none."""
    covered = bytearray(len(gold.text))
    for entity in gold.entities:
        covered[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
    for what, label, pattern in _UNTAGGED:
        for found in pattern.finditer(gold.text):
            if not any(covered[found.start() : found.end()]):
                around = gold.text[max(0, found.start() - 12) : found.end() + 12].replace("\n", "⏎")
                yield f"no {label} on this {what}? …{around}…"


def odd_spans(gold: Gold) -> Iterator[str]:
    """Spans whose edges look wrong."""
    for entity in gold.entities:
        mention = gold.text[entity.start : entity.end]
        before = gold.text[max(0, entity.start - 1) : entity.start]
        if any(complaint in mention for complaint in ("\n", "。", "；")):
            yield f"{entity.label} runs over a sentence: {mention!r}"
        elif entity.label == "DOCUMENT" and mention.count("《") != mention.count("》"):
            yield f"brackets do not match (fine where the text lost one): {mention!r}"
        elif entity.label == "DATE" and re.match(r"截至|截止|自|从|于|在", mention):
            yield f"preposition inside: {mention!r}"
        elif (found := _OUTSIDE.get(entity.label)) and found.match(mention):
            yield f"word inside: {mention!r}"
        elif before == "第" and entity.label == "COUNT":
            yield f"ordinal tagged: 第{mention!r}"
    yield from _outside(gold.entities, gold)


def _outside(entities: Iterable[Entity], gold: Gold) -> Iterator[str]:
    inside = [(measure.start, measure.end) for measure in gold.outline.measures]
    for entity in entities:
        if entity.value.get("responsible") and not any(a <= entity.start < b for a, b in inside):
            yield f"responsible outside a measure: {gold.text[entity.start : entity.end]!r}"


def squeeze(text: str) -> str:
    """Text without white space and with full-width punctuation folded, for comparing runs."""
    return re.sub(r"\s", "", text).translate(str.maketrans("，：；（）！？", ",:;()!?"))


def published_runs(folder: Path = Path("../shared/notices"), length: int = SHARED_RUN) -> frozenset[str]:
    """Every run of ``length`` characters of the published notices; empty where the folder is absent."""
    runs: set[str] = set()
    for path in sorted(folder.glob("*.txt")):
        text = squeeze(path.read_text("utf-8"))
        runs.update(text[i : i + length] for i in range(len(text) - length + 1))
    return frozenset(runs)


def shared_runs(text: str, published: frozenset[str], length: int = SHARED_RUN) -> Iterator[str]:
    """Maximal runs of ``text`` that also stand in a published notice, set formulas excepted."""
    if not published:
        return
    text = squeeze(text)
    for formula in FORMULAS:
        text = text.replace(squeeze(formula), "\0")
    at = 0
    while at <= len(text) - length:
        if text[at : at + length] not in published:
            at += 1
            continue
        end = at + length
        while end < len(text) and text[end - length + 1 : end + 1] in published:
            end += 1
        yield text[at:end]
        at = end


@dataclass(frozen=True, slots=True)
class Finding:
    """One line about the corpus; a fault must be mended, a hint looked at."""

    text: str
    is_fault: bool


def read_splits(path: Path) -> dict[str, list[str]]:
    """Names of the notices of each split (train, dev, test). Raises CorpusError."""
    try:
        splits = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read as splits ({error})") from error
    return {name: list(names) for name, names in splits.items() if isinstance(names, list)}


def check_folder(
    folder: Path,
    published: Path = Path("../shared/notices"),
    *,
    splits: Path | None = None,
    hints: bool = False,
) -> Iterator[Finding]:
    """Every fault of a corpus folder: form, values, splits, runs shared with published notices."""
    runs = published_runs(published)
    if not runs:
        yield Finding(f"skipped: no published notices in {published}, shared runs are not looked for", False)
    names = []
    for path in sorted(folder.glob("*.xml")):
        names.append(path.stem)
        try:
            gold = read_gold(path)
        except CorpusError as error:
            yield Finding(str(error), True)
            continue
        for run in shared_runs(gold.text, runs):
            yield Finding(f"{path}: shares a run with a published notice, rewrite: {run}", True)
        if hints:
            yield from (Finding(f"{path}: {hint}", False) for hint in lint(gold))
    if splits is not None:
        yield from (
            Finding(f"{splits}: {fault}", True) for fault in _split_faults(read_splits(splits), names)
        )


def _split_faults(splits: dict[str, list[str]], names: list[str]) -> Iterator[str]:
    homes = Counter(name for held in splits.values() for name in held)
    for name, count in homes.items():
        if count > 1:
            yield f"notice {name} stands in {count} places; wanted one split each"
        if name not in names:
            yield f"notice {name} has no file"
    for name in names:
        if name not in homes:
            yield f"notice {name} stands in no split"
