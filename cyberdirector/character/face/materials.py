"""The materials of face and skin, by number (see :func:`face_materials`)."""

from __future__ import annotations

FACE, SKIN, EYE, LINE, MOUTH = range(5)
"""Face front, other skin, eyes (white and iris), lashes and brows, inside of the mouth."""

LASH_U, CREASE_U, BROW_U = 1 / 6, 3 / 6, 5 / 6
"""Where the palette of the lines has its colours (three columns)."""
