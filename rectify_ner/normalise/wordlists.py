"""Tables of words, written as text and read as alternatives of a pattern."""


def entries(table: str) -> tuple[str, ...]:
    """The words of a table, each once, longest first, so that the longest one matches.

    >>> entries("会议 大会 常务会议")
    ('常务会议', '会议', '大会')
    """
    return tuple(sorted(dict.fromkeys(table.split()), key=len, reverse=True))


def any_of(table: str) -> str:
    """A pattern for any word of the table; an entry may itself be a pattern without blanks.

    >>> any_of("会议 常务会议 由(?!Ⓑ)")
    '(?:由(?!Ⓑ)|常务会议|会议)'
    """
    return f"(?:{'|'.join(entries(table))})"
