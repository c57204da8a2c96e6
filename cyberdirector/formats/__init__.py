"""The gate for foreign bytes: glTF, VRM, VRMA, pictures and sound."""

from cyberdirector.formats.audio import decode_audio, read_audio, wav_bytes, write_wav
from cyberdirector.formats.bvh import bvh_text, write_bvh
from cyberdirector.formats.image import decode_image, encode_png, read_image, write_png
from cyberdirector.formats.live_link import live_link_text, write_live_link
from cyberdirector.formats.motion_glb import motion_glb_bytes, write_motion_glb
from cyberdirector.formats.set_glb import parse_set, read_set, set_bytes, write_set
from cyberdirector.formats.vrm import parse_vrm, read_vrm, vrm_bytes, write_vrm
from cyberdirector.formats.vrma import parse_vrma, read_vrma, vrma_bytes, write_vrma

__all__ = [
    "bvh_text",
    "decode_audio",
    "decode_image",
    "encode_png",
    "live_link_text",
    "motion_glb_bytes",
    "parse_set",
    "parse_vrm",
    "parse_vrma",
    "read_audio",
    "read_image",
    "read_set",
    "read_vrm",
    "read_vrma",
    "set_bytes",
    "vrm_bytes",
    "vrma_bytes",
    "wav_bytes",
    "write_bvh",
    "write_live_link",
    "write_motion_glb",
    "write_png",
    "write_set",
    "write_vrm",
    "write_vrma",
    "write_wav",
]
