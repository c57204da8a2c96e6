"""Upper bounds on what comes from outside, each with its reason."""

from __future__ import annotations

MEBI = 1 << 20

MAX_MODEL_BYTES = 512 * MEBI
"""A glTF, VRM or GLB file. The largest avatars sold for VR are about 150 MB."""

MAX_JSON_BYTES = 16 * MEBI
"""The JSON part of a glTF. 16 MiB of ``[],`` become about 320 MB of Python lists; real
avatars need less than 5 MB."""

MAX_JSON_DEPTH = 64
"""Nesting of JSON. glTF with all VRM extensions nests 12 deep."""

MAX_ITEMS = 200_000
"""Entries of one glTF list (nodes, accessors …). A crowded set has about 20,000."""

MAX_NODE_DEPTH = 512
"""Length of a chain of nodes. A long braid has 40 joints."""

MAX_VERTICES = 8_000_000
"""Vertices of one model; scans of rooms are thinned to below 2 million."""

MAX_MORPHS = 1024
"""Shapes of one mesh. Faces with all ARKit and viseme shapes have about 200."""

MAX_JOINTS = 65_535
"""Joint indices are stored as 16-bit numbers."""

MAX_AMPLIFICATION = 64
"""Bytes of arrays that a file may declare for each of its own bytes. Sparse and constant
accessors repeat data; a 400-byte file must not ask for gigabytes."""

MIN_ARRAY_BUDGET = 16 * MEBI
"""Bytes of arrays that even a tiny file may declare."""

MAX_ARRAY_BYTES = 2048 * MEBI
"""Bytes of arrays that any file may declare (memory budget of a whole scene)."""

MAX_IMAGE_BYTES = 256 * MEBI
"""One encoded picture."""

MAX_IMAGE_PIXELS = 64_000_000
"""Pixels of one picture, checked before it is decoded (8000 × 8000; 256 MB as RGBA)."""

MAX_MODEL_PIXELS = 192_000_000
"""Pixels of all textures of one model (768 MB as RGBA)."""

MAX_AUDIO_BYTES = 1024 * MEBI
"""One sound file."""

MAX_AUDIO_SECONDS = 3600.0
"""Length of one sound file: an hour of 24 kHz float32 is 346 MB."""

MAX_CLIP_FRAMES = 1_000_000
"""Frames of one motion clip: 4.6 hours at 60 frames a second."""

MAX_COORDINATE = 1e6
"""Metres. Beyond a thousand kilometres float32 keeps less than 6 cm."""
