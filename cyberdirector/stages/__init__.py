"""The stages of a production, one file each; ``produce.py`` calls them in order."""
