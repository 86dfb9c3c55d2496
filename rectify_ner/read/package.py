"""Parts of an Office file, unpacked within limits and parsed without entities."""

import io
import zipfile
from typing import Any

from lxml import etree

from rectify_ner.read.kinds import BAD_ARCHIVE
from rectify_ner.read.source import InputError, Limits

_MAX_ENTRIES = 20_000
_CHUNK = 1 << 20


class Package:
    """A ZIP file of XML parts; what is unpacked in all stays below ``limits.max_unpacked``."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.name = name
        self.left = limits.max_unpacked
        self.limit = limits.max_unpacked
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except BAD_ARCHIVE as error:
            raise self._damaged(error) from error
        if len(self.archive.filelist) > _MAX_ENTRIES:
            raise InputError(
                "too_large", f"{name}: an archive of {len(self.archive.filelist)} parts; refused as a bomb"
            )

    def part(self, path: str) -> Any | None:
        """The root element of a part, None where the package has no such part."""
        if path not in self.archive.NameToInfo:
            return None
        data = self._unpacked(path)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged(error) from error
        if root.getroottree().docinfo.doctype:
            raise InputError(
                "unsafe",
                f"{self.name}: {path} declares entities (DOCTYPE), which no Word file needs; refused",
            )
        return root

    def _unpacked(self, path: str) -> bytes:
        info = self.archive.NameToInfo[path]
        if info.flag_bits & 0x1:
            raise InputError("encrypted", f"{self.name}: locked with a password; save a copy without one")
        chunks = []
        try:
            with self.archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise InputError(
                            "too_large",
                            f"{self.name}: over {self.limit >> 20} MB unpacked; raise --max-unpacked-mb",
                        )
                    chunks.append(chunk)
        except InputError:
            raise
        except Exception as error:  # zlib, lzma and zipfile raise a dozen kinds for damaged data
            raise self._damaged(error) from error
        return b"".join(chunks)

    def _damaged(self, error: Exception) -> InputError:
        return InputError(
            "damaged",
            f"{self.name}: a damaged Word file ({_short(error)}); fetch it again or repair it in Word",
        )


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]
