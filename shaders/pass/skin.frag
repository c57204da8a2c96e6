// Skin of the body: soft warm terminator, shadow of the key light and of the hair.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/toon.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/surface.glsl"

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    cut(base.a);
    vec3 shade = shade_of(drawn.rgb);
    vec3 n = facing_normal();
    vec3 v = normalize(eye.xyz - world);
    float facing = dot(n, key_direction.xyz);
    float lit = smoothstep(-0.12, 0.12, facing + 0.08);
    float s = lit * smoothstep(0.1, 0.9, key_shadow(world, n));

    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(hemisphere(n.y), hemisphere(0.2), flags.w)) * face_light.w;
    vec3 c = mix(shade, base.rgb, s) * key + base.rgb * fill;
    float band = s * (1.0 - s) * 4.0;
    c *= mix(vec3(1.0), vec3(1.06, 0.92, 0.87), band * 0.8 + (1.0 - s) * 0.2);
    c += base.rgb * 0.75 * lamps(world, n, 0.4, 0.3);
    c += base.rgb * key * contour(n, v, facing) * 0.22 * s + rim_light(n, v) * key;
    c += emissive.rgb * drawn.rgb;
    pixel = vec4(encode(add_fog(tame(c), world)), coverage(base.a));
}
