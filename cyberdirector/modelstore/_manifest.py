"""What ``models/models.toml`` says about each model."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import IntegrityError, Location
from cyberdirector.core.resources import data_dir

BUILDS = ("member", "join", "zip", "npz")
KINDS = ("pip", "npm", "url")


@dataclass(frozen=True)
class Archive:
    """One download: a package of ``pip`` or ``npm``, or a file behind a ``url``.

    ``platform`` and ``python`` name the wheel where a package has one for each system.
    """

    kind: str
    package: str
    version: str
    size: int
    sha256: str
    platform: str = ""
    python: str = ""

    @property
    def label(self) -> str:
        """What a person calls it, for example ``anny 0.6.2``."""
        return f"{self.package} {self.version}".strip()


@dataclass(frozen=True)
class Source:
    """Archives and how the model's file is made from their members."""

    build: str
    archives: tuple[Archive, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    strip: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Model:
    """A file that the engine needs: what for, under which licence, with which hash.

    ``fallback`` is the model that is used where this one cannot be had. A model that is
    ``on_demand`` is fetched only when it is named.
    """

    name: str
    purpose: dict[str, str]
    licence: str
    credit: str
    file: str
    sha256: str
    size: int
    sources: tuple[Source, ...]
    fallback: str = ""
    on_demand: bool = False


def _source(data: dict[str, Any]) -> Source:
    archives = tuple(
        Archive(
            kind=a["kind"],
            package=a["package"],
            version=a.get("version", ""),
            size=int(a["size"]),
            sha256=a["sha256"],
            platform=a.get("platform", ""),
            python=a.get("python", ""),
        )
        for a in data["archives"]
    )
    if data["build"] not in BUILDS or any(a.kind not in KINDS for a in archives):
        raise KeyError("build")
    return Source(
        build=data["build"],
        archives=archives,
        include=tuple(data["include"]),
        exclude=tuple(data.get("exclude", ())),
        strip=data.get("strip", ""),
        shape=tuple(data.get("shape", ())),
    )


def load_manifest(path: Path) -> dict[str, Model]:
    """Return the models that a manifest declares, in its order.

    Raises
    ------
    IntegrityError
        ``models-manifest`` when the file is missing or says something unknown.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        models = {}
        for name, entry in data["models"].items():
            models[name] = Model(
                name=name,
                purpose=dict(entry["purpose"]),
                licence=entry["licence"],
                credit=entry["credit"],
                file=entry["file"],
                sha256=entry["sha256"],
                size=int(entry["size"]),
                sources=tuple(_source(s) for s in entry["sources"]),
                fallback=entry.get("fallback", ""),
                on_demand=bool(entry.get("on_demand", False)),
            )
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityError(
            "models-manifest",
            f"模型清单读不懂（{error}），请重新安装本程序。",
            f"The list of models cannot be read ({error}); install the program again.",
            Location(str(path)),
        ) from error
    return models


@cache
def manifest() -> dict[str, Model]:
    """Return the models of ``models/models.toml`` by name."""
    return load_manifest(data_dir("models") / "models.toml")
