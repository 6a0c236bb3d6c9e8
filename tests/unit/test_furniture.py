"""Furniture is stored with an article and never quoted; the news around it stays quotable."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.furniture import furniture

NEWS = (
    "河濱公園的步道週六重新開放，整修歷時九個月。\n"
    "工務局說，鋪面改用透水磚，大雨後半小時內即可排乾。\n"
    "附近居民盼望夜間照明也能一併更新。\n"
)
NOTICES = (
    "1.本站發布之文章，凡註明「河濱新聞原創」者版權均歸河濱新聞所有，未經書面許可不得轉載或建立鏡像，違者必究。\n"
    "2.凡註明「來源：某某」的稿件皆轉自其他媒體，只為傳遞資訊，不代表本站認同其說法。\n"
    "3.如因版權或其他問題需要處理，請於刊出後兩週內與本站聯繫，我們會盡快回覆。\n"
    "本站聯繫電話為 02-5555-0100，任何人以其他方式自稱本站人員，其行為一概不能代表本站。"
    "本站保有此聲明的最終解釋權。\n"
)
TEASERS = (
    "老橋拆不拆？三種方案一次看\n"
    "市府昨天公布三種方案，從整修到重建，經費相差十倍，議員意見分歧。[詳細]\n"
    "漁港夜市搬家 攤商憂人潮\n"
    "「搬到新址以後，停車是方便了，但老客人找不到路。」攤商協會近日在說明會上反映，希望..[詳細]\n"
    "今年第一道冷鋒週末報到\n"
    "氣象單位預估，週六清晨最低溫約十四度，山區可能更低。[詳細]"
)


def hidden(text: str) -> list[str]:
    return [span.of(text) for span in furniture(text)]


def test_notices_and_teasers_at_the_end_are_one_stretch_up_to_the_last_character() -> None:
    text = NEWS + NOTICES + TEASERS
    assert hidden(text) == [NOTICES + TEASERS]


@pytest.mark.parametrize("tail", [NOTICES.rstrip(), TEASERS], ids=["notices", "teasers"])
def test_either_block_alone_is_found(tail: str) -> None:
    assert hidden(NEWS + tail) == [tail]


def test_the_title_line_of_a_teaser_is_hidden_even_when_it_asks() -> None:
    teaser = "老橋拆不拆？三種方案一次看\n市府昨天公布三種方案，經費相差十倍。Read more"
    assert hidden(NEWS + teaser) == [teaser]


def test_an_article_without_furniture_hides_nothing() -> None:
    assert furniture(NEWS) == ()
    assert furniture("") == ()


def test_short_lines_at_the_end_are_not_furniture_by_being_short() -> None:
    assert furniture(NEWS + "河濱公園管理處\n電話 02-5555-0123") == ()


@pytest.mark.parametrize(
    "line",
    [
        "版權所有，未經授權請勿轉載",
        "版权所有 违者必究",
        "© 2025 The Northern Ledger. All rights reserved.",
        "This material may not be published, broadcast or redistributed.",
        "請繼續往下閱讀...",
        "责任编辑：王小明",
        "（責任編輯：陳大文）",
        "核稿編輯／李四",
        "【編輯：林小安】",
        "（圖／港灣日報資料照）",
        "Photo: Harbour Archive",
        "Reporting by Jane Doe; Editing by John Roe",
        "文章內容僅供參考，不構成投資建議。",
        "以上言論不代表本網立場。",
        "如有侵權，請聯繫我們刪除。",
        "分享到臉書",
        "Share on Facebook",
        "下載港灣日報APP，即時新聞不漏接",
        "欢迎关注我们的微信公众号",
        "加入LINE好友",
        "Sign up for our newsletter",
        "We use cookies to improve your experience.",
        "本網站使用 Cookie 以提升您的瀏覽體驗，繼續瀏覽即表示同意隱私權政策。",
        "延伸閱讀：公車路線大調整",
        "相关新闻",
        "Related stories",
        "Leave a comment",
        "网友评论",
        "（完）",
    ],
)
def test_a_line_of_a_known_shape_is_furniture_wherever_it_stands(line: str) -> None:
    before, after = NEWS.split("\n", 1)
    assert hidden(f"{before}\n{line}\n{after}") == [line]
    assert hidden(NEWS + line) == [line]


@pytest.mark.parametrize(
    "sentence",
    [
        "法院判決該平台侵犯版權，賠償兩百萬元。",
        "法院认定其未经授权转载他人文章，判令赔偿。",
        "The court ruled that the site had breached copyright and must pay $2m.",
        "The firm said its 'all rights reserved' notices would go.",
        "歐盟規定網站必須先取得同意才能使用 Cookie。",
        "A browser maker will stop accepting third-party cookies next year.",
        "公司呼籲股民，股市有風險，投資需謹慎。",
        "市府推出新版APP，市民可下載使用。",
        "責任編輯王大明說，這本書花了三年。",
        "Residents can sign up for the trial at the town hall.",
        "作者：我花了十年寫這本書。",
        "日本報警電話與台灣相同，都是一一〇。",
        "不要掃描來路不明的二維碼，也不要安裝他人推薦的程式。",
        "來源不明的資金高達三億元。",
        "相關報導指出，該公司虧損擴大。",
        "分享經濟正在改變城市。",
        "廣告收入較去年成長一成。",
        "Related party transactions rose by a tenth.",
        "He urged people to read more books.",
    ],
)
def test_a_news_sentence_on_such_subjects_stays_quotable(sentence: str) -> None:
    before, after = NEWS.split("\n", 1)
    assert furniture(f"{before}\n{sentence}\n{after}") == ()
    assert furniture(NEWS + sentence) == ()


def test_a_credit_glued_to_the_last_sentence_is_cut_off_it() -> None:
    text = "新館明年三月開幕，門票一百元。市長將出席典禮（責任編輯：吳敏）"
    assert hidden(text) == ["（責任編輯：吳敏）"]


def test_credits_in_the_middle_do_not_pull_the_news_after_them_along() -> None:
    text = f"（圖／資料照）\n{NEWS}責任編輯：王小明\n校對：李大同"
    assert hidden(text) == ["（圖／資料照）", "責任編輯：王小明\n校對：李大同"]


def test_a_plain_sentence_between_notices_at_the_end_is_taken_with_them() -> None:
    tail = NOTICES + "感謝您的支持與配合，祝您閱讀愉快。\n" + "版權所有，未經授權請勿轉載"
    assert hidden(NEWS + tail) == [tail]


def test_offsets_count_the_original_characters_where_folding_changes_lengths() -> None:
    before = "ﬁne weather drew ㍿ crowds to the ½ mile pier, the mayor told us cafe\u0301 owners.\n"
    assert hidden(before + "All rights reserved.") == ["All rights reserved."]


LINES = st.lists(
    st.sampled_from(
        [*NEWS.split("\n"), *NOTICES.split("\n"), *TEASERS.split("\n"), "", "Café ½ 🙂", "責任編輯：王"]
    ),
    max_size=12,
)


@given(LINES)
def test_stretches_are_in_order_apart_and_inside_the_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = furniture(text)
    assert all(span.of(text).strip() for span in spans)
    assert all(text[first.end : second.start].strip() for first, second in pairwise(spans))
    assert all(first.end <= second.start for first, second in pairwise(spans))
