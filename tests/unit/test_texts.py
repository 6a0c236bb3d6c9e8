import ast
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import bot
from bot.handlers.menu import ADMINS, EVERYBODY, GROUPS
from bot.texts import LANGUAGES, Sentence, Texts, language_for, texts_in


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def variants(sentence: Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert set(texts_in(language).sentences) == set(texts_in("en").sentences)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(texts_in("en").sentences))
def test_every_sentence_has_the_same_placeholders_in_every_language(language: str, key: str) -> None:
    english = placeholders(variants(texts_in("en").sentences[key])[0])
    for sentence in variants(texts_in(language).sentences[key]):
        assert sentence.strip()
        assert placeholders(sentence) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language: str) -> None:
    assert len(texts_in(language).months) == 12


def keys_used() -> set[str]:
    """Every string in the Telegram side's code that looks like a key of the texts."""
    folder = Path(bot.__file__).parent
    tables = {key.partition(".")[0] for key in texts_in("en").sentences if "." in key}
    used = set()
    for file in [
        *(folder / f"{name}.py" for name in ("render", "outgoing", "scope", "views", "proposals")),
        *(
            folder / f"{name}.py"
            for name in ("inline", "listings", "overview", "pages", "quotation", "courtesy")
        ),
        *folder.glob("handlers/*.py"),
    ]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                table, dot, name = node.value.partition(".")
                if dot and table in tables and name.isidentifier():
                    used.add(node.value)
    return used


def test_every_sentence_the_code_uses_exists_and_none_is_left_over() -> None:
    others = {key for key in texts_in("en").sentences if key.startswith("command.") or "." not in key}
    assert keys_used() | others == set(texts_in("en").sentences)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("en", "en"),
        ("de", "en"),
        ("zh-hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-hk", "zh-Hant"),
        ("zh_MO", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-sg", "zh-Hans"),
    ],
)
def test_the_language_follows_from_the_telegram_client(code: str | None, language: str) -> None:
    assert language_for(code) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_tells_of_every_command_of_the_menus(language: str) -> None:
    say = texts_in(language).say
    everybody = say("greeting.help")
    admins = "".join(map(say, ("greeting.help_admin", "overview.help", "adding.help", "feeds.help")))
    assert {name for name in (*EVERYBODY, *GROUPS) if f"/{name}" not in everybody} == {"start"}
    assert {name for name in ADMINS if f"/{name}" not in everybody + admins} == {"start"}


def test_dates_are_written_as_each_language_writes_them() -> None:
    day = date(2025, 12, 1)
    assert texts_in("en").date(day) == "1 December 2025"
    assert texts_in("zh-Hant").date(day) == "2025年12月1日"
    assert texts_in("zh-Hans").date(day) == "2025年12月1日"


def test_one_article_is_not_one_articles() -> None:
    assert texts_in("en").say("browse.all", count=1) == "1 article:"
    assert texts_in("en").say("browse.all", count=2) == "2 articles, newest first:"
    assert texts_in("zh-Hant").say("browse.all", count=1) == "共 1 篇文章，由新到舊："


def test_braces_in_what_is_filled_in_stay_as_they_are() -> None:
    texts = Texts("en", {"key": "Reason: {reason}"}, ())
    assert texts.say("key", reason="{count} {0} {") == "Reason: {count} {0} {"


def test_neither_chinese_file_holds_characters_of_the_other_script() -> None:
    text = {language: "".join(map(str, texts_in(language).sentences.values())) for language in LANGUAGES}
    assert not set("这个问题请说会发数据库软链们为无开关详") & set(text["zh-Hant"])
    assert not set("這個問題請說會發數據庫軟鏈們為無開關詳") & set(text["zh-Hans"])
