"""The known moves and the words in a script that call for them."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType

from cyberdirector.core.time import Rate
from cyberdirector.motion.moves.library import shipped
from cyberdirector.perform.gait import turn_of, walk_seconds
from cyberdirector.perform.lexicon import gestures
from cyberdirector.perform.moves._acting import told_moves
from cyberdirector.perform.moves._kinds import Move
from cyberdirector.perform.moves._touch import touch_moves
from cyberdirector.perform.score import Placement

_MOVES = (
    Move(
        "enter", "space",
        ("推门而入", "推门进来", "推门", "进来", "走进", "进门", "入内", "闯入", "闯进", "走入",
         "进入", "登场", "上场", "步入", "跑进", "冲进", "跑上来", "冲上来", "赶来", "奔来"),
        (r"enters?", r"entering", r"comes? in", r"walks? in", r"bursts? in",
         r"(?:r[au]ns?|rush(?:es)?) in(?:to)?"),
    ),
    Move(
        "exit", "space",
        ("转身离去", "转身离开", "拂袖而去", "夺门而出", "扬长而去", "离开", "离去", "走出",
         "出门", "退下", "下场", "退出", "跑出", "冲出", "跑开", "跑走", "溜走", "逃走",
         "转身就跑", "落荒而逃"),
        (r"exits?", r"leaves?", r"goes out", r"walks? (?:out|away|off)", r"storms? out",
         r"r[au]ns? (?:out|away|off)", r"flees?"),
    ),
    Move(
        "walk_to", "space",
        ("走近", "走到", "走向", "走过去", "走过来", "走上前", "上前", "走来", "走去", "靠近",
         "迎上", "跑过来", "跑过去", "跑向", "跑到", "冲过来", "冲过去", "冲向", "冲上前",
         "扑过去", "扑向", "追上", "踱步", "走上", "走下", "走回", "走过", "走了过", "走着"),
        (r"walks?", r"walking", r"approach(?:es)?", r"goes? (?:over )?to", r"comes? over",
         r"steps? (?:forward|closer|up)", r"crosses to", r"r[au]ns? (?:over )?to(?:wards?)?",
         r"rush(?:es)? (?:over )?to(?:wards?)?", r"moves? to(?:wards?)?"),
    ),
    Move(
        "step_back", "space",
        ("后退", "退后", "倒退", "退了一步", "退了两步", "连退", "退开"),
        (r"steps? back", r"backs? away", r"retreats?"),
        1.2,
    ),
    Move(
        "turn", "space",
        ("转身", "转过身", "回身", "背过身"),
        (r"turns?(?: around| round)?(?! (?:off|on|out|down|up|it)\b)",),
        1.0,
    ),
    Move(
        "sit", "posture",
        ("坐下", "落座", "就座", "入座", "坐到", "坐在", "坐回", r"(?<!乘)坐"),
        (r"sits?(?: down)?", r"sitting down", r"takes? a seat", r"sat down"),
        1.3,
    ),
    Move(
        "stand_up", "posture",
        ("站起", "站了起来", "起身", "立起", "爬起", "起立"),
        (r"stands? up", r"gets? up", r"rises?", r"gets? to (?:his|her|their) feet"),
        1.2,
    ),
    Move(
        "kneel", "posture",
        ("跪下", "跪倒", "下跪", "跪地", "跪", "磕头", "叩首", "叩头"),
        (r"kneels?(?: down)?", r"kneeling", r"kowtows?", r"drops? to (?:his|her|their) knees"),
        1.5,
    ),
    Move("nod", "head", ("点头", "点了点头", "点点头", "颔首"), (r"nods?", r"nodding"), 1.1),
    Move(
        "shake_head", "head", ("摇头", "摇了摇头", "摇摇头"),
        (r"shakes? (?:his|her|their) head", r"shakes? head"), 1.4,
    ),
    Move(
        "look_at", "look",
        ("看向", "望向", "盯着", "盯住", "看着", "望着", "凝视", "环顾", "瞥", "转头", "回头",
         "抬眼", "打量", "对视", "望了望"),
        (r"looks? (?:at|to|toward|towards|over|back)", r"stares?", r"glances?",
         r"gazes?", r"watch(?:es)?"),
        0.9,
    ),
    Move(
        "give", "arms", ("递给", "交给", "奉上", "呈上", "递上", "递过", r"(?<!快)递"),
        (r"gives?", r"hands? (?:him|her|them|over|the|a)", r"offers?"),
        2.2, "give",
    ),
    Move(
        "draw_sword", "arms", ("拔剑", "抽剑", "拔刀", "出鞘", "亮剑", "抽刀"),
        (r"draws? (?:his|her|their|a|the) (?:sword|blade)", r"unsheathes?"), 2.4, "draw_sword",
    ),
    Move(
        "bow", "arms", ("鞠躬", "行礼", "躬身", "欠身", "施礼", "作揖", "见礼"),
        (r"bows?", r"bowing"), 1.9, "bow",
    ),
    Move(
        "salute", "arms", ("抱拳", "拱手"), (r"salutes?", r"cups? (?:his|her) fists?"), 2.0,
        "salute",
    ),
    Move("wave", "arms", ("挥手", "招手", "挥了挥手"), (r"waves?", r"waving"), 2.2, "wave"),
    Move(
        "drink", "arms",
        ("喝茶", "饮茶", "品茶", "举杯", "举起杯", "举起酒杯", "端起", r"抿(?![嘴唇])",
         r"(?<![大怒暴厉断低])喝(?![道令止问斥彩])", "饮"),
        (r"drinks?", r"sips?", r"raises? (?:his|her|the|a) (?:cup|glass)"), 3.6, "raise_cup",
    ),
    Move(
        "slam_table", "arms", ("拍桌", "拍案", "拍了桌", "一拍桌", "砸桌"),
        (r"slams? (?:the |his |her |a )?(?:table|desk|fist|hand|palm)s?",
         r"pounds? (?:on )?the (?:table|desk)"), 2.1, "slam",
    ),
    Move("point", "arms", ("指着", "指向", "指了指"), (r"points?", r"pointing"), 1.8, "point"),
    Move(
        "cross_arms", "arms", ("抱臂", "抱着双臂", "双臂交叉", "双手抱胸", "抱胸"),
        (r"(?:crosses|folds) (?:his|her|their) arms",), 3.0, "cross_arms",
    ),
    Move(
        "clench_fist", "arms", ("握拳", "握紧拳", "握紧了拳", "攥紧", "攥拳", "攥着拳", "捏紧"),
        (r"clenches",), 1.9, "fist",
    ),
    Move(
        "think", "arms", ("沉思", "托腮", "思索", "沉吟"),
        (r"ponders?", r"thinks"), 2.8, "hand_to_chin",
    ),
    Move(
        "wipe_tears", "arms",
        ("抹泪", "擦泪", "拭泪", "抹眼泪", "擦眼泪", "擦干眼泪", "擦了擦眼", "抹了抹眼",
         "揉眼睛", "揉了揉眼"),
        (r"wipes? .{0,12}(?:tears?|eyes?)",), 2.3, "wipe_tears",
    ),
    Move(
        "cover_mouth", "arms", ("掩口", "掩嘴", "捂嘴", "捂住嘴"),
        (r"covers? (?:his|her) mouth",), 2.1, "cover_mouth",
    ),
    Move(
        "shrug", "arms", ("耸肩",),
        (r"shrugs?",), 1.7, "shrug",
    ),
    Move(
        "refuse", "arms", ("摆手", "摆摆手", "推开"),
        (r"pushes .{0,12}away",), 1.7, "refuse",
    ),
    Move(
        "sigh", "face",
        ("叹气", "叹息", "叹了口气", "长叹", r"(?<!赞)叹", "松了口气", "松了一口气", "松口气",
         "舒了口气", "长舒一口气", "吐出一口气"),
        (r"sighs?", r"sighing"), 2.0,
    ),
    Move(
        "smile", "face",
        ("微笑", "一笑", "含笑", "浅笑", "笑了笑", "笑意", "微微笑"),
        (r"smiles?", r"smiling", r"grins?"), 1.8,
    ),
    Move(
        "sneer", "face",
        ("冷笑", "嗤笑", "讥笑", "嘲笑", "冷哼"), (r"sneers?", r"smirks?", r"scoffs?"), 1.8,
    ),
    Move(
        "laugh", "face",
        ("大笑", "哈哈", "失笑", "笑出声", r"(?<![玩可好取说嘲冷])笑(?!话)"),
        (r"laughs?", r"laughing", r"chuckles?", r"giggles?"), 1.8,
    ),
)  # fmt: skip

_ALL = (*_MOVES, *told_moves(), *touch_moves())

MOVES = MappingProxyType({move.name: move for move in _ALL})
"""All moves by name."""


@cache
def _patterns() -> tuple[tuple[Move, re.Pattern[str]], ...]:
    out = []
    for move in _ALL:
        zh = "|".join(sorted(move.zh, key=len, reverse=True))
        en = "|".join(move.en)
        out.append((move, re.compile(rf"(?:{zh})|\b(?:{en})\b", re.IGNORECASE)))
    return tuple(out)


def find_moves(text: str) -> list[Move]:
    """Return the moves that an action text calls for, in the order of the text.

    Of two overlapping words the longer one counts (转身离去 is an exit, not a turn).
    """
    hits = [
        (m.start(), m.end(), number, move)
        for number, (move, pattern) in enumerate(_patterns())
        for m in pattern.finditer(text)
    ]
    hits.sort(key=lambda h: (h[0] - h[1], h[0], h[2]))
    taken: list[tuple[int, int, int, Move]] = []
    for hit in hits:
        if all(hit[1] <= other[0] or hit[0] >= other[1] for other in taken):
            taken.append(hit)
    names: list[Move] = []
    for _, _, _, move in sorted(taken, key=lambda h: h[0]):
        if move not in names:
            names.append(move)
    return names


def find_move(text: str) -> Move | None:
    """Return the first move that an action text calls for, or None."""
    found = find_moves(text)
    return found[0] if found else None


def move_frames(move: Move | str, start: Placement, to: Placement | None, rate: Rate) -> int:
    """Return how many frames a move takes, with the way that has to be walked.

    Parameters
    ----------
    move
        A move or its name.
    start, to
        Placement before and, for moves through space, after.
    """
    known = MOVES[move] if isinstance(move, str) else move
    seconds = known.seconds
    if known.gesture:
        gesture = gestures()[known.gesture]
        seconds = max(seconds, gesture.before + gesture.after + 0.1)
    if known.library:
        seconds = known.rounds * shipped()[known.library].seconds
    if known.kind == "space":
        seconds = 0.0 if to else max(known.seconds, 1.2)
        if known.name == "enter":
            seconds += 0.9
        if known.name in ("exit", "walk_to") and to is None:
            seconds = 3.0
    if to is not None and known.kind in ("space", "posture"):
        goal = to if to.seat_height == 0.0 else _before_seat(to)
        if start.seat_height > 0.0:
            start = _before_seat(start)
            seconds += MOVES["stand_up"].seconds if known.kind == "space" else 0.0
        near = abs(goal.position[0] - start.position[0]) + abs(
            goal.position[2] - start.position[2]
        )
        turned = abs(turn_of(start.yaw, goal.yaw)) > 0.15
        if known.kind == "space" or near > 0.2 or turned:
            seconds += walk_seconds(start, goal)
    return rate.ceil(seconds)


def _before_seat(seat: Placement) -> Placement:
    """Return about where one stands before sitting down (an adult's thigh from the seat)."""
    import math

    x, y, z = seat.position
    return Placement((x + 0.4 * math.sin(seat.yaw), y, z + 0.4 * math.cos(seat.yaw)), seat.yaw)
