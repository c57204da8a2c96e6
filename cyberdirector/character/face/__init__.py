"""Faces: eyes, brows, mouth, skin picture and the 52 ARKit shapes."""
