"""More speech for the ear at a twelfth of the cost: mels drawn without the vocoder's waves.

Ninety-five percent of the work of a line is the last stage of the vocoder, which turns
acoustic features into waves. A small network learns from the lines of ``train_ear_data.py``
what log-mel comes out of it; then new lines need no waves at all.

``python scripts/train_ear_sketch.py FOLDER --learn SECONDS`` trains it (``FOLDER/sketch.pt``);
``python scripts/train_ear_sketch.py FOLDER --minutes 180`` writes ``sNNNNNN.npz``: ``mel``
(n, 40) float16, ``starts``, ``ends``, ``kinds`` as in the other script, ``language``. No line
is of a held-out voice.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from train_ear_data import plan_of, say

from cyberdirector.core.files import replacing
from cyberdirector.core.speech import PHONE_CLASSES, SAMPLE_RATE
from cyberdirector.formats.audio import resample
from cyberdirector.voice.acoustics import band_levels, level
from cyberdirector.voice.ear.features import MELS, RATE, STEP, log_mel
from cyberdirector.voice.plan import LABEL_LEAD, Plan
from cyberdirector.voice.timing import Segment, Spectrum, label_segments, place_on

_DECODED = "/decoder/decoder/decode.3/Div_4_output_0"  # (1, 512, 2 frames), before the waves
_COARSE = 0.0125  # seconds between decoded columns
_ROWS = MELS + 12  # mel, and twice (every 5 ms) five band levels and the level
_SCALE = np.concatenate([np.full(MELS, 3.0), np.full(12, 13.0)]).astype(np.float32)
_OFFSET = np.concatenate([np.full(MELS, -6.0), np.full(12, -55.0)]).astype(np.float32)
_FIRST = 1_000_000  # numbers of the lines that are only drawn
_CROP = 640  # fine frames per row of a batch
_ROWS_PER_STEP = 3


@dataclass
class Piece:
    """What the network sees of a piece and what it has to draw."""

    decoded: np.ndarray  # (512, k) float16
    pitch: np.ndarray  # (3, k) float32: log F0, voiced, effort
    style: np.ndarray  # (128,) float32
    drawn: np.ndarray | None = None  # (n, 52) float16, scaled


class Sketch(nn.Module):
    """Decoded columns every 12.5 ms → rows every 10 ms."""

    def __init__(self, width: int = 192, depth: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv1d(512 + 3, width, 1)
        self.film = nn.Linear(128, 2 * width * (depth + 1))
        self.wide = nn.ModuleList(nn.Conv1d(width, width, 5, padding=2) for _ in range(depth))
        self.fine = nn.Conv1d(width, width, 5, padding=2)
        self.last = nn.Conv1d(width, _ROWS, 1)
        self.width, self.depth = width, depth

    def forward(
        self, columns: torch.Tensor, style: torch.Tensor, low: torch.Tensor, share: torch.Tensor
    ) -> torch.Tensor:
        """Return (b, 52, n); ``low`` (n,) and ``share`` (n,) place fine frames on columns."""
        film = self.film(style).view(len(style), self.depth + 1, 2, self.width, 1)
        x = self.first(columns)
        for index, wide in enumerate(self.wide):
            bent = wide(functional.gelu(x)) * (1 + film[:, index, 0]) + film[:, index, 1]
            x = x + functional.gelu(bent)
        x = x[:, :, low] * (1 - share) + x[:, :, low + 1] * share
        x = x + self.fine(functional.gelu(x)) * (1 + film[:, -1, 0]) + film[:, -1, 1]
        return self.last(functional.gelu(x))


def places_of(count: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the column before each of ``count`` fine frames and the share of the next."""
    place = np.clip(np.arange(count) * (STEP / _COARSE) - 0.5, 0, columns - 1.001)
    low = place.astype(np.int64)
    return low, (place - low).astype(np.float32)


@lru_cache(maxsize=1)
def _decoder(folder: Path):  # type: ignore[no-untyped-def]
    """Open the part of the vocoder before its waves."""
    import onnx

    from cyberdirector import modelstore
    from cyberdirector.voice import graph

    path = folder / "decoder.onnx"
    if not path.exists():
        whole = onnx.load(str(graph.cut_graph(modelstore.get("kokoro"))["vocoder"]))
        part = graph._extract(whole, graph._PARTS["vocoder"][0], [_DECODED])
        path.write_bytes(part.SerializeToString(deterministic=True))
    return graph.open_session(path)


def piece_of(folder: Path, plan: Plan) -> Piece:
    """Return what the network sees of a piece."""
    from cyberdirector.voice.graph import _ENERGY, _F0, _FEATURES

    prosody = plan.prosody
    (decoded,) = _decoder(folder).run(
        [_DECODED],
        {_F0: prosody.f0[None], _ENERGY: prosody.energy[None],
         _FEATURES: prosody.features, "style": plan.style},
    )  # fmt: skip
    voiced = prosody.f0 > 40.0
    pitch = np.stack([np.where(voiced, np.log(np.maximum(prosody.f0, 40.0) / 150.0), 0.0),
                      voiced.astype(np.float32), prosody.energy / 4.0])  # fmt: skip
    return Piece(decoded[0].astype(np.float16), pitch.astype(np.float32), plan.style[0, :128])


def target_of(audio: np.ndarray) -> np.ndarray:
    """Return (n, 52) float16 scaled rows of the audio (24 kHz) of a piece."""
    mel = log_mel(resample(audio, SAMPLE_RATE, RATE))
    count = len(mel)
    fine = np.concatenate([band_levels(audio), level(audio)[:, None]], axis=1)
    fine = np.pad(fine, ((0, max(0, 2 * count - len(fine))), (0, 0)), "edge")[: 2 * count]
    rows = np.concatenate([mel, fine.reshape(count, 12)], axis=1)
    rows[:, :MELS] = np.maximum(rows[:, :MELS], rows[:, :MELS].max() - 16.0)
    rows[:, MELS:] = np.maximum(rows[:, MELS:], -95.0)
    return ((rows - _OFFSET) / _SCALE).astype(np.float16)


def pieces_in(folder: Path) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of the lines with waves, to learn from and of held-out voices."""
    learn: list[Piece] = []
    held: list[Piece] = []
    for path in sorted(folder.glob("[0-9]*.npz")):
        with np.load(path) as data:
            if "raw" not in data:
                continue
            raw, sizes, kept = data["raw"], data["sizes"], bool(data["held"])
        plan = plan_of(int(path.stem))[0]
        edges = np.concatenate([[0], np.cumsum(sizes)])
        for part, (first, last) in zip(plan.pieces, pairwise(edges), strict=True):
            piece = piece_of(folder, part)
            if last - first != piece.decoded.shape[1] * 300:
                raise SystemExit(f"{path.name} was made by another version of the voice")
            piece.drawn = target_of(raw[first:last].astype(np.float32) / 32767.0)
            (held if kept else learn).append(piece)
    return learn, held


def _batch(pieces: list[Piece], rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
    """Return columns, styles, rows and their weights of crops (aligned every 50 ms)."""
    columns = np.zeros((_ROWS_PER_STEP, 515, _CROP * 4 // 5 + 1), np.float32)
    styles = np.zeros((_ROWS_PER_STEP, 128), np.float32)
    rows = np.zeros((_ROWS_PER_STEP, _ROWS, _CROP), np.float32)
    weight = np.zeros((_ROWS_PER_STEP, 1, _CROP), np.float32)
    for index in range(_ROWS_PER_STEP):
        piece = pieces[int(rng.integers(len(pieces)))]
        assert piece.drawn is not None
        first = 5 * int(rng.integers(0, max(1, (len(piece.drawn) - _CROP) // 5 + 1)))
        rough = first * 4 // 5
        cut = np.concatenate([piece.decoded[:, rough:], piece.pitch[:, rough:]])
        cut = cut[:, : columns.shape[2]]
        part = piece.drawn[first : first + _CROP]
        columns[index, :, : cut.shape[1]] = cut
        styles[index] = piece.style
        rows[index, :, : len(part)] = part.T
        weight[index, 0, 4 : max(4, len(part) - 8)] = 1.0
    return tuple(map(torch.from_numpy, (columns, styles, rows, weight)))


def learn(folder: Path, seconds: float) -> None:
    """Train the network for some time and keep it."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    pieces, held = pieces_in(folder)
    frames = sum(len(p.drawn) for p in pieces if p.drawn is not None)
    say(f"{len(pieces)} pieces, {frames * STEP / 60:.1f} minutes")
    net = Sketch()
    optimiser = torch.optim.AdamW(net.parameters(), 1.5e-3, weight_decay=1e-3)
    low, share = map(torch.from_numpy, places_of(_CROP, _CROP * 4 // 5 + 1))
    begun, step = time.monotonic(), 0
    while (late := (time.monotonic() - begun) / seconds) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = 1.5e-3 * min(1.0, (step + 1) / 50) * max(0.02, 1.0 - late)
        columns, styles, rows, weight = _batch(pieces, np.random.default_rng([9, step]))
        with torch.autocast("cpu", torch.bfloat16):
            drawn = net(columns, styles, low, share)
        loss = ((drawn.float() - rows).abs() * weight).sum() / (weight.sum() * _ROWS)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 100 == 0:
            say(f"{step} loss {loss.item():.4f} {late * seconds:.0f} s")
    with replacing(folder / "sketch.pt") as temporary:
        torch.save(net.state_dict(), temporary)
    off = np.concatenate([np.abs(draw(net, p) - _true(p)) for p in held])
    say(f"held-out voices: mel off by {off[:, :MELS].mean():.2f} nepers, "
        f"bands by {off[:, MELS:].mean():.1f} dB")  # fmt: skip


def _true(piece: Piece) -> np.ndarray:
    assert piece.drawn is not None
    return piece.drawn.astype(np.float32) * _SCALE + _OFFSET


def draw(net: Sketch, piece: Piece) -> np.ndarray:
    """Return (n, 52) rows of a piece in nepers and dB."""
    count = piece.decoded.shape[1]
    columns = np.concatenate([piece.decoded.astype(np.float32), piece.pitch])
    low, share = map(torch.from_numpy, places_of(count * 5 // 4 + 1, count))
    with torch.no_grad():
        rows = net(torch.from_numpy(columns)[None], torch.from_numpy(piece.style)[None],
                   low, share)[0].T  # fmt: skip
    return np.asarray(rows.numpy() * _SCALE + _OFFSET, np.float32)


def sketch_line(net: Sketch, folder: Path, number: int) -> dict[str, np.ndarray] | None:
    """Return the arrays of a line that is only drawn; None where its voice is held out."""
    plan, language, held = plan_of(number, formant=False)
    if held:
        return None
    rng = np.random.default_rng([8, number])
    mels: list[np.ndarray] = []
    spoken: list[Segment] = []
    time_ = 0
    for part in plan.pieces:
        rows = draw(net, piece_of(folder, part))
        fine = rows[:, MELS:].reshape(-1, 6)
        spectrum = Spectrum(fine[:, 5], fine[:, :5], len(rows) * STEP)
        labels = label_segments(part.sounds, part.bounds, LABEL_LEAD)
        placed = [s for s in place_on(labels, spectrum) if s.kind != "SIL"]
        first = max(0, int((placed[0].start - rng.uniform(0.02, 0.25)) / STEP))
        last = min(len(rows), int((placed[-1].end + rng.uniform(0.05, 0.3)) / STEP))
        shift = (time_ - first) * STEP
        spoken += [Segment(s.kind, s.sound, s.start + shift, s.end + shift) for s in placed]
        mels.append(rows[first:last, :MELS])
        time_ += last - first
    return {
        "mel": np.concatenate(mels).astype(np.float16),
        "starts": np.array([s.start for s in spoken], np.float32),
        "ends": np.array([s.end for s in spoken], np.float32),
        "kinds": np.array([PHONE_CLASSES.index(s.kind) for s in spoken], np.uint8),
        "language": np.array(language),
        "held": np.array(False),
    }


def sketch(folder: Path, minutes: float) -> None:
    """Draw lines until there are ``minutes`` of them."""
    torch.set_num_threads(1)
    net = Sketch()
    net.load_state_dict(torch.load(folder / "sketch.pt", weights_only=True))
    net.eval()
    seconds, number, done = 0.0, _FIRST, 0
    while seconds < minutes * 60.0:
        path = folder / f"s{number:07d}.npz"
        if not path.exists():
            line = sketch_line(net, folder, number)
            if line is None:
                number += 1
                continue
            with open(f"{path}.part", "wb") as stream:
                np.savez(stream, **line)
            os.replace(f"{path}.part", path)
        with np.load(path) as data:
            seconds += len(data["mel"]) * STEP
        number, done = number + 1, done + 1
        if done % 200 == 0:
            say(f"{done} lines, {seconds / 60:.1f} minutes")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learn", type=float)
    parser.add_argument("--minutes", type=float)
    options = parser.parse_args()
    if options.learn:
        learn(options.folder, options.learn)
    if options.minutes:
        sketch(options.folder, options.minutes)


if __name__ == "__main__":
    main()
