"""What people call an outlet: "the Guardian", "Xinhua", 「中新網」. Pure.

A name is known by its words, in either script, and the world's best known outlets in the
other language too. Part of a name will do if it means one outlet, or one house ("BBC" for
BBC News and BBC Sport). Words that mean a place or a kind of outlet are no name by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from index.characters import CJK
from index.records import Article
from index.text import fold

# One outlet on each line, as folded; each also stands for the others where it begins a longer name.
_ALSO_CALLED = """
xinhua|xinhua news agency|新华社|新华网|新华通讯社
people's daily|renmin ribao|人民日报|人民网
cctv|china central television|央视|中央电视台|央视网|央视新闻
global times|环球时报|环球网
china news service|中新社|中国新闻社|中新网|中国新闻网
china daily|中国日报
the paper|澎湃|澎湃新闻
caixin|财新|财新网
yicai|第一财经
south china morning post|scmp|南华早报
ming pao|明报
sing tao|sing tao daily|星岛日报|星岛
rthk|香港电台
hk01|香港01
central news agency|中央社|中央通讯社
united daily news|udn|联合报|联合新闻网
liberty times|自由时报
china times|中国时报|中时|中时新闻网
lianhe zaobao|zaobao|联合早报
bbc|bbc news|英国广播公司|bbc中文网
reuters|路透社|路透
associated press|ap|美联社
afp|agence france-presse|法新社
bloomberg|bloomberg news|彭博|彭博社
new york times|nyt|纽约时报
wall street journal|wsj|华尔街日报
washington post|华盛顿邮报
financial times|ft|金融时报
the guardian|guardian|卫报
the economist|economist|经济学人
cnn|美国有线电视新闻网
deutsche welle|dw|德国之声
voice of america|voa|美国之音
radio free asia|rfa|自由亚洲电台
nikkei|nikkei asia|日经|日本经济新闻
yonhap|yonhap news agency|韩联社
kyodo|kyodo news|共同社
""".split("\n")
_TAILS = re.compile(
    "(?:通讯社|新闻社|新闻网|中文网|客户端|电视台|日报|晚报|时报|早报|周刊|周报|新闻|电台|网站|频道|网|社|报|刊)+$"
)
# No name by themselves: places, and kinds of outlets that also mean something else.
_NO_NAMES = frozenset(
    (
        "a an and the of in on for to com net org www cn tw hk co uk news online daily weekly city "
        "press media tv radio agency service group network report reports china chinese taiwan hong "
        "kong beijing shanghai asia asian america american us usa british europe european japan "
        "japanese india korea national international global world united new york washington london "
        "people people's central south north east west free morning evening sunday today public "
        "independent business economic financial science sports tech technology official time life "
        "中国 台湾 香港 北京 上海 广州 深圳 澳门 美国 英国 日本 韩国 亚洲 中央 人民 国际 世界 全球 "
        "环球 中华 经济 财经 科学 体育 科技 生活 健康 今日 每日 大众 自由 联合 新闻 日报 网站 频道 "
        "客户端 电视台 电台 中文网 新闻网 通讯社 周刊"
    ).split()
)
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:['’][^\W_{CJK}]+)?")
_HAN = re.compile(rf"[{CJK}]")
_LONGEST = 40  # characters of a name
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Named:
    """Outlets that words mean, spelled as the library has them; `whole` if by a full name."""

    end: int
    outlets: tuple[str, ...]
    whole: bool


class Names:
    """What the outlets of a library can be called."""

    def __init__(self, outlets: Iterable[str]) -> None:
        self._whole: dict[str, dict[str, str]] = {}
        self._parts: dict[str, dict[str, str]] = {}
        for outlet in outlets:
            name = key(outlet)
            for known in {name, name.removeprefix("the "), *_others(name)}:
                self._whole.setdefault(known, {})[outlet] = name
            for part in _parts(name):
                self._parts.setdefault(part, {})[outlet] = name
        self._beginnings = frozenset(name[:2] for name in (*self._whole, *self._parts))

    def at(self, folded: str, start: int) -> Named | None:
        """The outlet whose name begins at an offset of a folded text, by the longest of its names."""
        if folded[start : start + 2] not in self._beginnings:
            return None
        for end in range(min(len(folded), start + _LONGEST), start + 1, -1):
            if _cut_in_two(folded, end):
                continue
            words = folded[start:end].replace("’", "'")
            parts = self._parts.get(words, {})
            house = {outlet for outlet, name in parts.items() if name.removeprefix("the ").startswith(words)}
            if words in self._whole:
                return Named(end, tuple(sorted(house.union(self._whole[words]))), whole=True)
            if len(parts) == 1 or (house and house == set(parts)):
                return Named(end, tuple(sorted(parts)), whole=False)
        return None


@lru_cache(maxsize=8)
def names_of(outlets: tuple[str, ...]) -> Names:
    """The names of some outlets, made once."""
    return Names(outlets)


@lru_cache(maxsize=4096)
def key(outlet: str) -> str:
    """An outlet's name as names are compared: one script, width and case."""
    return " ".join(fold(outlet).text.replace("’", "'").split())


def speaker(article: Article) -> tuple[str, str]:
    """What tells the outlets of articles apart; an article that names none speaks for itself."""
    return ("", article.id) if article.source is None else (key(article.source), "")


def _cut_in_two(folded: str, end: int) -> bool:
    """Whether a Latin word goes on across an offset."""
    around = folded[end - 1 : end + 1]
    return len(around) > 1 and all(each.isalnum() and not _HAN.match(each) for each in around)


def _others(name: str) -> set[str]:
    """The names, in both languages, of what is well known."""
    lines = (line.split("|") for line in _ALSO_CALLED)
    return {each for line in lines if name in line or name.removeprefix("the ") in line for each in line}


def _parts(name: str) -> set[str]:
    """Runs of a name's words, and a Chinese one without the kind of outlet it ends in."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(name)][:_MOST_WORDS]
    runs = {name[first:last] for at, (first, _) in enumerate(words) for _, last in words[at:]}
    short = {_TAILS.sub("", run) for run in runs if _HAN.match(run)}
    kinds = {run[-2:] for run in runs if _HAN.match(run) and _TAILS.search(run)}
    return {part for part in (runs | short | kinds) - {name} if len(part) > 1 and not _says_nothing(part)}


def _says_nothing(part: str) -> bool:
    return part in _NO_NAMES or all(word in _NO_NAMES for word in part.split())
