"""Western names as Chinese transcribes them."""

from __future__ import annotations

import pytest

from index.lexicon import Lexicon
from index.training.transcribing import SETTINGS, Name, count, likeliest, names
from index.transcription import letters
from tests.fakes_index import Passages

HELD = "弗罗 罗姆 曼努 努埃 埃尔 希尔 尔曼 贝尔 尔尼 尼尼 蒙特 特卡 卡姆 天气 特尔 尔特"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


# --- asking ---


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many touchdowns did Hillman make?", "How many touchdowns did 希尔曼 make?"),
        ("What did Montcalm's army and Bernini do?", "What did 蒙特卡姆's army and 贝尔尼尼 do?"),
        ("What is the weather in Xqzthwk?", "What is the weather in Xqzthwk?"),
        ("Hillman made how many?", "Hillman made how many?"),
        ("how many did hillman make?", "how many did hillman make?"),
        ("Did HillmanX or From win?", "Did HillmanX or From win?"),
    ],
)
def test_a_name_that_no_data_translates_is_put_as_the_articles_transcribe_it(
    lexicon: Lexicon, question: str, expected: str
) -> None:
    assert lexicon.respelt(question, lexicon.spellings(question, Passages(HELD))) == expected


def test_a_run_counts_only_if_it_stands_in_one_passage(lexicon: Lexicon) -> None:
    question = "What did Bernini make?"
    assert lexicon.respelt(question, lexicon.spellings(question, Passages("贝尔 尔尼", "尼尼"))) == question


def test_a_name_that_is_known_is_not_spelt(lexicon: Lexicon) -> None:
    """What "Manning" is by its stem, a man, the tables know; so they are asked."""
    assert lexicon.spellings("Did Tesla or Manning win?", Passages("特斯 斯拉 曼宁")) == []


def test_a_transcribed_name_is_one_term_for_the_index_in_either_script(lexicon: Lexicon) -> None:
    question, held = "Did Hillman win?", Passages(HELD)
    terms = lexicon.translate(question, held, lexicon.spellings(question, held))
    found = [each for each in terms if "hillman" in each]
    assert [set(each) for each in found] == [{"hillman", "希尔"}, {"hillman", "尔曼"}]
    assert all(0.7 < weight <= 1.0 for each in found for weight in each.values())


def test_letters_are_plain() -> None:
    assert letters("Börte-Ümit’s") == "borteumits"


# --- learning ---


def test_a_dictionarys_names_are_paired_word_by_word() -> None:
    assert list(names("巴拉克·奥巴马", "Ba1 la1 ke4 · Ao4 ba1 ma3", "Barack Obama")) == [
        Name("barack", "巴拉克", ("ba", "la", "ke")),
        Name("obama", "奥巴马", ("ao", "ba", "ma")),
    ]


@pytest.mark.parametrize(
    ("simplified", "pinyin", "english"),
    [
        ("上海", "Shang4 hai3", "Shanghai"),
        ("亚利桑那州", "Ya4 li4 sang1 na4 zhou1", "Arizona"),
        ("美国", "Mei3 guo2", "United States"),
        ("欧洲", "Ou1 zhou1", "the continent"),
    ],
)
def test_what_is_no_transcription_is_not_learnt_from(simplified: str, pinyin: str, english: str) -> None:
    assert list(names(simplified, pinyin, english)) == []


def test_characters_are_learnt_for_the_letters_they_write() -> None:
    learnt = [
        Name("toman", "托曼", ("tuo", "man")),
        Name("roman", "罗曼", ("luo", "man")),
        Name("toro", "托罗", ("tuo", "luo")),
        Name("manto", "曼托", ("man", "tuo")),
    ]
    counts = count(learnt)
    best = {
        chunk: max((each for each in counts if each[0] == chunk), key=lambda each: counts[each])[1]
        for chunk, _ in counts
    }
    assert {chunk: best[chunk] for chunk in ("to", "man", "ro")} == {"to": "托", "man": "曼", "ro": "罗"}
    found = list(likeliest(counts, learnt, ["mantoro"] * SETTINGS.frequent))
    assert next(char for chunk, char, _ in found if chunk == "man") == "曼"
    assert all(0 < likely <= 1 for _, _, likely in found)
