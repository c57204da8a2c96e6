"""What actions say of people: how a role looks when it is introduced, who 他 and they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

_LOOKED_AT = 600
"""Characters of an action in which somebody is introduced."""

_BRACKETED = r"\s*[（(]([^（()）]{2,160})[）)]"

_LOOKS_ZH = re.compile(
    r"^一[个名位]|[0-9０-９零一二三四五六七八九十]+(?:多|来)?岁|一身|身穿|身着|[头脸]戴|穿着|身披|留着|扎着|梳着"
    r"|[黑白银金红棕长短卷]发|[袍裙衫衣裤甲]$|校服|西装|制服|少女$|少年$|女子$|男子$|老人$|老者$|女孩$|男孩$"
)
_LOOKS_EN = re.compile(
    r"(?:an?|in (?:his|her|their|an?)|wearing|with|aged?|early|mid|late)\b|\d", re.IGNORECASE
)
_DEEDS_EN = re.compile(
    r"\b(?:with|in) (?:surprise|anger|fear|tears|silence|pain|shock)\b", re.I
)

_VOICE = re.compile(r"(?:o\.?s|v\.?o|cont)\b", re.IGNORECASE)

GROUP = re.compile(
    r"(?:两人|二人|俩人|他们|她们|两个人|三人|众人|大家|所有人|彼此)|"
    r"(?:they|both|everyone|everybody|all of them|the two(?: of them)?)\b",
    re.IGNORECASE,
)
"""Words for several people at the start of a clause."""

_REACTS = re.compile(r"[吓惊愣怔呆]|看着|望着|startle|gasp|freeze|stare", re.IGNORECASE)
_PRONOUN = re.compile(r"(?P<zh>[他她])(?!们)|(?P<en>he|she)\b", re.IGNORECASE)
_FEMALE = re.compile(
    r"女|姑娘|丫头|母|妈|姐|妹|婆|\b(?:\w*woman|girl|lady|female|mother|she|her)\b",
    re.IGNORECASE,
)
_MALE = re.compile(
    r"男|公子|父|爸|哥|弟|爷|\b(?:\w*(?<!wo)man|boy|male|father|he|his)\b", re.IGNORECASE
)


def introduced(name: str, text: str) -> str:
    """Return what an action says of how ``name`` looks, or nothing.

    ``MEI (20s, scar on her cheek) waits``, ``MEI, a young woman in white, sits``,
    ``林晚（二十岁，一身白衣）推门``, ``林晚，二十岁，一身白衣，推门而入``: the clauses behind
    a name up to the first that tells what is done.
    """
    latin = name.isascii()
    edge = r"(?:^|(?<=[.!?\n])\s*)" if latin else ""
    found = re.finditer(edge + re.escape(name), text[:_LOOKED_AT], re.IGNORECASE)
    for match in islice(found, 4):
        rest = text[match.end() :][:_LOOKED_AT]
        bracket = re.match(_BRACKETED, rest)
        if bracket and not _VOICE.match(bracket[1]):
            return bracket[1].strip()
        if not re.match(r"\s*[,，]", rest):
            continue
        sentence = re.split(r"[.。;；!！?？\n]", rest, maxsplit=1)[0]
        clauses = [c.strip() for c in re.split(r"[,，]", sentence)[1:]]
        told = []
        for clause in clauses:
            if not tells_looks(clause):
                break
            told.append(clause)
        if told and len(told) < len(clauses) + (sentence != rest):
            return (", " if latin else "，").join(told)
    return ""


def tells_looks(clause: str) -> bool:
    """Tell whether a clause of an action says how somebody looks, not what is done."""
    if not clause.isascii():
        return _LOOKS_ZH.search(clause) is not None
    return _LOOKS_EN.match(clause) is not None and _DEEDS_EN.search(clause) is None


def sex_told(about: str) -> str:
    """Return ``female``, ``male`` or nothing, by words of a description."""
    female, male = _FEMALE.search(about), _MALE.search(about)
    if (female is None) == (male is None):
        return ""
    return "female" if female else "male"


def meant(text: str, seen: Sequence[str], sexes: dict[str, str]) -> tuple[str, ...]:
    """Return who acts in a text that names nobody.

    Parameters
    ----------
    seen
        Roles that spoke or acted in the scene so far, the last one last.
    sexes
        What is known of their sex.
    """
    recent = list(dict.fromkeys(reversed(seen)))
    if group := GROUP.match(text.strip()):
        two = group[0].lower().startswith(("两", "二", "俩", "both", "the two"))
        # Of three, two who start or stare answer what the last one seen did.
        answer = two and len(recent) == 3 and _REACTS.search(text) is not None
        who = recent[1:] if answer else recent[:2] if two else recent
        return tuple(reversed(who))
    pronoun = _PRONOUN.match(text.strip())
    if pronoun is None:
        return ()
    wanted = "female" if pronoun[0].lower() in ("她", "she") else "male"
    fitting = [r for r in recent if sexes.get(r) == wanted]
    open_ = [r for r in recent if not sexes.get(r)]
    return tuple((fitting or open_)[:1])
