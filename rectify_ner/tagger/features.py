"""What the tagger sees of a character: n-grams, words, and the notice's own names, all hashed.

Everything is computed for all characters of a notice at once with numpy; one template gives one
64-bit hash a character. The text is folded one to one first (punctuation to half width, digits to
``0``), so both widths look the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import rjieba
from numpy.typing import NDArray

from rectify_ner.fold import fold

Hashes = NDArray[np.uint64]
Parts = tuple[Hashes, ...]
PAD = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)
_STEP = 0xD6E8FEB86659FD93
_CUT = re.compile(r"(?:《[^《》\n。]{1,80}》|(?<=\d)[,，:：](?=\d)|[^\n。,，;；:：])*+[\n。,，;；:：]?")
"""A clause: no entity goes beyond one (of 44,782 gold spans none), save in a number or a title."""
PAGE = 5000  # characters that are segmented at once, to the end of their line
LONGEST = 1000
"""Characters of the longest stretch that is tagged as one; longer ones are cut at a 、 or anywhere."""
_COMMA = re.compile(r"[、 ]")

NGRAMS: tuple[tuple[int, int], ...] = (
    (0, 0), (-1, -1), (1, 1), (-2, -2), (2, 2), (-3, -3), (3, 3),
    (-1, 0), (0, 1), (-2, -1), (1, 2),
    (-1, 1), (0, 2), (-2, 0), (-3, -1), (1, 3),
    (-1, 2), (-2, 1), (0, 3), (-3, 0),
)  # fmt: skip
"""First and last offset of each character n-gram."""


@dataclass(frozen=True, slots=True)
class Words:
    """The segmentation of a text: ``start``/``end`` of each word and a hash of each word and tag."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    form: Hashes
    tag: Hashes


def masked(text: str) -> str:
    """Folded text with every digit as ``0`` and the reporting place as a well-known one.

    Same length, same offsets. The place name in the title (``中共清渡县水利局党组关于…``) is new in
    every notice; under one name for all, words and n-grams around it are known ones.
    """
    plain = _DIGITS.sub("0", _LONE.sub("\ufffd", fold(text)))
    found = _ISSUER.search(plain, 0, 600)
    for stem, suffix in _PLACE.findall(found[1]) if found else ():
        plain = plain.replace(stem + suffix, _STAND_INS[len(stem)] + suffix)
    return plain


_DIGITS = re.compile(r"\d")
_LONE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which UTF-8 cannot carry to the segmenter."""
_ISSUER = re.compile(r"(?:中国共产党|中共)?([^\n,。:]{2,40}?)关于")
_PLACE = re.compile(
    r"([^\W\d_省市县区旗州盟镇乡村局委党]{2,5}?)(省|(?<!城)市|新区|(?<!园)区|县|旗|州|盟|镇|(?<!城)乡|街道|村|社区)"
)
_STAND_INS = {2: "杭州", 3: "石家庄", 4: "乌鲁木齐", 5: "克孜勒苏柯"}


def mix(number: int, *parts: Hashes) -> Hashes:
    """One hash of several values and the number of what they stand for; order matters."""
    total: Hashes = parts[0] ^ np.uint64((number + 1) * _STEP % 2**64)
    for part in parts[1:]:
        total *= _MIX
        total ^= total >> _SHIFT
        total ^= part
    total *= _MIX
    total ^= total >> _SHIFT
    total *= _TURN
    return total


def clauses(text: str) -> list[tuple[int, int]]:
    """Half-open ranges that cover ``text``, each tagged by itself; no longer than ``LONGEST``."""
    cut: list[tuple[int, int]] = []
    for found in _CUT.finditer(text):
        start, end = found.span()
        while end - start > LONGEST:
            commas = [comma.end() for comma in _COMMA.finditer(text, start, start + LONGEST)]
            stop = commas[-1] if commas else start + LONGEST
            cut.append((start, stop))
            start = stop
        if end > start:
            cut.append((start, end))
    return cut


def feature_hashes(text: str) -> Hashes:
    """Hashes of shape (templates, characters) for one notice."""
    if not text:
        return np.zeros((0, 0), dtype=np.uint64)
    return np.stack([mix(number, *row) for number, row in enumerate(feature_parts(text))])


def feature_parts(text: str) -> list[Parts]:
    """For each template the values, as long as ``text``, that its hash is made of."""
    plain = masked(text)
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    classes = _classes(codes)
    return [
        *_ngram_parts(_padded(codes), len(codes)),
        *_word_parts(plain, codes),
        *_notice_parts(plain, codes),
        *_clause_parts(plain, codes),
        *_repeat_parts(codes),
        tuple(_shifted(classes, step) for step in (-2, -1, 0, 1, 2)),
        (_inside_title(codes), codes),
        (np.zeros(len(codes), dtype=np.uint64),),
    ]


def _padded(codes: Hashes) -> Hashes:
    """Codes with room at both ends for the n-grams that look beyond the text."""
    edge = np.full(PAD, 2, dtype=np.uint64)
    return np.concatenate([edge, codes, edge])


def _shifted(values: Hashes, step: int) -> Hashes:
    """``values[i + step]`` at ``i``; 0 beyond the ends."""
    out = np.zeros_like(values)
    if step > 0:
        out[:-step] = values[step:]
    elif step < 0:
        out[-step:] = values[:step]
    else:
        out[:] = values
    return out


def _ngram_parts(padded: Hashes, length: int) -> Iterator[Parts]:
    at = {step: padded[PAD + step : PAD + step + length] for step in range(-3, 4)}
    for first, last in NGRAMS:
        yield tuple(at[step] for step in range(first, last + 1))


def segment(plain: str, codes: Hashes) -> Words:
    """Words and parts of speech by jieba's dictionary and HMM.

    A word's hash is the difference of two running sums of its code points times powers of an odd
    number, brought back to the word's own start: the same word has the same hash anywhere.
    """
    lengths, tag = map(np.concatenate, zip(*map(_cut_words, _pages(plain)), strict=True))
    end = np.cumsum(lengths)
    start = end - lengths
    powers = np.full(len(codes) + 1, _POWER, dtype=np.uint64)
    powers[0] = 1
    back = np.full(len(codes) + 1, _INVERSE, dtype=np.uint64)
    back[0] = 1
    np.multiply.accumulate(powers, out=powers)
    np.multiply.accumulate(back, out=back)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.add.accumulate(codes * powers[:-1], out=sums[1:])
    form = (sums[end] - sums[start]) * back[start]
    return Words(start, end, form, tag)


def _pages(plain: str) -> Iterator[str]:
    """Stretches of whole lines, each of some thousand characters at least; no word crosses a line end."""
    start = 0
    while start < len(plain):
        stop = plain.find("\n", start + PAGE) + 1 or len(plain)
        yield plain[start:stop]
        start = stop


def _cut_words(page: str) -> tuple[NDArray[np.int64], Hashes]:
    """Length and hash of the part of speech of each word."""
    forms, kinds = zip(*rjieba.tag(page, True), strict=True)
    lengths = np.fromiter(map(len, forms), dtype=np.int64, count=len(forms))
    return lengths, np.fromiter(map(hash_text, kinds), dtype=np.uint64, count=len(kinds))


_POWER = 0x9E3779B97F4A7C15
_INVERSE = pow(_POWER, -1, 1 << 64)
_known: dict[str, int] = {}


def hash_text(text: str) -> int:
    """A stable 64-bit hash (FNV-1a over code points) of a cue or tag; Python's own is salted."""
    value = _known.get(text)
    if value is None:
        value = 0xCBF29CE484222325
        for char in text:
            value = ((value ^ ord(char)) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
        _known[text] = value
    return value


def _word_parts(plain: str, codes: Hashes) -> Iterator[Parts]:
    words = segment(plain, codes)
    lengths = words.end - words.start
    index = np.repeat(np.arange(len(lengths)), lengths)
    inside = np.arange(len(codes)) - words.start[index]
    width = lengths[index]
    place = np.where(width == 1, 0, np.where(inside == 0, 1, np.where(inside == width - 1, 2, 3))).astype(
        np.uint64
    )
    form = {step: _shifted(words.form, step).take(index) for step in (-2, -1, 0, 1, 2)}
    tag = {step: _shifted(words.tag, step).take(index) for step in (-1, 0, 1)}
    suffix = codes[words.end - 1]
    last, next_last = suffix.take(index), _shifted(suffix, 1).take(index)
    for parts in (
        (), (tag[0],), (form[0],), (form[-1],), (form[1],),
        (tag[-1], tag[0]), (tag[0], tag[1]), (tag[-1], tag[0], tag[1]),
        (form[2],), (form[-2],), (form[0], form[1]), (form[-1], form[0]),
        (next_last,), (last, next_last),
    ):  # fmt: skip
        yield place, *parts


def _notice_parts(plain: str, codes: Hashes) -> Iterator[Parts]:
    """Does this pair of characters stand in the name of the reporting body, as the title has it?"""
    found = _ISSUER.search(plain, 0, 600)
    name = codes[found.start(1) : found.end(1)] if found else codes[:0]
    pair = mix(0, codes, _shifted(codes, 1))
    known = mix(0, name[:-1], name[1:])
    right = np.isin(pair, known)
    left = np.concatenate([[False], right[:-1]])
    first = pair == known[0] if len(known) else np.zeros(len(codes), dtype=bool)
    state = (right * 1 + left * 2 + first * 4).astype(np.uint64)
    before, after = _shifted(state, -1), _shifted(state, 1)
    yield (state,)
    yield before, state, after
    yield state, codes


_CUES = re.compile(
    r"(?P<make>制定|制订|印发|下发|出台|修订|修改|完善|建立|健全|形成|编制|起草|拟定|签订|发放|出具|发出|提交|上报"
    r"|报送|转发|撰写|列出|编写|编印|签署|填写|草拟|拟写|梳理|更新|公布|发布|送达)"
    r"|(?P<follow>落实|执行|按照|根据|依据|对照|学习|传达|贯彻|围绕|参照|违反|结合|针对)"
    r"|(?P<head>方案|计划|办法|制度|规定|细则|规则|通知|报告|清单|台账|预案|意见|标准|规划|责任书|承诺书|合同|函|提示单|汇编"
    r"|手册|协议|规程|指南|流程|要点|纪要|通报|总结|名单|名册|表|书|单|卡|册|方法|安排|章程|公约|决定|条例|指引|建议书)"
    r"|(?P<lead>由|会同|联合|组织|督促|责成|协调|指导|与|和|向|对|被|经|报|请|委托|邀请)"
    r"|(?P<cut>[,。;:!?\n、])"
)


def _clause_parts(plain: str, codes: Hashes) -> Iterator[Parts]:
    """The nearest cue before a character and the nearest head noun behind it, in its clause; quotes."""
    verb, head = _nearest_cues(plain)
    opening = codes == ord("“")
    closing = (codes == ord("”")) | (codes == ord("\n"))
    quoted = _between(opening, closing)
    yield verb, codes
    yield verb, head
    yield head, codes
    yield quoted, codes
    yield verb, _shifted(codes, -1), codes


def _nearest_cues(plain: str) -> tuple[Hashes, Hashes]:
    """Hashes of the cue verb before and of the head noun behind each character, 0 where there is none."""
    verbs, verb_ends = [0], []
    heads, head_ends = [], []
    for found in _CUES.finditer(plain):
        kind = found.lastgroup
        if kind == "head":
            heads.append(hash_text(found[0]))
            head_ends.append(found.end())
        elif kind != "cut":
            verbs.append(hash_text(found[0]))
            verb_ends.append(found.start())
        elif found[0] != "、":
            verbs.append(0)
            verb_ends.append(found.start())
            heads.append(0)
            head_ends.append(found.end())
    return _stretches(verbs, [*verb_ends, len(plain)]), _stretches([*heads, 0], [*head_ends, len(plain)])


def _stretches(values: list[int], ends: list[int]) -> Hashes:
    """Each value up to its end, in one array."""
    out: Hashes = np.repeat(np.array(values, dtype=np.uint64), np.diff(ends, prepend=0))
    return out


def _repeat_parts(codes: Hashes) -> Iterator[Parts]:
    """How varied the neighbours of a repeated n-gram are in this notice: names have free edges."""
    for length in (3, 4):
        gram = mix(0, *(_shifted(codes, step) for step in range(length)))
        before = _variety(gram, _shifted(codes, -1))
        ending = mix(0, *(_shifted(codes, step) for step in range(1 - length, 1)))
        after = _variety(ending, _shifted(codes, 1))
        yield before, _shifted(before, -1)
        yield after, _shifted(after, 1)
        yield before, codes
        yield after, codes


def _variety(gram: Hashes, neighbour: Hashes) -> Hashes:
    """Per position: 0 for an n-gram seen once, else 1 + distinct neighbours up to 4."""
    order = np.argsort(gram)
    ranked = gram[order]
    number = np.zeros(len(gram), dtype=np.uint64)
    np.cumsum(ranked[1:] != ranked[:-1], out=number[1:], dtype=np.uint64)
    pairs = np.sort((number << np.uint64(32)) | neighbour[order])
    fresh = np.append(True, pairs[1:] != pairs[:-1])
    kinds = int(number[-1]) + 1
    distinct = np.bincount((pairs[fresh] >> np.uint64(32)).astype(np.int64), minlength=kinds)
    count = np.bincount(number.astype(np.int64), minlength=kinds)
    value = np.where(count > 1, np.minimum(distinct, 4) + 1, 0).astype(np.uint64)
    out = np.empty_like(number)
    out[order] = np.repeat(value, count)
    return out


def _classes(codes: Hashes) -> Hashes:
    """0 other Chinese, 1 digit, 2 Chinese numeral, 3 Latin, else the character itself."""
    numerals = np.array([ord(char) for char in "一二三四五六七八九十百千万亿两零〇"], dtype=np.uint64)
    latin = ((codes | 32) >= ord("a")) & ((codes | 32) <= ord("z"))
    out = np.where((codes >= 0x4E00) & (codes <= 0x9FFF), np.uint64(7), codes + np.uint64(16))
    out = np.where(np.isin(codes, numerals), np.uint64(8), out)
    return np.where(latin, np.uint64(9), out)


def _inside_title(codes: Hashes) -> Hashes:
    """1 between 《 and the next 》 of the same line, else 0."""
    return _between(codes == ord("《"), (codes == ord("》")) | (codes == ord("\n")))


def _between(opening: NDArray[np.bool_], closing: NDArray[np.bool_]) -> Hashes:
    """1 behind each opening mark up to the next closing one, else 0."""
    step = opening.astype(np.int64) - closing.astype(np.int64)
    marks = np.flatnonzero(step)
    if not len(marks):
        return np.zeros(len(step), dtype=np.uint64)
    last = np.searchsorted(marks, np.arange(len(step)), side="left") - 1
    inside: NDArray[np.bool_] = (last >= 0) & (step[marks[np.maximum(last, 0)]] == 1)
    return inside.astype(np.uint64)
