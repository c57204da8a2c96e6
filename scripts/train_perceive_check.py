"""The loop that perception is judged by: recipe → picture → recipe' → picture'.

Prints silhouette IoU, colour differences (CIEDE2000) and right attributes over random
recipes that nothing was trained on, and writes the pairs side by side.

usage: python scripts/train_perceive_check.py [--first SEED] [--count N] [--sheet OUT.png]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from train_perceive_data import Doll, label_character, labels_of, make_doll

from cyberdirector.character.compile import compile_character
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.model import Character
from cyberdirector.perceive import perceive_picture
from cyberdirector.perceive.colour import delta_e, lab_from_rgb, lit_colour
from cyberdirector.perceive.parts import PART_INDEX, recipe_classes
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO, body_camera

SIZE = (480, 720)
JUDGED = ("length", "fringe", "sleeve", "lower", "shoes")
COLOURS = ("hair", "skin", "top", "bottom")


def draw(stage: Stage, character: Character) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """Return the picture (h, w, 3) of a standing character, its alpha and its labels."""
    stage.remove("figure")
    stage.add(character, "figure")
    stage.light = STUDIO
    image = stage.draw()[..., :3].copy()
    layers = stage.draw_aovs(["material", "alpha"])
    return image, {"alpha": layers["alpha"], "labels": labels_of(layers["material"], character)}


def colours(image: NDArray[np.uint8], labels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return the lit colour (CIELAB) of each judged part that is shown."""
    lab = lab_from_rgb(image)
    out = {}
    for name in COLOURS:
        own = lab[labels == PART_INDEX[name]]
        if len(own) > 60:
            out[name] = lit_colour(own)
    return out


def check_one(stage: Stage, seed: int) -> tuple[dict[str, Any], NDArray[np.uint8]]:
    """Return measures of one seed, and picture, and picture' side by side."""
    doll: Doll = make_doll(seed)
    person = doll.character
    stage.camera = body_camera({"figure": person})
    image, layers = draw(stage, person)
    start = time.perf_counter()
    seen = perceive_picture(image)
    seconds = time.perf_counter() - start
    again = label_character(compile_character(seen.recipe))
    # A picture does not tell metres: both figures are framed alike.
    stage.camera = body_camera({"figure": again})
    image2, layers2 = draw(stage, again)
    a, b = layers["alpha"] > 0.5, layers2["alpha"] > 0.5
    one, two = colours(image, layers["labels"]), colours(image2, layers2["labels"])
    truth, found = recipe_classes(doll.recipe), recipe_classes(seen.recipe)
    row = {
        "seed": seed, "seconds": round(seconds, 1),
        "iou": round(float((a & b).sum() / (a | b).sum()), 3),
        "delta_e": {n: round(float(delta_e(one[n], two[n])), 1) for n in one if n in two},
        "right": {n: truth[n] == found[n] for n in JUDGED},
        "hair": [doll.recipe.hair.style, seen.recipe.hair.style],
        "wardrobe": [[g.kind for g in r.wardrobe] for r in (doll.recipe, seen.recipe)],
    }  # fmt: skip
    return row, np.hstack([image, image2])


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return means and medians over all seeds."""
    by = {n: [r["delta_e"][n] for r in rows if n in r["delta_e"]] for n in COLOURS}
    right = {n: round(float(np.mean([r["right"][n] for r in rows])), 3) for n in JUDGED}
    return {
        "count": len(rows),
        "iou_mean": round(float(np.mean([r["iou"] for r in rows])), 3),
        "iou_median": round(float(np.median([r["iou"] for r in rows])), 3),
        "delta_e_median": {n: round(float(np.median(v)), 1) for n, v in by.items() if v},
        "right": right,
        "right_all": round(float(np.mean(list(right.values()))), 3),
        "seconds": round(float(np.median([r["seconds"] for r in rows])), 1),
    }


def main(words: list[str]) -> int:
    """Run the loop and print a line for each seed and the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=900_001)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--sheet", type=Path)
    asked = parser.parse_args(words)
    rows, pairs = [], []
    with Stage(SIZE, profile="cpu") as stage:
        for seed in range(asked.first, asked.first + asked.count):
            try:
                row, pair = check_one(stage, seed)
            except CyberDirectorError as error:
                sys.stdout.write(f"{seed} {error}\n")
                continue
            rows.append(row)
            pairs.append(pair)
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
    if rows:
        sys.stdout.write(json.dumps(summary(rows), indent=1) + "\n")
    if asked.sheet and pairs:
        small = [np.asarray(Image.fromarray(p).resize((480, 360))) for p in pairs]
        while len(small) % 4:
            small.append(np.full_like(small[0], 255))
        lines = [np.hstack(small[i : i + 4]) for i in range(0, len(small), 4)]
        Image.fromarray(np.vstack(lines)).save(asked.sheet)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
