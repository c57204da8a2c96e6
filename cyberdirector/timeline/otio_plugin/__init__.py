"""Lets OpenTimelineIO itself read our Final Cut Pro XML to the frame, at any rate.

Found by OpenTimelineIO through the entry point ``opentimelineio.plugins``:
``otio.adapters.read_from_file("cut.fcpxml", adapter_name="cyberdirector_fcpxml")``.
"""
