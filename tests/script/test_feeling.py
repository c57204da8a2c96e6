"""The default feeling of a line, against lines that were labelled by hand."""

import pytest

from cyberdirector.core.speech import Emotion
from cyberdirector.script.feeling import LIMIT, feel_line

# Labelled before the lexicon was tried on them; a slash separates feelings that both fit.
LABELLED = """
joy|爸，录取通知书到了，我考上了！
joy|今晚我请客，大家放开了吃，干杯！
joy|哈哈，你这身打扮也太好笑了吧。
joy|妈妈做的红烧肉就是好吃。
joy|等了三年，咱们一家总算团圆了。
joy|Guess what, we won the contract!
joy|This is the best day of my life.
joy|やった、試合に勝ったよ！
anger|你给我站住！把话说清楚！
anger|凭什么让我一个人背这个锅？
anger|我说过多少遍了，别动我的东西！
anger|你还有脸回来？滚出去！
anger|你们合起伙来骗我，是不是？
anger|How dare you speak to my mother like that!
anger|I've had enough of your excuses.
anger|お前だけは絶対に許さない。
sad|师父走了，我连最后一面都没见到。
sad|这个家，如今只剩我一个人了。
sad|对不起，是我没用，没能救下他。
sad|要是能回到那年夏天该多好。
sad|算了，反正也没人在乎我。
sad|I miss her every single day.
sad|He left without even saying goodbye.
sad|もう二度と会えないんだね。
fear|别过来！你再过来我就喊人了！
fear|外面好像有人跟着我们。
fear|怎么办，他们追来了，快躲起来！
fear|求求你，别杀我！
fear|我……我什么都没看见。
fear|Did you hear that? Something is out there.
fear|Please don't hurt me.
fear|助けて、誰か来て！
surprise|什么？你说你是我亲哥哥？
surprise|怎么可能，他不是三年前就死了吗？
surprise|天哪，这幅画居然是真迹！
surprise|咦，门怎么自己开了？
surprise|No way, you actually know him?
surprise|Wait, you two are married?
surprise|まさか、君があの時の子なのか。
disgust|这碗汤怎么一股馊味，恶心死了。
disgust|Ew, get that thing away from me.
contempt|就凭你，也想赢我？
contempt|哼，不自量力。
contempt|You call that a sword? Pathetic.
tender|别怕，有我在。
tender|外面冷，多穿点，早点回来。
tender|这些年，辛苦你了。
tender|It's okay, you're safe now.
tender|大丈夫、私がそばにいるから。
shy|你……你别这样看着我，怪不好意思的。
neutral|明天上午十点开会，记得带上合同。
neutral|客官从哪儿来？
neutral|把灯关了吧。
neutral|这条路往前走，左转就是车站。
neutral|The train leaves at seven from platform two.
neutral|Could you pass me the salt?
neutral|她把信放在桌上了。
neutral|明日の会議は三時からです。
neutral|你吃完了吗？我们走吧。
neutral|他在门口等你。
""".strip().splitlines()


def test_labelled_lines() -> None:
    assert len(LABELLED) == 60
    wrong = []
    for row in LABELLED:
        label, text = row.split("|")
        found = feel_line(text).name
        if found not in label.split("/"):
            wrong.append((label, found, text))
    assert len(wrong) <= 15, wrong


@pytest.mark.parametrize(
    "text", [row.split("|")[1] * 3 for row in LABELLED] + ["滚！滚！滚！混蛋！王八蛋！"]
)
def test_words_alone_never_give_a_strong_feeling(text: str) -> None:
    assert feel_line(text).intensity <= LIMIT


def test_negation_and_degree() -> None:
    assert feel_line("她不高兴。").name == "sad"
    assert feel_line("I am not happy.").name == "sad"
    assert feel_line("我不怕。").name != "fear"
    assert feel_line("有点开心。").intensity < feel_line("非常开心。").intensity


def test_punctuation() -> None:
    assert feel_line("是你？！").name == "surprise"
    assert feel_line("太好了！").intensity > feel_line("太好了。").intensity
    assert feel_line("") == Emotion()
    assert feel_line("……") == Emotion()
