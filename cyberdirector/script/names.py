"""Who is meant when a text names somebody."""

from __future__ import annotations

import re

from cyberdirector.script.document import Line

_TO = re.compile(r"(?:对着?|向着?|朝着?|冲着?|to )\s*(?:the )?(.+)", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")


class Names:
    """Finds roles in running text, also by the end of a longer name (掌柜 for 老掌柜)."""

    def __init__(self, names: tuple[str, ...]) -> None:
        short: dict[str, list[str]] = {}
        for name in names:
            if len(name) >= 3 and _CJK.match(name):
                short.setdefault(name[1:], []).append(name)
            for part in name.split():
                if part != name and len(part) > 2:
                    short.setdefault(part, []).append(name)
        alias = {k.lower(): v[0] for k, v in short.items() if len(v) == 1}
        self.table = alias | {n.lower(): n for n in names}
        words = sorted(self.table, key=lambda w: (-len(w), w))
        parts = [
            re.escape(w) if _CJK.search(w) else rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])"
            for w in words
            if w
        ]
        self.pattern = re.compile("|".join(parts) or r"(?!)")

    def found(self, text: str) -> tuple[str, ...]:
        """Return the roles named in a text, in order."""
        hits = self.pattern.finditer(text.lower())
        return tuple(dict.fromkeys(self.table[m.group()] for m in hits))

    def masked(self, text: str) -> str:
        """Return the text without names, so that a 风 in a name is no wind."""
        return self.pattern.sub("□", text.lower())

    def addressee(self, line: Line) -> str:
        """Return whom a line is spoken to: ``（对沈青）`` or ``沈青，…`` at its start."""
        for part in re.split(r"[，,；;、]", line.parenthetical):
            match = _TO.match(part.strip())
            if match and (who := self.found(match[1])):
                return who[0]
        start = re.match(r"[^，,！!？?。.…：:]{1,24}(?=[，,！!？?…])", line.text)
        if start and (who := self.found(start[0])) and len(start[0]) <= len(who[0]) + 3:
            return who[0] if who[0] != line.speaker else ""
        return ""
