"""Outline: the headings, problems and measures of a notice as a tree."""

from rectify_ner.fold import fold_lines
from rectify_ner.notice import Outline
from rectify_ner.outline.build import Builder
from rectify_ner.outline.marks import split_rows
from rectify_ner.outline.nest import nest
from rectify_ner.outline.roles import assign_roles
from rectify_ner.outline.tokens import mark_alone, part_titles, read_tokens

__all__ = ["build_outline"]


def build_outline(text: str) -> Outline:
    """The tree of a notice: categories, issues with their parents, measures, fields and what was odd.

    Takes any text; one that is no notice gives an empty outline. One pass from lines to tokens (``marks``,
    ``tables``, ``bare``), from tokens to lists within lists (``nest``), from lists to headings (``roles``),
    from headings to spans (``headings``, ``respond``, ``statement``); time is linear in the text's length.
    """
    folded = fold_lines(text)
    rows = split_rows(folded)
    tokens, looks = read_tokens(folded, rows)
    root, placed = nest(tokens, looks, part_titles(folded, rows, tokens))
    mark_alone(root, rows, tokens)
    headings = assign_roles(folded, root)
    kept = [placed.get(token.start) if token.type == "mark" else token for token in tokens]
    return Builder(text, folded, rows, [token for token in kept if token is not None]).build(headings)
