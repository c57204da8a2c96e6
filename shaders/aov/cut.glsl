// Holes of cutout materials, and of blended ones where less than half is left.
#include "lib/material.glsl"
in vec2 v_uv;

void cut() {
#ifdef CUT
    float alpha = base_color.a * mix(1.0, texture(base_map, v_uv).a, flags.x);
    if (alpha < (CUT > 1 ? 0.5 : surface.z)) discard;
#endif
}
