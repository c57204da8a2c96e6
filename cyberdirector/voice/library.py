"""Voices by name: files of the user, their own library, the catalogue."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import platformdirs
import yaml
from pydantic import ValidationError

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.voice.profile import VoiceProfile, load_voices

ENDING = ".voice.yaml"
MAX_BYTES = 1 << 16
"""Largest voice file, bytes."""

_PART = re.compile(r"\s*([A-Za-z_]\w*)\s*(?::\s*([0-9.]+))?\s*")


def library_dir() -> Path:
    """Return the folder of this user's own voices; ``CYBERDIRECTOR_VOICES`` moves it."""
    own = os.environ.get("CYBERDIRECTOR_VOICES")
    return Path(own) if own else Path(platformdirs.user_data_dir("cyberdirector")) / "voices"


def own_voices(folders: Iterable[Path] = ()) -> dict[str, Path]:
    """Return the voice files by name; those of ``folders`` go before the library's."""
    found: dict[str, Path] = {}
    for folder in (*folders, library_dir()):
        for path in sorted(folder.glob(f"*{ENDING}")):
            found.setdefault(path.name[: -len(ENDING)], path)
    return found


def find_voice(name: str, folders: Iterable[Path] = ()) -> VoiceProfile:
    """Return the voice of a file or name.

    Parameters
    ----------
    name
        A path of a ``.voice.yaml``, or the name of a voice: in ``folders``, in the user's
        library, in the catalogue (in this order).

    Raises
    ------
    InputRefused
        ``voice-unknown``, ``voice-unreadable``.
    """
    folders = tuple(folders)
    if name.endswith((".yaml", ".yml")):
        for path in (Path(name), *(folder / name for folder in folders)):
            if path.is_file():
                return read_voice(path)
    files = own_voices(folders)
    if name in files:
        return read_voice(files[name])
    known = {voice.name: voice for voice in load_voices()}
    if name in known:
        return known[name]
    names = [*files, *known]
    raise InputRefused(
        "voice-unknown",
        f"没有名为“{name}”的声音；可用：{'、'.join(names)}，或一个 {ENDING} 文件。",
        f"there is no voice “{name}”; use one of {', '.join(names)}, or a {ENDING} file.",
    )


def read_voice(path: Path) -> VoiceProfile:
    """Read a voice file.

    Raises
    ------
    InputRefused
        ``voice-unreadable`` with the field that is wrong.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(path, f"> {MAX_BYTES} bytes")
        return VoiceProfile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(path, f"{place}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _refused(path, str(error).splitlines()[0]) from None


def write_voice(path: Path, voice: VoiceProfile) -> None:
    """Write a voice file that :func:`read_voice` reads."""
    data = voice.model_dump(mode="json", exclude_defaults=True)
    data = {"name": voice.name, "sex": voice.sex, **data}
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    write_bytes(path, text.encode("utf-8"))


def read_mix(text: str) -> dict[str, float]:
    """Read ``a:0.6,b:0.4`` as weights of style packs, or of voices of the catalogue.

    Raises
    ------
    InputRefused
        ``voice-mix``.
    """
    mix: dict[str, float] = {}
    for part in filter(str.strip, text.replace("，", ",").split(",")):
        match = _PART.fullmatch(part.replace("：", ":"))
        try:
            weight = float(match[2] or 1.0) if match else -1.0
        except ValueError:
            weight = -1.0
        if match is None or not 0.0 < weight <= 1.0:
            raise _bad_mix(part.strip())
        mix[match[1]] = mix.get(match[1], 0.0) + weight
    if not mix:
        raise _bad_mix(text)
    return mix


def mixed_voice(
    name: str,
    mix: dict[str, float],
    timbre: dict[str, float],
    prosody: dict[str, float],
    changes: dict[str, float],
) -> VoiceProfile:
    """Return a new voice.

    Parameters
    ----------
    mix, timbre, prosody
        Weights of style packs or voices; ``timbre`` colours the sound and ``prosody`` steers
        the melody where they are given, else ``mix`` does both.
    changes
        ``pitch``, ``formant``, ``rate``, ``range``.

    Raises
    ------
    InputRefused
        ``voice-mix`` for an unknown pack or voice, or a factor out of range.
    """
    from cyberdirector.voice.styles import pack_names

    voices = {voice.name: voice for voice in load_voices()}
    packs = pack_names()
    for part in (*mix, *timbre, *prosody):
        if part not in voices and part not in packs:
            raise _bad_mix(part)
    melody = prosody or mix
    first = max(melody, key=lambda n: melody[n])
    sex = voices[first].sex if first in voices else ("male" if first[1:2] == "m" else "female")
    colour = timbre or (mix if prosody and mix else {})
    try:
        return VoiceProfile.model_validate(
            {
                "name": name,
                "sex": sex,
                "prosody": {lang: _packs(melody, lang, voices) for lang in ("zh", "en", "ja")},
                "timbre": _packs(colour, "", voices) if colour else {},
                **changes,
            }
        )
    except ValidationError as error:
        first_error = error.errors()[0]
        place = ".".join(str(part) for part in first_error["loc"])
        raise _bad_mix(f"{place}: {first_error['msg']}") from None


def _packs(
    mix: dict[str, float], language: str, voices: dict[str, VoiceProfile]
) -> dict[str, float]:
    """Return pack weights that add up to 1, voices of the catalogue taken apart."""
    flat: dict[str, float] = {}
    for name, weight in mix.items():
        own = {name: 1.0}
        if name in voices:
            timbre, melody = voices[name].mixes(language or "zh")
            own = melody if language else timbre
        whole = sum(own.values())
        for part, share in own.items():
            flat[part] = flat.get(part, 0.0) + weight * share / whole
    total = sum(flat.values())
    return {part: round(weight / total, 4) for part, weight in flat.items()}


def _bad_mix(found: str) -> InputRefused:
    return InputRefused(
        "voice-mix",
        f"看不懂混音 {found!r}；请写“音色或声音:比例”，如 zf_xiaobei:0.6,zf_xiaoyi:0.4"
        "（比例 0 到 1；名称见 voice list --packs）。",
        f"cannot use {found!r} in a mix; write pack or voice:weight such as "
        "zf_xiaobei:0.6,zf_xiaoyi:0.4 (weights up to 1; names: voice list --packs).",
    )


def _refused(path: Path, found: str) -> InputRefused:
    return InputRefused(
        "voice-unreadable",
        f"声音文件读不懂（{found}）；请用 cyberdirector voice make 重新生成。",
        f"the voice file cannot be read ({found}); make it again with "
        "`cyberdirector voice make`.",
        Location(str(path)),
    )
