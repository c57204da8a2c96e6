"""The one gate for glTF bytes: safe reading, deterministic writing."""
