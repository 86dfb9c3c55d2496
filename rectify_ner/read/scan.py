"""Pictures of pages → text, by the optional extra ``ocr``."""

import io
from collections.abc import Iterator
from typing import Any

from rectify_ner.read.lines import Grid, Line, PageSize, in_reading_order, write_lines
from rectify_ner.read.source import InputError, Limits, Source, TextBuilder

_DPI = 200
_MAX_PIXELS = 60_000_000
_LEAST_SURE = 0.5


def read_scan(document: Any, name: str, limits: Limits) -> Source:
    """The text of a PDF whose pages are pictures."""
    return _read((_rendered(document[number]) for number in range(len(document))), name)


def read_image(data: bytes, name: str, limits: Limits) -> Source:
    """The text of one picture of a page."""
    engine_or_error(name)
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise InputError(
                    "too_large", f"{name}: a picture of {image.width}×{image.height} pixels; make it smaller"
                )
            picture = image.convert("RGB")
    except InputError:
        raise
    except Exception as error:  # the picture library raises a dozen kinds for damaged data
        raise InputError("damaged", f"{name}: a damaged picture ({error}); scan it again") from error
    return _read(iter([picture]), name)


def engine_or_error(name: str) -> Any:
    """The recogniser; InputError where the extra is not installed."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise InputError(
            "scan",
            f"{name}: a scan (pictures of pages without text), wanted text; "
            "install the extra: pip install 'rectify-ner[ocr]', or give a PDF with text",
        ) from error
    import logging

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error"})


def _rendered(page: Any) -> Any:
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    return page.render(scale=scale).to_pil().convert("RGB")


def _read(pictures: Iterator[Any], name: str) -> Source:
    engine = engine_or_error(name)
    import numpy

    items: list[Line | Grid] = []
    sizes: list[PageSize] = []
    unsure = 0
    for number, picture in enumerate(pictures, 1):
        sizes.append(PageSize(picture.width, picture.height))
        found = engine(numpy.asarray(picture)[:, :, ::-1])
        lines = []
        for box, text, score in zip(
            found.boxes if found.boxes is not None else (), found.txts or (), found.scores or (), strict=True
        ):
            unsure += score < 0.8
            if score >= _LEAST_SURE and text.strip():
                xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
                height = max(ys) - min(ys)
                lines.append(Line(text.strip(), min(xs), max(xs), min(ys), max(ys), height, number))
        items += in_reading_order(lines)
    if not items:
        raise InputError("empty", f"{name}: a scan in which no text was recognised; scan it again, larger")
    builder = TextBuilder()
    write_lines(builder, items, sizes)
    notes = ["文字由扫描件识别得到"] + ([f"{unsure}行识别把握不大"] if unsure else [])
    return builder.source(name, tuple(notes))
