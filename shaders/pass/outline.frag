// Lines take a dark tone of the surface and follow the light of the place.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
flat in vec4 ink;
in vec3 world;
out vec4 pixel;

void main() {
    vec3 light = (key_color.rgb * 0.8 + hemisphere(0.0)) * face_light.w;
    vec3 c = ink.rgb * mix(vec3(1.0), light, outline_color.w);
    pixel = vec4(encode(add_fog(c, world)), 1.0);
}
