"""From pieces to slots: which colour belongs to what, what is denied, what stays unread."""

from __future__ import annotations

from cyberdirector.core.errors import InputRefused
from cyberdirector.design.binding import (
    HAIR_SLOTS,
    Target,
    colour_follows,
    paint,
    partner_of,
    takes_colour,
    two_coloured,
)
from cyberdirector.design.lexicon import Sense
from cyberdirector.design.report import Reading, Span
from cyberdirector.design.segment import Piece, shade_of, split_pieces
from cyberdirector.design.settle import (
    drop_lacking,
    settle_clothes,
    settle_figure,
    settle_hair,
    settle_person,
)
from cyberdirector.design.slots import CharacterSlots, GarmentSlots

MOST_CHARACTERS = 2000
"""Length of a description."""

_OPPOSITE = {"tall": "short", "short": "tall"}


def read_text(text: str) -> Reading:
    """Return what a description in Chinese or English (or both) says.

    Raises
    ------
    InputRefused
        ``text-empty`` or ``text-too-long``.
    """
    if not text.strip():
        raise InputRefused(
            "text-empty",
            "角色描述是空的；请写一句话，例如“二十岁女剑客，高马尾，月白色襦裙”。",
            "The description is empty; write a sentence, such as “a swordswoman of 20, "
            "high ponytail, white robe”.",
        )
    if len(text) > MOST_CHARACTERS:
        raise InputRefused(
            "text-too-long",
            f"角色描述有 {len(text)} 个字，上限 {MOST_CHARACTERS}；请缩短。",
            f"The description has {len(text)} characters; the limit is {MOST_CHARACTERS}.",
        )
    return _Reader(text).read()


class _Reader:
    """Reads one description; :meth:`read` once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = split_pieces(text)
        self.slots = CharacterSlots()
        self.out = Reading(text, self.slots)
        self.clause = 0
        self.denied = False
        self.degree = ""
        self.shade = ""
        self.pattern = ""
        self.sleeve = ""
        self.colour: tuple[Piece, str] | None = None
        self.second = ""
        self.targets: list[Target] = []
        self.said_sex: list[str] = []
        self.adjectives: set[str] = set()
        self.garment_length = ""

    def read(self) -> Reading:
        """Return what was understood."""
        for place, piece in enumerate(self.pieces):
            self._take(place, piece)
        self._close_clause()
        self._settle()
        return self.out

    # --- one piece after the other ---

    def _take(self, place: int, piece: Piece) -> None:
        if piece.kind == "border":
            self._close_clause()
        elif piece.kind == "figure":
            self._figure(piece)
        elif piece.kind == "unknown":
            self._unknown(piece)
        elif piece.kind == "word":
            self._word(place, piece)

    def _close_clause(self) -> None:
        self._colour_backwards()
        if self.pattern and self.slots.garments:
            self.slots.garments[-1].pattern = self.slots.garments[-1].pattern or self.pattern
        self.clause += 1
        self.denied, self.degree, self.shade, self.pattern, self.sleeve = False, "", "", "", ""
        self.second = ""

    def _figure(self, piece: Piece) -> None:
        if figure := piece.figure:
            settle_figure(self.slots, figure)
            self._note(piece, figure.kind, str(figure.value))

    def _unknown(self, piece: Piece) -> None:
        last = self.out.unresolved[-1] if self.out.unresolved else None
        if last is not None and last.end == piece.start and len(piece.text) == 1:
            start = last.start
            self.out.unresolved[-1] = Span(
                start, piece.end, self.text[start : piece.end], "", ""
            )
            return
        self.out.unresolved.append(
            Span(piece.start, piece.end, self.text[piece.start : piece.end], "", "")
        )

    def _word(self, place: int, piece: Piece) -> None:
        shade = shade_of(piece)
        if shade and colour_follows(self.pieces, place):
            self.shade = shade
            return
        if piece.sense("negation"):
            self.denied = True
            return
        degree = piece.sense("degree")
        if degree:
            self.degree = degree.value
            return
        adjective = piece.sense("adjective")
        if adjective and self._adjective(place, piece, adjective.value):
            return
        colour = piece.sense("colour")
        if colour and not self._is_noun_here(place, piece):
            self._colour(place, piece, colour.value)
            return
        for sense in piece.senses:
            self._sense(place, piece, sense)
        if any(
            s.slot not in ("shade", "degree", "negation", "pattern", "sleeve")
            for s in piece.senses
        ):
            self.denied, self.degree = False, ""

    def _is_noun_here(self, place: int, piece: Piece) -> bool:
        """Tell whether a word that is a colour too means something else here."""
        others = any(s.slot not in ("colour", "shade") for s in piece.senses)
        return others and not self._forward_target(place)

    # --- colours ---

    def _colour(self, place: int, piece: Piece, name: str) -> None:
        if self.shade in ("dark", "light"):
            name = f"{self.shade}_{name}"
        self.shade = ""
        after = self.pieces[place + 1] if place + 1 < len(self.pieces) else None
        self._colour_backwards()
        partner = partner_of(self.pieces, place)
        if partner and not self.second and self._forward_target(partner):
            self.second = name
            self._note(piece, "first of two colours", name)
            return
        if self._forward_target(place):
            self.colour = (piece, name)
            return
        if after is not None and after.kind == "unknown" and after.start - piece.end <= 1:
            self._note(piece, "colour of something unknown", name)
            return
        self.colour = (piece, name)
        self._colour_backwards()

    def _adjective(self, place: int, piece: Piece, value: str) -> bool:
        """Take “long”, “loose” … for the hair or skirt behind it; False if there is none."""
        for after in self.pieces[place + 1 :]:
            if after.kind == "border":
                return False
            if after.kind != "word":
                continue
            noun = after.sense("noun")
            if (noun and noun.value == "hair") or after.sense("hair"):
                self.adjectives.add(value)
                self._note(piece, "hair", value)
                return True
            if any(s.slot in ("wear", "generic") for s in after.senses):
                if value in ("long", "short"):
                    self.garment_length = value
                    self._note(piece, "length of clothes", value)
                    return True
                return False
            if not any(
                s.slot in ("colour", "adjective", "shade", "degree") for s in after.senses
            ):
                return False
        return False

    def _forward_target(self, place: int) -> bool:
        """Tell whether what a colour at ``place`` belongs to stands behind it."""
        for piece in self.pieces[place + 1 :]:
            if piece.kind in ("border", "figure"):
                return False
            if piece.kind == "word":
                if piece.sense("colour"):
                    return False
                if any(takes_colour(s) for s in piece.senses):
                    return True
        return False

    def _colour_backwards(self) -> None:
        """Give the waiting colour to what was named last, or to the whole outfit."""
        if self.colour is None:
            return
        piece, name = self.colour
        self.colour = None
        here = [t for t in self.targets if t.clause == self.clause and not t.coloured]
        if here:
            self._paint(here[-1], piece, name)
            return
        clothes = [t for t in self.targets if t.kind == "garment" and t.part == "main"]
        if clothes and not clothes[-1].coloured and clothes[-1].clause >= self.clause - 1:
            self._paint(clothes[-1], piece, name)
            return
        garment = GarmentSlots(kind="clothes")
        self.slots.garments.append(garment)
        target = Target("garment", self.clause, garment)
        self.targets.append(target)
        self._paint(target, piece, name)

    def _paint(self, target: Target, piece: Piece | None, name: str) -> None:
        """Give a colour to a target and remember where it was read."""
        slot = paint(self.slots, target, name, self.degree)
        if piece is not None:
            self._note(piece, f"{slot} colour", name)

    def _aim(
        self, kind: str, garment: GarmentSlots | None = None, part: str = "main"
    ) -> Target:
        """Add a target and give it the colour that waits."""
        target = Target(kind, self.clause, garment, part)
        self.targets.append(target)
        if self.colour is not None:
            piece, name = self.colour
            self.colour = None
            self._paint(target, piece, name)
        return target

    # --- senses ---

    def _sense(self, place: int, piece: Piece, sense: Sense) -> None:
        slot, value = sense.slot, sense.value
        if slot in ("colour", "shade", "degree", "negation"):
            return
        if slot.startswith("face."):
            self._face(piece, slot.removeprefix("face."), sense)
        elif slot in HAIR_SLOTS or slot in ("beard", "noun"):
            self._hair(piece, sense)
        elif slot in ("wear", "generic", "part", "without"):
            self._garment(piece, sense)
        elif slot == "pattern":
            self.pattern = value
            self._note(piece, slot, value)
        elif slot == "sleeve":
            if self.slots.garments and self.slots.garments[-1].sleeve == "":
                self.slots.garments[-1].sleeve = value  # type: ignore[assignment]
            self.sleeve = value
            self._note(piece, slot, value)
        else:
            self._person(piece, sense)

    def _person(self, piece: Piece, sense: Sense) -> None:
        slots, value = self.slots, sense.value
        if sense.slot == "role":
            if not self.denied and value not in slots.roles:
                slots.roles.append(value)
        elif sense.slot == "sex":
            if not self.denied:
                self.said_sex.append(value)
        elif sense.slot == "age":
            if not self.denied and not slots.age_class:
                slots.age_class = value  # type: ignore[assignment]
        elif sense.slot == "era":
            slots.era = slots.era or value  # type: ignore[assignment]
        elif sense.slot == "build":
            if self.denied:
                slots.build = slots.build or "average"
            else:
                slots.build = value  # type: ignore[assignment]
                slots.build_degree = self.degree  # type: ignore[assignment]
        elif sense.slot == "stature":
            slots.stature = _OPPOSITE[value] if self.denied else value  # type: ignore[assignment]
        elif sense.slot == "stylisation":
            slots.stylisation = float(value)
        elif sense.slot == "proportion":
            slots.proportion = float(value)
        elif sense.slot == "mood" and not self.denied and value not in slots.moods:
            slots.moods.append(value)
        elif sense.slot == "skin":
            if not self.denied:
                slots.face.skin = value
                slots.face.skin_degree = self.degree  # type: ignore[assignment]
        elif sense.slot == "wrinkles":
            slots.face.wrinkles = 0.0 if self.denied else float(value)
        elif sense.slot == "freckles":
            slots.face.freckles = not self.denied
        self._note(piece, sense.slot, f"not {value}" if self.denied else value)

    def _face(self, piece: Piece, name: str, sense: Sense) -> None:
        if self.denied:
            self._note(piece, f"face.{name}", f"not {sense.value}")
            return
        if not getattr(self.slots.face, name):
            setattr(self.slots.face, name, sense.value)
        self._note(piece, f"face.{name}", sense.value)
        if name in ("eye_shape", "iris_kind"):
            self._aim("iris")
        elif name == "lip_kind":
            self._aim("lips")

    def _hair(self, piece: Piece, sense: Sense) -> None:
        hair, value = self.slots.hair, sense.value
        denied = self.denied
        if sense.slot == "noun":
            target = self._aim(value)
        elif sense.slot == "beard":
            hair.beard = "none" if denied else value
            target = self._aim("beard")
        elif sense.slot == "fringe":
            hair.fringe = "none" if denied else value  # type: ignore[assignment]
            target = self._aim("hair")
        elif denied:
            target = Target("hair", self.clause)
        elif sense.slot == "hair":
            hair.style = hair.style or value
            target = self._aim("hair")
        elif sense.slot == "length":
            hair.length = hair.length or value  # type: ignore[assignment]
            target = self._aim("hair")
        elif sense.slot == "curl":
            hair.curl = True
            target = self._aim("hair")
        else:
            target = self._aim("hair")
            self._paint(target, piece, value)
        if sense.colour:
            self._paint(target, piece, sense.colour)
        if sense.ornament:
            hair.ornament = sense.ornament
        self._note(piece, sense.slot, f"not {value}" if denied else value)

    def _garment(self, piece: Piece, sense: Sense) -> None:
        slots, value = self.slots, sense.value
        if sense.slot == "part":
            self._part(piece, value)
            return
        if self.denied or sense.slot == "without":
            slots.without.append(value)
            self.colour = None
            self._note(piece, "without", value)
            return
        garment = GarmentSlots(kind=value, pattern=sense.pattern or self.pattern)
        if self.sleeve:
            garment.sleeve = self.sleeve  # type: ignore[assignment]
        garment.length = sense.length or self.garment_length  # type: ignore[assignment]
        self.pattern, self.sleeve, self.garment_length = "", "", ""
        slots.garments.append(garment)
        target = self._aim("garment", garment)
        if sense.colour and not target.coloured:
            self._paint(target, piece, sense.colour)
        garment.colours, self.second = two_coloured(garment.colours, self.second), ""
        self._note(piece, "wear", value)

    def _part(self, piece: Piece, part: str) -> None:
        if not self.slots.garments:
            if self.colour is not None:
                self.colour = None
            self._note(piece, "part", part)
            return
        self._aim("garment", self.slots.garments[-1], part)
        self._note(piece, "part", part)

    # --- at the end ---

    def _settle(self) -> None:
        """Decide what needs the whole sentence."""
        chinese = any("\u4e00" <= c <= "\u9fff" for c in self.text)
        settle_person(self.slots, self.said_sex, chinese)
        settle_hair(self.slots, self.adjectives)
        settle_clothes(self.slots)
        lacking = drop_lacking(self.slots)
        worn = (s for s in self.out.spans if s.slot == "wear")
        self.out.lacking = [s for s in worn if s.value in lacking]

    def _note(self, piece: Piece, slot: str, value: str) -> None:
        self.out.spans.append(
            Span(piece.start, piece.end, self.text[piece.start : piece.end], slot, value)
        )
