"""What a reader of the other language is told of a quote's figures, and what they are not told."""

from decimal import Decimal
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.figures import MOST, aids
from index.figures.numbers import LARGEST, han_numeral, read_chinese, write_chinese, write_english
from index.records import Span


def said(text: str, language: str) -> list[str]:
    return [f"{aid.span.of(text)} = {aid.text}" for aid in aids(text, Span(0, len(text)), language)]


CHINESE = [
    # hundreds, thousands, myriads and their multiples, in both scripts
    ("營收2000億元", "2000億元 = 200 billion yuan"),
    ("营收2000亿元", "2000亿元 = 200 billion yuan"),
    ("交車50萬輛", "50萬輛 = 500,000"),
    ("交车50万辆", "50万辆 = 500,000"),
    ("共50 万辆车", "50 万辆 = 500,000"),
    ("約３０００萬人", "約３０００萬人 = about 30 million"),
    ("資產2,500億元", "2,500億元 = 250 billion yuan"),
    ("人口14.1亿", "14.1亿 = 1.41 billion"),
    ("造價3千萬元", "3千萬元 = 30 million yuan"),
    ("賣出5百萬本", "5百萬本 = 5 million"),
    ("規模3.6万亿元", "3.6万亿元 = 3.6 trillion yuan"),
    ("預算3兆元", "3兆元 = 3 trillion yuan"),
    ("支出58474亿元", "58474亿元 = 5.8474 trillion yuan"),
    ("有5萬3000戶停電", "5萬3000戶 = 53,000"),
    ("損失1億3000萬元", "1億3000萬元 = 130 million yuan"),
    ("損失1億500萬元", "1億500萬元 = 105 million yuan"),
    ("賺了1,234,567元", "1,234,567元 = 1,234,567 yuan"),
    ("利潤0.5億元", "0.5億元 = 50 million yuan"),
    # numerals in words
    ("住了兩千三百萬人", "兩千三百萬人 = 23 million"),
    ("五萬三千戶停電", "五萬三千戶 = 53,000"),
    ("一億零五百萬元", "一億零五百萬元 = 105 million yuan"),
    ("三點五億", "三點五億 = 350 million"),
    ("來了十二名學生", "十二名 = 12"),
    ("一百二十家分店", "一百二十家 = 120"),
    ("兩千零五個座位", "兩千零五個 = 2,005"),
    ("罰款五百元", "五百元 = 500 yuan"),
    ("走了三十公里", "三十 = 30"),
    # more, less, about
    ("投入超過2000億元", "超過2000億元 = more than 200 billion yuan"),
    ("投入逾240億元", "逾240億元 = more than 24 billion yuan"),
    ("有2.4萬多名員工", "2.4萬多名 = more than 24,000"),
    ("有20多万人", "20多万人 = more than 200,000"),
    ("三十餘萬株", "三十餘萬株 = more than 300,000"),
    ("3000余名志愿者", "3000余名 = more than 3,000"),
    ("接近3亿", "接近3亿 = nearly 300 million"),
    ("近百萬人", "近百萬人 = nearly 1 million"),
    ("超千亿元", "超千亿元 = more than 100 billion yuan"),
    ("至少5万件", "至少5万件 = at least 50,000"),
    ("數百萬人", "數百萬 = several million"),
    ("数千万欧元", "数千万欧元 = tens of millions of euros"),
    ("數十億元", "數十億元 = several billion yuan"),
    ("几万元", "几万元 = tens of thousands of yuan"),
    ("數百名居民", "數百 = several hundred"),
    ("不超过5000万元", "5000万元 = 50 million yuan"),
    ("节约500万元", "500万元 = 5 million yuan"),
    # ranges
    ("三萬至五萬人", "三萬至五萬人 = 30,000 to 50,000"),
    ("3万到5万元", "3万到5万元 = 30,000 to 50,000 yuan"),
    ("100–200億元", "100–200億元 = 10 billion to 20 billion yuan"),
    ("25000 至 30000 美元", "25000 至 30000 美元 = 25,000 to 30,000 US dollars"),
    ("500至1万元", "500至1万元 = 500 to 10,000 yuan"),
    ("三至五倍", "三至五倍 = 3 to 5 times"),
    ("三成至五成", "三成至五成 = 30% to 50%"),
    # currencies
    ("罰款300元", "300元 = 300 yuan"),
    ("人民幣八萬元", "人民幣八萬元 = 80,000 yuan"),
    ("20亿元人民币", "20亿元人民币 = 2 billion yuan"),
    ("3亿美元", "3亿美元 = 300 million US dollars"),
    ("1美元", "1美元 = 1 US dollar"),
    ("港幣300萬元", "港幣300萬元 = 3 million Hong Kong dollars"),
    ("新台幣2000萬元", "新台幣2000萬元 = 20 million New Taiwan dollars"),
    ("新臺幣2000萬元", "新臺幣2000萬元 = 20 million New Taiwan dollars"),
    ("2000億日圓", "2000億日圓 = 200 billion yen"),
    ("50亿欧元", "50亿欧元 = 5 billion euros"),
    ("约1亿英镑", "约1亿英镑 = about 100 million pounds"),
    # shares and multiples
    ("占百分之三十", "百分之三十 = 30%"),
    ("百分之三十五點二", "百分之三十五點二 = 35.2%"),
    ("百分之百", "百分之百 = 100%"),
    ("三分之二", "三分之二 = 2/3"),
    ("萬分之一", "萬分之一 = 1/10,000"),
    ("漲了三成", "三成 = 30%"),
    ("七成五的人", "七成五 = 75%"),
    ("近九成", "近九成 = nearly 90%"),
    ("兩成多", "兩成多 = more than 20%"),
    ("降低3成", "3成 = 30%"),
    ("快了兩倍", "兩倍 = 2 times"),
    ("增加三倍", "三倍 = 3 times"),
    ("增加一倍", "一倍 = 100%"),
    ("1.5倍", "1.5倍 = 1.5 times"),
    ("十多倍", "十多倍 = more than 10 times"),
    ("提高3.5个百分点", "3.5个百分点 = 3.5 percentage points"),
    ("下降1個百分點", "1個百分點 = 1 percentage point"),
    # dates
    ("2025年12月1日", "2025年12月1日 = 1 December 2025"),
    ("12月1日上午", "12月1日 = 1 December"),
    ("3 月 5 號", "3 月 5 號 = 5 March"),
    ("二〇二五年十二月三十一日", "二〇二五年十二月三十一日 = 31 December 2025"),
    ("民國114年12月1日", "民國114年12月1日 = 1 December 2025"),
    ("民國一百一十四年", "民國一百一十四年 = 2025"),
    ("一九八四年出版", "一九八四年 = 1984"),
    ("2025年12月", "2025年12月 = December 2025"),
    ("8月份", "8月份 = August"),
    ("十二月", "十二月 = December"),
    ("三月底", "三月 = March"),
    ("1-9月", "1-9月 = January to September"),
    ("2023年1月至6月", "2023年1月至6月 = January to June 2023"),
    ("第三季度", "第三季度 = third quarter"),
    ("2024年第三季", "2024年第三季 = third quarter of 2024"),
    ("今年首季", "今年首季 = first quarter"),
    ("前三季度", "前三季度 = first three quarters"),
    ("上半年", "上半年 = first half of the year"),
    ("2024年下半年", "2024年下半年 = second half of 2024"),
]

NOTHING_IN_CHINESE = (
    # read already
    "2024年 2024 35% 3.5 第3名 12個月 5人 3比2 1.935.3 30分鐘 109平方毫米 iPhone 17 小米12 SU7 "
    # words that are no numbers
    "萬一 千萬別 一些 一旦 成功 百度 一直 萬科 一成不變 三成立 成員 分成 多元 一元二次 三元 一帶一路 "
    "2024万科年报 2024亿航 5千瓦 三千瓦 945百帕 百兆寬頻 100兆瓦 十萬火急 一千零一夜 五月天 三月 3月票 "
    "月薪 四季 第三季 世界五百强 十五五規劃 十四五 双十一 九十年代 三十年 二十國集團 第十二條 "
    "農曆八月十五日 农历8月15日 對美元一度 千島湖 十分 3元素 5成員 "
    # numbers that are not clear
    "三五万 七八萬 一兩千 二三十人 十幾萬 三万五 兩千三人 3万5 007万 一万亿亿 上百萬 百萬 千萬 一百 三四成 "
    "13月45日 2月31日 四月三十一日 半年度 5万2024年 9月至3月 1.5万3000"
).split()

ENGLISH = [
    ("spend 200 billion yuan", "200 billion yuan = 2000億元"),
    ("spend RMB 200 billion", "RMB 200 billion = 2000億元"),
    ("made 500,000 cars", "500,000 = 50萬"),
    ("sold 1.2 million phones", "1.2 million = 120萬"),
    ("40,000 jobs", "40,000 = 4萬"),
    ("214,000 trips", "214,000 = 21.4萬"),
    ("1,234,567 people", "1,234,567 = 123.4567萬"),
    ("8 billion people", "8 billion = 80億"),
    ("3.6 trillion yuan", "3.6 trillion yuan = 3.6兆元"),
    ("3,000 million", "3,000 million = 30億"),
    ("5 thousand", "5 thousand = 5000"),
    ("cost $100 billion", "100 billion = 1000億"),
    ("340 million dollars", "340 million = 3.4億"),
    ("cost US$6.6 billion", "US$6.6 billion = 66億美元"),
    ("6.6 billion US dollars", "6.6 billion US dollars = 66億美元"),
    ("cost HK$2 million", "HK$2 million = 200萬港元"),
    ("cost NT$20 million", "NT$20 million = 2000萬新台幣"),
    ("cost €3.5bn", "€3.5bn = 35億歐元"),
    ("cost £11million", "£11million = 1100萬英鎊"),
    ("65,000 euros", "65,000 euros = 6.5萬歐元"),
    ("5 million yen", "5 million yen = 500萬日圓"),
    ("30 yuan", "30 yuan = 30元"),
    ("a 12-million fund", "12-million = 1200萬"),
    ("half a million", "half a million = 50萬"),
    ("a million cars", "a million = 100萬"),
    ("four million", "four million = 400萬"),
    ("Two hundred million", "Two hundred million = 2億"),
    ("twenty-five thousand", "twenty-five thousand = 2.5萬"),
    ("five hundred thousand", "five hundred thousand = 50萬"),
    ("a hundred thousand", "a hundred thousand = 10萬"),
    ("tens of thousands", "tens of thousands = 數萬"),
    ("hundreds of thousands", "hundreds of thousands = 數十萬"),
    ("Millions of people", "Millions = 數百萬"),
    ("tens of millions", "tens of millions = 數千萬"),
    ("hundreds of millions", "hundreds of millions = 數億"),
    ("billions", "billions = 數十億"),
    ("thousands of", "thousands = 數千"),
    ("hundreds of", "hundreds = 數百"),
    ("3 to 5 million", "3 to 5 million = 300萬至500萬"),
    ("3-5 million", "3-5 million = 300萬至500萬"),
    ("$3 million–$5 million", "3 million–$5 million = 300萬至500萬"),
    ("100–200 billion yuan", "100–200 billion yuan = 1000億至2000億元"),
    ("38 percent", "38 percent = 38%"),
    ("ten per cent", "ten per cent = 10%"),
    ("3 to 5 percent", "3 to 5 percent = 3%至5%"),
    ("2.5 percentage points", "2.5 percentage points = 2.5個百分點"),
    ("two-thirds", "two-thirds = 三分之二"),
    ("three quarters", "three quarters = 四分之三"),
    ("one fifth", "one fifth = 五分之一"),
    ("a threefold rise", "threefold = 3倍"),
    ("a 10-fold rise", "10-fold = 10倍"),
    ("1 December 2025", "1 December 2025 = 2025年12月1日"),
    ("December 1", "December 1 = 12月1日"),
    ("December 1, 2025", "December 1, 2025 = 2025年12月1日"),
    ("Dec. 1, 2025", "Dec. 1, 2025 = 2025年12月1日"),
    ("the 1st of July", "1st of July = 7月1日"),
    ("July 4th", "July 4th = 7月4日"),
    ("3 May 2024", "3 May 2024 = 2024年5月3日"),
    ("Sept 30", "Sept 30 = 9月30日"),
    ("in November 2024", "November 2024 = 2024年11月"),
    ("in May", "May = 5月"),
    ("since mid-March", "March = 3月"),
    ("third quarter of 2024", "third quarter of 2024 = 2024年第三季度"),
    ("last quarter of this year", "last quarter of this year = 今年第四季度"),
    ("second half of last year", "second half of last year = 去年下半年"),
    ("first half of 2025", "first half of 2025 = 2025年上半年"),
]

NOTHING_IN_ENGLISH = [
    "2024, 35%, 3.5, 2,600 riders, $4, €30, $180 a year",
    "one in a million; a quarter of a million; a thousand times; a hundred",
    "two and a half million; a million and a half; twenty five million; two point five million",
    "one hundred and twenty; one hundred five thousand; one thousand and one nights",
    "COVID-19 million, F-35 million, 1.2.3 million, -5 million",
    "a third plant, the third quarter, two quarters, three times, one third-grader, won twice",
    "May 5,000 people march; they may march; 31 February; March 10.5; August rules",
    "the first half, the second half of the match, in Maybank, in April Jones, 10,0000",
    "18-21, 21-17, 3-2",
    "dollars, pounds, won, dozens, a few hundred, several million",
]


@pytest.mark.parametrize(("text", "expected"), CHINESE)
def test_an_english_reader_is_told_what_chinese_words_say(text: str, expected: str) -> None:
    assert said(f"他說，{text}。", "en") == [expected]


@pytest.mark.parametrize("text", NOTHING_IN_CHINESE)
def test_an_english_reader_is_told_nothing_that_they_can_read_or_that_is_not_clear(text: str) -> None:
    assert said(f"他說，{text}。", "en") == []


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_a_chinese_reader_is_told_what_english_words_say(text: str, expected: str) -> None:
    assert said(f"He said: {text}.", "zh-Hant") == [expected]


@pytest.mark.parametrize("text", NOTHING_IN_ENGLISH)
def test_a_chinese_reader_is_told_nothing_that_they_can_read_or_that_is_not_clear(text: str) -> None:
    assert said(f"He said: {text}.", "zh-Hant") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200 billion yuan", "200 billion yuan = 2000亿元"),
        ("3.6 trillion yen", "3.6 trillion yen = 3.6万亿日元"),
        ("2 percentage points", "2 percentage points = 2个百分点"),
        ("tens of millions", "tens of millions = 数千万"),
        ("£11 million", "£11 million = 1100万英镑"),
    ],
)
def test_who_asked_in_simplified_characters_is_told_in_them(text: str, expected: str) -> None:
    assert said(text, "zh-Hans") == [expected]


def test_a_figure_that_may_go_up_by_one_number_to_another_is_no_range() -> None:
    assert said("增加3万至5万", "en") == ["3万 = 30,000", "5万 = 50,000"]
    assert said("rose 3 million to 5 million", "zh-Hant") == ["3 million = 300萬", "5 million = 500萬"]


def test_a_quote_gets_its_figures_in_order_each_once_and_at_most_six() -> None:
    text = "12月1日賣出50萬輛，12月1日又賣出50萬輛。" + "".join(f"第{n}批{n}萬輛，" for n in range(1, 9))
    assert said(text, "en") == [
        "12月1日 = 1 December",
        "50萬輛 = 500,000",
        "1萬輛 = 10,000",
        "2萬輛 = 20,000",
        "3萬輛 = 30,000",
        "4萬輛 = 40,000",
    ]


def test_a_figure_that_the_edge_of_a_quote_cuts_is_not_read_in_part() -> None:
    text = "投入2000億元，賣出50萬輛。"
    assert aids(text, Span(4, 10), "en") == ()
    (aid,) = aids(text, Span(4, len(text)), "en")
    assert aid.span.of(text) == "50萬輛"


def test_who_asked_in_the_quotes_own_language_or_in_an_unknown_one_is_told_nothing() -> None:
    for language in ("zh-Hant", "zh-Hans", "und"):
        assert said("12月1日投入2000億元", language) == []
    assert said("200 billion yuan on 1 December", "en") == []


PIECES = st.sampled_from(
    "0 1 3 12 2024 50 ３ . , ， 萬 万 億 亿 千 百 十 兩 三 五 零 〇 點 成 倍 分之 年 月 日 季度 第 前 "
    "多 餘 約 超過 近 至 到 - – 元 美元 人民幣 % 個 輛 人 上半年 兆 數 幾 民國 農曆 million billion thousand "
    "hundred a half one twenty-five percent to December May 1st of $ US$ yuan thirds and é 👩‍🔬".split()
) | st.sampled_from(["\u00a0", "\n", "\ud800"])
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=30).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@given(TEXTS, st.sampled_from(["en", "zh-Hant", "zh-Hans", "und", ""]), st.data())
def test_aids_lie_inside_the_quote_in_order_and_apart_whatever_it_says(
    text: str, language: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    found = aids(text, span, language)
    assert len(found) <= MOST
    assert all(span.contains(aid.span) and aid.span.of(text).strip() and aid.text.strip() for aid in found)
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    assert len({(aid.span.of(text), aid.text) for aid in found}) == len(found)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "一",
        "十",
        "萬",
        "1,",
        "1,000",
        "三點",
        "1萬",
        "1-",
        "第",
        "2024年",
        "twenty-",
        "1 million-",
        "US$ ",
    ],
)
def test_runs_of_numerals_without_an_end_are_gone_through_once(unit: str) -> None:
    """Twice the text takes about twice the time, not four times: no pattern starts over and over."""
    text = (unit * 10_000)[:10_000]
    began = process_time()
    for language in ("en", "zh-Hant"):
        aids(text, Span(0, len(text)), language)
    assert process_time() - began < 2


AMOUNTS = st.integers(1, int(LARGEST) - 1).map(Decimal) | st.decimals(
    Decimal("0.001"), 10**9, allow_nan=False, places=3
)


@given(AMOUNTS)
def test_a_number_written_in_chinese_reads_as_the_same_number(value: Decimal) -> None:
    assert read_chinese(write_chinese(value)) == value


@given(st.integers(10_000, int(LARGEST) - 1).map(Decimal))
def test_a_number_written_in_english_reads_as_the_same_number(value: Decimal) -> None:
    text = write_english(value)
    (aid,) = aids(text, Span(0, len(text)), "zh-Hans")
    assert aid.span == Span(0, len(text))
    assert read_chinese(aid.text) == value


@given(st.integers(1, 99_999_999))
def test_a_numeral_in_words_reads_as_its_number(value: int) -> None:
    """Those that end as spoken ones may (一千五, 一萬三) are never written so by the library."""
    assert read_chinese(han_numeral(value)) == value


@pytest.mark.parametrize(
    "words", ["", "abc", "两亿三", "三五", "两千三", "三百二千", "一亿亿", "3亿5", "零五", "一点", "三三十三"]
)
def test_what_is_no_clear_number_is_none(words: str) -> None:
    assert read_chinese(words) is None
