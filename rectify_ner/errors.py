"""The one error root of the package."""


class RectifyError(Exception):
    """Anything that is wrong with an input, a corpus file or a setting.

    The message says what was seen, what was wanted and what to do next.
    """


class CorpusError(RectifyError):
    """A corpus file breaks the annotation form."""


class ReadError(RectifyError):
    """A source file cannot be read as a notice."""
