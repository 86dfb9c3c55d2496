"""The coverage-guided run: ``python -m tests.fuzz.guided -max_total_time=600 CORPUS_FOLDER``.

Needs the extra ``fuzz`` (atheris). The fuzzer's bytes are a text in UTF-8 with what follows its first NUL as
numbers that place the spans, so that it changes characters where a new branch waits behind them. Seed it with
a copy of ``tests/fuzz/seeds``; arguments are those of libFuzzer.
"""

import random
import sys

import atheris

with atheris.instrument_imports(include=["rectify_ner"]):
    from rectify_ner.notice import Span

    from .cases import Case, strewn
    from .invariants import check_breaks, record_of


class BytesRandom(random.Random):
    """Numbers read off bytes; zeros once they are used up."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._bits, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def getrandbits(self, count: int, /) -> int:
        taken = self._bits & ((1 << count) - 1)
        self._bits >>= count
        return taken

    def random(self) -> float:
        return self.getrandbits(32) / 2**32


def case_of(data: bytes) -> Case:
    """The case that the fuzzer's bytes stand for."""
    written, _, numbers = data.partition(b"\0")
    text = written.decode("utf-8", "replace")
    spans: tuple[Span, ...] = strewn(text, BytesRandom(numbers)) if numbers else ()
    return Case("guided", text, spans)


def run(data: bytes) -> None:
    case = case_of(data)
    record_of(case)
    check_breaks(case)


if __name__ == "__main__":
    atheris.Setup(sys.argv, run)
    atheris.Fuzz()
