"""What a reader gives: the text of one notice, and where each of its characters stood."""

from bisect import bisect_right
from dataclasses import dataclass, field

from rectify_ner.errors import ReadError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one input may hold before it is refused."""

    max_bytes: int = 64 << 20
    max_unpacked: int = 256 << 20
    max_pages: int = 1000
    max_chars: int = 8_000_000


DEFAULT_LIMITS = Limits()


def shown(name: str) -> str:
    """A name fit for one line of a message: control characters and broken bytes are spelt out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


class InputError(ReadError):
    """One input that cannot be read; ``kind`` is a word for the failures file."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(shown(message))
        self.kind = kind

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str]]:
        return InputError, (self.kind, str(self))


@dataclass(frozen=True, slots=True)
class Places:
    """Where stretches of a text stood in its source: ``names[i]`` holds from ``starts[i]`` on."""

    starts: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def place_of(self, offset: int) -> str:
        """The place of the character at ``offset``, such as ``第57行`` or ``表1第4行第3列``.

        >>> Places((0, 4), ("第1行", "第2行")).place_of(5)
        '第2行'
        """
        at = bisect_right(self.starts, offset) - 1
        return self.names[at] if at >= 0 else ""


@dataclass(frozen=True, slots=True)
class Source:
    """One notice as read. ``notes`` say in Chinese what was left out or repaired."""

    name: str
    text: str
    places: Places = Places()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class TextBuilder:
    """Grows a text piece by piece and remembers the place of each piece."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    starts: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, text: str, place: str | None = None) -> None:
        """Append ``text``; without ``place`` it belongs to the piece before it."""
        if not text:
            return
        if place is not None and (not self.names or self.names[-1] != place):
            self.starts.append(self.length)
            self.names.append(place)
        self.parts.append(text)
        self.length += len(text)

    def line(self, text: str, place: str | None = None) -> None:
        self.add(text, place)
        self.add("\n")

    def source(self, name: str, notes: tuple[str, ...] = ()) -> Source:
        places = Places(tuple(self.starts), tuple(self.names))
        return Source(name, "".join(self.parts), places, notes)


def line_places(text: str) -> Places:
    """The line of every character, as an editor counts lines: LF, CRLF or CR end one."""
    starts = [0]
    at = 0
    while True:
        line_feed, carriage = text.find("\n", at), -1
        carriage = text.find("\r", at, line_feed if line_feed >= 0 else len(text))
        if carriage >= 0 and carriage + 1 != line_feed:
            at = carriage + 1
        elif line_feed >= 0:
            at = line_feed + 1
        elif carriage >= 0:
            at = carriage + 1
        else:
            break
        starts.append(at)
    return Places(tuple(starts), tuple(f"第{number}行" for number in range(1, len(starts) + 1)))
