"""The asset library: procedural sets and the catalogue that casts and places."""

from __future__ import annotations

from cyberdirector.backlot.catalogue import CastChoice, RecipeFacts, choose_cast, list_recipes
from cyberdirector.backlot.hints import Profile, RoleHint, read_profile
from cyberdirector.backlot.locations import choose_light, choose_set
from cyberdirector.backlot.sets import SET_NAMES, build_set

__all__ = [
    "SET_NAMES",
    "CastChoice",
    "Profile",
    "RecipeFacts",
    "RoleHint",
    "build_set",
    "choose_cast",
    "choose_light",
    "choose_set",
    "list_recipes",
    "read_profile",
]
