"""VRM 1.0 written and read, VRM 0.x read, plain skinned glTF bodies normalised."""

from cyberdirector.formats.vrm.reader import parse_vrm, read_vrm
from cyberdirector.formats.vrm.writer import vrm_bytes, write_vrm

__all__ = ["parse_vrm", "read_vrm", "vrm_bytes", "write_vrm"]
