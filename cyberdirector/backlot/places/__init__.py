"""The places that can be built: one module per set, registered in ``PLACES``."""
