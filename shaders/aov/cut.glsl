// Holes of cutout materials, and of blended ones where less than half is left.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/light.glsl"
#include "lib/mtoon.glsl"
#include "aov/uv.glsl"
in vec2 v_uv;

void cut() {
#ifdef CUT
    vec4 drawn = texture(base_map, PLACED(BASE, animated(v_uv)));
    float alpha = base_color.a * mix(1.0, drawn.a, flags.x);
    if (alpha < (CUT > 1 ? 0.5 : surface.z)) discard;
#endif
}
