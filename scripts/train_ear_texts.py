"""Lines for training the ear: random sentences in Mandarin, English and Japanese.

Every sound of a language has to appear in many neighbourhoods; meaning does not matter.
Mandarin words come from the word list of jieba (MIT), rare English words from the dictionary
of misaki (Apache-2.0); the rest is written here.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

_ZH_FRAMES = (
    "你为什么不{}？", "我把{}和{}都给了{}。", "别怕，{}已经{}了。", "{}，你听见{}没有？",
    "那天{}，我们一起{}。", "如果{}，就不要{}。", "他说{}比{}更{}。", "什么？{}也{}？",
    "不是{}，是{}。", "从{}到{}，全部都是{}。",
)  # fmt: skip

_EN_FRAMES = (
    "The {a} {n} {v} near the {n}.", "Why did you {b} my {n}?", "I never {v} a {a} {n} before.",
    "Please {b} the {n} and {b} the {n}.", "Maybe we should {b} it, but the {n} is {a}.",
    "{N}, {n}, and {n}!", "He {v} the {n} with a {a} {n} every {t}.",
    "What if they {b} us by the {n}?", "My {p} said that the {n} was {a}.",
    "Don't {b} me, I'm {a}.", "Is your {p} as {a} as this {n}?",
    "Go {b} them over there by {t}.", "Amongst the {n}s, nobody {v} {p}'s {n}.",
    "{p} would rather {b} it by {t}, however {a} it may be.",
)  # fmt: skip
_EN_WORDS = {
    "a": "big small happy angry beautiful cold warm purple blue heavy broken empty famous "
    "brave clever deep very smooth thin thick rough foul vague voluble weird yellow "
    "young gentle sharp pale proud remarkable amazing fashionable valuable poor pure "
    "rural oily noisy usual",
    "n": "apple boat paper people baby window river mountain bubble bomb bible problem map "
    "moon piano pepper camera family movie village voice fever coffee wolf roof leaf "
    "knife thumb thing mother father brother weather feather path bath mouth truth tooth "
    "church chair judge bridge orange jungle measure vision treasure garage fish shoe "
    "ship shop sugar machine nation king song ring bank finger singer yard year onion "
    "view music cube world girl bird nurse work word fur shore door floor war water wall "
    "hall ball law boy toy coin oil noise house mouse cow town cloud sound night light "
    "eye sky fire tower flower table day rain game snow road boat home phone hope book "
    "foot wood wool moon tool blue rule cat hat hand land bag man bed head bread neck "
    "red desk dog box lock job bus cup luck gun sun fish ship hill milk tree sea key "
    "queen beach seat zoo zebra rose prize",
    "v": "saw took gave made found kept left broke brought bought built pushed pulled kissed "
    "moved loved lived saved waved washed watched touched judged changed danced jumped "
    "helped stopped wrapped robbed grabbed climbed screamed whispered followed opened "
    "measured burned",
    "b": "buy bring pick put push pull move love save leave give have keep help stop wrap "
    "grab climb scream whisper follow open watch touch wash finish judge change arrange "
    "think thank breathe bathe choose lose use see say go show throw know draw yawn join "
    "enjoy find hide drive allow shout remember imagine believe forgive improve compare "
    "prepare",
    "p": "mother father Bob Emma Pam Phoebe Victor Thomas George Charlotte William Zoe Joyce "
    "uncle sister nobody somebody everybody everyone",
    "t": "morning evening night Monday Tuesday Thursday Friday Saturday month year five noon",
}

_JA_FRAMES = (
    "{n}が{n}を{v}。", "{n}は{a}ですか？", "{a}{n}だね。", "{n}と{n}、どっちが{a}？",
    "もし{n}なら、{n}で{v}。", "えっ、{n}も{v}の？", "{n}、{n}、それから{n}。",
    "{n}に{v}ほうがいいよ。", "早く{n}から{v}！", "ごめん、{n}まで{v}つもりだった。",
)  # fmt: skip
_JA_WORDS = {
    "n": "私 あなた 彼女 お母さん お父さん 先生 友達 子供 猫 犬 馬 鳥 魚 山 海 川 空 雨 雪 "
    "風 花 森 村 町 駅 学校 病院 部屋 窓 門 紙 本 鉛筆 帽子 靴 服 水 お茶 ご飯 パン "
    "バナナ ぶどう りんご みかん 卵 肉 豚 牛 新聞 電話 電車 飛行機 船 自転車 病気 薬 涙 "
    "夢 声 言葉 秘密 約束 問題 番号 百円 八百屋 マンボウ ピアノ ペン ポスト バス ビル "
    "ベッド ボール メロン マンガ ムード フランス ファン フォーク ウィンドウ チーム "
    "ジュース シャツ 写真 社長 旅行 料理 牛乳 給料 客 キャベツ ギター 雑誌 図書館 月 机 "
    "土 絵 お化け 鬼 姫 王子 武士 刀 東京 京都 札幌",
    "v": "食べる 飲む 見る 聞く 読む 書く 話す 待つ 持つ 立つ 座る 走る 歩く 帰る 行く 来る "
    "買う 売る 作る 使う 開ける 閉める 忘れる 覚える 泣く 笑う 怒る 眠る 起きる 遊ぶ "
    "呼ぶ 飛ぶ 選ぶ 運ぶ 並ぶ 学ぶ 頼む 休む 読みたい 見つけた 壊した 捨てた 拾った "
    "守った 奪われた 信じている",
    "a": "大きい 小さい 高い 安い 美しい 怖い 寒い 暑い 古い 新しい 若い 強い 弱い 早い 遅い "
    "甘い 苦い 辛い 深い 浅い 重い 軽い 白い 黒い 赤い 青い 不思議な 変な 静かな 便利な "
    "無理な 平和な",
}


@lru_cache(maxsize=1)
def _mandarin() -> tuple[list[str], np.ndarray]:
    import jieba

    words, weights = [], []
    for line in (
        Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    ):
        word, count = line.split()[:2]
        if len(word) <= 4 and all("一" <= c <= "龥" for c in word) and int(count) > 40:
            words.append(word)
            weights.append(float(count) ** 0.3)
    return words, np.array(weights) / sum(weights)


@lru_cache(maxsize=1)
def _english() -> list[str]:
    import misaki

    path = Path(misaki.__file__).parent / "data" / "us_gold.json"
    words = json.loads(path.read_text(encoding="utf-8"))
    return sorted(
        w for w in words if w.isascii() and w.isalpha() and w.islower() and len(w) > 3
    )


def line_of(language: str, rng: np.random.Generator) -> str:
    """Return one random line in ``zh``, ``en`` or ``ja``."""
    if language == "zh":
        return _zh(rng)
    return _en(rng) if language == "en" else _ja(rng)


def words_of(language: str, rng: np.random.Generator) -> list[str]:
    """Return five words, rarely fewer, in Mandarin with every syllable about equally often.

    There b, p and m open three words of ten, the consonants that are taken for them
    another four.
    """
    if language != "zh":
        return [_word("n", rng).capitalize() + "." for _ in range(5)]
    syllables = _syllables()
    names = sorted(syllables)
    kin = np.array([_KIN.get(name[0], 1.0) for name in names])
    said = []
    for index in rng.choice(len(names), 5, p=kin / kin.sum()):
        if not names[index].isascii():  # a character without a reading
            continue
        found = syllables[names[index]]
        said.append(found[int(rng.integers(len(found)))] + "。")
    return said


_KIN = {"b": 3.2, "p": 3.2, "m": 3.2, "d": 2.0, "t": 2.0, "n": 2.0, "l": 2.0, "f": 2.5,
        "g": 1.3, "k": 1.3, "h": 1.3, "w": 2.5}  # fmt: skip


@lru_cache(maxsize=1)
def _syllables() -> dict[str, list[str]]:
    """Return the words of one and two characters that begin with each syllable and tone."""
    from pypinyin import Style, lazy_pinyin

    found: dict[str, list[str]] = {}
    for word in _mandarin()[0]:
        if len(word) < 3:
            found.setdefault(lazy_pinyin(word, style=Style.TONE3)[0], []).append(word)
    return found


def _zh(rng: np.random.Generator) -> str:
    words, weights = _mandarin()

    def some(count: int) -> list[str]:
        return [words[i] for i in rng.choice(len(words), count, p=weights)]

    form = rng.random()
    if form < 0.25:
        return "。".join(some(int(rng.integers(3, 6)))) + "。"
    if form < 0.5:
        frame = _ZH_FRAMES[rng.integers(len(_ZH_FRAMES))]
        return frame.format(*some(3))
    text = some(int(rng.integers(5, 11)))
    if len(text) > 6:
        text.insert(len(text) // 2, "，")
    return "".join(text) + "。！？…"[rng.integers(4)]


def _en(rng: np.random.Generator) -> str:
    form = rng.random()
    if form < 0.1:
        return ". ".join(_word("n", rng) for _ in range(4)) + "."
    frame = _EN_FRAMES[rng.integers(len(_EN_FRAMES))]
    for key in (*_EN_WORDS, "N"):
        while "{" + key + "}" in frame:
            word = _word(key.lower(), rng)
            frame = frame.replace("{" + key + "}", word, 1)
    return frame[0].upper() + frame[1:]


def _word(key: str, rng: np.random.Generator) -> str:
    if key in "an" and rng.random() < 0.35:
        rare = _english()
        return rare[rng.integers(len(rare))]
    known = _EN_WORDS[key].split()
    return known[rng.integers(len(known))]


def _ja(rng: np.random.Generator) -> str:
    frame = _JA_FRAMES[rng.integers(len(_JA_FRAMES))]
    for key, words in _JA_WORDS.items():
        known = words.split()
        while "{" + key + "}" in frame:
            frame = frame.replace("{" + key + "}", known[rng.integers(len(known))], 1)
    return frame
