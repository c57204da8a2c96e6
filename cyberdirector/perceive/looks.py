"""What the face in a photograph says beside its shape: man or woman, a beard, a smile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.recipe import Recipe
from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.photo import SeenFace

Floats = NDArray[np.float64]

_CHEEKS = (50, 280, 205, 425, 101, 330)
_CHIN = (199, 208, 428, 175, 171, 396)
_LIP = (164, 167, 393, 165, 391, 92, 322)
_JAW = (214, 434, 135, 364, 192, 416, 138, 367)
_MOUTH = (0, 13, 14, 17, 37, 267, 84, 314)
"""Points of the mesh on the cheeks, on the chin, between nose and mouth, along the jaw (where
beards grow), and on the lips."""

_BROWS = ((105, 52), (334, 282), (63, 53), (293, 283))
"""Upper and lower edge of both brows."""


def _tone(lab: Floats, face: SeenFace, points: tuple[int, ...]) -> Floats:
    """Return the middle colour (3,) CIELAB around some points of the mesh."""
    height, width = lab.shape[:2]
    reach = max(1, round(0.01 * (face.box[2] - face.box[0])))
    found = []
    for x, y in face.points[list(points), :2].astype(int):
        x0, y0 = max(x - reach, 0), max(y - reach, 0)
        patch = lab[y0 : min(y + reach + 1, height), x0 : min(x + reach + 1, width)]
        if patch.size:
            found.append(np.median(patch.reshape(-1, 3), axis=0))
    return np.median(found, axis=0) if found else np.array([50.0, 0.0, 0.0])


def _cut(pixels: NDArray[np.uint8], face: SeenFace) -> tuple[Floats, SeenFace]:
    """Return the face's own window of a picture in CIELAB, and the face in its pixels."""
    left, top, right, bottom = (int(v) for v in face.box)
    left, top = max(left - 8, 0), max(top - 8, 0)
    window = pixels[top : max(bottom + 8, top + 1), left : max(right + 8, left + 1)]
    moved = SeenFace(face.points - [left, top, 0.0], face.scores, face.turn)
    return lab_from_rgb(window), moved


def beard_shade(pixels: NDArray[np.uint8], face: SeenFace) -> tuple[float, float, float]:
    """Return how much darker (L*) chin, upper lip and jaw are than the cheeks.

    Shaven men and women have -5 to 16, beards 20 to 50.
    """
    lab, own = _cut(pixels, face)
    cheek = _tone(lab, own, _CHEEKS)[0]
    chin, lip, jaw = (float(cheek - _tone(lab, own, p)[0]) for p in (_CHIN, _LIP, _JAW))
    return chin, lip, jaw


_GROWN, _FULL = 18.0, 21.0
"""Shade of chin or upper lip from which a beard grows there, and of the jaw for a full one."""


def beard_of(pixels: NDArray[np.uint8], face: SeenFace) -> str:
    """Return the beard (:data:`~.parts.CLASSES`) that a man's face shows, "" for none.

    A face half in shade darkens all at once: chin and lip must be darker than the jaw, or
    all three as dark as hair.
    """
    chin, lip, jaw = beard_shade(pixels, face)
    if min(chin, lip) > _GROWN:
        return "goatee" if jaw < _FULL else "stubble"
    if lip > _GROWN and chin < 0.5 * _GROWN:
        return "moustache"
    return ""


def male_odds(pixels: NDArray[np.uint8], face: SeenFace) -> float:
    """Return the log-odds that a viewer takes a face for a man's; a hint, never a fact.

    Men have, as anthropometry says too, broader chins, longer upper lips (a smile shortens
    them), thicker brows, wider jaws, beards, and lips less red; their eyes open less. The
    middles and units lie between men and women of 88 photographs in test suites of public
    repositories (83 are told right, hair not looked at).
    """
    # Mirror to y up, then turn the head back to the front.
    at = (face.points * [1.0, -1.0, -1.0]) @ face.turn

    def apart(one: int, two: int) -> float:
        return float(np.linalg.norm(at[one] - at[two]))

    eyes = max(apart(468, 473), 1e-6)
    smile = min(face.scores.get(n, 0.0) for n in _SMILES)
    chin = min(apart(148, 377) / eyes - 0.02 * smile, 0.435)
    upper = apart(2, 0) / eyes + 0.06 * smile
    thick = float(np.mean([apart(a, b) for a, b in _BROWS])) / eyes
    jaw = apart(172, 397) / max(apart(234, 454), 1e-6)
    open_ = 0.5 * (apart(159, 145) + apart(386, 374)) / eyes
    lab, own = _cut(pixels, face)
    red = float((_tone(lab, own, _MOUTH) - _tone(lab, own, _CHEEKS))[1])
    under, over, _ = beard_shade(pixels, face)
    odds = np.clip((0.5 * (under + over) - 8.5) / 6.0, -1.0, 1.0)
    odds += np.clip((min(under, over) - 14.0) / 4.0, 0.0, 4.0)
    odds += (chin - 0.390) / 0.016 + (upper - 0.235) / 0.024 + (thick - 0.091) / 0.012
    odds += 0.6 * (jaw - 0.805) / 0.03 - 0.5 * (red - 8.0) / 7.0 - 0.4 * (open_ - 0.134) / 0.03
    return float(np.clip(odds, -5.0, 5.0))


_CURVE = {"female": 0.004, "male": 0.0024}
"""Metres by which the corners of a smiling mouth lie higher (on a head of natural size); the
drawn lips of women are fuller and hide more of it."""

_SMILES = ("mouthSmileLeft", "mouthSmileRight")


def with_mien(recipe: Recipe, pixels: NDArray[np.uint8], face: SeenFace) -> Recipe:
    """Return the recipe with the beard of a man and the mouth of who smiles.

    Landmarks are freed from the expression, so a smile is given back as the shape of resting
    lips, and calm brows: else every face looks stern.
    """
    data = recipe.model_dump(by_alias=True)
    look = {"brow_kind": "crescent" if recipe.sex == "female" else "straight"}
    if smiles(face):
        data["style"]["mouth_curve"] = _CURVE[recipe.sex]
        data["local"]["mouth-angles-up"] = 1.0
        data["local"].pop("mouth-angles-down", None)
        look["lip_kind"] = "smile"
    data["face"] = {**look, **data["face"], **({"lip_kind": "smile"} if smiles(face) else {})}
    if recipe.sex == "male":
        beard = beard_of(pixels, face)
        data["hair"]["beard"] = beard if beard != "stubble" else ""
        if beard == "stubble":
            data["paint"]["stubble"] = 0.55
    return Recipe.model_validate(data)


def smiles(face: SeenFace) -> bool:
    """Tell whether the person smiles clearly."""
    return min(face.scores.get(n, 0.0) for n in _SMILES) > 0.4
