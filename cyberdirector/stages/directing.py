"""What the table beside a script changes in single lines, made ready for the stages."""

from __future__ import annotations

from pathlib import Path

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.perform.layers import parse_layers
from cyberdirector.script import Episode, Line, LineEntry
from cyberdirector.script.cast import cast_path
from cyberdirector.stage.blocking import Direction
from cyberdirector.stages.production import Production
from cyberdirector.voice.curve import read_emotion


def read_directions(
    production: Production, episode: Episode, table: dict[str, LineEntry], script: Path
) -> dict[str, Direction]:
    """Return the directions by line id; ids that the script does not have are noted.

    Raises
    ------
    InputRefused
        ``layer-unknown``, ``layer-dial``, ``voice-emotion``, with the place in the table.
    """
    known = {line.id for line in episode.lines()}
    out = {}
    for name, entry in table.items():
        if name not in known:
            production.note(stage="perform", code="line-not-found", text=name)
            continue
        try:
            out[name] = Direction(
                parse_layers(entry.layers, f"lines.{name}.layers"),
                read_emotion(entry.emotion).keys if entry.emotion else (),
                entry.seed,
            )
        except InputRefused as error:
            place = error.location.path if error.location else f"lines.{name}"
            raise InputRefused(
                error.code, error.zh, error.en, Location(str(cast_path(script)), path=place)
            ) from error
    return out


def with_feelings(episode: Episode, directions: dict[str, Direction]) -> Episode:
    """Return the episode with the strongest directed feeling of each line in its place."""
    told = {name: d.course for name, d in directions.items() if d.course}
    if not told:
        return episode
    scenes = []
    for scene in episode.scenes:
        beats = tuple(
            beat.model_copy(
                update={"emotion": max((e for _, e in told[beat.id]), key=_intensity)}
            )
            if isinstance(beat, Line) and beat.id in told
            else beat
            for beat in scene.beats
        )
        scenes.append(scene.model_copy(update={"beats": beats}))
    return episode.model_copy(update={"scenes": tuple(scenes)})


def _intensity(emotion: object) -> float:
    return float(getattr(emotion, "intensity", 0.0))
