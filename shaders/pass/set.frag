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
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    cut(base.a);
#ifdef UNLIT
    vec3 c = base.rgb;
#else
    vec3 n = facing_normal();
    vec3 key = key_color.rgb * mix(shade_tint(), vec3(1.0), set_key(world, n));
    vec3 c = base.rgb * (key + set_fill(world, n));
#endif
    c += emissive.rgb * drawn.rgb;
    c = add_fog(c, world);
    pixel = vec4(encode(c) + (grain(gl_FragCoord.xy) - 0.5) * (1.0 / 255.0), coverage(base.a));
}
