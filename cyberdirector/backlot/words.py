"""Finding listed words in Chinese and English text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cyberdirector.core.errors import IntegrityError, Location
from cyberdirector.core.resources import data_dir


def normal(text: str) -> str:
    """Return the text in lower case with full-width letters and digits made narrow."""
    return unicodedata.normalize("NFKC", text).lower()


def find_words(text: str, words: Iterable[str]) -> list[str]:
    """Return the listed words found in ``text``, longest first, each once.

    Latin words match whole words only (a plural s is allowed); Chinese ones match anywhere.
    """
    plain = normal(text)
    found = [word for word in dict.fromkeys(map(normal, words)) if word and _holds(plain, word)]
    return sorted(found, key=lambda word: (-len(word), word))


def _holds(plain: str, word: str) -> bool:
    if word not in plain:
        return False
    if not word.isascii():
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?:s|es)?(?![a-z0-9])", plain) is not None


def both(entry: dict[str, Any], key: str = "") -> list[str]:
    """Return the ``zh`` and ``en`` words of an entry (or of ``entry[key]``)."""
    lists = entry.get(key, {}) if key else entry
    return [*lists.get("zh", ()), *lists.get("en", ())]


@cache
def read_yaml(path: Path) -> dict[str, Any]:
    """Return a mapping of the asset library.

    Raises
    ------
    IntegrityError
        ``library-damaged`` when the file is no YAML mapping.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise _damaged(path, type(error).__name__) from None
    if not isinstance(data, dict):
        raise _damaged(path, type(data).__name__)
    return data


def _damaged(path: Path, found: str) -> IntegrityError:
    return IntegrityError(
        "library-damaged",
        f"素材库文件无法读取（{found}），请重新安装或修复它。",
        f"A file of the asset library cannot be read ({found}); install again or mend it.",
        Location(str(path)),
    )


def library_files(folder: str) -> list[Path]:
    """Return the YAML files of a folder of the asset library, sorted by name."""
    return sorted((data_dir("assetlib") / folder).glob("*.yaml"))


def story_era(text: str) -> str:
    """Return ``ancient`` or ``modern`` as the words of ``text`` tell, or empty."""
    eras = read_yaml(data_dir("assetlib") / "casting" / "eras.yaml")
    weight = {
        era: sum(
            len(word) if not word.isascii() else 2 for word in find_words(text, both(lists))
        )
        for era, lists in eras.items()
    }
    best = max(weight, key=lambda era: (weight[era], era))
    return best if weight[best] > 0 else ""
