import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cutting import shorten, trim, units

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.text(
    st.sampled_from("公司表示，研發費用將超過2000億元。「是」！ and, so. 3,000 👩‍🔬e\u0301"), max_size=300
)


@given(TEXTS, st.integers(0, 320))
def test_what_is_left_fits_and_is_as_much_as_half_of_what_could_fit(text: str, limit: int) -> None:
    end = shorten(text, limit)
    assert 0 <= end <= len(text)
    assert units(text[:end]) <= limit
    if units(text) <= limit:
        assert end == len(text)


@given(TEXTS)
def test_units_are_what_utf_16_takes(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@given(TEXTS, st.integers(1, 320))
def test_a_trimmed_line_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    line = trim(text, limit)
    whole = " ".join(text.split())
    assert units(line) <= limit
    assert "\n" not in line
    assert line == whole or line.endswith("…")


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("公司宣布加碼投資，金額超過兩千億元，並將擴建廠房", 20, "公司宣布加碼投資，金額超過兩千億元，"),
        ("他說：「明年一定會更好。」大家都笑了起來，然後", 14, "他說：「明年一定會更好。」"),
        ("It will cost 3,000 dollars, he said, and more", 26, "It will cost 3,000"),
        ("It will cost 3,000 dollars, he said, and more", 30, "It will cost 3,000 dollars,"),
        ("One sentence ends here. Another begins", 30, "One sentence ends here."),
        ("no punctuation anywhere in this one", 22, "no punctuation"),
        ("一二三四五六七八九十", 4, "一二三四"),
        ("ab👍🏽cd", 3, "ab"),
        ("ab👍🏽cd", 4, "ab"),
        ("ab👍🏽cd", 6, "ab👍🏽"),
        ("abce\u0301fg", 4, "abc"),
    ],
)
def test_a_text_is_cut_at_a_clause_else_a_word_else_a_whole_character(
    text: str, limit: int, left: str
) -> None:
    assert text[: shorten(text, limit)] == left


def test_an_emoji_of_several_characters_is_not_taken_apart() -> None:
    family = "👨‍👩‍👧‍👦"
    for limit in range(3, 3 + units(family)):
        assert unicodedata.normalize("NFC", ("abc" + family)[: shorten("abc" + family, limit)]) == "abc"
