"""CyberDirector: a screenplay goes in, a finished 3D animated episode comes out."""

__version__ = "0.1.0"
