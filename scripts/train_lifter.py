"""Train the lifter (2D landmarks over time → 3D) on recorded movement.

usage: python scripts/train_lifter.py MOTION [--steps N] [--seconds S] [--export MODEL]
       python scripts/train_lifter.py MOTION --join MODEL ... --shares A B ... [--export MODEL]

MOTION is a folder of recordings of the CMU Graphics Lab Motion Capture Database
(mocap.cs.cmu.edu). Several networks are joined into one file that answers with their weighted
mean (a share for each network; a model may hold several). Needs torch
(``pip install cyberdirector[train]``); one thread.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parent))

from train_lifter_data import HELD_OUT, Views, recordings

from cyberdirector.capture.lifter import INPUTS, OUTPUTS
from cyberdirector.core.files import write_bytes

WIDTH, DILATIONS, BATCH = 192, (1, 2, 4, 8, 1, 2, 4), 24
POINTS = 19


class Channels(nn.Module):
    """Layer norm over channels of (batch, channels, time)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised signal."""
        return self.norm(x.transpose(1, 2)).transpose(1, 2)


class Lifter(nn.Module):
    """Residual dilated convolutions over time: (batch, time, 58) → (batch, time, 81)."""

    def __init__(self) -> None:
        super().__init__()
        self.inward = nn.Conv1d(INPUTS, WIDTH, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                Channels(WIDTH), nn.GELU(), nn.Conv1d(WIDTH, WIDTH, 3, padding=d, dilation=d),
                nn.GELU(), nn.Conv1d(WIDTH, WIDTH, 1),
            )
            for d in DILATIONS
        )  # fmt: skip
        self.outward = nn.Conv1d(WIDTH, OUTPUTS, 1)

    def forward(self, views: Tensor) -> Tensor:
        """Return the answer for each frame."""
        x = self.inward(views.transpose(1, 2))
        for block in self.blocks:
            x = x + block(x)
        return self.outward(x).transpose(1, 2)


class Joined(nn.Module):
    """The weighted mean of what several networks say."""

    def __init__(self, nets: list[Lifter], shares: list[float]) -> None:
        super().__init__()
        self.nets, self.shares = nn.ModuleList(nets), shares

    def forward(self, views: Tensor) -> Tensor:
        """Return the mean answer for each frame."""
        said = [s * net(views) for s, net in zip(self.shares, self.nets, strict=True)]
        return torch.stack(said).sum(dim=0)


def _loss(out: Tensor, target: Tensor, up: Tensor, planted: Tensor) -> tuple[Tensor, Tensor]:
    points = out[..., : 3 * POINTS].reshape(*out.shape[:2], POINTS, 3)
    log_spread = out[..., 3 * POINTS : 4 * POINTS].clamp(-6.0, 1.0)
    error = (points - target).norm(dim=-1)
    moved = ((points[:, 1:] - points[:, :-1]) - (target[:, 1:] - target[:, :-1])).norm(dim=-1)
    honest = (error.detach() * torch.exp(-log_spread) + log_spread).mean()
    feet = nn.functional.binary_cross_entropy_with_logits(out[..., -2:], planted)
    level = (out[..., 4 * POINTS : 4 * POINTS + 3] - up).norm(dim=-1).mean()
    total = error.mean() + moved.mean() + 0.02 * honest + 0.03 * feet + 0.2 * level
    return total, error.mean()


def _tensors(batch: tuple[np.ndarray, ...]) -> list[Tensor]:
    return [torch.from_numpy(x.astype(np.float32)) for x in batch]


def _held_out(net: nn.Module, views: Views) -> str:
    with torch.no_grad():
        x, target, up, planted = _tensors(views.batch(96, plain=True))
        out = net(x)
        _, error = _loss(out, target, up, planted)
        level = out[..., 4 * POINTS : 4 * POINTS + 3]
        apart = nn.functional.cosine_similarity(level, up, -1).clamp(-1, 1)
        angle = torch.rad2deg(torch.acos(apart))
        feet = ((out[..., -2:] > 0) == (planted > 0.5)).float().mean()
    # One unit of the network is 1.85 m on a body of 1.7 m.
    return f"held out {error * 1850:.1f} mm, up {angle.mean():.1f} deg, feet {feet:.3f}"


def _halved(model: Any) -> None:
    """Store large weights in half precision; the network still reckons in single."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.size < 4096 or value.dtype != np.float32:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(value.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _export(
    net: nn.Module, path: Path, training: str, figures: str, half: bool = False
) -> None:
    import onnx

    stream = io.BytesIO()
    axes = {0: "batch", 1: "time"}
    torch.onnx.export(
        net.eval(), (torch.zeros(2, 64, INPUTS),), stream, input_names=["views"],
        output_names=["figure"], dynamic_axes={"views": axes, "figure": axes},
        opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load_from_string(stream.getvalue())
    if half:
        _halved(model)
    facts = {
        "licence": "Apache-2.0",
        "data": "CMU Graphics Lab Motion Capture Database (mocap.cs.cmu.edu)",
        "held_out": " ".join(HELD_OUT),
        "training": training,
        "figures": figures,
    }
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value)
    write_bytes(path, model.SerializeToString(deterministic=True))


def _stored(path: Path) -> list[Lifter]:
    """Return the networks of a stored model, one or several that were joined."""
    import onnx
    from onnx import numpy_helper

    kept = {
        t.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(t).copy()).float()
        for t in onnx.load(str(path)).graph.initializer
    }
    heads = sorted({".".join(k.split(".")[:2]) + "." for k in kept if k.startswith("nets.")})
    nets = []
    for head in heads or [""]:
        net = Lifter()
        net.load_state_dict({k: kept[head + k] for k in net.state_dict()})
        nets.append(net)
    return nets


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Train, print figures of held-out recordings, export the slow average of the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--seconds", type=float, default=1800.0, help="processor time")
    parser.add_argument("--clock", type=float, default=1e9, help="seconds by the clock")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--start", type=Path, help="a stored network to go on from")
    parser.add_argument("--join", type=Path, nargs="+", help="stored networks to join")
    parser.add_argument("--shares", type=float, nargs="+", help="of each in the mean")
    parser.add_argument("--export", type=Path, default=Path("models/lifter.onnx"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    train, held = recordings(args.motion)
    if args.join:
        _join_nets(args.join, args.shares, Views(held, args.seed + 2), args.export)
        return

    def told(steps: int) -> str:
        return f"{steps} steps, seed {args.seed}"

    views, unseen = Views(train, args.seed), Views(held, args.seed + 1)
    net = Lifter()
    if args.start:
        (net,) = _stored(args.start)
    slow = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998)
    )
    optimiser = torch.optim.AdamW(net.parameters(), lr=1.0, weight_decay=1e-3)
    size = sum(p.numel() for p in net.parameters())
    _say(f"{len(train)} recordings, {size / 1e6:.2f} M")
    start, errors, step, saved = time.process_time(), [], 0, 0.0
    began = time.monotonic()
    while step < args.steps:
        spent = time.process_time() - start
        # The rate falls with whichever runs out first: steps or time.
        waited = time.monotonic() - began
        part = max(step / args.steps, spent / args.seconds, waited / args.clock)
        if part >= 1.0:
            break
        warm = min(1.0, (step + 1) / 200)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * warm * (0.5 * (1.0 + np.cos(np.pi * part)) + 0.005)
        loss, error = _loss(*_answered(net, _tensors(views.batch(BATCH))))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        slow.update_parameters(net)
        errors.append(float(error.detach()))
        step += 1
        if step % 200 == 0:
            mean = np.mean(errors[-200:]) * 1850
            _say(f"{step} {spent:.0f} s, {mean:.1f} mm, {_held_out(slow.module, unseen)}")
        if spent - saved > 180.0:
            saved = spent
            _export(slow.module, args.export, told(step), _held_out(slow.module, unseen))
            slow.module.train()
    figures = _held_out(slow.module, Views(held, args.seed + 2))
    _export(slow.module, args.export, told(step), figures)
    _say(figures)


def _join_nets(files: list[Path], shares: list[float], unseen: Views, out: Path) -> None:
    nets = [net for path in files for net in _stored(path)]
    mean = Joined(nets, [s / sum(shares) for s in shares])
    figures = _held_out(mean, unseen)
    _export(mean, out, f"mean of {len(nets)} networks, shares {shares}", figures, half=True)
    _say(figures)


def _answered(net: nn.Module, batch: list[Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return net(batch[0]), batch[1], batch[2], batch[3]


if __name__ == "__main__":
    main()
