"""What a reply that quotes a part of a message asks."""

import pytest

from bot.parts import LONGEST_PART, about_part

PART = "預計未來五年投入將超過2000億元研發費用"


BARE = """
what does this mean? | What's this | what is that? | Why? | explain | huh? | tell me more | ? | ？？
這是什麼意思？ | 这是什么意思 | 什麼意思 | 這句話是什麼意思？ | 這是什麼？ | 啥意思 | 請解釋一下
解释一下这句话 | 說明一下 | 多說一點 | 為什麼？ | 為什麼呢 | 怎麼回事 | 請問這是什麼意思？ | 更多
"""


@pytest.mark.parametrize("question", ["", *BARE.replace("\n", "|").strip("|").split("|")])
def test_a_bare_question_searches_for_the_quoted_words(question: str) -> None:
    assert about_part(question, PART) == (PART, ())


@pytest.mark.parametrize(
    ("part", "question"),
    [("Chang'e-6", "What is Chang'e-6?"), ("嫦娥六號", "嫦娥六號是什麼？"), ("澜江三号", "澜江三号是什么？")],
)
def test_a_bare_question_on_a_name_asks_what_it_is(part: str, question: str) -> None:
    assert about_part("?", part) == (question, ())


@pytest.mark.parametrize("question", ["how much?", "what does this mean for us?", "什麼時候通車？", "2024"])
def test_any_other_question_is_asked_with_a_sentence_quoted_as_the_question_before(question: str) -> None:
    assert about_part(question, f"{PART}。") == (question, (PART,))


def test_a_name_that_is_quoted_stands_before_the_question() -> None:
    assert about_part("how much did it cost?", "Line 6") == ("Line 6: how much did it cost?", ())
    assert about_part("造價多少？", "6號線") == ("6號線：造價多少？", ())


def test_of_a_long_part_its_beginning_is_used_on_one_line() -> None:
    _, (context,) = about_part("how much?", "word \n" * 500)
    assert len(context) <= LONGEST_PART
    assert "\n" not in context
