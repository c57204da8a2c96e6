"""Static humanoid meshes become rigged VRM characters."""
