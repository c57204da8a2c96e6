"""One scene after the other: blocking, performance, cameras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.model import Character
from cyberdirector.core.scene import Set
from cyberdirector.core.speech import Speech
from cyberdirector.formats import read_vrma, write_vrma
from cyberdirector.motion.surface import measure_surface, usual_surface
from cyberdirector.perform import MOVES, Actor, SceneScore, perform_scene
from cyberdirector.perform.take import close_lips
from cyberdirector.perform.touching import with_touches
from cyberdirector.project import Outcome
from cyberdirector.script import Scene
from cyberdirector.stage.blocking import Caster, Direction, SceneBlocker
from cyberdirector.stage.bodies import Performer
from cyberdirector.stage.coverage import Coverage
from cyberdirector.stages.filmed import Film, films_of, with_films
from cyberdirector.stages.played import with_library_moves
from cyberdirector.stages.production import Production, code_hash, data_hash
from cyberdirector.stages.timeline import StagedScene


@dataclass(frozen=True)
class Location3D:
    """Where a scene plays: name of the set, the set, name of the light preset."""

    name: str
    place: Set
    light: str


def stage_scenes(
    production: Production,
    scenes: tuple[Scene, ...],
    where: dict[str, Location3D],
    casters: dict[str, Caster],
    speeches: dict[str, Speech],
    directions: dict[str, Direction] | None = None,
    characters: dict[str, Character] | None = None,
) -> tuple[list[StagedScene], dict[str, Clip]]:
    """Return the staged scenes and the motion by path of its take."""
    staged: list[StagedScene] = []
    clips: dict[str, Clip] = {}
    with production.stage("perform", len(scenes)) as log:
        for scene in scenes:
            spot = where[scene.id]
            blocking = SceneBlocker(
                scene, spot.place, casters, speeches, production.rate, production.settings.seed,
                directions,
            ).block()  # fmt: skip
            for note in blocking.notes:
                production.note(stage="perform", **note)
            outcome, motion = _perform(production, blocking.score, characters or {})
            files = {
                role: production.project.path("takes", _take(scene, role)) for role in motion
            }
            clips |= {str(files[role]): clip for role, clip in motion.items()}
            performers = {
                role: Performer(role, casters[role].body, clip) for role, clip in motion.items()
            }
            shots = Coverage(
                blocking.score,
                performers,
                spot.place,
                spot.light,
                production.aspect,
                blocking.visible,
            ).plan()
            staged.append(
                StagedScene(
                    scene,
                    spot.name,
                    spot.light,
                    blocking,
                    shots,
                    {role: f"takes/{path.name}" for role, path in files.items()},
                    _ambience(spot, scene),
                    scene.inside is not False,
                )
            )
            log.done(outcome, scene.place)
    return staged, clips


def _take(scene: Scene, role: str) -> str:
    return f"{scene.id}-{role}.vrma"


def _ambience(spot: Location3D, scene: Scene) -> list[str]:
    tags = list(spot.place.extras.get("ambience", []))
    return list(dict.fromkeys([*tags, spot.light, *scene.weather]))


def _perform(
    production: Production, score: SceneScore, characters: dict[str, Character]
) -> tuple[Outcome, dict[str, Clip]]:
    """Return the motion of a scene by role, performed anew only where it must be."""
    ledger = production.project.ledger
    faces = {role: _face(c) for role, c in sorted(characters.items())}
    films = films_of(production.films, score)
    bytes_of = {line: film.sha256 for line, film in films.items()}
    filmed = [code_hash("capture", "motion"), bytes_of] if films else []
    if any(MOVES[cue.move].library for s in score.segments for cue in s.cues):
        filmed += [code_hash("motion"), data_hash("assetlib", "moves/*")]
    if _touching(score):
        bodies = {role: _body(c) for role, c in sorted(characters.items())}
        filmed += [
            code_hash("motion"),
            data_hash("assetlib", "lexicon/script_touches*"),
            bodies,
        ]
    key = content_hash(
        code_hash("perform"), data_hash("assetlib", "gestures/*"), score, faces, *filmed
    )
    paths = {
        a.role: production.project.path("takes", f"{score.id}-{a.role}.vrma")
        for a in score.actors
    }
    states = {role: ledger.state(path, key) for role, path in paths.items()}
    if Outcome.MADE in states.values():
        made = _made(production, score, characters, films)
        for actor in score.actors:
            if states[actor.role] is Outcome.MADE:
                write_vrma(paths[actor.role], made[actor.role], actor.rest)
                ledger.record(paths[actor.role], key)
        ledger.save()
    clips = {role: read_vrma(path) for role, path in paths.items()}
    for role, clip in clips.items():
        _check(clip, score, paths[role])
    for outcome in (Outcome.MADE, Outcome.EDITED):
        if outcome in states.values():
            return outcome, clips
    return Outcome.CACHED, clips


def _made(
    production: Production,
    score: SceneScore,
    characters: dict[str, Character],
    films: dict[str, Film],
) -> dict[str, Clip]:
    """Return the motion of a scene by role: performed, with moves, films and touches."""
    performance = perform_scene(score)
    clips = {}
    for actor in score.actors:
        clip = with_library_moves(performance.clips[actor.role], score, actor)
        body = characters.get(actor.role)
        clips[actor.role] = with_films(production, clip, score, actor, films, body)
    notes: list[dict[str, object]] = []
    if _touching(score):
        surfaces = {
            a.role: measure_surface(characters[a.role])
            if a.role in characters
            else usual_surface(a.rest)
            for a in score.actors
        }
        clips, notes = with_touches(clips, score, performance.gestures, surfaces)
    for note in [*performance.notes, *notes]:
        production.note(stage="perform", scene=score.id, **note)
    for actor in score.actors:
        if actor.role in characters:
            clips[actor.role] = _closed(characters[actor.role], clips[actor.role], score, actor)
    return clips


def _touching(score: SceneScore) -> bool:
    """Tell whether anybody in a scene touches somebody else."""
    return any(MOVES[cue.move].distance for s in score.segments for cue in s.cues)


def _face(character: Character) -> str:
    """Return a hash of what the lips of a character are measured on."""
    return content_hash(
        [
            (part.positions, {n: (m.indices, m.positions) for n, m in part.morphs.items()})
            for part in character.parts
            if "jawOpen" in part.morphs
        ]
    )


def _body(character: Character) -> str:
    """Return a hash of the skin on which hands are laid."""
    return content_hash([(p.positions, p.joints, p.weights) for p in character.parts])


def _closed(character: Character, clip: Clip, score: SceneScore, actor: Actor) -> Clip:
    """Return a clip whose lips meet on the character's mesh in all of its lines."""
    lines: list[tuple[Speech, int]] = []
    first = 0
    for segment in score.segments:
        seen = segment.speaker == actor.role and not segment.off_screen
        dial = segment.layers.get("lips") or actor.layers.get("lips")
        if seen and segment.speech is not None and (dial is None or dial.strength > 0.0):
            lines.append((segment.speech, first + segment.speech_start))
        first += segment.frames
    return close_lips(character, clip, lines)[0]


def _check(clip: Clip, score: SceneScore, path: Path) -> None:
    """Refuse a take that a person put there and that does not fit the scene."""
    if clip.frames != score.frames or clip.rate != score.rate:
        raise ProjectError(
            "take-does-not-fit",
            f"这个动作文件有 {clip.frames} 帧（{clip.rate.fps:g} fps），本场需要 "
            f"{score.frames} 帧（{score.rate.fps:g} fps）。请重新导出，"
            "或删除它让程序重新生成。",
            f"This take has {clip.frames} frames at {clip.rate.fps:g} fps; the scene has "
            f"{score.frames} at {score.rate.fps:g}. Export it again, or delete it to have it "
            "made.",
            Location(str(path)),
        )
