"""Commands: every edit of a timeline, by name."""

from __future__ import annotations

from cyberdirector.timeline.commands import (
    clips as clips,
)
from cyberdirector.timeline.commands import (
    key_operators as key_operators,
)
from cyberdirector.timeline.commands import (
    keys as keys,
)
from cyberdirector.timeline.commands import (
    layers as layers,
)
from cyberdirector.timeline.commands import (
    marks as marks,
)
from cyberdirector.timeline.commands import (
    operators as operators,
)
from cyberdirector.timeline.commands import (
    shots as shots,
)
from cyberdirector.timeline.commands import (
    takes as takes,
)
from cyberdirector.timeline.commands._edit import Edit
from cyberdirector.timeline.commands._registry import COMMANDS, Command

__all__ = ["COMMANDS", "Command", "Edit"]
