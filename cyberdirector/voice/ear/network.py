"""The network of the ear: log-mel frames → log posteriors of the phone classes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable, IntegrityError, Location
from cyberdirector.core.resources import data_dir
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.features import MELS, Floats, normalise, take_mean
from cyberdirector.voice.ear.stream import Layers, layers_of

if TYPE_CHECKING:
    import onnxruntime

MODEL = "ear.onnx"

CONTEXT = 46
"""Frames to either side that a posterior depends on."""

_PIECE = 3000  # frames heard at once: 30 s
_AROUND = 1500  # further frames on either side that set the loudness and colour


@dataclass(frozen=True)
class Ear:
    """The opened network with what it knows of its training.

    Attributes
    ----------
    session
        ONNX Runtime session: ``features`` (n, 40) → ``posteriors`` (n, 21).
    priors
        (21,) float32, how often it was taught each class (weights included).
    bigrams
        (21, 21) float32 log probability of the class in the column after that in the row.
    colour
        (40,) float32 mean log-mel of loud frames of ordinary speech.
    lengths
        (21, 2) float32 mean and standard deviation of the natural logarithm of the frames
        that each class lasts.
    layers
        The weights of the networks that are joined in it, for streams.
    shares
        How much each of them counts in the mean of their log posteriors.
    syllables
        Per language whose syllables are few: their classes in turn, and log probabilities.
    """

    session: onnxruntime.InferenceSession
    priors: Floats
    bigrams: Floats
    colour: Floats
    lengths: Floats
    layers: tuple[Layers, ...]
    shares: tuple[float, ...]
    syllables: dict[str, dict[str, float]]

    def hear(self, features: Floats) -> Floats:
        """Return (n, 21) log posteriors of normalised features (n, 40)."""
        (result,) = self.session.run(["posteriors"], {"features": features})
        return np.asarray(result, np.float32)

    def hear_take(self, mel: Floats) -> Floats:
        """Return (n, 21) log posteriors of the log-mel frames (n, 40) of a take of any length.

        Long takes are heard in pieces of 30 s, each with its context; loudness and colour
        of the microphone are those of the minute around.
        """
        result = np.zeros((len(mel), len(PHONE_CLASSES)), np.float32)
        for first in range(0, len(mel), _PIECE):
            last = min(first + _PIECE, len(mel))
            around = mel[max(0, first - _AROUND) : last + _AROUND]
            mean = take_mean(around, self.colour)
            begin = max(0, first - CONTEXT)
            heard = self.hear(normalise(mel[begin : last + CONTEXT], mean))
            result[first:last] = heard[first - begin : last - begin]
        return result


@lru_cache(maxsize=2)
def load_ear(threads: int = 1) -> Ear:
    """Return the network that ships with the program (kept for the life of the process).

    Parameters
    ----------
    threads
        Threads inside one operator; the result does not depend on it.

    Raises
    ------
    AdapterUnavailable
        ``ear-missing`` when the file is not there.
    IntegrityError
        ``ear-unknown`` when it was made for other classes or features.
    """
    from cyberdirector.modelstore.onnx import onnx_session

    path = data_dir("models") / MODEL
    if not path.is_file():
        raise AdapterUnavailable(
            "ear-missing",
            f"缺少听音模型 models/{MODEL}；请重新安装，或用 scripts/train_ear.py 训练。",
            f"the ear models/{MODEL} is missing; "
            "install again or train it with scripts/train_ear.py.",
        )
    session = onnx_session(path, threads)
    facts = session.get_modelmeta().custom_metadata_map
    shape = session.get_inputs()[0].shape
    if facts.get("classes", "").split() != list(PHONE_CLASSES) or shape[-1] != MELS:
        raise IntegrityError(
            "ear-unknown",
            f"models/{MODEL} 与本版本不符（音素类别或特征不同）；请重新安装。",
            f"models/{MODEL} does not fit this version (other classes or features); "
            "install again.",
            Location(str(path)),
        )
    size = len(PHONE_CLASSES)
    bigrams = np.array(json.loads(facts["bigrams"]), np.float32).reshape(size, size)
    lengths = np.array(json.loads(facts["lengths"]), np.float32).reshape(size, 2)
    return Ear(
        session,
        _array(facts["priors"]),
        bigrams,
        _array(facts["colour"]),
        lengths,
        tuple(_layers(session, network) for network in json.loads(facts["layers"])),
        tuple(json.loads(facts["shares"])),
        json.loads(facts["syllables"]),
    )


def _layers(session: onnxruntime.InferenceSession, network: dict[str, list[Any]]) -> Layers:
    """Return the weights of one network; the file gives them as outputs."""
    names = network["weights"]
    weights = session.run(names, {"features": np.zeros((1, MELS), np.float32)})
    return layers_of(weights, network["spacings"])


def _array(text: str) -> NDArray[np.float32]:
    return np.array(json.loads(text), np.float32)
