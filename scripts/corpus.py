"""corpus/*.xml → build/train.spacy and dev.spacy: ``corpus.py NOTICES SPLITS OUT``."""

import sys
from pathlib import Path

import spacy
from spacy.tokens import DocBin
from tqdm import tqdm

from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import check_folder, read_splits
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Gold


def doc_bin(notices: list[Gold]) -> DocBin:
    """Character tokens and entities of each notice."""
    nlp = spacy.blank("zh")
    held = DocBin(store_user_data=False)
    for gold in tqdm(notices, desc="notices", disable=not sys.stderr.isatty()):
        doc = nlp.make_doc(gold.text)
        spans = [doc.char_span(entity.start, entity.end, entity.label) for entity in gold.entities]
        for entity, span in zip(gold.entities, spans, strict=True):
            if span is None:
                raise CorpusError(f"{gold.name}: the tokenizer cuts {gold.text[entity.start : entity.end]!r}")
        doc.set_ents([span for span in spans if span is not None])
        held.add(doc)
    return held


def main(folder: Path, splits_path: Path, out: Path) -> int:
    faults = [line.text for line in check_folder(folder, splits=splits_path) if line.is_fault]
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    for split, names in read_splits(splits_path).items():
        held = doc_bin([read_gold(folder / f"{name}.xml") for name in names])
        held.to_disk(out / f"{split}.spacy")
        print(f"{split}: {len(names)} notices")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:4])))
