// Hair: shading from a smooth head, strands from the locks, and the bright ring.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/toon.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/noise.glsl"
#include "lib/surface.glsl"

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    cut(base.a);
    vec3 shade = shade_of(drawn.rgb);
    vec3 n = facing_normal();
    vec3 v = normalize(eye.xyz - world);

    // Below the head the hair hangs: a vertical cylinder instead of a sphere.
    vec3 h = (head_inverse * vec4(world, 1.0)).xyz - head_center.xyz;
    vec3 round_h = vec3(h.x, max(h.y, 0.0), h.z);
    vec3 round_n = normalize(transpose(mat3(head_inverse)) * round_h + n * 1e-3);
    vec3 sn = normalize(mix(n, round_n, 0.6));
    float facing = dot(sn, key_direction.xyz);
    float shadow = smoothstep(0.1, 0.9, key_shadow(world, n));
    float lit = toon_step(facing, 0.05 + shade_color.w, min(surface.x, 0.82)) * mix(0.35, 1.0, shadow);
    float lock = smoothstep(-0.5, 0.35, dot(n, key_direction.xyz));
    float s = lit * mix(0.72, 1.0, lock);

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(sn.y), hemisphere(0.2), flags.w) * face_light.w;
    vec3 c = mix(shade, base.rgb, s) * key + base.rgb * fill;
    // Tips a little lighter and warmer than the roots.
    c *= mix(vec3(1.0), vec3(1.10, 1.05, 1.03), smoothstep(0.0, -2.2, h.y / head_center.w));

    // Ring: strands run down the head, so the highlight is a band across them
    // (Kajiya and Kay 1989), pushed up and down lock by lock.
    vec3 down = transpose(mat3(head_inverse)) * vec3(0.0, -1.0, 0.0);
    vec3 strand = normalize(down - sn * dot(down, sn) + vec3(1e-4));
    float around = atan(h.x, h.z);
    float jag = abs(fract(around * 7.0 + 0.3 * sin(around * 5.0)) - 0.5) - 0.25
        + 0.5 * (abs(fract(around * 17.0 + uv.x) - 0.5) - 0.25);
    vec3 above = normalize(v + 0.55 * key_direction.xyz - 0.35 * down);
    vec3 t = normalize(strand + sn * (0.05 + 0.16 * jag));
    float cosine = dot(t, above);
    float gleam = sqrt(max(1.0 - cosine * cosine, 0.0));
    // Held near the crown: on hanging hair the formula alone would light whole locks.
    float level = h.y / head_center.w - 0.42 - 0.30 * dot(v, -down) + 0.34 * jag;
    float crown = 1.0 - smoothstep(0.10, 0.26, abs(level));
    float ring = smoothstep(0.93, 0.99, gleam) * crown * smoothstep(0.2, 0.6, dot(round_n, v));
    vec3 glint = mix(base.rgb * 1.9 + 0.06, vec3(1.0), 0.10);
    c += glint * ring * (key * mix(0.16, 0.40, s) + fill * 0.25);
    c += (base.rgb + 0.04) * lamps(world, sn, 0.35, 0.3);
    c += (base.rgb * 0.9 + 0.10) * key * contour(sn, v, facing) * 0.45 * shadow;
    c += rim_light(n, v) * key + emissive.rgb * drawn.rgb;
    // Alpha 0.55 marks hair: brows and lashes drawn later shine through by the rest.
#ifdef BLENDED
    pixel = vec4(encode(add_fog(tame(c), world)), base.a);
#else
    pixel = vec4(encode(add_fog(tame(c), world)), 0.55);
#endif
}
