"""Addresses that scroll a source page to the quote."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import URL_LIMIT, source_address, text_fragment
from index import Article, Quote, Span
from tests.fakes import HARBOUR, TEA, article


def parts_of(words: str) -> list[str]:
    fragment = text_fragment(words)
    assert fragment is not None
    return [unquote(part) for part in fragment.split(",")]


def whole(one: Article) -> Quote:
    return Quote(one, Span(0, len(one.text)))


def test_a_short_quote_is_named_whole_without_the_stops_around_it() -> None:
    assert parts_of("It cost 340 million dollars, the port said.") == [
        "It cost 340 million dollars, the port said"
    ]
    assert parts_of("「產量將增加兩成。」") == ["產量將增加兩成"]


def test_a_long_english_quote_is_named_by_its_first_and_last_words() -> None:
    words = "Its site in the north of Phoenix covers 1,100 acres and already employs more than 3,000 people."
    first, last = parts_of(words)
    assert words.startswith(first + " ")
    assert words.endswith(" " + last + ".")
    assert len(first) + len(last) < 60


def test_a_long_chinese_quote_begins_and_ends_at_punctuation() -> None:
    words = (
        "市府表示，跨海大橋預計明年三月通車，屆時往返兩岸只要十分鐘，渡輪班次將減半，"
        "但夜間的渡輪仍會照常行駛，票價維持不變。"
    )
    first, last = parts_of(words)
    assert first == "市府表示，跨海大橋預計明年三月通車"
    assert last == "但夜間的渡輪仍會照常行駛，票價維持不變"


def test_a_number_is_not_a_bound() -> None:
    words = "比去年多2,000人且比前年多出3.5倍的旅客在連假期間搭乘了這一條新開通的路線，" * 2
    assert "," not in parts_of(words)[0].replace("2,000", "")
    assert parts_of(words)[0].endswith("路線")


def test_what_means_something_in_a_fragment_is_encoded() -> None:
    fragment = text_fragment("a well-known R&D figure, up 5%")
    assert fragment == "a%20well%2Dknown%20R%26D%20figure%2C%20up%205"


def test_nothing_is_named_across_the_end_of_a_line() -> None:
    assert parts_of("A heading\n\nThen a long first sentence that goes on and on.") == [
        "A heading",
        "sentence that goes on and on",
    ]


def test_chinese_without_any_punctuation_is_not_named() -> None:
    assert text_fragment("無" * 200) is None
    assert source_address(whole(article("無" * 200, url="https://a.example/1"))) == "https://a.example/1"


def test_an_address_keeps_its_own_fragment_and_loses_an_older_text_fragment() -> None:
    one = replace(HARBOUR, text="340 million")
    url = "https://news.example/ferry"
    assert source_address(whole(replace(one, url=url))) == f"{url}#:~:text=340%20million"
    assert source_address(whole(replace(one, url=f"{url}#top"))) == f"{url}#top:~:text=340%20million"
    old = f"{url}#:~:text=old"
    assert source_address(whole(replace(one, url=old))) == f"{url}#:~:text=340%20million"


@pytest.mark.parametrize(
    "url", [None, "ftp://a.example/1", "javascript:alert(1)", "http://[", "https://localhost/1", "https://"]
)
def test_there_is_no_address_but_a_web_address_that_telegram_takes(url: str | None) -> None:
    assert source_address(whole(replace(TEA, url=url))) is None


@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("。，「」 ,.-&\n中文字a1"), max_size=300
    )
)
def test_every_fragment_names_words_of_the_quote_and_is_safe_in_an_address(words: str) -> None:
    fragment = text_fragment(words)
    if fragment is None:
        return
    assert not set(fragment) & set("-&# ")
    flat = " ".join(words.split())
    for part in fragment.split(","):
        assert unquote(part) in flat
    address = source_address(whole(article(words, url="https://a.example/1")))
    assert address is not None
    assert len(address) <= URL_LIMIT
