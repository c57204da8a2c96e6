"""Train what turns a face into the 52 ARKit weights and its gaze, on our own renders.

A small network learns from landmarks, MediaPipe's scores and small pictures of eyes and
mouth, all against the actor's own rest, what weights and gaze were drawn. Heads of the
report (``train_capture_face_data.py``) are never trained on.

usage: python scripts/train_capture_face.py DATA models/capture_face.npz [--start FILE]
       python scripts/train_capture_face.py DATA models/capture_face.npz --join FILE FILE
       python scripts/train_capture_face.py DATA models/capture_face.npz --report
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from train_capture_face_score import REPORTED, Head, report, seed_of

from cyberdirector.capture import face as faces
from cyberdirector.capture import face_pixels
from cyberdirector.capture.gaze import LIMIT
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.files import replacing

Floats = NDArray[np.float64]

COMPONENTS, HIDDEN = 120, 320
"""Movements of landmarks that are told apart, and width of the network."""

NOISE, DROP, BLIND, FORGET = 0.3, 0.5, 0.15, 0.2
"""Noise on the inputs (in their usual size), share of the network that rests in training, of
faces whose pixels are not seen, and of what pixels say that is forgotten."""

BLEED = 0.006
"""Price of showing what is not there, beside the squared error."""

LOOK = 0.5
"""Weight of the gaze beside the shapes."""

FAINT, LOUDER = ("mouthRollLower", "jawForward", "cheekSquintLeft", "cheekSquintRight"), 4.0
"""Shapes that move hardly a pixel, and how much more they count."""

EYEBALL = 0.42
"""Radius of an eyeball in widths of the eye: 12 mm by 29 mm (Farkas, 1994)."""


def mean_face(heads: list[Head]) -> Floats:
    """Return the mean resting face (478, 3), x right, y up, z out, RIGID of unit spread."""
    rest = np.concatenate([h.face[h.neutral][:2] for h in heads])
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


@dataclass(frozen=True)
class Rows:
    """Samples of all heads, mirrored ones after the true ones.

    ``moved`` (n, 478, 3), ``change`` (n, 52), ``turn`` (n, 2), ``truth`` (n, 52), ``look``
    (n, 2) gaze in LIMIT, ``head`` (n,) whose.
    """

    moved: Floats
    change: Floats
    turn: Floats
    truth: Floats
    look: Floats
    head: NDArray[np.int64]


def rows_of(heads: list[Head], mean: Floats) -> Rows:
    """Return the samples of heads, faces first, then their mirror images."""
    moved, change, turn, head = [], [], [], []
    for i, h in enumerate(heads):
        ahead, rest = faces.straight(h.face, mean), h.rest
        moved.append(ahead - np.median(ahead[rest], axis=0))
        change.append(h.scores - np.median(h.scores[rest], axis=0))
        turn.append(faces.turn_of(h.matrix))
        head.append(np.full(len(h.face), i))
    m, c, t = (np.concatenate(v) for v in (moved, change, turn))
    truth = np.concatenate([h.truth for h in heads])
    look = np.concatenate([h.gaze for h in heads]) / LIMIT
    over = np.array([-1.0, 1.0])
    whose = np.concatenate(head)
    return Rows(
        np.concatenate([m, m[:, mirror_map(mean)] * np.array([-1.0, 1.0, 1.0])]),
        np.concatenate([c, c[:, faces.MIRRORED]]),
        np.concatenate([t, t * over]),
        np.concatenate([truth, truth[:, faces.MIRRORED]]),
        np.concatenate([look, look * over]),
        np.concatenate([whose, whose]),
    )


def _convolutions(channels: tuple[int, ...], out: int) -> Any:
    import torch

    side, layers = face_pixels.SIDE, []
    for i, (a, b) in enumerate(zip((3, *channels[:-1]), channels, strict=True)):
        k = 5 if i == 0 else 3
        layers += [torch.nn.Conv2d(a, b, k, stride=2, padding=k // 2), torch.nn.ReLU()]
        side //= 2
    layers += [torch.nn.Flatten(), torch.nn.Linear(channels[-1] * side * side, out)]
    return torch.nn.Sequential(*layers)


def _spoilt(shown: Any, generator: Any) -> Any:
    """Return patches (n, 3, 3, s, s) moved, turned and scaled a little, lit and noisy."""
    import torch

    n, side = len(shown), face_pixels.SIDE

    def draw(*shape: int) -> Any:
        return torch.randn(shape, generator=generator)

    turn, size = 0.05 * draw(3 * n), 1.0 + 0.05 * draw(3 * n)
    move = 0.04 * draw(3 * n, 2)
    rows = [size * turn.cos(), -size * turn.sin(), move[:, 0]]
    rows += [size * turn.sin(), size * turn.cos(), move[:, 1]]
    places = torch.nn.functional.affine_grid(
        torch.stack(rows, 1).reshape(-1, 2, 3), [3 * n, 3, side, side], align_corners=False
    )
    flat = shown.reshape(3 * n, 3, side, side)
    out = torch.nn.functional.grid_sample(
        flat, places, padding_mode="border", align_corners=False
    ).reshape(shown.shape)
    light = 1.0 + 0.1 * draw(n, 1, 1, 1, 1)
    slope = torch.linspace(-1, 1, side)
    shade = 0.1 * draw(n, 1, 1, 1, 1) * slope[:, None] + 0.1 * draw(n, 1, 1, 1, 1) * slope
    grain = 0.05 * torch.rand((n, 1, 1, 1, 1), generator=generator)
    out = (out + 1.0) * light * (1.0 + shade) - 1.0
    return out + grain * draw(*out.shape) + 0.04 * draw(n, 1, 3, 1, 1)


class Net:
    """The network in training: convolutions of patches and two layers on all inputs."""

    def __init__(self, inputs: int) -> None:
        import torch

        torch.manual_seed(0)
        torch.set_num_threads(1)
        self.eye = _convolutions((12, 20, 28), face_pixels.EYE)
        self.mouth = _convolutions((12, 20, 28), face_pixels.MOUTH)
        seen = 2 * face_pixels.EYE + face_pixels.MOUTH + 1
        self.first = torch.nn.Linear(inputs + seen, HIDDEN)
        self.second = torch.nn.Linear(HIDDEN, SHAPE_COUNT + 2)
        torch.nn.init.constant_(self.second.bias, 0.03)

    def begin(self, model: faces.FaceModel) -> None:
        """Take the weights of a trained model."""
        import torch

        told = model.nets[0]
        parts = ((self.eye, told.pixels.eye), (self.mouth, told.pixels.mouth),
                 ([self.first, self.second], told.layers))  # fmt: skip
        for layers, values in parts:
            own = [layer for layer in layers if hasattr(layer, "weight")]
            for layer, (weight, bias) in zip(own, values, strict=True):
                turned = weight.T if weight.ndim == 2 else weight
                layer.weight.data = torch.tensor(turned, dtype=torch.float32).contiguous()
                layer.bias.data = torch.tensor(bias, dtype=torch.float32)

    def parameters(self) -> list[Any]:
        """Return everything that is trained."""
        parts = (self.eye, self.mouth, self.first, self.second)
        return [p for part in parts for p in part.parameters()]

    def embed(self, shown: Any) -> Any:
        """Return the numbers of patches (n, 3, 3, s, s): left eye, right eye, mouth."""
        import torch

        return torch.cat(
            [self.eye(shown[:, 0]), self.eye(shown[:, 1]), self.mouth(shown[:, 2])], 1
        )

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights as the model's file names them."""
        out = {}
        for name, part in (("eye", self.eye), ("mouth", self.mouth)):
            layers = [layer for layer in part if hasattr(layer, "weight")]
            for i, layer in enumerate(layers):
                weight = layer.weight.detach().numpy()
                out[f"net0_{name}_weight{i}"] = weight.T.copy() if weight.ndim == 2 else weight
                out[f"net0_{name}_bias{i}"] = layer.bias.detach().numpy()
        for i, layer in enumerate((self.first, self.second)):
            out[f"net0_weight{i}"] = layer.weight.detach().numpy().T.copy()
            out[f"net0_bias{i}"] = layer.bias.detach().numpy()
        return out


class Seen:
    """The patches of all samples, read by sample and by rest of its head."""

    def __init__(self, heads: list[Head]) -> None:
        import torch

        side = face_pixels.SIDE
        blank = np.zeros((1, 3, side, side, 3), np.uint8)
        shown = [h.patches if h.patches is not None else np.repeat(blank, len(h.face), 0)
                 for h in heads]  # fmt: skip
        known = [np.full(len(h.face), h.patches is not None) for h in heads]
        starts = np.cumsum([0, *[len(h.face) for h in heads]])
        even = np.concatenate([face_pixels.evened(v).astype(np.float16) for v in shown])
        self._shown = torch.tensor(even.transpose(0, 1, 4, 2, 3))
        self.known = torch.tensor(np.concatenate(known))
        self._rests = [torch.tensor(h.rest + a) for h, a in zip(heads, starts, strict=False)]
        self.count = len(self._shown)

    def patches(self, at: Any) -> Any:
        """Return evened patches (n, 3, 3, s, s) of samples; those past the end in a mirror."""
        import torch

        flip = at >= self.count
        own = at % self.count
        even = self._shown[own].float()
        other = torch.stack([even[:, 1], even[:, 0], even[:, 2].flip(-1)], 1)
        return torch.where(flip[:, None, None, None, None], other, even)

    def rest(self, heads: Any, flip: Any, generator: Any) -> Any:
        """Return for each sample one that is at rest, of the same head and side."""
        import torch

        picks = [r[int(torch.randint(len(r), (1,), generator=generator))] for r in self._rests]
        return torch.stack(picks)[heads] + flip * self.count


def train_net(
    heads: list[Head], rows: Rows, inputs: Floats, epochs: int, start: faces.FaceModel | None
) -> Net:
    """Return the network that tells weights, few and not negative, and gaze."""
    import torch

    heard = [i for i, n in enumerate(ARKIT_NAMES) if not n.startswith("eyeLook")]
    counts = torch.tensor([LOUDER if ARKIT_NAMES[i] in FAINT else 1.0 for i in heard])
    seen, net = Seen(heads), Net(inputs.shape[1])
    if start is not None:
        net.begin(start)
    x, y, look = (torch.tensor(v, dtype=torch.float32) for v in (inputs, rows.truth, rows.look))
    whose = torch.tensor(rows.head)
    blinks = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
    open_ = (y[:, blinks].max(1).values < 0.3).float()
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=5e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    generator = torch.Generator().manual_seed(1)
    means = [value.detach().clone() for value in net.parameters()]
    shown = torch.nonzero(seen.known.repeat(2))[:, 0]
    blind = torch.nonzero(~seen.known.repeat(2))[:, 0]
    for epoch in range(epochs):
        total = 0.0
        few = blind[torch.randperm(len(blind), generator=generator)[: len(shown)]]
        pool = torch.cat([shown, shown, few])
        for some in pool[torch.randperm(len(pool), generator=generator)].split(256):
            sees = seen.known[some % seen.count].clone()
            sees &= torch.rand(len(some), generator=generator) > BLIND
            found = torch.zeros(len(some), 2 * face_pixels.EYE + face_pixels.MOUTH + 1)
            there = some[sees]
            rest = seen.rest(whose[there], (there >= seen.count).long(), generator)
            unique, back = torch.unique(rest, return_inverse=True)
            said = net.embed(_spoilt(seen.patches(torch.cat([there, unique])), generator))
            found[sees] = torch.cat(
                [said[: len(there)] - said[len(there) :][back], torch.ones(len(there), 1)], 1
            )
            found[:, :-1] *= torch.rand(found[:, :-1].shape, generator=generator) > FORGET
            given = x[some] + NOISE * torch.randn(x[some].shape, generator=generator)
            hidden = torch.relu(net.first(torch.cat([given, found], 1)))
            kept = (torch.rand(hidden.shape, generator=generator) > DROP) / (1.0 - DROP)
            out = net.second(hidden * kept)
            guess = torch.nn.functional.leaky_relu(out[:, :SHAPE_COUNT], 0.05)[:, heard]
            goal = y[some][:, heard]
            there_ = (goal > 0.02).float()
            miss = (guess - goal) ** 2 * (1.0 + 2.0 * there_) * counts
            # What is not there should be nothing at all, not a little of everything.
            bleed = torch.relu(guess) * (1.0 - there_)
            away = ((out[:, SHAPE_COUNT:] - look[some]) ** 2).mean(1) * open_[some]
            loss = miss.mean() + BLEED * bleed.mean() + LOOK * away.mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            calm = epoch * 2 >= epochs
            for mean, value in zip(means, net.parameters(), strict=True):
                mean.lerp_(value.detach(), 0.004 if calm else 1.0)
            total += float(loss.detach()) * len(some) / len(pool)
        schedule.step()
        sys.stdout.write(f"epoch {epoch + 1}: {total:.4f}\n")
        sys.stdout.flush()
    # The mean of the later steps is steadier than the last one.
    for mean, value in zip(means, net.parameters(), strict=True):
        value.data.copy_(mean)
    return net


def train(folder: Path, out: Path, epochs: int, begin: Path | None) -> None:
    """Train on all heads but those of the report, report, write the model."""
    files = [p for p in sorted(folder.glob("head-*.npz")) if seed_of(p) < REPORTED]
    known = [Head.load(p) for p in files]
    mean = mean_face(known)
    rows = rows_of(known, mean)
    flat = rows.moved[:, :: faces.STRIDE].reshape(len(rows.moved), -1)
    _, _, basis = np.linalg.svd(flat[:: max(1, len(flat) // 3000)], full_matrices=False)
    basis = basis[:COMPONENTS].T
    pitch = np.concatenate([faces.turn_of(h.matrix)[h.neutral] for h in known])[:, 1]
    data: dict[str, Any] = {
        "mean": mean, "basis": basis, "spread": (flat @ basis).std(axis=0) + 1e-6,
        "change": rows.change.std(axis=0) + 0.05, "twin": mirror_map(mean),
        "pitch": float(np.median(pitch)), "gaze": plain_gaze(known, mean),
    }  # fmt: skip
    arrays = {name: np.asarray(value, np.float32) for name, value in data.items()}
    model = faces.FaceModel.of(arrays)
    inputs = model.inputs(rows.moved, rows.change, rows.turn)
    start = None
    if begin is not None:
        # What the network was told before, it must be told alike.
        with np.load(begin, allow_pickle=False) as given:
            start = faces.FaceModel.of({name: given[name] for name in given.files})
            arrays |= {n: given[n] for n in ("mean", "basis", "spread", "change", "twin")}
        rows = rows_of(known, start.mean)
        inputs = start.inputs(rows.moved, rows.change, rows.turn)
    arrays |= train_net(known, rows, inputs, epochs, start).arrays()
    write(out, arrays)


def write(out: Path, arrays: dict[str, NDArray[np.float32]]) -> None:
    """Write a model; large arrays in half precision."""
    packed = {n: v.astype(np.float16) if v.size > 1000 else v for n, v in arrays.items()}
    with replacing(out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **packed)


def join(files: list[Path], out: Path) -> None:
    """Write one model of the networks of several, all begun from the first of them."""
    arrays: dict[str, NDArray[np.float32]] = {}
    for k, path in enumerate(files):
        with np.load(path, allow_pickle=False) as data:
            for name in data.files:
                own = name.replace("net0_", f"net{k}_") if name.startswith("net0_") else name
                arrays.setdefault(own, data[name])
    write(out, arrays)


def plain_gaze(heads: list[Head], mean: Floats) -> Floats:
    """Return the map (15, 2) from irises, lids and scores to gaze, for takes without pixels.

    What MediaPipe says of drawn eyes hardly follows their pitch: an eyeball of EYEBALL
    widths says it instead.
    """
    looks = np.concatenate([
        faces.look_features(faces.straight(h.face, mean), h.scores, h.rest) for h in heads
    ])  # fmt: skip
    gazes = np.concatenate([h.gaze for h in heads])
    blink = np.concatenate([h.truth[:, ARKIT_INDEX["eyeBlinkLeft"]] for h in heads])
    looks = np.concatenate([looks, np.ones((len(looks), 1))], axis=1)
    out = np.linalg.lstsq(looks[blink < 0.3], gazes[blink < 0.3], rcond=None)[0]
    out[:, 1] = 0.0
    out[[1, 3], 1] = -0.5 / EYEBALL
    return out


def main(words: list[str]) -> int:
    """Train and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--report", action="store_true", help="report only")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--start", type=Path, help="a trained model to go on from")
    parser.add_argument("--join", type=Path, nargs="+", help="models whose mean is wanted")
    asked = parser.parse_args(words)
    if asked.join:
        join(asked.join, asked.out)
    elif not asked.report:
        train(asked.data, asked.out, asked.epochs, asked.start)
    with np.load(asked.out, allow_pickle=False) as data:
        model = faces.FaceModel.of({name: data[name] for name in data.files})
    unseen = [p for p in sorted(asked.data.glob("head-*.npz")) if seed_of(p) >= REPORTED]
    for name, low, high in (("bald people in even light", 1000, 2000), ("all", 2000, 3000)):
        heads = [Head.load(p) for p in unseen if low <= seed_of(p) < high]
        if heads:
            sys.stdout.write(f"-- {name}\n")
            report(model, heads)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
