"""Code points and UTF-16 units: Python counts the first, a web page the second."""

from bisect import bisect_left

from rectify_ner.errors import CorpusError


class Utf16:
    """Maps places of one text between both counts; building is linear, a look-up logarithmic.

    >>> Utf16("整😀改").units(2), Utf16("整😀改").points(3)
    (3, 2)
    """

    def __init__(self, text: str) -> None:
        self.length = len(text)
        self._wide = [at for at, char in enumerate(text) if char > "\uffff"]
        self._wide_units = [at + before for before, at in enumerate(self._wide)]

    def units(self, point: int) -> int:
        """The UTF-16 offset of a code point offset. Raises CorpusError outside the text."""
        if not 0 <= point <= self.length:
            raise CorpusError(f"place {point} lies outside the text of {self.length} characters")
        return point + bisect_left(self._wide, point)

    def points(self, unit: int) -> int:
        """The code point offset of a UTF-16 offset; none lies outside the text or inside a character."""
        if not 0 <= unit <= self.length + len(self._wide):
            raise CorpusError(
                f"UTF-16 place {unit} lies outside the text of {self.length + len(self._wide)} units"
            )
        before = bisect_left(self._wide_units, unit)
        if before and self._wide_units[before - 1] == unit - 1:
            raise CorpusError(f"UTF-16 place {unit} lies inside the character at {self._wide[before - 1]}")
        return unit - before
