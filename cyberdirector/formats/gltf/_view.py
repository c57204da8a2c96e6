"""Typed, bounded access to parsed JSON; every complaint names the path of the value."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.limits import MAX_ITEMS, MAX_JSON_BYTES, MAX_JSON_DEPTH


def refuse(code: str, zh: str, en: str, file: str, path: str = "") -> InputRefused:
    """Return the error for a file that cannot be used."""
    return InputRefused(code, zh, en, Location(file=file, path=path))


class View:
    """A JSON object with its file and path; getters check type and range."""

    __slots__ = ("_data", "file", "path")

    def __init__(self, data: dict[str, Any], file: str, path: str = "") -> None:
        self._data = data
        self.file = file
        self.path = path

    def bad(self, key: str, expected: str) -> InputRefused:
        """Return the error that the value under ``key`` is not as expected."""
        found = repr(self._data.get(key))[:60]
        return refuse(
            "gltf-value",
            f"值 {found} 不符合要求（应为 {expected}），文件已损坏或不合规范，请重新导出。",
            f"found {found}, expected {expected}; the file is damaged or not valid glTF, "
            "export it again.",
            self.file,
            f"{self.path}/{key}",
        )

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def keys(self) -> list[str]:
        """Return the keys in the order of the file."""
        return list(self._data)

    def raw(self, key: str) -> Any:
        """Return the value as it is, None when absent."""
        return self._data.get(key)

    def data(self) -> dict[str, Any]:
        """Return the whole object as plain JSON data."""
        return self._data

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return an integer of ``low..high`` (inclusive)."""
        value = self._data.get(key, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.bad(key, f"an integer {low}..{high}")
        return value

    def index(self, key: str, count: int) -> int:
        """Return an index into a list of ``count`` items."""
        if count == 0:
            raise self.bad(key, "no reference: the list is empty")
        return self.integer(key, 0, count - 1)

    def optional_index(self, key: str, count: int) -> int | None:
        """Return an index, None when the key is absent."""
        return self.index(key, count) if self._data.get(key) is not None else None

    def number(
        self,
        key: str,
        default: float | None = None,
        low: float = -3.4e38,
        high: float = 3.4e38,
    ) -> float:
        """Return a finite number of ``low..high``."""
        value = self._data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.bad(key, "a number")
        if not low <= value <= high:  # false for NaN too
            raise self.bad(key, f"a number {low:g}..{high:g}")
        return float(value)

    def numbers(
        self, key: str, count: int, default: tuple[float, ...] | None = None
    ) -> tuple[float, ...]:
        """Return ``count`` finite numbers."""
        value = self._data.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, list) or len(value) != count:
            raise self.bad(key, f"a list of {count} numbers")
        for v in value:
            if isinstance(v, bool) or not isinstance(v, int | float):
                raise self.bad(key, f"a list of {count} numbers")
            if not abs(v) <= 3.4e38:
                raise self.bad(key, "finite numbers")
        return tuple(float(v) for v in value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string without surrogates, which no file system or UTF-8 takes."""
        value = self._data.get(key, default)
        if not isinstance(value, str):
            raise self.bad(key, "a text")
        return value.encode("utf-8", "replace").decode("utf-8")

    def choice(self, key: str, options: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the strings ``options``."""
        value = self._data.get(key, default)
        if not isinstance(value, str) or value not in options:
            raise self.bad(key, "one of " + ", ".join(options))
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a truth value."""
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            raise self.bad(key, "true or false")
        return value

    def items(self, key: str, limit: int = MAX_ITEMS) -> list[Any]:
        """Return a list, empty when the key is absent."""
        value = self._data.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > limit:
            raise self.bad(key, f"a list of at most {limit} items")
        return value

    def indices(self, key: str, count: int) -> list[int]:
        """Return a list of indices into a list of ``count`` items."""
        values = self.items(key)
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
                raise self.bad(key, f"indices below {count}")
        return values

    def views(self, key: str, limit: int = MAX_ITEMS) -> list[View]:
        """Return the objects of a list, none when the key is absent."""
        out = []
        for i, value in enumerate(self.items(key, limit)):
            if not isinstance(value, dict):
                raise self.bad(key, "a list of objects")
            out.append(View(value, self.file, f"{self.path}/{key}/{i}"))
        return out

    def view(self, key: str) -> View:
        """Return an object, an empty one when the key is absent."""
        value = self._data.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.bad(key, "an object")
        return View(value, self.file, f"{self.path}/{key}")

    def extension(self, name: str) -> View | None:
        """Return the extension object ``name``, None when absent."""
        extensions = self.view("extensions")
        return extensions.view(name) if name in extensions else None

    def own(self) -> View:
        """Return ``extras.cyberdirector``, empty when absent or not an object."""
        extras = self._data.get("extras")
        own = extras.get("cyberdirector") if isinstance(extras, dict) else None
        data = own if isinstance(own, dict) else {}
        return View(data, self.file, f"{self.path}/extras/cyberdirector")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _depth(data: Any) -> Iterator[int]:
    """Yield the depth of every container, without recursion."""
    stack: list[tuple[Any, int]] = [(data, 1)]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, dict | list):
            yield depth
            inside = value.values() if isinstance(value, dict) else value
            stack.extend((v, depth + 1) for v in inside)


def parse(data: bytes, file: str) -> View:
    """Return the root object of JSON text.

    Raises
    ------
    InputRefused
        ``gltf-json`` when it is too large, too deep or no JSON object.
    """
    reason = ""
    if len(data) > MAX_JSON_BYTES:
        reason = f"larger than {MAX_JSON_BYTES >> 20} MiB"
    else:
        try:
            root = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
            if not isinstance(root, dict):
                reason = "not an object"
            elif any(depth > MAX_JSON_DEPTH for depth in _depth(root)):
                reason = f"nested deeper than {MAX_JSON_DEPTH}"
        except (ValueError, RecursionError) as error:
            reason = str(error)[:120]
    if reason:
        raise refuse(
            "gltf-json",
            f"glTF 的 JSON 部分读不懂（{reason}），文件已损坏，请重新导出。",
            f"the JSON part of the glTF cannot be read ({reason}); export the file again.",
            file,
        )
    return View(root, file)


def finite(value: float) -> bool:
    """Tell whether a number is neither NaN nor infinite."""
    return math.isfinite(value)
