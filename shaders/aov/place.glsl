// Position of what is drawn: a surface, or (HULL) the outline around it.
#include "lib/material.glsl"
#include "lib/hull.glsl"
in vec3 in_position;
in vec2 in_uv;
#ifdef HULL
in vec4 in_outline;
#endif
uniform mat4 to_clip;    // world -> clip, with the offset of the sample
uniform vec3 lens;   // picture height (pixels), pixels per metre at 1 m, line scale
out vec2 v_uv;

vec3 place() {
    v_uv = in_uv;
#ifdef HULL
    return hull(in_position, in_outline, to_clip, lens);
#else
    return in_position;
#endif
}

// Hulls give way to the surface they surround.
vec4 clip_of(vec3 world) {
    vec4 clip = to_clip * vec4(world, 1.0);
#ifdef HULL
    clip.z += 0.0004 * clip.w;
#endif
    return clip;
}
