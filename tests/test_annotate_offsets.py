import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.annotate.offsets import Utf16
from rectify_ner.errors import CorpusError

TEXTS = st.text(st.sampled_from("整改a\r\n　\u200d😀𠮷👨é"), max_size=40)


@given(TEXTS)
def test_every_place_goes_there_and_back(text: str) -> None:
    places = Utf16(text)
    for point in range(len(text) + 1):
        unit = places.units(point)
        assert unit == len(text[:point].encode("utf-16-le")) // 2
        assert places.points(unit) == point


@given(TEXTS)
def test_no_place_inside_a_character(text: str) -> None:
    places = Utf16(text)
    whole = {places.units(point) for point in range(len(text) + 1)}
    for unit in range(places.units(len(text)) + 1):
        if unit not in whole:
            with pytest.raises(CorpusError, match="inside the character"):
                places.points(unit)


@pytest.mark.parametrize("place", [-1, 4])
def test_places_outside_the_text_are_refused(place: int) -> None:
    places = Utf16("a😀")
    with pytest.raises(CorpusError, match="outside"):
        places.points(place)
    with pytest.raises(CorpusError, match="outside"):
        places.units(place)
