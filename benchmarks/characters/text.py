"""Text: how many of the slots that a reader sees in a description are found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from bars import bar, measure, note

from cyberdirector.design import Reading, read_text

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")

_SHORT = {"shape": "face", "eye_shape": "eyes", "brow_kind": "brows", "lip_kind": "lips",
          "nose_kind": "nose", "blush_kind": "blush"}  # fmt: skip


def flat(reading: Reading) -> set[str]:
    """Return what was read in the notation of the prompt files.

    Things that were understood but that the wardrobe lacks count as read.
    """
    slots = reading.slots
    out = {span.value for span in reading.lacking}
    for name in ("sex", "era", "build", "stature"):
        if getattr(slots, name):
            out.add(f"{name}={getattr(slots, name)}")
    if slots.age is not None:
        out.add(f"age={slots.age}")
    elif slots.age_class:
        out.add(f"age={slots.age_class}")
    if slots.build_degree and slots.build:
        out.add(f"build.degree={slots.build_degree}")
    if slots.height:
        out.add(f"height={slots.height}")
    if slots.proportion:
        out.add(f"proportion={slots.proportion:g}")
    if slots.count > 1:
        out.add(f"count={slots.count}")
    out |= {f"role={r}" for r in slots.roles} | {f"mood={m}" for m in slots.moods}
    for key, value in slots.face.model_dump(exclude_defaults=True).items():
        name = {"skin_degree": "skin.degree"}.get(key, _SHORT.get(key, key))
        out.add(name if key in ("wrinkles", "freckles") else f"{name}={value}")
    hair = slots.hair.model_dump(exclude_defaults=True)
    for key, value in hair.items():
        name = {"style": "hair", "beard": "beard", "beard_colour": "beard.colour"}.get(
            key, f"hair.{key}"
        )
        out.add(f"{name}={int(value) if value is True else value}")
    for garment in slots.garments:
        out.add(garment.kind)
        for part, colour in garment.colours.items():
            out.add(f"{garment.kind}{'' if part == 'main' else '.' + part}:{colour}")
        if garment.pattern:
            out.add(f"{garment.kind}~{garment.pattern}")
    return out | {f"!{kind}" for kind in slots.without}


def labelled(text: str) -> set[str]:
    """Return the labels of a prompt; a coloured garment is also a garment."""
    out = set()
    for word in text.split():
        out.add(word.replace("deep_", "dark_"))
        for mark in (":", "~"):
            if mark in word and "=" not in word:
                out.add(word.split(mark)[0].split(".")[0])
    return out


@dataclass
class Score:
    """Counts of slots found rightly, found wrongly and missed."""

    hit: int = 0
    false: int = 0
    missed: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hit / max(2 * self.hit + self.false + self.missed, 1)


def prompts(language: str, half: str = "all") -> list[tuple[str, set[str]]]:
    """Return (text, labels) of a language; ``half`` is tuned, held or all."""
    rows = yaml.safe_load((HERE / f"prompts_{language}.yaml").read_text(encoding="utf-8"))
    pairs = [(str(text), labelled(str(labels))) for text, labels in rows]
    return {"all": pairs, "tuned": pairs[0::2], "held": pairs[1::2]}[half]


def score(language: str, half: str = "all") -> Score:
    """Return how well the descriptions of a language are read."""
    total = Score()
    for text, wanted in prompts(language, half):
        found = flat(read_text(text))
        total.hit += len(found & wanted)
        total.false += len(found - wanted)
        total.missed += len(wanted - found)
        total.wrong.update(
            [f"+{s}" for s in found - wanted] + [f"-{s}" for s in wanted - found]
        )
    return total


@measure("text")
def text() -> None:
    """Measure how well descriptions are read, tuned and held-out halves apart."""
    for language in LANGUAGES:
        for half in ("tuned", "held"):
            found = score(language, half)
            bar(f"slot F1, {language}, {half} half", found.f1, "≥", 0.9)
            note(f"{found.hit} found, {found.false} wrong, {found.missed} missed")
