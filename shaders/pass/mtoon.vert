// Skinned triangles of a foreign character, and its outline as an inverted hull.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/light.glsl"
#include "lib/mtoon.glsl"
#include "lib/mtoon_uv.glsl"
#include "lib/posed.glsl"
#include "lib/hull.glsl"
in vec2 in_uv;
out vec4 world_u;    // world position, texture u
out vec4 normal_v;   // normal, texture v
#ifdef OUTLINE
uniform sampler2D outline_map;
out float weight;    // how much of a line thinner than a pixel is seen
#endif

void main() {
    Posed at = posed();
    vec3 p = at.position;
#ifdef OUTLINE
    vec4 line = at.outline;
    line.w *= textureLod(outline_map, PLACED(WIDTH, animated(in_uv)), 0.0).g;
#ifdef LINE_GAIN
    line.w *= float(LINE_GAIN);
#endif
    p = mtoon_hull(p, line, view_projection, screen.yzw, weight);
#endif
    world_u = vec4(p, in_uv.x);
    normal_v = vec4(at.normal, in_uv.y);
    vec4 clip = view_projection * vec4(p, 1.0);
#ifdef OUTLINE
    clip.z += 2e-5 * clip.w; // behind the surface that it belongs to
#endif
    gl_Position = clip;
}
