"""Join two networks of the ear into one file: the mean of what both hear.

usage: python scripts/train_ear_join.py FIRST.onnx SECOND.onnx DATA [--second 0.5] -o ear.onnx

Both come from ``train_ear.py``. Weights are stored as 16-bit numbers and used as 32-bit ones.
Order of classes and colour of speech are those of the second; priors are mixed. The held-out
lines of DATA are heard once more for the accuracy that is stored with the file.
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


def join(first: onnx.ModelProto, second: onnx.ModelProto, share: float) -> onnx.ModelProto:
    """Return the network whose log posteriors are the weighted mean of two, normalised."""
    nodes, weights, shown = [], [], []
    for prefix, model in (("a_", first), ("b_", second)):
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
    for prefix, value in (("a_", 1.0 - share), ("b_", share)):
        weights.append(numpy_helper.from_array(np.float32(value), prefix + "share"))
        nodes.append(
            helper.make_node("Mul", [prefix + "posteriors", prefix + "share"], [prefix + "p"])
        )
    nodes.append(helper.make_node("Add", ["a_p", "b_p"], ["mean"]))
    nodes.append(helper.make_node("LogSoftmax", ["mean"], ["posteriors"], axis=-1))
    size = len(PHONE_CLASSES)
    graph = helper.make_graph(
        nodes, "ear",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["frames", MELS])],
        [helper.make_tensor_value_info("posteriors", TensorProto.FLOAT, ["frames", size])]
        + [outlet_of(weight) for weight in weights if weight.name.removesuffix("_16") in shown],
        weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=second.opset_import)
    model.ir_version = second.ir_version
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


def listing(model: onnx.ModelProto) -> str:
    """Return JSON: per network the outputs with its weights and biases, and the spacings."""
    stored = {output.name for output in model.graph.output}
    networks = []
    for prefix in ("a_", "b_"):
        layers = [row for row in layers_of(model.graph) if row[0][0].startswith(prefix)]
        names = [name for names, _ in layers for name in names]
        kernels = [names_[0] for names_, _ in layers if not names_[0].endswith("mix.weight")]
        networks.append(
            {
                "weights": [n + "_16" if n + "_16" in stored else n for n in names],
                "spacings": [s for (name, _), s in layers if name in kernels][:-1],
            }
        )
    return json.dumps(networks)


def facts_of(first: onnx.ModelProto, second: onnx.ModelProto, share: float) -> dict[str, str]:
    """Return what is stored with the joined network."""
    one, two = ({p.key: p.value for p in m.metadata_props} for m in (first, second))
    priors = (1.0 - share) * np.array(json.loads(one["priors"])) + share * np.array(
        json.loads(two["priors"])
    )
    return {
        **two,
        "priors": json.dumps([round(float(v), 6) for v in priors]),
        "training": f"{one['training']}; and, wider: {two['training']}",
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
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--second", dest="share", type=float, default=0.5)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    first, second = onnx.load(options.first), onnx.load(options.second)
    model, facts = join(first, second, options.share), facts_of(first, second, options.share)
    write_bytes(options.output, model.SerializeToString(deterministic=True))
    colour = np.array(json.loads(facts["colour"]), np.float32)
    found = check(options.output, colour, options.data)
    facts["held_out_accuracy"] = json.dumps({k: round(v, 4) for k, v in found.items()})
    facts["layers"] = listing(model)
    facts["syllables"] = json.dumps(syllables())
    facts["shares"] = json.dumps([1.0 - options.share, options.share])
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value)
    write_bytes(options.output, model.SerializeToString(deterministic=True))
    say(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB at {RATE} Hz, {found}")


if __name__ == "__main__":
    main()
