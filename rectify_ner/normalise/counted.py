"""What each COUNT counts: the thing or act that stands next to the number.

The noun behind the number comes first (``3个`` 公司), then the noun or act before it (发现问题
``19处``, 组织学习 ``2次``). A number that goes on from another one (由 ``9个`` 增至 ``14个``, 其中
``3个``) counts what that one counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.normalise import counted_words as words
from rectify_ner.normalise.passages import Passage, read_passages
from rectify_ner.notice import Outline, Span

_REACH = 60  # characters on either side in which the thing is looked for
_MENTIONS = "ⒷⓇⓌ"


def counted_things(text: str, spans: Sequence[Span], outline: Outline) -> dict[Span, str]:
    """``of`` of every COUNT; empty where the text names nothing."""
    things: dict[Span, str] = {}
    for passage in read_passages(text, spans, outline):
        if "Ⓒ" not in passage.text:
            continue
        printed = _Printed(text, passage)
        earlier = _Earlier("", "", -1)
        for span, place in zip(passage.spans, passage.places, strict=True):
            if span.label == "COUNT":
                mention = text[span.start : span.end]
                if passage.text.rfind("。", max(earlier.place, 0), place) >= 0:
                    earlier = _Earlier("", "", -1)
                things[span] = _Number(printed, place, mention, earlier).thing()
                earlier = _Earlier(things[span] or earlier.thing, mention.lstrip("0123456789.几余多"), place)
    return things


def _last_clause(window: str) -> str:
    return window[max(window.rfind(sign) for sign in ",;:。") + 1 :]


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The number before in the same sentence."""

    thing: str
    unit: str
    place: int


class _Printed:
    """A passage and the notice's own characters behind it."""

    def __init__(self, text: str, passage: Passage) -> None:
        self.line = passage.text
        self._names = {
            place: text[span.start : span.end]
            for place, span in zip(passage.places, passage.spans, strict=True)
        }

    def __call__(self, start: int, end: int) -> str:
        names, line = self._names, self.line
        return "".join(names.get(place, line[place]) for place in range(start, end))


@dataclass(frozen=True, slots=True)
class _Number:
    printed: _Printed
    place: int
    mention: str
    earlier: _Earlier

    def thing(self) -> str:
        line, place = self.printed.line, self.place
        start = self._left_edge()
        window = line[max(0, place - 14) : place]
        if (source := words.FROM.search(window)) and words.CHANGE.match(line, place + 1):
            at = max(0, place - 14) + source.start()
            return self._subject_before(min(start, self._left_edge(at)), at) or self.earlier.thing
        if words.TIME_UNIT.search(self.mention) and words.LASTS.search(window):
            return self._span_before(start)
        if place and line[place - 1] in "ⒷⓇ" and (not self._entity_follows() or self._counts_persons()):
            return self._acted_on(start)
        if behind := self._noun_behind(start):
            return behind
        if words.COMPARED.search(_last_clause(window)):
            return self._compared(start, window)
        return self._other(start)

    def _other(self, start: int) -> str:
        line, place = self.printed.line, self.place
        left = line[start:place]
        if words.CHANGED.search(line, max(0, place - 14), place):
            return self.earlier.thing
        if words.REST.search(left) or words.WITHIN.search(line, max(0, place - 3), place):
            return ""
        if words.SHARE.search(left):
            return self._predicate()
        if words.ACT_UNIT.search(self.mention):
            return self._act_before(start) or self._continued() or self._predicate()
        lasts = words.TIME_UNIT.search(self.mention)
        found = self._span_before(start) if lasts else self._noun_before(start, place)
        return found or self._continued() or self._predicate()

    def _compared(self, start: int, window: str) -> str:
        """较去年提升 ``6分``: what the number before counts, else what is compared."""
        than = words.THAN.search(window)
        if self.earlier.thing or not than:
            return self.earlier.thing
        at = max(0, self.place - len(window)) + than.start()
        return self._noun_before(self._left_edge(at), at)

    def _counts_persons(self) -> bool:
        return bool(words.PERSONS.search(self.mention))

    def _entity_follows(self) -> bool:
        return self.printed.line[self.place + 1 : self.place + 2] in tuple(_MENTIONS)

    def _acted_on(self, start: int) -> str:
        """A body or post right before the number; with its verb where acts or persons are counted."""
        acts = words.ACT_UNIT.search(self.mention) or self._counts_persons()
        at = self.place - 1
        if acts and at - 2 >= start and self.printed.line[at - 2 : at] in words.VERBS:
            return self.printed(at - 2, at + 1)
        if words.ACT_UNIT.search(self.mention):
            return self._predicate() or self.printed(at, at + 1)
        return self.printed(at, at + 1)

    def _continued(self) -> str:
        """What an enumeration (3项、5条) or a label (阅读:356次) says."""
        line, place = self.printed.line, self.place
        if place and line[place - 1] in "、Ⓒ":
            return self.earlier.thing
        label = words.LABEL.search(line, max(0, place - 7), place)
        return label.group(1) if label else ""

    def _left_edge(self, place: int | None = None) -> int:
        line = self.printed.line
        place = self.place if place is None else place
        floor = max(0, place - _REACH)
        edges = [found.end() for found in words.STOP.finditer(line, floor, place)]
        return edges[-1] if edges else floor

    def _right_edge(self, at: int) -> int:
        end = words.STOP.search(self.printed.line, at, at + _REACH)
        return end.start() if end else min(len(self.printed.line), at + _REACH)

    def _noun_behind(self, start: int) -> str:
        """The noun phrase behind the number, or nothing where a predicate follows."""
        line = self.printed.line
        at = self.place + 1
        while at < len(line) and line[at] in "Ⓒ的":
            at += 1
        if at < len(line) and line[at] in _MENTIONS:
            return self.printed(at, at + 1)
        end = self._right_edge(at)
        if self._counts_persons() and line[at - 1] != "的":
            return ""
        if line[at - 1] == "的":
            return self.printed(at, end)
        opens_verb = line[at : at + 2] in words.VERBS
        if opens_verb and self._takes_object(start) and not self._counts_persons():
            return self._noun_at(at + 1, end, at)
        if at < end and not opens_verb and not words.PREDICATE.match(line, at, end):
            modified = words.MODIFIED.match(line, at)
            if modified and words.QUALITY.match(line, at, modified.end()):
                return self._noun_at(modified.end(), self._right_edge(modified.end()))
            return self._noun_at(at, end)
        bare = start == self.place or line[self.place - 1] in words.BOUNDS
        if opens_verb and bare and (compound := words.NOUN_TAIL.match(line, at + 2, end)):
            return self.printed(at, compound.end())
        if modified := words.MODIFIED.match(line, at):
            return self._noun_at(modified.end(), self._right_edge(modified.end()))
        return ""

    def _takes_object(self, start: int) -> bool:
        """Whether a verb or preposition stands right before the number."""
        line, end = self.printed.line, self._unfilled(start, self.place)
        if end == start:
            return False
        return line[end - 2 : end] in words.VERBS or line[self.place - 1] in words.OBJECT_MARKS

    def _subject_before(self, start: int, end: int) -> str:
        line, end = self.printed.line, self._unfilled(start, end)
        subject = words.SUBJECT.match(line, start, end)
        return self.printed(subject.end() if subject and subject.end() < end else start, end)

    def _noun_at(self, start: int, end: int, head: int | None = None) -> str:
        """A noun phrase that begins at ``start`` (or at ``head``), up to the verb behind it."""
        line = self.printed.line
        head = start if head is None else head
        if start < len(line) and line[start] in _MENTIONS:
            return self.printed(start, start + 1)
        if not words.ACT_UNIT.search(self.mention):
            for place in range(start + 2, end):
                if line[place : place + 2] in words.VERBS or line[place] in "已均正被将于把的":
                    end = place
                    break
        return self.printed(head, end)

    def _unfilled(self, start: int, end: int) -> int:
        filler = words.FILLER.search(self.printed.line[start:end])
        return start + filler.start() if filler else end

    def _noun_before(self, start: int, end: int) -> str:
        """The noun phrase that ends before the number; a verb that stands there alone is the act."""
        line = self.printed.line
        end = self._unfilled(start, end)
        if end > start and line[end - 1] in _MENTIONS:
            return self.printed(end - 1, end)
        for place in range(end - 2, start - 1, -1):
            if line[place] in words.BOUNDS:
                return self.printed(place + 1, end)
            if place < end - 2 and line[place : place + 2] in words.VERBS:
                return self.printed(place + 2, end).removeprefix("了")
        return "" if line[start:end] in words.OBJECT_MARKS else self.printed(start, end)

    def _act_before(self, start: int) -> str:
        """Verb and object before a number of times; nothing where only a subject stands there."""
        end = self._unfilled(start, self.place)
        subject = words.SUBJECT.match(self.printed.line, start, end)
        if subject and subject.end() == end:
            return ""
        return self._subject_before(start, end)

    def _span_before(self, start: int) -> str:
        """What lasts: 任同一职务满 ``八年``, 提前 ``5天``."""
        line, end = self.printed.line, self._unfilled(start, self.place)
        for place in range(end - 1, start - 1, -1):
            if line[place] in "对把将为在ⒷⓇⓌ":
                return self.printed(place + 1, end)
        return self.printed(start, end)

    def _predicate(self) -> str:
        """What becomes of the counted things, where no noun names them: ``4人`` 受到批评教育."""
        line = self.printed.line
        adverbs = words.ADVERBS.match(line, self.place + 1)
        at = adverbs.end() if adverbs else self.place + 1
        if words.BY_WAY.match(line, at):
            return ""
        end = min(self._right_edge(at), at + 14)
        for place in range(at + 3, end - 1):
            if line[place : place + 2] in words.VERBS:
                end = place
                break
        return self.printed(at, end)
