"""Who a voice is: a hash over all that makes its sound."""

from __future__ import annotations

from functools import lru_cache

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.hashing import content_hash, file_sha256
from cyberdirector.voice.notes import Note
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.styles import pack

_SOUND = ("prosody", "timbre", "pitch", "formant", "rate", "range")


def voice_hash(voice: VoiceProfile) -> str:
    """Return 32 hex digits of the model, the style packs and the settings of a voice.

    Two voices with the same hash speak a line with the same bytes; name, sex and age do not
    count.

    Raises
    ------
    AdapterUnavailable
        When the model or a pack is not here.
    """
    names = sorted({n for mix in (*voice.prosody.values(), voice.timbre) for n in mix})
    settings = voice.model_dump(mode="json", include=set(_SOUND))
    return content_hash(_model_hash(), {name: _pack_hash(name) for name in names}, settings)


@lru_cache(maxsize=1)
def _model_hash() -> str:
    from cyberdirector import modelstore

    return file_sha256(modelstore.get("kokoro"))


@lru_cache(maxsize=64)
def _pack_hash(name: str) -> str:
    return content_hash(pack(name))


def check_voice(voice: VoiceProfile, locked: str) -> Note | None:
    """Return a note when ``voice`` does not sound as it did when it was locked."""
    try:
        found = voice_hash(voice)
    except AdapterUnavailable as error:
        found = error.code
    if found == locked:
        return None
    return Note(
        "voice-changed",
        f"声音“{voice.name}”与锁定时不同（现 {found[:12]}，原 {locked[:12]}）："
        "语音模型或音色包变了；请用 cyberdirector models pull 取回原来的，"
        "或删去 cast/voices.json 里的这一项接受新声音。",
        f"the voice “{voice.name}” is not what it was when it was locked "
        f"(now {found[:12]}, was {locked[:12]}): the voice model or a style pack has changed; "
        "fetch the old ones with `cyberdirector models pull`, or delete its entry in "
        "cast/voices.json to accept the new one.",
    )
