"""Train the ear on lines from ``train_ear_data.py`` and store it as ONNX.

usage: python scripts/train_ear.py DATA [--steps N] [--seconds S] [--grow OLD/state.pt]
       [--state DATA/state.pt] [--export models/ear.onnx]

One thread. A run that was stopped goes on where it was (``--state``); lines that have come
since are taken in every 200 steps. ``--grow`` begins with a narrower network that was trained
before: what it computes is kept, the new channels add nothing at first.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from train_ear_augment import augment, mask, stretch
from train_ear_grow import widen
from train_ear_net import CLASSES, Ear, Exported

from cyberdirector.core.files import replacing, write_bytes
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.features import (
    MELS,
    STEP,
    log_mel,
    loud_mean,
    normalise,
    take_mean,
)

FRAMES = 2400
"""Frames per step; crops are 96, 160 or 240 long, so that the ends of takes are learnt too."""

ALONE = 0.5
"""Share of the shorter crops that hold one word with its silence and nothing else."""

CONFUSED = [PHONE_CLASSES.index(k) for k in ("SIL", "BMP", "FV", "TD", "L", "KG", "W")]
"""What closed lips are taken for; their order among themselves is learnt once more."""

DRAWN, GRAIN = 0.6, 0.4
"""Share of crops of drawn lines, where there are any; nepers of noise that those lack (SD)."""
IGNORED = -1


def say(text: str) -> None:
    """Write a line of progress at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Lines:
    """Lines in memory: log-mel and labels; which of them are drawn and which have waves.

    ``words`` are (line, first frame, last frame) of what is said between two silences,
    ``lengths`` the logarithms of the frames that phones of each class last.
    Half of all draws are from ``leant``, the lines of the language ``lean`` (drawn or not),
    where one is named.
    """

    folder: Path
    mels: list[NDArray[np.float16]] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    voiced: list[int] = field(default_factory=list)
    labels: list[NDArray[np.int64]] = field(default_factory=list)
    held: list[tuple[NDArray[np.float32], NDArray[np.int64], str]] = field(default_factory=list)
    words: list[tuple[int, int, int]] = field(default_factory=list)
    lengths: list[list[float]] = field(default_factory=lambda: [[] for _ in range(CLASSES)])
    seen: set[str] = field(default_factory=set)
    lean: str = ""
    leant: dict[bool, list[int]] = field(default_factory=lambda: {True: [], False: []})

    def refresh(self) -> None:
        """Take in what has come since."""
        for path in sorted(self.folder.glob("*[0-9].npz")):
            if path.name in self.seen:
                continue
            self.seen.add(path.name)
            with np.load(path) as data:
                drawn = "mel" in data  # from train_ear_sketch.py
                if drawn:
                    mel = data["mel"].astype(np.float32)
                else:
                    mel = log_mel(data["audio"].astype(np.float32) / 32767.0)
                label = label_frames(len(mel), data["starts"], data["ends"], data["kinds"])
                for kind, a, b in zip(data["kinds"], data["starts"], data["ends"], strict=True):
                    self.lengths[kind].append(float(np.log(max(1.0, (b - a) / STEP))))
                if bool(data["held"]):
                    self.held.append((mel, label, str(data["language"])))
                else:
                    (self.drawn if drawn else self.voiced).append(len(self.mels))
                    if str(data["language"]) == self.lean:
                        self.leant[drawn].append(len(self.mels))
                    self.mels.append(mel.astype(np.float16))
                    self.labels.append(label)
                    if path.name.startswith("w"):
                        self.words += [(len(self.mels) - 1, a, b) for a, b in runs_of(label)]

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return a random line; drawn ones get the grain that waves have."""
        grainy = bool(self.drawn) and rng.random() < DRAWN
        chosen = self.drawn if grainy else self.voiced
        if self.leant[grainy] and rng.random() < 0.5:
            chosen = self.leant[grainy]
        index = chosen[int(rng.integers(len(chosen)))]
        mel = self.mels[index].astype(np.float32)
        if grainy:
            mel += rng.normal(0.0, GRAIN, mel.shape).astype(np.float32)
        return mel, self.labels[index]

    def draw_word(
        self, size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return up to ``size`` frames with one word in silence, at another pace."""
        index, first, last = self.words[int(rng.integers(len(self.words)))]
        mel, label = self.mels[index].astype(np.float32), self.labels[index]
        before, after = rng.integers(3, 45, 2)
        quiet = mel[np.argmin(mel.sum(1))]
        near = np.flatnonzero(label > 0)
        low = max(first - before, near[near < first].max(initial=-1) + 3, 0)
        high = min(last + after, near[near >= last].min(initial=len(label) + 3) - 3, len(label))
        pads = max(0, low - (first - before)), max(0, last + after - high)
        mel = np.concatenate([np.tile(quiet, (pads[0], 1)), mel[low:high],
                              np.tile(quiet, (pads[1], 1))])  # fmt: skip
        mel, label = stretch(mel, np.pad(label[low:high], pads), rng)
        return mel[:size], label[:size]


def runs_of(label: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the first and last frames of what is said between silences of 80 ms and more."""
    spoken = np.flatnonzero(label > 0)
    breaks = np.flatnonzero(np.diff(spoken) > 8)
    firsts = spoken[np.concatenate([[0], breaks + 1])]
    lasts = spoken[np.concatenate([breaks, [len(spoken) - 1]])] + 1
    return [(int(a), int(b)) for a, b in zip(firsts, lasts, strict=True) if b - a < 140]


def label_frames(
    count: int, starts: NDArray, ends: NDArray, kinds: NDArray
) -> NDArray[np.int64]:
    """Return the class at every frame centre; silence where no phone is."""
    label = np.zeros(count, np.int64)
    for start, end, kind in zip(starts, ends, kinds, strict=True):
        label[int(np.ceil(start / STEP)) : int(np.ceil(end / STEP))] = kind
    return label


def make_batch(
    lines: Lines, colour: NDArray[np.float32], rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return features (b, 40, 1, n) and labels (b, 1, n) of random crops.

    Half of the crops are made of two lines cut together, so that no line is learnt by heart;
    of the shorter ones half hold a word alone.
    """
    size = int(rng.choice([96, 160, 240]))
    count = FRAMES // size
    x = np.zeros((count, MELS, 1, size), np.float32)
    y = np.full((count, 1, size), IGNORED, np.int64)
    for row in range(count):
        alone = size < 240 and bool(lines.words) and rng.random() < ALONE
        mel, label = lines.draw_word(size, rng) if alone else _crop(lines, size, rng)
        if not alone and rng.random() < 0.5 and len(mel) > 60:
            cut = int(rng.integers(25, len(mel) - 25))
            other, named = _crop(lines, size - cut, rng)
            mel = np.concatenate([mel[:cut], other + (mel.mean() - other.mean())])
            label = np.concatenate([label[:cut], named])
        heard = augment(mel, lines.draw(rng)[0], rng)
        features = mask(normalise(heard, take_mean(heard, colour)), rng)
        x[row, :, 0, : len(heard)] = features.T
        y[row, 0, : len(heard)] = label
    return torch.from_numpy(x), torch.from_numpy(y)


def _crop(
    lines: Lines, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return up to ``size`` frames of a random line at another pace."""
    mel, label = stretch(*lines.draw(rng), rng)
    first = int(rng.integers(0, max(1, len(mel) - size + 1)))
    return mel[first : first + size], label[first : first + size]


def check(net: Ear, lines: Lines, colour: NDArray[np.float32]) -> dict[str, float]:
    """Return the share of right frames of held-out voices, per language and in all."""
    net.eval()
    hits: dict[str, list[float]] = {}
    with torch.no_grad():
        for mel, label, language in lines.held:
            features = normalise(mel, take_mean(mel, colour))
            x = torch.from_numpy(features.T[None, :, None].copy())
            right = net(x)[0, :, 0].argmax(0).numpy() == label
            hits.setdefault(language, []).extend(right)
    net.train()
    found = {key: float(np.mean(value)) for key, value in sorted(hits.items())}
    return {**found, "all": float(np.mean([v for h in hits.values() for v in h]))}


def class_weights(lines: Lines) -> torch.Tensor:
    """Return weights that lift the rare classes by the root of their rarity."""
    count = np.bincount(np.concatenate(lines.labels), minlength=CLASSES) + 500.0
    weight = (count.sum() / count) ** 0.5
    return torch.tensor(weight / weight.mean(), dtype=torch.float32)


def order_of(lines: Lines) -> NDArray[np.float64]:
    """Return (21, 21) the log probability of a class (column) after another (row)."""
    count = np.full((CLASSES, CLASSES), 0.5)
    for label in lines.labels:
        runs = label[np.flatnonzero(np.diff(label, prepend=-1))]
        np.add.at(count, (runs[:-1], runs[1:]), 1.0)
    np.fill_diagonal(count, 0.0)
    return np.log(count / count.sum(1, keepdims=True) + 1e-6)


def colour_of(lines: Lines) -> NDArray[np.float32]:
    """Return (40,) the mean of loud frames of the lines with waves."""
    means = [loud_mean(lines.mels[i].astype(np.float32)) for i in lines.voiced]
    return np.mean(means, axis=0, dtype=np.float32)


def loss_of(logits: torch.Tensor, y: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of all classes and that among :data:`CONFUSED`."""
    whole = functional.cross_entropy(
        logits, y, weights, ignore_index=IGNORED, label_smoothing=0.08
    )
    place = torch.full((CLASSES + 1,), IGNORED)
    place[CONFUSED] = torch.arange(len(CONFUSED))
    among = functional.cross_entropy(
        logits[:, CONFUSED], place[y], weights[CONFUSED], ignore_index=IGNORED
    )
    return whole + 0.3 * among


def train(options: argparse.Namespace) -> None:
    """Run the steps that are left and export the slow average of the weights."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    lines = Lines(options.data, lean=options.lean)
    lines.refresh()
    net = Ear(options.channels).to(memory_format=torch.channels_last)
    slow = Ear(options.channels).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=1e-2)
    state_path = options.state or options.data / "state.pt"
    step, begun, colour = 0, time.monotonic(), colour_of(lines)
    if state_path.exists():
        state = torch.load(state_path, weights_only=True)
        net.load_state_dict(state["net"])
        slow.load_state_dict(state["slow"])
        optimiser.load_state_dict(state["optimiser"])
        step, colour = int(state["step"]), state["colour"].numpy()
    else:
        if options.grow:
            old = torch.load(options.grow, weights_only=True)["slow"]
            net.load_state_dict(widen(old, net.state_dict()))
        slow.load_state_dict(net.state_dict())
    weights = class_weights(lines)
    while step < options.steps and time.monotonic() - begun < options.seconds:
        late = max(step / options.steps, (time.monotonic() - begun) / options.seconds)
        fall = max(0.02, 0.5 + 0.5 * np.cos(np.pi * late))
        rate = float(options.rate * min(1.0, (step + 1) / 100) * fall)
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, y = make_batch(lines, colour, np.random.default_rng([7, step]))
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(x.to(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), y, weights)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        step += 1
        _follow(slow, net, 0.0 if step < 100 and not options.grow else 0.995)
        if step % 50 == 0:
            spent = time.monotonic() - begun
            say(f"{step} loss {loss.item():.3f} rate {rate:.5f} {spent:.0f} s")
        if step % 400 == 0:
            lines.refresh()
            weights = class_weights(lines)
            say(f"  {len(lines.mels)} lines; held out {check(slow, lines, colour)}")
            _save(state_path, net, slow, optimiser, step, colour)
            if options.export:
                export(slow, lines, step, colour, options.export)
    _save(state_path, net, slow, optimiser, step, colour)
    if options.export:
        export(slow, lines, step, colour, options.export)


def _follow(slow: Ear, net: Ear, share: float) -> None:
    """Move the slow average of the weights towards ``net``."""
    with torch.no_grad():
        old = slow.state_dict()
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                old[name].mul_(share).add_(value, alpha=1.0 - share)


def _save(
    path: Path, net: Ear, slow: Ear, optimiser: torch.optim.Optimizer, step: int,
    colour: NDArray[np.float32],
) -> None:  # fmt: skip
    with replacing(path) as temporary:
        torch.save(
            {"net": net.state_dict(), "slow": slow.state_dict(),
             "optimiser": optimiser.state_dict(), "step": step,
             "colour": torch.from_numpy(colour)},
            temporary,
        )  # fmt: skip


def export(net: Ear, lines: Lines, step: int, colour: NDArray[np.float32], path: Path) -> None:
    """Store the network with what it scored, what it was trained on and the classes."""
    import onnx

    found = check(net, lines, colour)
    plain = Exported(net.eval())
    stream = io.BytesIO()
    torch.onnx.export(
        plain, (torch.zeros(100, MELS),), stream, dynamo=False, opset_version=17,
        input_names=["features"], output_names=["posteriors"],
        dynamic_axes={"features": {0: "frames"}, "posteriors": {0: "frames"}},
    )  # fmt: skip
    model = onnx.load_from_string(stream.getvalue())
    minutes = sum(map(len, lines.mels)) * STEP / 60.0
    count = np.bincount(np.concatenate(lines.labels), minlength=CLASSES) + 500.0
    facts = {
        "classes": " ".join(PHONE_CLASSES),
        "priors": json.dumps([round(float(v), 6) for v in count**0.5 / (count**0.5).sum()]),
        "bigrams": json.dumps([round(float(v), 3) for v in order_of(lines).ravel()]),
        "lengths": json.dumps(
            [
                [round(float(np.mean(v or [0.0])), 3), round(float(np.std(v or [0.0])), 3)]
                for v in lines.lengths
            ]
        ),
        "colour": json.dumps([round(float(v), 3) for v in colour.tolist()]),
        "training": f"{step} steps, {len(lines.mels)} lines, {minutes:.0f} minutes",
        "held_out_accuracy": json.dumps({k: round(v, 4) for k, v in found.items()}),
        "licence": "Apache-2.0",
    }
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value)
    write_bytes(path, model.SerializeToString(deterministic=True))
    net.train()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--channels", type=int, default=208)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--lean", default="", help="language that half of the crops are of")
    parser.add_argument("--grow", type=Path)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--export", type=Path)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
