"""Who plays whom: characters, voices and sets, compiled to files that a person can open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cyberdirector.backlot import RoleHint, build_set, choose_cast, choose_light, choose_set
from cyberdirector.character import Recipe, compile_character
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.hashing import content_hash, file_sha256, seed_of
from cyberdirector.core.model import Character
from cyberdirector.core.scene import Set
from cyberdirector.formats import read_set, read_vrm, write_set, write_vrm
from cyberdirector.perform.figure import figure_style
from cyberdirector.perform.layers import parse_layers
from cyberdirector.perform.styles import style_named
from cyberdirector.project import Outcome
from cyberdirector.script import CastEntry, Episode, Scene
from cyberdirector.script.cast import cast_path
from cyberdirector.stage.blocking import Caster
from cyberdirector.stage.bodies import Body
from cyberdirector.stages.designed import designed_role
from cyberdirector.stages.production import Production, code_hash, data_hash
from cyberdirector.stages.scenes import Location3D
from cyberdirector.stages.voice_lock import VoiceLock
from cyberdirector.voice import VoiceProfile, choose_voice
from cyberdirector.voice.library import find_voice


@dataclass(frozen=True)
class CastMember:
    """A role's recipe, or in its stead the user's own VRM; seed and voice."""

    role: str
    recipe: Recipe
    own: Path | None
    seed: int
    sex: str
    age: int
    voice: VoiceProfile
    entry: CastEntry


def cast_roles(
    production: Production, episode: Episode, table: dict[str, CastEntry], script: Path
) -> dict[str, CastMember]:
    """Return a distinct character and voice for every role."""
    about = {role.name: role.about for role in episode.roles}
    names = dict.fromkeys([*episode.speakers(), *_acting(episode)])
    hints = [
        RoleHint(
            name, f"{about.get(name, '')} {table[name].about if name in table else ''}".strip()
        )
        for name in names
    ]
    own = {
        name: script.parent / entry.recipe
        for name, entry in table.items()
        if entry.recipe.lower().endswith(".vrm")
    }
    wanted = {
        name: (entry.recipe if name not in own else "", entry.seed)
        for name, entry in table.items()
    }
    places = " ".join(f"{scene.place} {scene.time.words}" for scene in episode.scenes)
    told = {hint.name: hint for hint in hints}
    choices = choose_cast(hints, places, seed=production.settings.seed, table=wanted)
    taken: list[VoiceProfile] = []
    lock = VoiceLock(production.project.path("cast", "voices.json"))
    members = {}
    for name in names:
        choice = designed_role(told[name], choices[name], production.settings.seed)
        entry = table.get(name, CastEntry())
        if entry.voice:
            voice = _named_voice(entry.voice, script)
        else:
            seed = seed_of(production.settings.seed, name)
            known = lock.known(name, choice.sex)
            voice = known or choose_voice(choice.sex, choice.age, seed, taken)
        if voice.note:
            production.note(stage="cast", role=name, code="voice", text=voice.note)
        else:
            lock.keep(name, voice)
        taken.append(voice)
        members[name] = CastMember(
            name, choice.recipe, own.get(name), choice.seed, choice.sex, choice.age, voice,
            entry,
        )  # fmt: skip
        production.report.setdefault("cast", {})[name] = {
            "recipe": str(own.get(name, choice.recipe.id)),
            "voice": voice.name,
            "why": choice.reason,
        }
    lock.save()
    for name, changed in lock.notes.items():
        production.note(stage="cast", role=name, code=changed.code, text=changed.en)
    return members


def _named_voice(name: str, script: Path) -> VoiceProfile:
    """Return a voice of the cast table: a file beside the script, or a known name."""
    try:
        return find_voice(name, [script.parent, script.parent / "voices"])
    except InputRefused as error:
        raise InputRefused(
            error.code, error.zh, error.en, Location(str(cast_path(script)))
        ) from None


def _acting(episode: Episode) -> list[str]:
    """Return roles that are only seen: named in actions, never heard."""
    return [
        role
        for scene in episode.scenes
        for beat in scene.beats
        if beat.kind == "action"
        for role in beat.roles
    ]


def compile_cast(
    production: Production, members: dict[str, CastMember]
) -> tuple[dict[str, Character], dict[str, Caster]]:
    """Compile every character to ``cast/<role>.vrm``; return them and their casters."""
    characters = {}
    casters = {}
    with production.stage("cast", len(members)) as log:
        for member in members.values():
            path = production.project.path("cast", f"{member.role}.vrm")
            outcome = production.project.ledger.step(
                path, _key(member), partial(_build, member)
            )
            characters[member.role] = read_vrm(path)
            for text in characters[member.role].extras.get("import_notes", []):
                production.note(stage="cast", role=member.role, code="import-note", text=text)
            casters[member.role] = _caster(characters[member.role], member)
            log.done(outcome, member.role)
    return characters, casters


def _key(member: CastMember) -> str:
    if member.own is not None:
        if not member.own.is_file():
            raise InputRefused(
                "cast-vrm-missing",
                f"演员表为“{member.role}”指定的 VRM 文件不存在。",
                f"The VRM file that the cast table names for “{member.role}” is not there.",
                Location(str(member.own)),
            )
        return content_hash(code_hash("formats"), file_sha256(member.own))
    return content_hash(
        code_hash("character", "formats"), member.recipe.model_dump(mode="json"), member.seed
    )


def _build(member: CastMember, path: Path) -> None:
    if member.own is not None:
        character = read_vrm(member.own)
    else:
        character = compile_character(member.recipe, member.seed)
    write_vrm(path, character)


def _caster(character: Character, member: CastMember) -> Caster:
    top = max(float(part.positions[:, 1].max()) for part in character.parts)
    style = {
        **figure_style(character),
        "sex": 1.0 if member.sex == "female" else 0.0,
        "age": float(member.age),
        **style_named(member.entry.style),
    }
    return Caster(
        Body(character.rest(), top),
        style,
        member.seed,
        parse_layers(member.entry.layers, f"cast.{member.role}.layers"),
        member.entry.mouth or "full",
    )


def _build_place(name: str, path: Path) -> None:
    write_set(path, build_set(name, seed=0))


def build_sets(production: Production, scenes: tuple[Scene, ...]) -> dict[str, Location3D]:
    """Build the set of every scene to ``sets/<name>.glb``; return where each plays."""
    where: dict[str, Location3D] = {}
    places: dict[str, Set] = {}
    with production.stage("sets", len(scenes)) as log:
        for scene in scenes:
            name, reason = choose_set(
                scene.place, scene.inside, scene.time.words, seed=production.settings.seed
            )
            outcome = Outcome.CACHED
            if name not in places:
                path = production.project.path("sets", f"{name}.glb")
                key = content_hash(
                    code_hash("backlot", "formats"), data_hash("assetlib", "sets/*"), name
                )
                outcome = production.project.ledger.step(path, key, partial(_build_place, name))
                places[name] = read_set(path)
            light = choose_light(scene.time.name, scene.weather)
            if light not in places[name].lights:
                production.note(stage="sets", scene=scene.id, code="light-preset", text=light)
                light = "day"
            where[scene.id] = Location3D(name, places[name], light)
            production.report.setdefault("scenes", {})[scene.id] = {
                "place": scene.place,
                "set": name,
                "light": light,
                "why": reason,
            }
            log.done(outcome, scene.place)
    return where
