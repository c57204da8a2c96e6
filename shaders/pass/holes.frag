#include "lib/material.glsl"
in vec2 uv;

void main() {
    if (mix(1.0, texture(base_map, uv).a, flags.x) * base_color.a < surface.z) discard;
}
