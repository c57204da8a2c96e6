// Cloth, metal and everything else on a character: MToon's two steps and a soft third tone.
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
    float shadow = smoothstep(0.15, 0.85, key_shadow(world, n));
    float s = min(toon_step(facing, shade_color.w, surface.x), shadow);
    // Second tone: folds that turn far away from the light, and the undersides.
    float deep = smoothstep(0.1, -0.75, facing + shade_color.w) * 0.5
        + smoothstep(0.2, -0.9, n.y) * 0.3;

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(n.y), hemisphere(0.15), flags.w) * face_light.w;
    vec3 dark = shade * (1.0 - 0.35 * deep);
    vec3 c = mix(dark, base.rgb, s) * key + base.rgb * fill * (1.0 - 0.25 * deep);
    // A breath of gradient over the lit side keeps large areas from looking flat.
    c *= 0.94 + 0.08 * smoothstep(-0.2, 1.0, facing);
    c += base.rgb * 0.75 * lamps(world, n, 0.3, 0.22);
    c += (base.rgb * 0.6 + 0.08) * key * contour(n, v, facing) * 0.35 * shadow;
    c += rim_light(n, v) * key + emissive.rgb * drawn.rgb;
#ifdef METAL
    vec3 hv = normalize(key_direction.xyz + v);
    float gloss = smoothstep(0.90, 0.97, dot(n, hv));
    float sky = smoothstep(-0.1, 0.1, reflect(-v, n).y);
    c = mix(c, c * (0.65 + 0.7 * sky), 0.8) + base.rgb * key * gloss * 0.9;
#endif
    c = mix(c, base.rgb + emissive.rgb * drawn.rgb, surface.w);
    pixel = vec4(encode(add_fog(tame(c), world)), coverage(base.a));
}
