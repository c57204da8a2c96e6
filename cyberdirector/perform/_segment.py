"""One segment performed by all actors: planning, layers, solving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.rotations import quat_continuous, quat_from_axis_angle, quat_rotate
from cyberdirector.core.speech import Emotion
from cyberdirector.perform import accompany, attention, delivery, face, gaze, head, idle
from cyberdirector.perform._expressions import AROUSAL, MOUTH_SHAPES, POSTURE
from cyberdirector.perform._feeling import MIRROR, carried_feeling, feelings_of
from cyberdirector.perform._motion import Array, bump, frame_times, plateau
from cyberdirector.perform._mouth import mouth_of
from cyberdirector.perform._state import Piece, Player, State
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.gesture import Stroke, play_gesture
from cyberdirector.perform.hands import HANDSHAPES
from cyberdirector.perform.layers import PLAIN, Dial
from cyberdirector.perform.lips import Mouth
from cyberdirector.perform.manner import manner_of
from cyberdirector.perform.moves._small import act_face, act_head, felt_in
from cyberdirector.perform.moves._stage import Stage
from cyberdirector.perform.moves._touch import touches
from cyberdirector.perform.prosody import Prosody, read_prosody
from cyberdirector.perform.score import SceneScore, Segment
from cyberdirector.perform.solve import solve_pose
from cyberdirector.perform.stance import (
    KNEELING,
    STANDING,
    arm_rest,
    is_elder,
    is_woman,
    style,
)

FACE_GAIN = 1.25
"""Usual strength of expressions: drawn faces speak plainer than filmed ones."""

LISTENER_LEAN = {
    "anger": -3.5, "surprise": 2.0, "fear": -2.0, "disgust": -2.0, "joy": 1.0, "sad": 3.0,
    "tender": 2.5,
}  # fmt: skip
"""Degrees by which a listener leans towards (+) or away from the speaker's emotion."""


MIRRORED = 0.3
"""Share of a speaker's carriage that a listener who feels with them takes on."""


class SegmentRun:
    """One segment being performed by all actors."""

    def __init__(
        self,
        score: SceneScore,
        segment: Segment,
        following: str,
        players: dict[str, Player],
        states: dict[str, State],
        notes: list[dict[str, object]],
        gestures: list[Stroke],
    ) -> None:
        self.gestures = gestures
        self.score, self.segment, self.following = score, segment, following
        self.players, self.states, self.notes = players, states, notes
        self.fps = score.rate.fps
        self.t = frame_times(segment.frames, self.fps)
        self.duration = score.rate.seconds(segment.frames)
        self.prosody: Prosody | None = None
        if segment.speech is not None:
            offset = score.rate.seconds(segment.speech_start)
            self.prosody = read_prosody(self.t, segment.speech, offset, self.fps, segment.text)

        late = self.prosody is not None and self.prosody.end > self.duration
        if late and not segment.spills:
            self.notes.append({"segment": segment.id, "role": segment.speaker,
                               "code": "speech-longer-than-segment"})  # fmt: skip

    def _dial(self, role: str, layer: str) -> Dial:
        """Return the dial of a layer: that of the line, else that of the actor."""
        own = self.segment.layers if role == self.segment.speaker else {}
        return own.get(layer) or self.players[role].actor.layers.get(layer, PLAIN)

    def _rng(self, role: str, layer: str, purpose: str) -> np.random.Generator:
        """Return the generator of one purpose of a layer."""
        seed = self._dial(role, layer).seed
        mixed = self.segment.seed if seed is None else seed_of(self.segment.seed, "dial", seed)
        return self.players[role].rng(mixed, purpose)

    def run(self) -> dict[str, tuple[Piece, State]]:
        """Return frames and next state of every role."""
        stages = {role: self._stage(role) for role in self.players}
        eyes = {role: self._eyes(role, stages[role].c) for role in self.players}
        return {
            role: (self._perform(role, stage, eyes), self._after(role, stage))
            for role, stage in stages.items()
        }

    def _stage(self, role: str) -> Stage:
        """Play the cues of a role over its carried posture."""
        state = self.states[role]
        where = dict(self.score.targets)
        where.update({r: s.place.position for r, s in self.states.items() if r != role})
        stage = Stage(
            self.players[role], state.stance, state.place, self.segment.frames, self.fps, where
        )
        for cue in sorted(self.segment.cues, key=lambda item: item.start):
            if cue.role == role:
                stage.play(cue)
        busy = any(cue.role == role for cue in self.segment.cues)
        for cue in self.segment.cues:
            answers = not busy or cue.move in touches()
            if cue.target == role and cue.role != role and answers:
                stage.answer(cue)
        self.notes.extend({"segment": self.segment.id, **note} for note in stage.notes)
        return stage

    def _after(self, role: str, stage: Stage) -> State:
        """Return what the role carries into the next segment."""
        look = attention.final_look(self.score, self.segment, role, self.states[role].look)
        hands = self.states[role].hands.after(stage.played, self.duration)
        return State(
            stage.stance,
            stage.place,
            carried_feeling(self.segment, role, self.states[role]),
            look,
            hands,
        )

    def _eyes(self, role: str, c: Controls) -> Array:
        turn = quat_from_axis_angle([0.0, 1.0, 0.0], c.heading)
        return c.root + quat_rotate(turn, self.players[role].body.eye)

    def _angles(self, role: str, c: Controls, eyes: dict[str, Array]) -> dict[str, Array]:
        out = {"": np.tile([0.0, np.radians(3.0)], (len(self.t), 1))}
        for key, point in self.score.targets.items():
            spot = np.tile(np.array(point, dtype=np.float64), (len(self.t), 1))
            out[key] = gaze.angles_to(eyes[role], c.heading, spot)
        for other, path in eyes.items():
            if other != role:
                out[other] = gaze.angles_to(eyes[role], c.heading, path)
        return out

    def _mouth(self, role: str, arousal: float) -> Mouth:
        dial, actor = self._dial(role, "lips"), self.players[role].actor
        varied = None if dial.seed is None else self._rng(role, "lips", "lips")
        return mouth_of(self.segment, actor, self.fps, arousal, varied)

    def _perform(self, role: str, stage: Stage, eyes: dict[str, Array]) -> Piece:
        c = stage.c
        player, state, segment = self.players[role], self.states[role], self.segment
        actor, t = player.actor, self.t
        speaking = role == segment.speaker and self.prosody is not None
        speaking = speaking and not segment.off_screen
        feelings = feelings_of(segment, role, state, self.prosody, t, self.duration)
        said = segment.delivery if speaking else ()
        posture = self._dial(role, "posture").strength
        arousal = sum(
            AROUSAL[e.name] * e.intensity * float(w.max(initial=0)) for e, w in feelings
        )
        vigour = (0.6 + 0.8 * style(actor, "energy")) * (1.0 + 0.4 * arousal)
        goal = attention.final_look(self.score, segment, role, state.look)
        looks = attention.plan_looks(
            self.score, segment, player, state, self.prosody, goal,
            self._rng(role, "gaze", f"gaze {segment.emotion.name}"),
        )  # fmt: skip
        angles = self._angles(role, c, eyes)
        first = state.look if state.look in angles else ""
        aim, neck = gaze.follow(t, self.duration, first, looks, angles)
        aim = aim + gaze.fixation_noise(t, self.duration, self._rng(role, "gaze", "eyes"))
        watching = self._dial(role, "gaze").strength
        aim, neck = watching * aim, watching * neck
        self._carry(c, neck, feelings, posture)
        self._head(role, c, speaking, vigour)
        self._react(role, c, speaking)
        span = (self.prosody.start, self.prosody.end) if self.prosody else (0.0, 0.0)
        delivery.carry_delivery(
            c, t, span, said, posture, self._rng(role, "posture", "delivery")
        )
        self._arms(role, stage, speaking, looks, angles)
        acted = self._acted(stage)
        if speaking:
            acted[:, MOUTH_SHAPES] = 0.0
        weight = idle.weight_course(
            t, self.duration, player.weight_at(segment.id), player.weight_at(self.following),
            self._rng(role, "posture", "weight"),
        )  # fmt: skip
        idle.add_idle(
            c, player.body, t, self.duration, posture * weight, stage.seated,
            posture * vigour, self._rng(role, "posture", "idle"),
            self._dial(role, "breathing").strength,
        )  # fmt: skip
        eye = gaze.eye_turn(aim, c.head[:, :2])
        weights = self._face(role, feelings, looks, speaking, arousal)
        shown = self._dial(role, "emotion").strength
        acted = np.maximum(acted, shown * self._delivered(role, span, said, arousal))
        np.clip(weights + acted * (1.0 - weights), 0.0, 1.0, out=weights)
        shown *= style(actor, "signs", 0.0)
        signs = delivery.signs_of([*feelings, *felt_in(stage.faces, t)], said, speaking, shown)
        gaze.look_shapes(weights, eye)
        root, rotations = solve_pose(c, style(actor, "skirt", 0.0))
        return Piece(
            root.astype(np.float32),
            _canonical(rotations),
            weights,
            eye.astype(np.float32),
            c.contacts,
            signs,
        )

    def _delivered(
        self, role: str, span: tuple[float, float], said: tuple[str, ...], arousal: float
    ) -> Array:
        """Return what the delivery adds to the face, (n, 52); the mouth yields to speech."""
        out = delivery.face_of_delivery(self.t, span, said)
        if said:
            mouth = self._mouth(role, arousal)
            out[:, MOUTH_SHAPES] *= (0.5 * (1.0 - mouth.contact))[:, None]
        return out

    def _arms(
        self,
        role: str,
        stage: Stage,
        speaking: bool,
        looks: list[gaze.Look],
        angles: dict[str, Array],
    ) -> None:
        """Play the arm moves of the cues, and gestures when the role speaks."""
        player, segment = self.players[role], self.segment
        played = list(stage.played)
        quiet = stage.stance != KNEELING
        dial = self._dial(role, "gesture")
        moving = quiet and dial.strength > 0.0
        if speaking and moving and self.prosody and segment.speech is not None:
            key = looks[-1].key if looks else ""
            chest = 0.35 * float(np.mean(angles[key][:, 0])) if key in angles else 0.0
            aim = float(np.mean(angles[key][:, 0])) - chest if key in angles else 0.0
            chosen = accompany.choose_gestures(
                segment.speech,
                self.score.rate.seconds(segment.speech_start),
                segment.text,
                segment.emotion,
                self.prosody,
                stage.free_window(self.duration),
                [(p.start, p.end) for p in played],
                self._who(role, aim),
                self._rng(role, "gesture", "gesture"),
            )
            played += [replace(g, amplitude=g.amplitude * dial.strength) for g in chosen]
            stage.played = played
        behind = float(stage.c.wrist[0, 0, 2]) < -0.1 if len(self.t) else False
        around = arm_rest(player.body, player.actor, STANDING) if behind else None
        for item in played:
            self.gestures.append(Stroke.of(item, segment.id, role))
            play_gesture(stage.c, self.t, item, around)
        for side, name in enumerate(("left", "right")):
            # A hand that holds something stays closed, whatever it does.
            if style(player.actor, f"holds_{name}", 0.0) > 0.0:
                stage.c.hand[:, side] = HANDSHAPES["grip"]

    def _who(self, role: str, aim: float) -> accompany.Speaker:
        """Return what the choice of gestures asks of the speaker."""
        actor = self.players[role].actor
        return accompany.Speaker(
            manner_of(actor.style, self.segment.emotion), is_woman(actor), is_elder(actor),
            style(actor, "period", -1.0), aim, self.states[role].hands,
        )  # fmt: skip

    def _acted(self, stage: Stage) -> Array:
        """Move the body for head and face moves; return their face, (n, 52)."""
        out = np.zeros((len(self.t), SHAPE_COUNT))
        for move in stage.heads:
            act_head(stage.c, self.t, *move)
        for name, start, length in stage.faces:
            out = np.maximum(out, act_face(stage.c, self.t, name, start, length))
        return out

    def _carry(
        self, c: Controls, neck: Array, feelings: list[tuple[Emotion, Array]], gain: float
    ) -> None:
        """Let head and trunk show the emotion, and the trunk help a far look."""
        degree = np.pi / 180.0
        c.head[:, :2] += neck
        far = np.maximum(np.abs(neck[:, 0]) - 15.0 * degree, 0.0) * np.sign(neck[:, 0])
        c.spine[:, 0] += 0.35 * far
        for emotion, strength in feelings:
            pitch, roll, lean, lift = POSTURE[emotion.name]
            amount = gain * strength * emotion.intensity * degree
            c.head[:, 1] += amount * pitch
            c.head[:, 2] += amount * roll
            c.spine[:, 1] += amount * lean
            c.lift += (amount * lift)[:, None]

    def _head(self, role: str, c: Controls, speaking: bool, vigour: float) -> None:
        player, segment = self.players[role], self.segment
        rng, strength = self._rng(role, "head", "head"), self._dial(role, "head").strength
        if strength == 0.0:
            return
        gain = strength * (0.5 + style(player.actor, "amplitude")) * min(vigour, 1.3)
        gain *= manner_of(player.actor.style).liveliness
        if speaking and self.prosody is not None:
            c.head += head.speaking_head(self.t, self.duration, self.prosody, gain, rng)
            return
        c.head += head.resting_head(self.t, self.duration, gain, rng)
        if self.prosody is not None and role != segment.speaker:
            c.head += head.listening_nods(self.t, self.duration, self.prosody, 0.45, rng)

    def _react(self, role: str, c: Controls, speaking: bool) -> None:
        """Let a speaker draw breath before the words and a listener answer strong feeling."""
        line, segment = self.prosody, self.segment
        if line is None:
            return
        degree = np.pi / 180.0
        if speaking:
            start = max(line.start - 0.45, 0.02)
            air = bump(self.t, start, max(line.start, start + 0.1), line.start + 0.7)
            air *= self._dial(role, "breathing").strength
            c.lift += (2.2 * degree * air)[:, None]
            c.spine[:, 1] -= 1.5 * degree * air
            return
        strength = self._dial(role, "posture").strength * segment.emotion.intensity
        lean = LISTENER_LEAN.get(segment.emotion.name, 0.0) * strength
        rng = self._rng(role, "posture", "react")
        delay = rng.uniform(0.3, 0.6)
        end = min(line.end + 0.5, self.duration - 0.02)
        begin = line.start + delay
        if role == segment.speaker or end - begin < 0.9:
            return
        drawn = plateau(self.t, begin, 0.35, end, 0.5)
        own = rng.uniform(0.7, 1.2) * degree * lean * drawn
        c.spine[:, 1] += own
        c.head[:, 1] += 0.4 * own
        if MIRROR.get(segment.emotion.name) == segment.emotion.name:
            # Who feels with somebody takes on their carriage, later and as in a mirror.
            pitch, roll, spine, lift = POSTURE[segment.emotion.name]
            late = min(begin + 0.4, end - 0.85)
            taken = MIRRORED * strength * degree * plateau(self.t, late, 0.5, end, 0.5)
            c.head[:, 1] += taken * pitch
            c.head[:, 2] -= taken * roll
            c.spine[:, 1] += taken * spine
            c.lift += (taken * lift)[:, None]

    def _face(
        self,
        role: str,
        feelings: list[tuple[Emotion, Array]],
        looks: list[gaze.Look],
        speaking: bool,
        arousal: float,
    ) -> NDArray[np.float32]:
        player, segment = self.players[role], self.segment
        mouth = self._mouth(role, arousal)
        shown = self._dial(role, "emotion")
        gain = shown.strength * style(player.actor, "face_gain", FACE_GAIN)
        accents = list(self.prosody.accents) if speaking and self.prosody else []
        pulse = face.living(self.t, accents, self._rng(role, "emotion", "living"))
        feeling = face.blend_emotions([(e, w * pulse) for e, w in feelings], mouth, gain)
        brows = face.brow_accents(
            self.t, accents, 0.6 + 0.8 * style(player.actor, "amplitude"),
            self._rng(role, "brows", "brows"),
        )  # fmt: skip
        talking = np.zeros(len(self.t))
        if speaking and self.prosody is not None:
            line = self.prosody
            talking = plateau(self.t, line.start - 0.2, 0.35, line.end + 0.4, 0.5)
        lively = self._dial(role, "brows").strength
        face.move_brows(feeling, lively * brows, min(lively, 1.0) * talking)
        pauses = [end + 0.08 for _, end in self.prosody.phrases] if self.prosody else []
        pauses += [look.time + 0.02 for look in looks if 0.0 < look.time < 1e8]
        name = segment.emotion.name if role == segment.speaker else ""
        pace, slow = face.BLINKING.get(name, (18.0, 1.0))
        lids = self._dial(role, "blinks").strength
        times = face.blink_times(
            self.duration, lids * (pace if speaking else 14.0), pauses,
            [a for a, _ in accents], self._rng(role, "blinks", f"blinks {name}"),
        )  # fmt: skip
        blink = face.blink_curve(self.t, times, self.fps, slow)
        skewed = player.actor.seed if shown.seed is None else shown.seed
        skew = float(np.random.default_rng(skewed).uniform(-0.08, 0.08))
        return face.compose(mouth, feeling, blink, skew)


def _canonical(rotations: Array) -> NDArray[np.float32]:
    """Return quaternions with a sign that does not depend on other segments."""
    if len(rotations) == 0:
        return np.asarray(rotations, dtype=np.float32)
    q = quat_continuous(rotations)
    signs = np.where(q[:1, :, 3:] < 0.0, -1.0, 1.0)
    out: NDArray[np.float32] = (q * signs).astype(np.float32)
    return out
