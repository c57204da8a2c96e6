"""The gate for foreign bytes: glTF, VRM, VRMA, pictures and sound."""

from cyberdirector.formats.image import decode_image, encode_png, read_image, write_png
from cyberdirector.formats.set_glb import parse_set, read_set, set_bytes, write_set
from cyberdirector.formats.vrm import parse_vrm, read_vrm, vrm_bytes, write_vrm

__all__ = [
    "decode_image",
    "encode_png",
    "parse_set",
    "parse_vrm",
    "read_image",
    "read_set",
    "read_vrm",
    "set_bytes",
    "vrm_bytes",
    "write_png",
    "write_set",
    "write_vrm",
]
