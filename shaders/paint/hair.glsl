// Hair: shading from a smooth head, strands from the locks, and the bright ring.
#include "lib/shadow.glsl"

Paint paint(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    // Below the head the hair hangs: a vertical cylinder instead of a sphere.
    vec3 h = (head_inverse * vec4(p, 1.0)).xyz - head_center.xyz;
    vec3 round_h = vec3(h.x, max(h.y, 0.0), h.z);
    vec3 round_n = normalize(transpose(mat3(head_inverse)) * round_h + n * 1e-3);
    vec3 sn = normalize(mix(n, round_n, 0.6));
    float facing = dot(sn, key_direction.xyz);
    float shadow = smoothstep(0.1, 0.9, key_shadow(p, n));
    float lit = toon_step(facing, 0.05 + shade_color.w, min(surface.x, 0.82)) * mix(0.35, 1.0, shadow);
    float lock = smoothstep(-0.5, 0.35, dot(n, key_direction.xyz));
    float s = lit * mix(0.72, 1.0, lock);

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(sn.y), hemisphere(0.2), flags.w) * face_light.w;
    vec3 c = mix(shade_color.rgb, base_color.rgb, s) * key + base_color.rgb * fill;
    // Tips a little lighter and warmer than the roots.
    c *= mix(vec3(1.0), vec3(1.10, 1.05, 1.03), smoothstep(0.0, -2.2, h.y / head_center.w));

    // Ring: strands run down the head, so the highlight is a band across them
    // (Kajiya and Kay 1989), pushed up and down lock by lock and held near the crown:
    // on hanging hair the formula alone would light whole locks.
    vec3 down = -vec3(head_inverse[0].y, head_inverse[1].y, head_inverse[2].y);
    vec3 strand = normalize(down - sn * dot(down, sn) + vec3(1e-4));
    // Angle around the head, -2..2, without arc tangent.
    float side = h.x / (abs(h.x) + abs(h.z) + 1e-5);
    float around = h.z > 0.0 ? side : sign(h.x) * 2.0 - side;
    float jag = abs(fract(around * 11.0 + 0.4 * side) - 0.5) - 0.25
        + 0.5 * (abs(fract(around * 26.0) - 0.5) - 0.25);
    vec3 above = normalize(v + 0.55 * key_direction.xyz - 0.35 * down);
    vec3 t = normalize(strand + sn * (0.05 + 0.16 * jag));
    float cosine = dot(t, above);
    float gleam = sqrt(max(1.0 - cosine * cosine, 0.0));
    float level = h.y / head_center.w - 0.42 - 0.30 * dot(v, -down) + 0.34 * jag;
    float crown = 1.0 - smoothstep(0.10, 0.26, abs(level));
    float ring = smoothstep(0.93, 0.99, gleam) * crown * smoothstep(0.2, 0.6, dot(round_n, v));
    vec3 gain = ring * (key * mix(0.16, 0.40, s) + fill * 0.25);
    float edge = contour(sn, v, facing) * 0.45 * shadow;
    c += base_color.rgb * (1.7 * gain + lamp + 0.9 * key * edge);
    vec3 add = 0.15 * gain + 0.04 * lamp + 0.10 * key * edge + rim_light(n, v) * key;
    return Paint(c + emissive.rgb, add);
}
