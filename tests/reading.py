"""Bytes read as an article, and the sentence with which they are refused."""

from __future__ import annotations

import pytest

from index.articles import parse
from index.errors import ArticleError
from index.records import Article

TRADITIONAL = "港灣的燈塔重新點亮，漁民說夜裡出海安心多了。市府預計明年再修復兩座，經費約三千萬元。"


def article(data: bytes | str, suffix: str, name: str = "story") -> Article:
    """What is read of a file's bytes, or of a text in UTF-8."""
    return parse(data.encode() if isinstance(data, str) else data, suffix, name + suffix, id="1")


def refusal(data: bytes | str, suffix: str) -> str:
    """The sentence with which a file's bytes are refused."""
    with pytest.raises(ArticleError) as caught:
        article(data, suffix)
    return str(caught.value)
