// Position of what is drawn: a surface, or (HULL) the outline around it; MTOON as
// pass/mtoon.vert has it, else as pass/outline.vert.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/hull.glsl"
#include "lib/light.glsl"
#include "lib/mtoon.glsl"
#include "aov/uv.glsl"
in vec3 in_position;
in vec2 in_uv;
#ifdef HULL
in vec4 in_outline;
#ifdef MTOON
uniform sampler2D outline_map;
#endif
uniform vec2 brush;      // factor on the width of lines, how much it varies along them
#endif
uniform mat4 to_clip;    // world -> clip, with the offset of the sample
out vec2 v_uv;

#ifdef HULL
// Hull around p; `lens` as in lib/hull.glsl.
vec3 outlined(vec3 p, vec4 line, mat4 matrix, vec3 lens) {
#ifdef MTOON
    float weight;
    line.w *= textureLod(outline_map, PLACED(WIDTH, animated(in_uv)), 0.0).g;
    return mtoon_hull(p, line, matrix, lens, weight);
#else
    line.w *= brush.x * pressed(in_uv, brush.y);
    return hull(p, line, matrix, lens);
#endif
}
#endif

vec3 place() {
    v_uv = in_uv;
#ifdef HULL
    return outlined(in_position, in_outline, view_projection, screen.yzw);
#else
    return in_position;
#endif
}

// Hulls give way to the surface they surround.
vec4 clip_of(vec3 world) {
    vec4 clip = to_clip * vec4(world, 1.0);
#ifdef HULL
#ifdef MTOON
    clip.z += 2e-5 * clip.w;
#else
    clip.z += 0.0004 * clip.w;
#endif
#endif
    return clip;
}
