"""file → notice text."""

from pathlib import Path

from rectify_ner.errors import ReadError


def read_notice(path: Path) -> str:
    """The text of one file, exactly as it stands. Raises ReadError with what to do next."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path}: no such file; check the path") from error
    except IsADirectoryError as error:
        raise ReadError(f"{path}: a folder, wanted a text file; name the files in it") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    if not data.strip():
        raise ReadError(f"{path}: empty, wanted the text of a notice")
    if b"\0" in data:
        raise ReadError(f"{path}: not a text file (it holds NUL bytes); save it as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{path}: not UTF-8 (byte {data[error.start]:#04x} at {error.start}); save it as UTF-8 text"
        ) from error
