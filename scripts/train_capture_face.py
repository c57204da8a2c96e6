"""Train what turns landmarks of a face into the 52 ARKit weights, on our own renders.

Bald heads of random shape are drawn without stylisation with known weights and gaze, from
many sides; MediaPipe looks at them as it looks at a video, and a small network learns to
tell the weights from what it saw. Heads of the test are never trained on.

usage: python scripts/train_capture_face.py data DATA [--heads 60] [--first 0]
       python scripts/train_capture_face.py data DATA --first 1000 --heads 12 --plain
       python scripts/train_capture_face.py train DATA models/capture_face.npz

Heads from 1000 on are those of the report; ``--plain`` shows all shapes equally often there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import face as faces
from cyberdirector.capture._tasks import Face
from cyberdirector.capture.gaze import LIMIT as GAZE
from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.files import replacing
from cyberdirector.perceive.likeness import dial_names, local_of
from cyberdirector.render import Stage
from cyberdirector.render.camera import Camera
from cyberdirector.render.still import STUDIO, face_camera

Floats = NDArray[np.float64]

SIZE = 288
NEUTRAL, SHOWN = 6, 90
"""Pictures of each head: at rest from different sides, and with expressions."""

ALONE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Shapes whose other side is the opposite, not a twin."""

FAINT = {"cheekSquint": 2.5, "jawForward": 4.0, "mouthShrugUpper": 3.0, "tongueOut": 4.0,
         "cheekPuff": 2.0, "noseSneer": 1.5}  # fmt: skip
"""Shapes that landmarks hardly show: so many times as often in training."""

REPORTED = 1000
"""First of the heads that are only reported on."""

PER_STAGE = 8
"""Heads after which the stage is made anew: long lives leak."""

COMPONENTS, HIDDEN = 120, 320
"""Movements of landmarks that are told apart, and width of the network."""

NOISE, DROP = 0.2, 0.4
"""Noise on the inputs (in their usual size) and share of the network that rests in training."""

EYEBALL = 0.42
"""Radius of an eyeball in widths of the eye: 12 mm by 29 mm (Farkas, 1994)."""

BLEED = 0.006
"""Price of showing what is not there, beside the squared error."""


def head_recipe(seed: int) -> Recipe:
    """Return a bald head of random shape without stylisation."""
    rng = np.random.default_rng([seed, 52])
    names = dial_names(load_template())
    values = np.clip(rng.normal(0.0, 0.3, len(names)), -0.8, 0.8)
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "head",
        "name": {"zh": "头", "en": "head"}, "sex": str(rng.choice(["female", "male"])),
        "age": int(rng.integers(16, 50)), "era": "modern", "stylisation": 0.0,
        "shape": {
            "asian": float(rng.uniform(0, 1)), "weight": float(rng.uniform(0.2, 0.7)),
            "ideal": float(rng.uniform(0.3, 0.9)), "muscle": float(rng.uniform(0.35, 0.6)),
        },
        "local": local_of(dict(zip(names, values.tolist(), strict=True))),
        "hair": {"style": "bald"},
    })  # fmt: skip


def random_weights(rng: np.random.Generator, plain: bool = False) -> Floats:
    """Return weights (52,) of a few shapes, both sides of a face mostly alike.

    The eyeLook shapes are left to the gaze; ``mouthClose`` closes an open jaw, so it is no
    more than ``jawOpen``.
    """
    out = np.zeros(SHAPE_COUNT)
    names = [n for n in ARKIT_NAMES if not n.startswith("eyeLook")]
    often = np.array([next((v for n, v in FAINT.items() if name.startswith(n)), 1.0)
                      for name in names]) if not plain else np.ones(len(names))  # fmt: skip
    some = int(rng.integers(1, 6))
    for name in rng.choice(names, some, replace=False, p=often / often.sum()):
        value = float(rng.uniform(0.15, 1.0))
        out[ARKIT_INDEX[name]] = value
        for side, other in (("Left", "Right"), ("Right", "Left")):
            alike = name.endswith(side) and not name.startswith(ALONE) and rng.random() < 0.7
            if alike:
                twin = name.removesuffix(side) + other
                out[ARKIT_INDEX[twin]] = np.clip(value * rng.uniform(0.8, 1.1), 0, 1)
    close, jaw = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    if out[close] > out[jaw]:
        out[jaw] = out[close]
    return out


def gaze_weights(yaw: float, pitch: float) -> dict[str, float]:
    """Return the eyeLook shapes of a gaze, radians (+yaw to the own left, +pitch down)."""
    left, down = yaw / GAZE[0], pitch / GAZE[1]
    return {
        "eyeLookOutLeft": max(left, 0.0), "eyeLookInRight": max(left, 0.0),
        "eyeLookInLeft": max(-left, 0.0), "eyeLookOutRight": max(-left, 0.0),
        "eyeLookDownLeft": max(down, 0.0), "eyeLookDownRight": max(down, 0.0),
        "eyeLookUpLeft": max(-down, 0.0), "eyeLookUpRight": max(-down, 0.0),
    }  # fmt: skip


def camera_of(base: Camera, yaw: float, pitch: float) -> Camera:
    """Return a camera moved around its target."""
    target, eye = np.array(base.target), np.array(base.eye)
    away = float(np.linalg.norm(eye - target))
    way = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    x, y, z = target + away * way
    return Camera((float(x), float(y), float(z)), base.target, base.fov)


def make_head(stage: Stage, model: Face, seed: int, path: Path, plain: bool) -> None:
    """Draw one head and write what was seen of it with the truth."""
    person = compile_character(head_recipe(seed))
    stage.remove("figure")
    actor = stage.add(person, "figure")
    stage.light = STUDIO
    front = face_camera(person, 0.0, 0.13)
    rng = np.random.default_rng([seed, 1])
    rows: dict[str, list[NDArray[np.floating]]] = {"face": [], "scores": [], "truth": [],
                                                   "gaze": [], "matrix": []}  # fmt: skip
    neutral = []
    for k in range(NEUTRAL + SHOWN):
        rest = k < NEUTRAL or rng.random() < 0.08
        weights = np.zeros(SHAPE_COUNT) if rest else random_weights(rng, plain)
        away = float(rng.random() < 0.5 and not rest)
        yaw = rng.normal(0, 0.28) * away
        pitch = rng.normal(0, 0.16 if plain else 0.26) * away
        yaw, pitch = (
            float(np.clip(v, -g, g))
            for v, g in zip((yaw, pitch), GAZE * [1.0, 0.7], strict=True)
        )
        for name, value in gaze_weights(yaw, pitch).items():
            weights[ARKIT_INDEX[name]] = value
        actor.weigh(weights)
        side = 0.08 if k < 2 else 0.3
        stage.camera = camera_of(front, float(rng.normal(0, side)), float(rng.normal(0, 0.14)))
        found = model.look(stage.draw()[..., :3], 0)
        if found is None:
            continue
        values = (*found[:2], weights, np.array([yaw, pitch]), found[2])
        for row, value in zip(rows.values(), values, strict=True):
            row.append(value)
        neutral.append(rest)
    data = {name: np.array(values, np.float32) for name, values in rows.items()}
    with replacing(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **data, neutral=np.array(neutral))


def make_data(folder: Path, first: int, heads: int, plain: bool) -> None:
    """Write one file of observations and truth for each head; those there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Face(video=False)
    missing = [
        seed for seed in range(first, first + heads)
        if not (folder / f"head-{seed:04d}.npz").is_file()
    ]  # fmt: skip
    for start in range(0, len(missing), PER_STAGE):
        with Stage((SIZE, SIZE), style="guoman", profile="cpu") as stage:
            for seed in missing[start : start + PER_STAGE]:
                path = folder / f"head-{seed:04d}.npz"
                make_head(stage, model, seed, path, plain)
                sys.stdout.write(f"{path.name}\n")
                sys.stdout.flush()
    model.close()


def load(path: Path) -> dict[str, Floats]:
    """Return the arrays of one head."""
    with np.load(path, allow_pickle=False) as data:
        return {name: data[name].astype(np.float64) for name in data.files}


def mean_face(heads: list[dict[str, Floats]]) -> Floats:
    """Return the mean resting face (478, 3), x right, y up, z out, RIGID of unit spread."""
    rest = np.concatenate([h["face"][h["neutral"] > 0][:2] for h in heads])
    mean = rest[0] * np.array([1.0, -1.0, -1.0])
    for _ in range(4):
        rigid = mean[list(faces.RIGID)]
        mean = (mean - rigid.mean(0)) / np.sqrt(((rigid - rigid.mean(0)) ** 2).sum(1).mean())
        mean = faces.straight(rest, mean).mean(axis=0)
    return mean


def mirror_map(mean: Floats) -> NDArray[np.int64]:
    """Return for each landmark the one on the other side of the face."""
    other = mean * np.array([-1.0, 1.0, 1.0])
    return np.array([int(((mean - p) ** 2).sum(1).argmin()) for p in other])


def rows_of(
    heads: list[dict[str, Floats]], mean: Floats, mirrored: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return movements (n, 478, 3), score changes, turns and truth of all pictures."""
    out: list[list[Floats]] = [[], [], [], []]
    twin, shapes = mirror_map(mean), faces.MIRRORED
    for head in heads:
        ahead = faces.straight(head["face"], mean)
        rest = faces.rest_frames(head["scores"])
        moved = ahead - np.median(ahead[rest], axis=0)
        change = head["scores"] - np.median(head["scores"][rest], axis=0)
        values = (moved, change, faces.turn_of(head["matrix"]), head["truth"])
        for row, value in zip(out, values, strict=True):
            row.append(value)
        if mirrored:
            flip = moved[:, twin] * np.array([-1.0, 1.0, 1.0])
            turned = values[2] * np.array([-1.0, 1.0])
            others = (flip, change[:, shapes], turned, head["truth"][:, shapes])
            for row, value in zip(out, others, strict=True):
                row.append(value)
    moved, change, turn, truth = (np.concatenate(row) for row in out)
    return moved, change, turn, truth


def train_net(
    rows: Floats, truth: Floats, epochs: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return layers (weight, bias) that turn rows into weights, few and not negative."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    heard = [i for i, n in enumerate(ARKIT_NAMES) if not n.startswith("eyeLook")]
    x, y = torch.tensor(rows, dtype=torch.float32), torch.tensor(truth, dtype=torch.float32)
    first, second = torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, SHAPE_COUNT)
    torch.nn.init.constant_(second.bias, 0.03)
    weights = [*first.parameters(), *second.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=2e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    generator = torch.Generator().manual_seed(1)
    for _ in range(epochs):
        for some in torch.randperm(len(x), generator=generator).split(256):
            seen = x[some] + NOISE * torch.randn(x[some].shape, generator=generator)
            hidden = torch.relu(first(seen))
            kept = (torch.rand(hidden.shape, generator=generator) > DROP) / (1.0 - DROP)
            said = torch.nn.functional.leaky_relu(second(hidden * kept), 0.05)[:, heard]
            goal = y[some][:, heard]
            shown = (goal > 0.02).float()
            miss = (said - goal) ** 2 * (1.0 + 2.0 * shown)
            # What is not there should be nothing at all, not a little of everything.
            bleed = torch.relu(said) * (1.0 - shown)
            loss = miss.mean() + BLEED * bleed.mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
    return [
        (layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy())
        for layer in (first, second)
    ]


def train(folder: Path, out: Path, epochs: int) -> None:
    """Train on all heads but those of the report, report, write the model."""
    files = sorted(folder.glob("head-*.npz"))
    seeds = [int(p.stem.removeprefix("head-")) for p in files]
    heads = [load(p) for p in files]
    known = [h for h, seed in zip(heads, seeds, strict=True) if seed < REPORTED]
    unseen = [h for h, seed in zip(heads, seeds, strict=True) if seed >= REPORTED]
    mean = mean_face(known)
    moved, change, turn, truth = rows_of(known, mean, mirrored=True)
    flat = moved[:, :: faces.STRIDE].reshape(len(moved), -1)
    _, _, basis = np.linalg.svd(flat[:: max(1, len(flat) // 3000)], full_matrices=False)
    basis = basis[:COMPONENTS].T
    spread = (flat @ basis).std(axis=0) + 1e-6
    looks = np.concatenate([
        faces.look_features(
            faces.straight(h["face"], mean), h["scores"], faces.rest_frames(h["scores"])
        )
        for h in known
    ])  # fmt: skip
    gazes = np.concatenate([h["gaze"] for h in known])
    open_ = np.concatenate([h["truth"][:, ARKIT_INDEX["eyeBlinkLeft"]] for h in known]) < 0.3
    looks = np.concatenate([looks, np.ones((len(looks), 1))], axis=1)
    gaze = np.linalg.lstsq(looks[open_], gazes[open_], rcond=None)[0]
    # Drawn eyes hardly move up and down: an eyeball of EYEBALL widths says it instead.
    gaze[:, 1] = 0.0
    gaze[[1, 3], 1] = -0.5 / EYEBALL
    pitch = np.concatenate([faces.turn_of(h["matrix"])[h["neutral"] > 0] for h in heads])[:, 1]
    data = {
        "mean": mean, "basis": basis, "spread": spread, "gaze": gaze,
        "change": change.std(axis=0) + 0.05, "twin": mirror_map(mean),
        "pitch": np.array(float(np.median(pitch))),
    }  # fmt: skip
    arrays = {name: np.asarray(value, np.float32) for name, value in data.items()}
    model = faces.FaceModel.of(arrays)
    layers = train_net(model.inputs(moved, change, turn), truth, epochs)
    for i, (weight, bias) in enumerate(layers):
        arrays[f"weight{i}"], arrays[f"bias{i}"] = weight, bias
    arrays = {
        n: v.astype(np.float16) if n in ("basis", "weight0", "weight1") else v
        for n, v in arrays.items()
    }
    report(faces.FaceModel.of(arrays), unseen)
    with replacing(out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def report(model: faces.FaceModel, heads: list[dict[str, Floats]]) -> None:
    """Print how well unseen heads are read, through the same steps as a take."""
    found, truth, rest, gaze = [], [], [], []
    raw = np.concatenate([h["scores"] for h in heads])
    for head in heads:
        take = faces.solve_face(head["face"], head["scores"], head["matrix"], model)
        found.append(take.weights)
        truth.append(head["truth"])
        rest.append(take.weights[head["neutral"] > 0])
        shut = head["truth"][:, ARKIT_INDEX["eyeBlinkLeft"]] > 0.3
        gaze.append(np.degrees(np.abs(take.gaze - head["gaze"]))[~shut])
    said, true = np.concatenate(found), np.concatenate(truth)

    def likeness(values: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(
                [np.corrcoef(values[:, i], true[:, i])[0, 1] for i in range(SHAPE_COUNT)]
            )

    own, theirs = likeness(said), likeness(raw)
    worst = [f"{ARKIT_NAMES[i]} {own[i]:.2f}" for i in np.argsort(own)[:10]]
    sys.stdout.write(
        f"{len(heads)} unseen heads, {len(true)} pictures\n"
        f"mean correlation {own.mean():.3f} (MediaPipe {theirs.mean():.3f}), "
        f"dead (< 0.3) {int((own < 0.3).sum())} (MediaPipe {int((theirs < 0.3).sum())})\n"
        f"mean error {np.abs(said - true).mean():.3f}, where shown "
        f"{np.abs(said - true)[true > 0.1].mean():.3f}\n"
        f"rest: mean {np.concatenate(rest).mean():.4f}, worst channel mean "
        f"{np.concatenate(rest).mean(0).max():.3f}\n"
        f"gaze: {np.concatenate(gaze).mean(0).round(1).tolist()} degrees\n"
        f"worst: {', '.join(worst)}\n"
    )


def main(words: list[str]) -> int:
    """Make data or train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["data", "train"])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--heads", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--epochs", type=int, default=36)
    asked = parser.parse_args(words)
    if asked.what == "data":
        make_data(asked.data, asked.first, asked.heads, asked.plain)
    else:
        train(asked.data, asked.out, asked.epochs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
