"""Text from strangers made fit for a cell: nothing runs, nothing breaks the file, nothing is dropped."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet read a CSV cell as a formula, in either width."""


def one_cell(text: str) -> str:
    """Line ends as LF, control characters as their pictures, what no file can hold as U+FFFD.

    >>> one_cell("a\\x00b\\r\\nc")
    'a␀b\\nc'
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub(lambda match: _picture(match[0]), text)
    return _NO_TEXT.sub("\ufffd", text)


def csv_cell(text: str) -> str:
    """A cell no spreadsheet takes for a formula: an apostrophe stands before one that looks like it.

    >>> csv_cell("=1+1"), csv_cell("1=1")
    ("'=1+1", '1=1')
    """
    text = one_cell(text)
    return f"'{text}" if text.lstrip(" \u00a0\u3000\ufeff").startswith(_FORMULA) else text


def _picture(char: str) -> str:
    return "\u2421" if char == "\x7f" else chr(0x2400 + ord(char))
