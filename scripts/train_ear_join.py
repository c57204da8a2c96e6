"""Make the file that ships out of one or more trained networks: the mean of what they hear.

usage: python scripts/train_ear_join.py NETWORK.onnx [NETWORK.onnx …] DATA -o models/ear.onnx

They come from ``train_ear.py`` or ``train_ear_mean.py``. Weights are stored as 16-bit numbers,
used as 32-bit ones and given as outputs, because the live ear computes by itself. Order of
classes, their lengths and the colour of speech are those of the last network; priors are mixed.
The held-out lines of DATA are heard once more for the accuracy that is stored with the file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper
from train_ear_data import say
from train_ear_syllables import syllables

from cyberdirector.core.files import write_bytes
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.modelstore.onnx import onnx_session
from cyberdirector.voice.ear.features import MELS, RATE, STEP, log_mel, normalise, take_mean

_HALF_FROM = 64  # numbers from which on a tensor is stored in 16 bits


def join(models: list[onnx.ModelProto]) -> onnx.ModelProto:
    """Return the network whose log posteriors are the mean of those of all, normalised."""
    nodes, weights, shown, means = [], [], [], []
    for number, model in enumerate(models):
        prefix = f"n{number}_"
        graph = compose.add_prefix(model, prefix).graph
        for node in graph.node:
            for place, name in enumerate(node.input):
                if name == prefix + "features":
                    node.input[place] = "features"
        for weight in graph.initializer:
            values = numpy_helper.to_array(weight)
            if values.dtype == np.float32 and values.size >= _HALF_FROM:
                small = numpy_helper.from_array(values.astype(np.float16), weight.name + "_16")
                weights.append(small)
                nodes.append(
                    helper.make_node("Cast", [small.name], [weight.name], to=TensorProto.FLOAT)
                )
            else:
                weights.append(weight)
        nodes += list(graph.node)
        shown += [name for names, _ in layers_of(graph) for name in names]
        means.append(prefix + "posteriors")
    nodes.append(helper.make_node("Mean", means, ["mean"]))
    nodes.append(helper.make_node("LogSoftmax", ["mean"], ["posteriors"], axis=-1))
    size = len(PHONE_CLASSES)
    graph = helper.make_graph(
        nodes, "ear",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["frames", MELS])],
        [helper.make_tensor_value_info("posteriors", TensorProto.FLOAT, ["frames", size])]
        + [outlet_of(weight) for weight in weights if weight.name.removesuffix("_16") in shown],
        weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=models[-1].opset_import)
    model.ir_version = models[-1].ir_version
    return model


def layers_of(graph: onnx.GraphProto) -> list[tuple[tuple[str, str], int]]:
    """Return the weight and bias of every convolution, and the spacing of its taps."""
    found = []
    for node in graph.node:
        if node.op_type == "Conv":
            spacing = next(a.ints[1] for a in node.attribute if a.name == "dilations")
            found.append(((node.input[1], node.input[2]), int(spacing)))
    return found


def outlet_of(weight: TensorProto) -> onnx.ValueInfoProto:
    """Return an output that gives a stored weight: the live ear reads them there."""
    return helper.make_tensor_value_info(weight.name, weight.data_type, list(weight.dims))


def listing(model: onnx.ModelProto, count: int) -> str:
    """Return JSON: per network the outputs with its weights and biases, and the spacings."""
    stored = {output.name for output in model.graph.output}
    networks = []
    for number in range(count):
        rows = layers_of(model.graph)
        rows = [row for row in rows if row[0][0].startswith(f"n{number}_")]
        names = [name for names, _ in rows for name in names]
        taps = [spacing for (name, _), spacing in rows if not name.endswith("mix.weight")]
        networks.append(
            {
                "weights": [n + "_16" if n + "_16" in stored else n for n in names],
                "spacings": taps[:-1],
            }
        )
    return json.dumps(networks)


def facts_of(models: list[onnx.ModelProto]) -> dict[str, str]:
    """Return what is stored with the joined network."""
    known = [{p.key: p.value for p in model.metadata_props} for model in models]
    priors = np.mean([json.loads(facts["priors"]) for facts in known], axis=0)
    return {
        **known[-1],
        "priors": json.dumps([round(float(v), 6) for v in priors]),
        "training": "; and ".join(facts["training"] for facts in known),
        "syllables": json.dumps(syllables()),
        "shares": json.dumps([1.0 / len(models)] * len(models)),
    }


def check(path: Path, colour: np.ndarray, data: Path) -> dict[str, float]:
    """Return the share of right frames of held-out voices, per language and in all."""
    session = onnx_session(path, 1)
    hits: dict[str, list[float]] = {}
    for file in sorted(data.glob("*[0-9].npz")):
        with np.load(file) as line:
            if "audio" not in line or not bool(line["held"]):
                continue
            mel = log_mel(line["audio"].astype(np.float32) / 32767.0)
            label = np.zeros(len(mel), np.int64)
            for a, b, kind in zip(line["starts"], line["ends"], line["kinds"], strict=True):
                label[int(np.ceil(a / STEP)) : int(np.ceil(b / STEP))] = kind
            features = normalise(mel, take_mean(mel, colour))
            (heard,) = session.run(["posteriors"], {"features": features})
            right = heard.argmax(1) == label
            hits.setdefault(str(line["language"]), []).extend(right)
    found = {key: float(np.mean(value)) for key, value in sorted(hits.items())}
    return {**found, "all": float(np.mean([v for h in hits.values() for v in h]))}


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("networks", type=Path, nargs="+")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    models = [onnx.load(path) for path in options.networks]
    model, facts = join(models), facts_of(models)
    facts["layers"] = listing(model, len(models))
    write_bytes(options.output, model.SerializeToString(deterministic=True))
    colour = np.array(json.loads(facts["colour"]), np.float32)
    found = check(options.output, colour, options.data)
    facts["held_out_accuracy"] = json.dumps({k: round(v, 4) for k, v in found.items()})
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value)
    write_bytes(options.output, model.SerializeToString(deterministic=True))
    say(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB at {RATE} Hz, {found}")


if __name__ == "__main__":
    main()
