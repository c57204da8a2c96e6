// The vertex as it stands in the world: read from the buffer that pass/skin.vert filled once
// for all passes, or (POSE) skinned here, for hosts that have no such buffer.
struct Posed {
    vec3 position;
    vec3 normal;
    vec4 outline;   // smooth normal, width factor
};

#ifdef POSE
#include "lib/skin.glsl"
Posed posed() { return skin(); }
#else
in vec3 in_position;
in vec3 in_normal;
in vec4 in_outline;
Posed posed() { return Posed(in_position, in_normal, in_outline); }
#endif
