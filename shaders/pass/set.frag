// The set: soft painted tones.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/toon.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/noise.glsl"
#include "lib/set_light.glsl"
#include "lib/surface.glsl"

void main() {
    vec4 base = base_sample();
    cut(base.a);
    vec3 n = facing_normal();
    vec3 c = mix(base.rgb * (set_key(world, n) + set_fill(world, n)), base.rgb, surface.w);
    c += emissive.rgb;
    c = add_fog(c, world);
    pixel = vec4(encode(c) + (grain(gl_FragCoord.xy) - 0.5) * (1.0 / 255.0), coverage(base.a));
}
