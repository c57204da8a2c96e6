"""All hairstyles by name."""

from __future__ import annotations

from cyberdirector.character.hair.build import StyleMaker
from cyberdirector.character.hair.styles.loose import LOOSE
from cyberdirector.character.hair.styles.short import SHORT
from cyberdirector.character.hair.styles.tied import TIED
from cyberdirector.character.hair.styles.updo import UPDO

STYLES: dict[str, StyleMaker] = {**LOOSE, **SHORT, **TIED, **UPDO}
