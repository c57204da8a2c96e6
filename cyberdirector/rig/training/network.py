"""The little that learning needs: principal components, ridge regression, a small network."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


def components(rows: Singles, count: int) -> tuple[Floats, Floats]:
    """Return the mean (d,) and a basis (d, count) that gives half-whitened components."""
    mean = rows.mean(axis=0)
    centred = rows - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    vectors, values = vectors[:, ::-1][:, :count], values[::-1][:count]
    basis = (centred.T @ vectors) / np.sqrt(values)
    deviation = (centred @ basis).std(axis=0)
    scale = 3.0 * (deviation / deviation[0]) ** 0.4 / deviation
    return mean.astype(np.float64), (basis * scale).astype(np.float64)


def ridge(x: Floats, y: Floats, amount: float) -> tuple[Floats, Floats]:
    """Return weights (d, k) and bias (k,) of a linear map; the penalty sees unit deviations."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-3
    standard = (x - mean) / deviation
    gram = standard.T @ standard
    gram[np.diag_indices_from(gram)] += amount * len(x)
    middle = y.mean(axis=0)
    weights = np.linalg.solve(gram, standard.T @ (y - middle)) / deviation[:, None]
    return weights, middle - mean @ weights


class Network:
    """A perceptron with tanh layers, trained with Adam on squared errors.

    Parameters
    ----------
    rng
        Of the first weights and of the order of training.
    sizes
        Width of each layer, input first.
    """

    def __init__(self, rng: np.random.Generator, sizes: list[int]) -> None:
        self._rng = rng
        pairs = list(pairwise(sizes))
        self.weights = [
            rng.normal(0.0, 1.0 / np.sqrt(a), (a, b)).astype(np.float32) for a, b in pairs
        ]
        self.biases = [np.zeros(b, np.float32) for _, b in pairs]

    def apply(self, x: Singles) -> Singles:
        """Return the outputs (n, k) for inputs (n, d)."""
        return self._layers(x)[-1]

    def _layers(self, x: Singles) -> list[Singles]:
        out = [x]
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ w + b
            out.append(np.tanh(x) if k < len(self.weights) - 1 else x)
            x = out[-1]
        return out

    def train(self, x: Singles, y: Singles, epochs: int, batch: int = 64) -> None:
        """Learn; inputs get Gaussian noise of 0.05 and the rate falls as a cosine."""
        x, y = x.astype(np.float32), y.astype(np.float32)
        values = [*self.weights, *self.biases]
        first = [np.zeros_like(v) for v in values]
        second = [np.zeros_like(v) for v in values]
        step = 0
        for epoch in range(epochs):
            rate = 1e-3 * (1.0 + np.cos(np.pi * epoch / epochs))
            order = self._rng.permutation(len(x))
            for start in range(0, len(x), batch):
                rows = order[start : start + batch]
                noise = 0.05 * self._rng.normal(size=x[rows].shape).astype(np.float32)
                step += 1
                slopes = self._slopes(x[rows] + noise, y[rows])
                for i, (value, slope) in enumerate(zip(values, slopes, strict=True)):
                    first[i] += 0.1 * (slope - first[i])
                    second[i] += 0.001 * (slope * slope - second[i])
                    move = first[i] / (1.0 - 0.9**step)
                    move = move / (np.sqrt(second[i] / (1.0 - 0.999**step)) + 1e-8)
                    decay = 1e-3 * value if i < len(self.weights) else 0.0
                    value -= (rate * (move + decay)).astype(np.float32)

    def _slopes(self, x: Singles, y: Singles) -> list[Singles]:
        """Return the derivatives of the squared error, weights first, then biases."""
        layers = self._layers(x)
        back = 2.0 * (layers[-1] - y) / len(x)
        weights, biases = [], []
        for k in range(len(self.weights) - 1, -1, -1):
            weights.append(layers[k].T @ back)
            biases.append(back.sum(axis=0))
            if k:
                back = (back @ self.weights[k].T) * (1.0 - layers[k] ** 2)
        return [*weights[::-1], *biases[::-1]]
