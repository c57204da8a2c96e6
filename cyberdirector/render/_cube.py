"""The text of ``.cube`` colour tables (Cube LUT Specification 1.0, Adobe 2013)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location

LARGEST_SIDE = 65
"""Points along an axis; larger tables waste memory without a visible gain."""
LONGEST_CURVE = 65536
LARGEST_FILE = 32 * 1024 * 1024
"""Bytes; a table of 65 points a side with long numbers needs 15 MB."""
_CURVE_SIDE = 33


def _refuse(path: Path, line: int, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "lut-invalid",
        f"{zh}；请换一个 .cube 文件（LUT_3D_SIZE 2 至 {LARGEST_SIDE}）。",
        f"{en}; use a .cube file with LUT_3D_SIZE 2 to {LARGEST_SIDE}.",
        Location(file=path.name, line=line),
    )


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refuse(path, 0, "文件超过 32 MB", "The file is larger than 32 MB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputRefused(
            "lut-missing",
            f"读不到调色表 {path.name}（{error.strerror}）；请检查路径。",
            f"Colour table {path.name} cannot be read ({error.strerror}); check the path.",
            Location(file=path.name),
        ) from error
    except UnicodeDecodeError as error:
        raise _refuse(path, 0, "文件不是文本", "The file is not text") from error


def _numbers(path: Path, line: int, words: list[str], count: int) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise _refuse(
            path,
            line,
            f"“{' '.join(words)[:40]}”不是数字",
            f"'{' '.join(words)[:40]}' is no row",
        ) from error
    if len(values) != count or not np.isfinite(values).all():
        raise _refuse(
            path,
            line,
            f"这一行应有 {count} 个有限的数",
            f"{count} finite numbers are needed here",
        )
    return values


class _Reader:
    """Collects keywords and rows of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self.side = 0
        self.solid = True
        self.domain = {"DOMAIN_MIN": [0.0] * 3, "DOMAIN_MAX": [1.0] * 3}
        self.rows: list[list[float]] = []

    def take(self, number: int, words: list[str]) -> None:
        """Take line ``number`` (from 1), split in words."""
        key = words[0].upper()
        if key == "TITLE":
            self.name = " ".join(words[1:]).strip('"') or self.name
        elif key in ("LUT_3D_SIZE", "LUT_1D_SIZE"):
            self._size(number, key, words[1:])
        elif key in self.domain:
            self.domain[key] = _numbers(self.path, number, words[1:], 3)
        elif key[0].isalpha() and key not in ("NAN", "INF", "INFINITY"):
            raise _refuse(
                self.path, number, f"不认识的关键字“{words[0][:30]}”",
                f"Keyword '{words[0][:30]}' is unknown",
            )  # fmt: skip
        else:
            self.rows.append(_numbers(self.path, number, words, 3))
            if len(self.rows) > (self.side**3 if self.solid else self.side):
                raise _refuse(
                    self.path, number, f"行数多于尺寸 {self.side} 所需",
                    f"There are more rows than size {self.side} needs",
                )  # fmt: skip

    def _size(self, number: int, key: str, words: list[str]) -> None:
        (value,) = _numbers(self.path, number, words, 1)
        self.solid = key == "LUT_3D_SIZE"
        most = LARGEST_SIDE if self.solid else LONGEST_CURVE
        if self.side or value != int(value) or not 2 <= value <= most:
            raise _refuse(
                self.path, number, f"{key} {value:g} 不可用或重复",
                f"{key} {value:g} cannot be used or comes twice",
            )  # fmt: skip
        self.side = int(value)

    def table(self) -> NDArray[np.float32]:
        """Return the finished (n, n, n, 3) table over the domain 0..1."""
        wanted = self.side**3 if self.solid else self.side
        if not self.side or len(self.rows) != wanted:
            raise _refuse(
                self.path, 0, f"有 {len(self.rows)} 行数据，应为 {wanted} 行",
                f"There are {len(self.rows)} rows of {wanted}",
            )  # fmt: skip
        low, high = (np.array(self.domain[k]) for k in ("DOMAIN_MIN", "DOMAIN_MAX"))
        if not (high > low).all():
            raise _refuse(
                self.path,
                0,
                "DOMAIN_MAX 应大于 DOMAIN_MIN",
                "DOMAIN_MAX must exceed DOMAIN_MIN",
            )
        data = np.array(self.rows)
        if self.solid:
            return self._over_domain(
                data.reshape(self.side, self.side, self.side, 3), low, high
            )
        return self._from_curves(data, low, high)

    def _over_domain(
        self, cube: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Resample a cube over low..high to 0..1, one axis after the other."""
        steps = np.linspace(0.0, 1.0, self.side)
        for axis, channel in ((2, 0), (1, 1), (0, 2)):
            if (low[channel], high[channel]) == (0.0, 1.0):
                continue
            at = np.clip((steps - low[channel]) / (high[channel] - low[channel]), 0.0, 1.0)
            at = at * (self.side - 1)
            cell = np.minimum(at.astype(int), self.side - 2)
            f = np.expand_dims(at - cell, tuple(i for i in range(4) if i != axis))
            cube = np.take(cube, cell, axis) * (1.0 - f) + np.take(cube, cell + 1, axis) * f
        return np.clip(cube, 0.0, 1.0).astype(np.float32)

    def _from_curves(
        self, rows: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Return the cube of three separate curves."""
        steps = np.linspace(0.0, 1.0, _CURVE_SIDE)
        curves = [
            np.interp(steps, np.linspace(low[c], high[c], self.side), rows[:, c])
            for c in range(3)
        ]
        blue, green, red = np.meshgrid(curves[2], curves[1], curves[0], indexing="ij")
        return np.clip(np.stack([red, green, blue], axis=-1), 0.0, 1.0).astype(np.float32)


def parse_cube(path: Path) -> tuple[str, NDArray[np.float32]]:
    """Return (title, table) of a ``.cube`` file.

    Parameters
    ----------
    path
        A text file; ``LUT_1D_SIZE`` tables become cubes of 33 points.

    Returns
    -------
    tuple
        The title (else the file name) and (n, n, n, 3) float32, 0..1, [blue, green, red].

    Raises
    ------
    InputRefused
        ``lut-missing`` or ``lut-invalid`` with file and line.
    """
    reader = _Reader(path)
    for number, line in enumerate(_text_of(path).splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if words:
            reader.take(number, words)
    return reader.name, reader.table()
