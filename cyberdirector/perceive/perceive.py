"""A picture becomes a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.perceive.attributes import bare_forearms, measured_classes
from cyberdirector.perceive.by_colour import seen_regions
from cyberdirector.perceive.choose import choose
from cyberdirector.perceive.compose import compose
from cyberdirector.perceive.everyday import everyday
from cyberdirector.perceive.face import fit_face, style_of
from cyberdirector.perceive.gallery import (
    garment_looks,
    hair_scores,
    hat_size,
    outfit_measures,
)
from cyberdirector.perceive.judge import joined, judge, with_arms, with_hat, with_legs
from cyberdirector.perceive.layout import Layout, is_face, no_person, read_points, with_body
from cyberdirector.perceive.likeness import Likeness, fit_likeness
from cyberdirector.perceive.looks import male_odds, with_mien
from cyberdirector.perceive.mask import (
    Box,
    Figure,
    Mask,
    alpha_mask,
    box_of,
    figures,
    flat_mask,
    refine,
)
from cyberdirector.perceive.match import match_lengths, match_proportion
from cyberdirector.perceive.medium import is_photo
from cyberdirector.perceive.palette import Palette, read_palette
from cyberdirector.perceive.perception import Perception
from cyberdirector.perceive.photo import (
    SeenFace,
    person_mask,
    see_faces,
    see_people,
    skull_layout,
    solid_part,
)
from cyberdirector.perceive.picture import Note, Picture, load_picture
from cyberdirector.perceive.prints import with_prints
from cyberdirector.perceive.regions import Regions, drawn_regions, find_box
from cyberdirector.perceive.views import read_sheet, same_character

Source = Path | str | NDArray[np.uint8]

PHOTO_STYLE = 0.75
"""Stylisation for photographs when none is asked for: guoman, a little towards anime."""

_LEAST_FACE, _LEAST_EYES = 0.45, 0.004
"""Mean score of the network's face points, and area of the eyes over that of a square of the
head's height, below which it has found no face (drawings 0.6 and 0.017, noise 0.4 and 0.002).
"""


@dataclass(frozen=True)
class _Seen:
    """The figure of the front picture and what goes with it."""

    picture: Picture
    regions: Regions
    back: bool
    side: bool
    face: SeenFace | None
    notes: tuple[Note, ...]


def perceive_picture(
    image: Source,
    back: Source | None = None,
    side: Source | None = None,
    points: Path | str | Mapping[str, Any] | None = None,
    style: float | None = None,
    seed: int = 0,
    person: int | None = None,
    consent: bool = False,
) -> Perception:
    """Return the recipe of the person in a picture.

    Parameters
    ----------
    image
        A photograph, drawing or render: a file or (h, w, 3 or 4) uint8 sRGB. A sheet of
        two to four views of one character is taken apart.
    back, side
        Further pictures of the same character.
    points
        Nine points (JSON file or mapping, see :func:`~.layout.read_points`) where no face
        is found or the wrong one.
    style
        Stylisation 0..1.25; None takes what the picture suggests.
    seed
        Kept in the provenance; equal inputs give equal recipes.
    person
        Which person, from the left, starting with 1; None takes the largest.
    consent
        That the person in a photograph agreed to the likeness.

    Raises
    ------
    InputRefused
        ``image-unreadable``, ``picture-small``, ``picture-narrow``, ``person-missing``,
        ``person-number``, ``points-invalid``, ``style-range``.
    AdapterUnavailable
        A model is missing.
    """
    if style is not None and not 0.0 <= style <= 1.25:
        raise InputRefused(
            "style-range",
            f"风格化程度 {style} 超出 0..1.25。",
            f"The stylisation {style} is outside 0..1.25.",
        )
    picture = load_picture(image)
    given = read_points(points) if points is not None else None
    seen = _see(picture, given, person)
    palette = read_palette(seen.regions)
    male = male_odds(picture.flat, seen.face) if seen.face is not None else 0.0
    classes = _classes(seen.regions, male)
    name = Path(picture.file).stem or "picture"
    labels, layout = seen.regions.labels, seen.regions.layout
    outfit = choose(classes, hair_scores(labels, layout), garment_looks(labels, layout))
    outfit, worn = everyday(seen.regions, outfit, classes)
    amount = style if style is not None else _own_style(seen.regions, outfit.sex.name)
    draft = compose(classes, outfit, palette, name, picture.sha256, amount, worn)
    recipe, confidence = draft.recipe, dict(draft.confidence)
    likeness: Likeness | None = None
    if seen.face is not None:
        likeness = fit_likeness(seen.face, recipe)
        recipe = likeness.recipe
        recipe = with_mien(recipe, picture.flat, seen.face)
        confidence["face"] = float(np.clip(1.0 - 8.0 * likeness.reprojection, 0.0, 0.95))
    else:
        recipe = recipe.model_copy(update={"style": fit_face(seen.regions, recipe)})
        confidence["face"] = seen.regions.layout.face_score
    if seen.face is None:
        recipe = match_proportion(seen.regions, recipe)
    recipe = with_prints(seen.regions, match_lengths(seen.regions, recipe))
    guessed = list(draft.guessed)
    extra: list[Picture] = []
    for key, other, found in (("back", back, seen.back), ("side", side, seen.side)):
        if other is None and not found:
            guessed.append(key)
        elif other is not None:
            extra.append(load_picture(other))
    hashes = [picture.sha256, *(p.sha256 for p in extra)]
    return _finish(seen, replace_recipe(recipe, extra), palette, confidence, guessed, likeness,
                   {"pictures": hashes, "seed": seed, "consent": consent})  # fmt: skip


def _classes(regions: Regions, male: float) -> dict[str, dict[str, float]]:
    """Return attribute → class → probability by all that can tell."""
    measured = measured_classes(regions, male)
    if not regions.judged:
        return measured
    labels, layout = regions.labels, regions.layout
    judged = joined(judge(labels, layout, regions.picture.flat), regions.judged)
    judged = with_legs(judged, outfit_measures(labels, layout))
    judged = with_arms(judged, bare_forearms(regions))
    return measured | with_hat(judged, *hat_size(labels, layout))


def replace_recipe(recipe: Any, extra: list[Picture]) -> Any:
    """Return the recipe with hair as long as the longest view shows it."""
    for other in extra:
        box, mask = _whole(other)
        if box is not None:
            recipe = match_lengths(drawn_regions(other, box, mask), recipe)
    return recipe


def _own_style(regions: Regions, sex: str) -> float:
    return PHOTO_STYLE if regions.medium == "photo" else style_of(regions, sex)


def _finish(
    seen: _Seen, recipe: Any, palette: Palette, confidence: dict[str, float],
    guessed: list[str], likeness: Likeness | None, provenance: dict[str, Any],
) -> Perception:  # fmt: skip
    regions = seen.regions
    x, y = regions.corner
    mask = np.zeros(seen.picture.pixels.shape[:2], np.bool_)
    rows, columns = regions.mask.shape
    mask[y : y + rows, x : x + columns] = regions.mask
    layout = regions.layout.moved((x, y))
    head = layout.head_window
    boxes: dict[str, Box] = {
        "figure": box_of(mask),
        "head": (int(head.left), int(head.top), int(head.left + head.side),
                 int(head.top + head.side)),
    }  # fmt: skip
    provenance |= {"medium": regions.medium, "likeness_of_real_person": seen.face is not None}
    return Perception(
        recipe, confidence, guessed, boxes, layout.points, mask, palette, regions.medium,
        layout.source, None if likeness is None else round(likeness.reprojection, 4),
        seen.notes, provenance,
    )  # fmt: skip


def _whole(picture: Picture) -> tuple[Box | None, Mask | None]:
    """Return box and mask of the largest figure, as far as plain means find one."""
    mask = alpha_mask(picture)
    if mask is None:
        mask = flat_mask(picture)
    if mask is None:
        return find_box(picture), None
    found = figures(mask)
    return (found[0].box, found[0].mask) if found else (None, None)


def _see(picture: Picture, given: Layout | None, person: int | None) -> _Seen:
    """Return the figure of a picture by the first rung of the ladder that holds."""
    notes = list(picture.notes)
    mask = alpha_mask(picture)
    if mask is None:
        mask = flat_mask(picture)
    faces = see_faces(picture.flat)
    if faces and is_photo(picture.flat, faces[0]):
        return _photo(picture, alpha_mask(picture), faces, given, person, notes)
    figure, back, side = _choose(picture, mask, person, notes)
    if given is not None:
        return _pointed(picture, figure, given, notes)
    box = figure.box if figure is not None else find_box(picture)
    if box is not None:
        regions = drawn_regions(picture, box, None if figure is None else figure.mask)
        if _has_face(regions):
            return _Seen(picture, regions, back, side, None, tuple(notes))
    return _fallback(picture, figure, notes)


def _has_face(regions: Regions) -> bool:
    layout = regions.layout
    eyes = float(regions.part("eyes").sum()) / max(layout.head_height, 1.0) ** 2
    return is_face(layout) and layout.face_score >= _LEAST_FACE and eyes >= _LEAST_EYES


def _choose(
    picture: Picture, mask: Mask | None, person: int | None, notes: list[Note]
) -> tuple[Figure | None, bool, bool]:
    """Return the figure to take, and whether a back and a side view lie beside it."""
    found = figures(mask) if mask is not None else []
    if not found:
        return None, False, False
    if len(found) > 1 and person is None and same_character(picture, found[:4]):
        eyes = [float(_eyes(picture, f)) for f in found[:4]]
        sheet = read_sheet(picture, found[:4], eyes)
        notes.append((
            f"图中有同一角色的 {len(found[:4])} 个视图，以正面为准。",
            f"The picture shows {len(found[:4])} views of one character; the front is used.",
        ))  # fmt: skip
        return sheet.front, sheet.back is not None, sheet.side is not None
    return _pick(found, person, notes, picture.file), False, False


def _eyes(picture: Picture, figure: Figure) -> float:
    regions = drawn_regions(picture, figure.box, figure.mask)
    return float(regions.part("eyes").sum()) / max(int(regions.mask.sum()), 1)


def _pick(found: list[Any], person: int | None, notes: list[Note], file: str) -> Any:
    """Return the asked person (from the left), or the first (largest)."""
    if person is not None:
        ordered = sorted(found, key=lambda f: f.box[0])
        if not 1 <= person <= len(ordered):
            raise InputRefused(
                "person-number",
                f"图中找到 {len(ordered)} 个人，没有第 {person} 个。",
                f"There are {len(ordered)} people in the picture, no number {person}.",
                Location(file),
            )
        return ordered[person - 1]
    if len(found) > 1:
        notes.append((
            f"图中有 {len(found)} 个人，取最大的一个；"
            f"用 --person 1..{len(found)} 可指定（从左数）。",
            f"There are {len(found)} people; the largest is used. Choose with --person "
            f"1..{len(found)}, counted from the left.",
        ))  # fmt: skip
    return found[0]


def _photo(
    picture: Picture, mask: Mask | None, faces: list[SeenFace], given: Layout | None,
    person: int | None, notes: list[Note],
) -> _Seen:  # fmt: skip
    """Return the person of a photograph."""
    face: SeenFace = _pick(faces, person, notes, picture.file)
    people = see_people(picture.flat)
    layout = Layout(dict(face.named()), "mediapipe")
    layout = skull_layout(layout)
    own = [p for p in people if _holds(p.points, face)]
    if own:
        body = {n: v for n, v in own[0].points.items() if n.partition("_")[2] in _JOINTS}
        layout = replace(layout, points={**body, **layout.points})
    if mask is None:
        # An even wall behind a person shades softly: the network finds the edge better.
        soft = person_mask(picture.flat)
        if own and len(faces) > 1:
            soft = np.minimum(soft, own[0].mask)
        mask = solid_part(refine(picture, soft) > 0.5, face)
    if given is not None:
        layout = replace(given, points={**layout.points, **given.points})
    if mask.sum() < 100:
        raise no_person(picture.file)
    box = box_of(mask)
    layout = with_body(layout, float(box[3]), 7.3)
    points = dict(layout.points)
    if "neck" not in points or points["neck"][2] < 0.2:
        s = 0.5 * (layout.at("left_shoulder") + layout.at("right_shoulder"))
        n = 0.55 * layout.at("chin") + 0.45 * s
        points["neck"] = (float(n[0]), float(n[1]), 0.3)
    regions = seen_regions(
        picture, box, mask, replace(layout, points=points), "photo", face.oval
    )
    return _Seen(picture, regions, False, False, face, tuple(notes))


_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def _holds(points: Mapping[str, tuple[float, float, float]], face: SeenFace) -> bool:
    x, y, _ = points["nose"]
    left, top, right, bottom = face.box
    air = 0.3 * (right - left)
    return left - air < x < right + air and top - air < y < bottom + air


def _pointed(
    picture: Picture, figure: Figure | None, given: Layout, notes: list[Note]
) -> _Seen:
    """Return the figure around nine points of the user."""
    if figure is None:
        box = find_box(picture)
        width, height = picture.size
        mask = None
        if box is None:
            box = (0, 0, width, height)
    else:
        box, mask = figure.box, figure.mask
    regions = drawn_regions(picture, box, mask)
    own = given.moved((-regions.corner[0], -regions.corner[1]))
    rows = np.nonzero(regions.mask.any(1))[0]
    floor = float(rows[-1]) if len(rows) else float(regions.mask.shape[0])
    merged = {**regions.layout.points, **own.points}
    layout = with_body(Layout(merged, "user"), floor)
    return _Seen(picture, replace(regions, layout=layout), False, False, None, tuple(notes))


def _fallback(picture: Picture, figure: Figure | None, notes: list[Note]) -> _Seen:
    """Return what MediaPipe sees in a figure that the network does not understand."""
    crop = picture if figure is None else picture.crop(figure.box)
    shift = (0, 0) if figure is None else figure.box[:2]
    people = see_people(crop.flat)
    if not people:
        raise no_person(picture.file)
    points = {n: v for n, v in people[0].points.items() if not n.endswith("ear")}
    eyes = np.array([points["left_eye"][:2], points["right_eye"][:2]])
    mouth = np.array([points["mouth_left"][:2], points["mouth_right"][:2]])
    down = mouth.mean(0) - eyes.mean(0)
    head = {
        "chin": eyes.mean(0) + 1.9 * down, "crown": eyes.mean(0) - 1.9 * down,
    }  # fmt: skip
    points |= {n: (float(p[0]), float(p[1]), 0.4) for n, p in head.items()}
    across = 0.22 * (eyes[0] - eyes[1])
    for side, eye, sign in (("left", eyes[0], 1.0), ("right", eyes[1], -1.0)):
        for end, k in (("outer", sign), ("inner", -sign)):
            at = eye + k * across
            points[f"{side}_eye_{end}"] = (float(at[0]), float(at[1]), 0.3)
    layout = with_body(Layout(points, "pose").moved(shift), float(crop.size[1] + shift[1]))
    if not is_face(layout) or min(points["left_eye"][2], points["right_eye"][2]) < 0.6:
        raise no_person(picture.file)
    mask = figure.mask if figure is not None else refine(picture, people[0].mask) > 0.5
    if mask.sum() < 100:
        raise no_person(picture.file)
    regions = seen_regions(picture, box_of(mask), mask, layout, "drawing")
    return _Seen(picture, regions, False, False, None, tuple(notes))
