"""The mean of the weights of one network at several times of its training, as one network.

usage: python scripts/train_ear_mean.py STATE.pt STATE.pt [STATE.pt …] --data DATA -o mean.onnx

States come from ``train_ear.py``; they must lie on one path (a run that went on, with another
rate or other crops). The mean hears better than each and as well as all together (Izmailov
and others, 2018), at the cost of one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from train_ear import Lines, export
from train_ear_net import Ear


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("states", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    lines = Lines(options.data)
    lines.refresh()
    states = [torch.load(path, weights_only=True) for path in options.states]
    slow = [state["slow"] for state in states]
    mean = {
        name: sum(s[name] for s in slow) / len(slow) if value.is_floating_point() else value
        for name, value in slow[-1].items()
    }
    net = Ear(len(mean["first.bias"]))
    net.load_state_dict(mean)
    export(net, lines, int(states[-1]["step"]), states[-1]["colour"].numpy(), options.output)


if __name__ == "__main__":
    main()
