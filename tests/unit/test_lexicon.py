"""Terms of a question in the words of the other language."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EncoderError
from index.lexicon import MODEL, TABLES, Lexicon
from index.pinyin import Pinyin
from index.training.alignment import Pair, link, model_1
from index.training.lexicon import Settings, glosses, proper_names, sounds, table, translations
from tests.fakes_index import Passages, texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from index.wordtable import WordTable


class Everything(Passages):
    """One passage that holds every term."""

    def __contains__(self, _: object) -> bool:
        return True

    def holding(self, _: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The one passage."""
        return np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.uint8)


NOTHING = Passages()


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def ways(lexicon: Lexicon, question: str, indexed: Passages = NOTHING) -> dict[str, float]:
    """Every index term a question may be found by, with its weight."""
    found = lexicon.translate(question, indexed, lexicon.spellings(question, indexed))
    return {term: weight for each in found for term, weight in each.items()}


# --- the bundled table ---


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much does Xiaomi plan to spend?", "小米 计划"),
        ("Where does TSMC build its factory?", "台积 积电 工厂"),
        ("What did Huawei and BYD announce?", "华为 比亚 亚迪 宣布"),
        ("Tencent's profit", "腾讯 利润"),
        ("Foxconn in Zhengzhou", "富士 士康 鸿海 郑州"),
        ("Shenzhen and Taiwan", "深圳 台湾"),
        ("Did Tesla or Musk pay?", "特斯 斯拉 马斯 斯克"),
        ("Trump and Biden", "特朗 朗普 拜登"),
        ("Ukraine, Tokyo, Samsung", "乌克 克兰 东京 三星"),
        ("小米汽車賣了多少輛", "xiaomi car"),
        ("台積電在哪裡設廠", "tsmc"),
        ("腾讯的利润是多少", "tencent profit"),
        ("特朗普什么时候访问北京", "trump beij visit"),
    ],
)
def test_names_and_words_are_found_in_the_other_language(
    lexicon: Lexicon, question: str, expected: str
) -> None:
    assert set(expected.split()) <= ways(lexicon, question).keys()


def test_both_scripts_translate_alike(lexicon: Lexicon) -> None:
    assert lexicon.translate("臺積電設廠", NOTHING) == lexicon.translate("台积电设厂", NOTHING)


def test_a_term_stands_for_itself_first(lexicon: Lexicon) -> None:
    for each in lexicon.translate("Xiaomi SU7 小米", NOTHING):
        assert max(each.values()) == 1.0
    assert ways(lexicon, "iPhone SU7")["su7"] == 1.0


def test_function_words_translate_to_nothing(lexicon: Lexicon) -> None:
    assert lexicon.translate("what was the of", NOTHING) == []
    assert lexicon.translate("什么的呢？", NOTHING) == []


@given(texts())
def test_every_weight_is_above_0_and_at_most_1(question: str) -> None:
    lexicon = Lexicon.load()
    for each in lexicon.translate(question, Everything(), lexicon.spellings(question, Everything())):
        assert all(0 < weight <= 1 for weight in each.values())


def test_the_table_is_small_and_quick() -> None:
    assert MODEL.stat().st_size < 4_000_000
    start = time.perf_counter()
    lexicon = Lexicon.load()
    lexicon.translate("How much does Xiaomi plan to spend?", NOTHING)
    assert time.perf_counter() - start < 1


def test_a_damaged_table_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "lexicon.npz").write_bytes(MODEL.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="install the package again"):
        Lexicon.load(tmp_path / "lexicon.npz")


def test_a_saved_table_translates_as_the_one_that_was_saved(lexicon: Lexicon, tmp_path: Path) -> None:
    lexicon.save(tmp_path / "again.npz")
    again = Lexicon.load(tmp_path / "again.npz")
    for question in ("Xiaomi's factory", "小米的工厂"):
        assert again.translate(question, NOTHING) == lexicon.translate(question, NOTHING)


def _made(english: dict[str, dict[str, float]]) -> Lexicon:
    """A lexicon of these translations and no sounds."""
    words, others = sorted(english), sorted({word for each in english.values() for word in each})
    triples = [(words.index(a), others.index(b), score) for a in words for b, score in english[a].items()]
    pairs = np.array([triple[:2] for triple in triples], dtype=np.int32)
    scores = np.array([triple[2] for triple in triples])
    into_chinese = table(words, pairs, scores, kept=9, floor=0.0)
    into_english = table(others, pairs[:, ::-1], scores, kept=9, floor=0.0)
    nothing = table([""], np.empty((0, 2), dtype=np.int32), np.empty(0), kept=1, floor=0.0)
    tables = (into_chinese, into_english, nothing, nothing, nothing, nothing)
    return Lexicon(dict(zip(TABLES, tables, strict=True)))


def test_a_weight_is_the_square_root_of_a_probability_and_shared_by_a_words_pairs() -> None:
    [found] = _made({"tsmc": {"台积电": 0.25, "厂": 0.75}}).translate("TSMC", NOTHING)
    assert found == pytest.approx({"tsmc": 1.0, "厂": 0.75**0.5, "台积": 0.25, "积电": 0.25}, abs=0.005)


def test_translations_that_share_a_pair_give_it_no_more_than_1() -> None:
    [found] = _made({"car": {"汽车": 0.9, "汽车厂": 0.9, "汽车站": 0.9}}).translate("car", NOTHING)
    assert found["汽车"] == 1.0


def test_chinese_is_cut_into_the_longest_words_that_are_known() -> None:
    lexicon = _made({"station": {"汽车站": 0.9}, "car": {"汽车": 0.9}, "stop": {"站": 1.0}})
    assert [set(each) - {"汽车", "车站"} for each in lexicon.translate("汽车站汽车", NOTHING)] == [
        {"station"},
        {"car"},
    ]


# --- names that nothing marks ---


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("谷歌有多少員工？", "谷歌"),
        ("华为什么时候上市？", "华为"),
        ("英特爾一共要在亞利桑那投資多少？", "英特尔 亚利桑那"),
        ("小米和特斯拉哪个便宜", "小米 特斯拉"),
        ("北京地铁6号线一共花了多少钱？", "北京"),
        ("東方的和平要花多少錢？", ""),
        ("这家公司中共有多少员工？", ""),
        ("大约有多少人大约需要帮助？", ""),
        ("彰化市內的公用電話何時改裝？", "彰化"),
        ("How many people work at Google?", ""),
    ],
)
def test_a_name_in_chinese_is_what_english_would_write_with_a_capital(
    lexicon: Lexicon, question: str, expected: str
) -> None:
    assert lexicon.names(question) == expected.split()


def test_how_surely_a_name_is_written_is_known_of_either_language(lexicon: Lexicon) -> None:
    assert lexicon.certainty("谷歌") > 0.9
    assert lexicon.certainty("googl") > 0.9
    assert lexicon.certainty("地瓜粥") == 0


# --- names by their sound ---


@pytest.mark.parametrize(
    ("question", "held", "expected"),
    [
        ("Who is Lei Jun?", "雷军 累军 小米", "雷军"),
        ("What did Wang Chuanfu say?", "王传 传福 王船", "王传 传福"),
        ("what did chuanfu say", "传福", "传福"),
        ("郑钦文赢了吗", "zheng qinwen wimbledon", "qinwen"),
        ("Is Xi'an far?", "西安", "西安"),
    ],
)
def test_a_name_that_no_data_translates_is_found_by_its_sound(
    lexicon: Lexicon, question: str, held: str, expected: str
) -> None:
    assert set(expected.split()) <= ways(lexicon, question, Passages(held)).keys()


def test_a_name_by_its_sound_is_one_whose_parts_stand_together_in_a_passage(lexicon: Lexicon) -> None:
    """世界 has the sound of Shijie as well, but nowhere does 朱 stand before it."""
    held = Passages("朱世 世杰", "世界", "诸世 世界", "朱世 世诸")
    assert {"朱世", "世杰"} <= ways(lexicon, "When was Zhu Shijie born?", held).keys()
    apart = ways(lexicon, "When was Zhu Shijie born?", Passages("朱世", "世杰", "世界"))
    assert not {"朱世", "世杰", "世界"} & apart.keys()


@pytest.mark.parametrize(
    ("question", "held", "expected"),
    [
        ("When was Zhu Shijie born?", "朱世 世杰", "When was 朱世杰 born?"),
        ("Did Wang  Chuanfu or Lei Jun pay?", "王传 传福 雷军", "Did 王传福 or 雷军 pay?"),
        ("Is Zhu Shijie dead?", "世杰", "Is Zhu Shijie dead?"),
        ("Is Hong Kong far?", "红空 香港", "Is Hong Kong far?"),
        ("what did chuanfu say", "传福", "what did 传福 say"),
        ("Can He pay?", "坎河 看和", "Can He pay?"),
    ],
)
def test_a_name_that_only_its_sound_tells_is_put_as_the_articles_write_it(
    lexicon: Lexicon, question: str, held: str, expected: str
) -> None:
    assert lexicon.respelt(question, lexicon.spellings(question, Passages(held))) == expected


@pytest.mark.parametrize("question", ["Who is Liu Yun?", "Did Chen Cheng win?"])
def test_somebodys_surname_is_a_surname(lexicon: Lexicon, question: str) -> None:
    """流云 is a cloud, and 臣成 two words that met by accident."""
    assert lexicon.spellings(question, Passages("流云 臣成")) == []
    (spelling,) = lexicon.spellings(question, Passages("流云 刘云 臣成 陈成"))
    assert spelling.ways in ({"刘云": 1.0}, {"陈成": 1.0})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Lei Jun?", "jun"),
        ("Did Wang Chuanfu or Xu Furen pay?", "chuanfu furen"),
        ("Is Hong Kong far?", ""),
        ("Can He pay?", ""),
        ("Who is Michael Phelps?", ""),
        ("Where is Zhengzhou?", ""),
    ],
)
def test_people_are_known_by_surname_and_sound(lexicon: Lexicon, question: str, expected: str) -> None:
    assert lexicon.people(question) == expected.split()


def test_a_name_that_may_be_written_in_two_ways_alike_stays_as_it_is(lexicon: Lexicon) -> None:
    likely = ways(lexicon, "Who is Lu Ming?", Passages("陆明 吕明 卢明"))
    assert max(likely[way] for way in ("陆明", "吕明", "卢明")) ** 2 < 0.5
    spellings = lexicon.spellings("Who is Lu Ming?", Passages("陆明 吕明 卢明"))
    assert lexicon.respelt("Who is Lu Ming?", spellings) == "Who is Lu Ming?"


def test_a_known_english_word_is_not_taken_for_the_sound_of_a_chinese_one(lexicon: Lexicon) -> None:
    """Of 北京 it is known that it is "Beijing", so its sound need not be spelt."""
    assert lexicon.translate("北京", Passages("beij xiaomi")) == lexicon.translate("北京", NOTHING)


@pytest.mark.parametrize("question", ["the women can go", "Panda", "machine", "雨", "Can He", "How Can"])
def test_an_english_word_that_only_looks_like_pinyin_is_no_name(lexicon: Lexicon, question: str) -> None:
    assert lexicon.spellings(question, Everything()) == []
    assert lexicon.translate(question, Everything()) == lexicon.translate(question, NOTHING)


def test_a_word_is_read_in_the_fewest_syllables(lexicon: Lexicon) -> None:
    pinyin = Pinyin(lexicon._tables["syllables"], lexicon._tables["characters"])
    assert pinyin.syllables("Zhengzhou") == ["zheng", "zhou"]
    assert pinyin.syllables("Xian") == ["xian"]
    assert pinyin.syllables("Xi'an") == ["xi", "an"]
    assert pinyin.syllables("Trump") == []


# --- training ---

TEXTS = [
    Pair(["red", "car"], ["红色", "汽车"], 1.0),
    Pair(["red", "hous"], ["红色", "房子"], 1.0),
    Pair(["new", "car"], ["新", "汽车"], 1.0),
    Pair(["new", "hous"], ["新", "房子"], 1.0),
]
GLOSSES = [Pair(["xiaomi"], ["小米"], 3.0)]


def _likeliest(words: WordTable, others: WordTable) -> dict[str, str]:
    return {word.decode(): next(words.of(word.decode(), others))[0] for word in words.words}


def test_words_that_stand_together_are_learnt_as_translations() -> None:
    links = link(TEXTS, GLOSSES, least=1)
    chinese, english = (model_1(links, lambda _: None, into=into, iterations=8) for into in (1, 0))
    tables = translations(links, english, chinese, Settings())
    assert _likeliest(*tables) == {
        "red": "红色",
        "car": "汽车",
        "hous": "房子",
        "new": "新",
        "xiaomi": "小米",
    }
    assert _likeliest(*tables[::-1])["汽车"] == "car"


def test_an_explanation_is_shared_by_all_words_that_could_be_it() -> None:
    """In the first text each word explains half of 汽车, less what the null word explains."""
    links = link([Pair(["a", "b"], ["汽车", "房子"], 1.0), Pair(["a"], ["汽车"], 1.0)], [], least=1)
    likely = model_1(links, lambda _: None, into=1, iterations=1)
    names = [(links.english.names[word], links.chinese.names[other]) for word, other in links.pairs]
    found = dict(zip(names, likely, strict=True))
    shared, alone = 1 / 2.1, 1 / 1.1
    assert found["a", "汽车"] == pytest.approx((shared + alone) / (2 * shared + alone), abs=1e-6)


def test_probabilities_into_a_language_sum_to_1_for_each_word_of_the_other() -> None:
    links = link(TEXTS, GLOSSES, least=1)
    likely = model_1(links, lambda _: None, into=1, iterations=3)
    np.testing.assert_allclose(np.bincount(links.pairs[:, 0], likely), 1.0)


def test_rare_words_count_only_if_the_dictionary_has_them() -> None:
    links = link([*TEXTS, Pair(["rare"], ["少见"], 1.0)], GLOSSES, least=2)
    assert "xiaomi" in links.english.names
    assert "rare" not in links.english.names


def test_a_table_keeps_the_likeliest() -> None:
    pairs = np.array([(0, 0), (0, 1), (0, 2), (2, 1)], dtype=np.int32)
    kept = table(["a", "b", "c"], pairs, np.array([1.0, 6.0, 3.0, 5.0]), kept=2, floor=0.05)
    names = table(["x", "y", "z"], pairs, np.ones(4), kept=1, floor=0.0)
    assert [word for word, _ in kept.of("a", names)] == ["y", "z"]
    assert list(kept.of("b", names)) == []
    assert list(kept.of("c", names)) == [("y", 1.0)]
    assert list(kept.of("longer than any", names)) == []


def _lines(file: Path, rows: Iterable[object]) -> Path:
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


def _dictionary(folder: Path, entries: Iterable[tuple[str, str, str]]) -> Path:
    """A dictionary of words, how they sound, and what they mean."""
    rows = ({"simp": word, "pinyin": sound, "en": [gloss]} for word, sound, gloss in entries)
    return _lines(folder / "dictionary.jsonl", rows)


def test_a_name_is_what_the_dictionary_or_the_texts_write_with_a_capital(tmp_path: Path) -> None:
    entries = [
        ("谷歌", "Gu3 ge1", "Google"),
        ("小米", "Xiao3 mi3", "Xiaomi, a company"),
        ("小米", "xiao3 mi3", "millet"),
        ("和平", "He2 ping2", "Heping, a district"),
        ("和平", "he2 ping2", "peace"),
        ("汽车", "qi4 che1", "car"),
        ("雷", "Lei2", "surname Lei"),
        ("欧阳", "Ou1 yang2", "surname Ouyang"),
    ]
    dictionary = _dictionary(tmp_path, entries)
    parallel = _lines(tmp_path / "parallel.jsonl", [{"en": "They say Xiaomi wants peace."}] * 5)
    made = _made({"xiaomi": {"小米": 1.0}, "peac": {"和平": 1.0}})._tables
    names = proper_names(dictionary, parallel, made["english"], made["chinese"], Settings())
    assert [word.decode() for word in names.words.tolist()] == ["小米", "谷歌"]


def test_surnames_are_as_common_as_they_are_among_peoples_names(tmp_path: Path) -> None:
    entries = [
        ("刘", "Liu2", "surname Liu"),
        ("刘", "liu2", "classifier"),
        ("留", "Liu2", "surname Liu"),
        ("流", "liu2", "to flow"),
        ("流云", "liu2 yun2", "clouds"),
        *[("刘云", "Liu2 Yun2", "somebody")] * 40,
        ("流汗", "Liu2 Han4", "nobody's surname"),
    ]
    syllables, characters = sounds(_dictionary(tmp_path, entries), Settings())
    assert [word for word, _ in syllables.of("Liu", characters)] == ["刘"]
    assert {word for word, _ in syllables.of("liu", characters)} == {"刘", "留", "流"}
    assert dict(characters.of("刘", syllables)) == {"liu": 1.0}


@given(
    st.dictionaries(st.text(min_size=1).filter(lambda word: "\0" not in word), st.floats(0.1, 1), min_size=1)
)
def test_every_word_of_a_table_is_found_again(words: dict[str, float]) -> None:
    names = sorted(words)
    pairs = np.array([(number, number) for number in range(len(names))], dtype=np.int32)
    made = table(names, pairs, np.array([words[name] for name in names]), kept=1, floor=0.0)
    assert {name: list(made.of(name, made)) for name in names} == {name: [(name, 1.0)] for name in names}


@pytest.mark.parametrize(
    ("meaning", "name", "expected"),
    [
        ("to drive (a car)", False, ["to drive"]),
        ("Example Works (EW), founded in 1987, a maker of chips", True, ["EW", "Example Works"]),
        ("Old Works, aka New Works", True, ["New Works", "Old Works"]),
        ("variant of 汽車|汽车[qi4 che1]", False, []),
        ("surname Lei", True, ["Lei"]),
        ("Luzhu township in Kaohsiung county 高雄縣|高雄县[Gao1 xiong2 xian4]", True, ["Luzhu township"]),
    ],
)
def test_a_gloss_is_what_translates_the_word(meaning: str, name: bool, expected: list[str]) -> None:
    assert [gloss.strip() for gloss in glosses(meaning, name=name)] == expected
