"""The poses of the sheets: a relaxed contrapposto for everyone, eight that act."""

from __future__ import annotations

from types import MappingProxyType

from cyberdirector.perform.arms import ArmPose
from cyberdirector.review.pose import Leg, Pose, both

_HANG = ArmPose((0.12, -0.97, 0.05), (0.30, 0.0, -1.0), (-1.0, 0.0, -0.35), 0.10, hang=0.9)
_EASY = ArmPose((0.13, -0.92, 0.20), (0.45, -0.1, -1.0), (-1.0, -0.1, -0.3), 0.16, hang=0.7)
_HIP = ArmPose((0.07, -0.60, 0.06), (1.0, 0.1, -0.55), (-0.8, -0.55, 0.1), -0.5, hand="fist")
_BEHIND = ArmPose((-0.16, -0.83, -0.30), (0.9, -0.2, -0.6), (-0.1, 0.1, -1.0), 0.17,
                  hand="fist", hang=0.4)  # fmt: skip
_FOLDED_L = ArmPose((-0.14, -0.64, 0.40), (0.7, -0.4, -0.7), (-0.35, -0.3, -1.0), 0.2,
                    hand="soft", hang=0.3)  # fmt: skip
_FOLDED_R = ArmPose((-0.14, -0.67, 0.35), (0.7, -0.4, -0.7), (-0.35, -0.3, -1.0), 0.2,
                    hand="soft", hang=0.3)  # fmt: skip
_FAN = ArmPose((0.10, -0.36, 0.48), (0.75, -0.8, -0.3), (-1.0, 0.1, -0.1), -0.1, hand="grip",
               hang=0.2)  # fmt: skip
_SWORD = ArmPose((0.17, -0.90, 0.14), (0.45, 0.0, -1.0), (-1.0, 0.0, -0.25), 0.0, -0.35,
                 hand="grip", hang=0.8)  # fmt: skip

_WEIGHT = {
    "hips_at": (-0.050, 0.0, 0.0), "hips": (7.0, 1.0, -6.0), "spine": (-9.0, 0.0, 9.5),
    "head": (0.0, 1.0, -3.0), "right": Leg((0.055, 0.0, -0.01), yaw=14.0),
    "left": Leg((0.125, 0.015, 0.105), yaw=24.0, pitch=8.0, toes=8.0, knee=8.0),
}  # fmt: skip
"""Weight on the right leg, the left one free; the shoulders lean against the hips."""

RELAXED = MappingProxyType({
    "easy": Pose("放松", "at ease", left_arm=_EASY, right_arm=_HANG, **_WEIGHT),  # type: ignore[arg-type]
    "hand_on_hip": Pose("叉腰", "hand on hip", left_arm=_EASY, right_arm=_HIP, **_WEIGHT),  # type: ignore[arg-type]
    "hand_behind": Pose("负手", "hand behind", left_arm=_EASY, right_arm=_BEHIND, **_WEIGHT),  # type: ignore[arg-type]
    "folded": Pose("敛手", "folded hands", left_arm=_FOLDED_L, right_arm=_FOLDED_R,
                   **{**_WEIGHT, "spine": (-8.0, 0.0, 9.0)}),  # type: ignore[arg-type]
    "with_fan": Pose("执扇", "with a fan", left_arm=_BEHIND, right_arm=_FAN, **_WEIGHT),  # type: ignore[arg-type]
    "with_sword": Pose("持剑", "with a sword", left_arm=_BEHIND, right_arm=_SWORD, **_WEIGHT),  # type: ignore[arg-type]
})  # fmt: skip
"""Ways to stand at ease."""

POSES: tuple[Pose, ...] = (
    RELAXED["hand_on_hip"],
    Pose("行走", "walking",
         hips_at=(0.0, -0.02, 0.02), hips=(-8.0, 3.0, 0.0), spine=(14.0, 3.0, 0.0),
         head=(4.0, 2.0, 0.0),
         left=Leg((0.05, 0.0, 0.27), yaw=6.0, pitch=-14.0),
         right=Leg((0.05, 0.07, -0.30), yaw=8.0, pitch=34.0, toes=28.0),
         left_arm=ArmPose((0.16, -0.90, -0.28), (0.4, 0.0, -1.0), (-1.0, 0.0, -0.2), 0.1),
         right_arm=ArmPose((0.12, -0.82, 0.40), (0.5, -0.2, -1.0), (-1.0, -0.1, -0.2), 0.15)),
    Pose("抱拳", "salute",
         hips=(0.0, 2.0, 0.0), spine=(0.0, 8.0, 0.0), head=(0.0, 8.0, 0.0),
         left_arm=ArmPose((-0.275, -0.20, 0.50), (0.95, -0.5, 0.0), (-0.75, -0.05, -0.75),
                          0.21, hand="flat"),
         right_arm=ArmPose((-0.275, -0.205, 0.475), (0.95, -0.5, 0.0), (-0.35, -0.2, -1.0),
                           hand="fist")),
    Pose("沉思", "thinking", left_arm=ArmPose((-0.30, -0.42, 0.38), (0.9, -0.5, -0.3),
         (-0.3, -0.6, -0.8), 0.1, hand="relaxed"),
         right_arm=ArmPose((-0.24, 0.03, 0.40), (0.28, -1.0, 0.15), (-0.35, 0.5, -0.8), 0.17,
                           hand="pinch"),
         **{**_WEIGHT, "head": (8.0, 8.0, 6.0)},  # type: ignore[arg-type]
         face={**both(eyeSquint=0.2, browDown=0.25), "mouthPressLeft": 0.3,
               "mouthPressRight": 0.3}),
    Pose("挥手", "waving",
         left_arm=ArmPose((0.46, 0.30, 0.26), (0.9, -0.9, -0.2), (0.0, 0.1, 1.0), 0.0, 0.1,
                          hand="open", lift=0.12),
         right_arm=_HANG,
         **{**_WEIGHT, "head": (6.0, -3.0, -8.0)},  # type: ignore[arg-type]
         face={**both(mouthSmile=0.75, cheekSquint=0.5, eyeSquint=0.3), "jawOpen": 0.22}),
    Pose("戒备", "on guard",
         hips_at=(0.0, -0.10, -0.02), hips=(-28.0, 4.0, 0.0), spine=(8.0, 4.0, 0.0),
         head=(0.0, 6.0, 0.0),
         left=Leg((0.16, 0.0, 0.22), yaw=4.0, knee=4.0),
         right=Leg((0.20, 0.0, -0.24), yaw=50.0, knee=8.0),
         left_arm=ArmPose((0.02, -0.12, 0.78), (0.6, -0.8, 0.0), (-0.2, 0.3, 1.0), -0.3,
                          hand="sword_fingers"),
         right_arm=ArmPose((0.18, -0.42, 0.16), (0.7, -0.4, -0.8), (-1.0, 0.2, 0.0), 0.0,
                           hand="fist"),
         face={**both(browDown=0.7, eyeSquint=0.3), "mouthPressLeft": 0.3,
               "mouthPressRight": 0.3}),
    Pose("单膝", "kneeling",
         hips_at=(0.0, -0.48, 0.0), hips=(0.0, 0.0, 0.0), spine=(0.0, 8.0, 0.0),
         head=(0.0, 4.0, 0.0),
         left=Leg((0.12, 0.0, 0.30), yaw=8.0, knee=6.0),
         right=Leg((0.11, 0.05, -0.46), yaw=4.0, pitch=62.0, toes=48.0),
         left_arm=ArmPose((0.02, -0.62, 0.52), (0.7, -0.4, -0.5), (-0.2, -1.0, 0.1), -0.2,
                          hand="relaxed"),
         right_arm=_HANG),
    Pose("欢呼", "cheering",
         hips_at=(0.0, 0.0, 0.0), spine=(0.0, -8.0, 0.0), head=(0.0, -10.0, 0.0),
         left=Leg((0.09, 0.03, 0.02), yaw=10.0, pitch=26.0, toes=24.0),
         right=Leg((0.09, 0.03, 0.02), yaw=10.0, pitch=26.0, toes=24.0),
         left_arm=ArmPose((0.34, 0.86, 0.10), (1.0, 0.0, -0.3), (-0.3, 0.0, 1.0), 0.0,
                          hand="fist", lift=0.30),
         right_arm=ArmPose((0.34, 0.86, 0.10), (1.0, 0.0, -0.3), (-0.3, 0.0, 1.0), 0.0,
                           hand="fist", lift=0.30),
         face={**both(mouthSmile=0.9, eyeBlink=0.9, cheekSquint=0.6, browOuterUp=0.4),
               "jawOpen": 0.45}),
)  # fmt: skip
"""The page of poses."""

EXPRESSIONS: tuple[tuple[str, str, str], ...] = (
    ("neutral", "平静", "neutral"), ("relaxed", "浅笑", "relaxed"), ("happy", "开心", "happy"),
    ("angry", "愤怒", "angry"), ("sad", "悲伤", "sad"), ("surprised", "惊讶", "surprised"),
    ("blink", "闭眼", "blink"), ("blinkLeft", "眨眼", "wink"), ("aa", "啊", "A"),
    ("ih", "衣", "I"), ("ou", "乌", "U"), ("ee", "诶", "E"), ("oh", "哦", "O"),
    ("lookLeft", "左看", "look left"), ("lookUp", "上看", "look up"),
)  # fmt: skip
"""VRM expression, its Chinese and English name: the first cells of the page of faces."""
