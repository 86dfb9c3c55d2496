"""Add the rules layer to a trained tagger: ``finish.py TRAINED OUT``."""

import sys

import spacy


def main(trained: str, out: str) -> None:
    nlp = spacy.load(trained)
    nlp.add_pipe("rectify_ner_records", last=True)
    nlp.meta["name"] = "rectify_notices"
    nlp.meta["description"] = "Entities and records of Chinese inspection-rectification notices"
    nlp.meta["license"] = "MIT"
    nlp.to_disk(out)


if __name__ == "__main__":
    main(*sys.argv[1:3])
