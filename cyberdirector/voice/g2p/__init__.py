"""Text → the symbols of the voice model, with words, syllables and phone classes."""

from cyberdirector.voice.g2p.language import LANGUAGES, detect_language, read_line
from cyberdirector.voice.g2p.sounds import Reading, Sound, Spelled

__all__ = ["LANGUAGES", "Reading", "Sound", "Spelled", "detect_language", "read_line"]
