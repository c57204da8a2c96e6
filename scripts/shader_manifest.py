"""Write ``shaders/manifest.json`` anew; ``--check`` only tells whether it is up to date."""

from __future__ import annotations

import argparse
import sys

from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.resources import data_dir
from cyberdirector.render.manifest import build_manifest, manifest_text


def main() -> int:
    """Return 0 when the manifest is (or was made) up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    path = data_dir("shaders") / "manifest.json"
    try:
        text = manifest_text(build_manifest())
    except CyberDirectorError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text == before:
        sys.stdout.write(f"{path.name} is up to date.\n")
        return 0
    if check:
        sys.stderr.write(f"{path.name} is old; run: python scripts/shader_manifest.py\n")
        return 1
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{path.name} written.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
