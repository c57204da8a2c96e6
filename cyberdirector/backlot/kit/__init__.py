"""Procedural modelling: solids, timber, roofs, plants, textures, signs."""
