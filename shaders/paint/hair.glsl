// Hair: shading from a smooth head, strands from the locks, and two ribbons of light around
// the crown, drawn as in cel series: bands at a height of the head, zigzag at their borders,
// broken by strands, the second tinted and lower. (A bright lobe and a shifted tinted one:
// Marschner et al. 2003; placed by height instead of by tangents, so that a small lock does
// not light up as a whole.)

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    // Below the head the hair hangs: a vertical cylinder instead of a sphere.
    vec3 h = (head_inverse * vec4(p, 1.0)).xyz - head_center.xyz;
    vec3 round_h = vec3(h.x, max(h.y, 0.0), h.z);
    vec3 round_n = normalize(transpose(mat3(head_inverse)) * round_h + n * 1e-3);
    vec3 sn = normalize(mix(n, round_n, 0.6));
    float facing = dot(sn, key_direction.xyz);
    float lock = smoothstep(-0.5, 0.35, dot(n, key_direction.xyz));
    float height = h.y / head_center.w;

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(sn.y), hemisphere(0.2), flags.w) * face_light.w;
    // Tips a little lighter and warmer than the roots.
    vec3 tip = mix(vec3(1.0), vec3(1.10, 1.05, 1.03), smoothstep(0.0, -2.2, height));
    vec3 rest = base_color.rgb * (fill * tip + lamp) + emissive.rgb;

    Prep made;
    made.dark = shade_color.rgb * key * tip + rest;
    made.lit = mix(made.dark, base_color.rgb * key * tip + rest, mix(0.72, 1.0, lock));
    made.place = key_place(p, n);
    // The ribbons are seen where the head looks at the eye, most of all under the light, and
    // break where locks turn away from the round of the head. They rise with the eye.
    vec3 up = vec3(head_inverse[0].y, head_inverse[1].y, head_inverse[2].y);
    float seen = smoothstep(0.10, 0.50, dot(round_n, v))
        * smoothstep(-0.45, 0.45, dot(round_n, key_direction.xyz))
        * smoothstep(0.0, 0.5, dot(n, round_n));
    float middle = 0.58 + 0.34 * dot(v, up) + 0.05 * dot(key_direction.xyz, up);
    // Height: 0.5 at an elevation of 40 degrees, 0..1 about 52 of them.
    float w = 0.5 + (h.y / max(length(h), 1e-3) - 0.643) / 0.7;
    // Buns and tails stand off the head and have no part in its ribbon.
    seen *= 1.0 - smoothstep(1.35, 1.7, length(h) / head_center.w);
    made.terms = vec4(facing + 0.05, contour(sn, v) * contour_side(facing), seen, middle);
    made.aux = vec4(h.x, w, h.z, 0.0);
#ifdef GLOSS
    // Strands run down the head: light is spread across them (Kajiya and Kay 1989).
    vec3 strand = normalize(-up + sn * dot(up, sn) + vec3(1e-4));
    vec3 above = normalize(v + 0.55 * key_direction.xyz + 0.35 * up);
    made.aux.w = dot(strand, above) + 0.2 * dot(sn, above);
#endif
    return made;
}

// A band around the head at height `band.x`, `band.y` to each side of it, with points as long
// as `band.z` and borders `band.w` wide. Each of `many` strands a quarter turn has points of its own
// above and below, and some leave a gap.
float ribbon(float height, float around, vec4 band, float many) {
    float x = around * many;
    float strand = floor(x);
    float f = x - strand;
    float up = fract(strand * 0.7548777 + 0.11);
    float down = fract(strand * 0.5698403 + 0.37);
    float peak = 0.3 + 0.4 * fract(strand * 0.3247180);
    float point = min(f / peak, (1.0 - f) / (1.0 - peak));
    float top = band.x + band.y + band.z * up * point;
    float bottom = band.x - band.y - 1.4 * band.z * down * point;
#ifdef VERTEX_STAGE // no derivatives there
    float edge = band.w;
#else
    float edge = max(band.w, 0.75 * fwidth(height));
#endif
    float gap = step(fract(strand * 0.4142136 + 0.21), 0.12) * smoothstep(0.1, 0.4, point);
    return smoothstep(-edge, edge, top - height) * smoothstep(-edge, edge, height - bottom)
        * (1.0 - gap);
}

Paint paint(Prep at) {
    float shadow = smoothstep(0.1, 0.9, key_shadow(at.place));
#ifdef RAMP
    vec3 share = ramped(at.terms.x + shade_color.w, 1.0) * mix(0.35, 1.0, shadow);
    float s = level(share);
    vec3 c = mix(at.dark, at.lit, share);
#else
    float s = toon_step(at.terms.x, shade_color.w, min(surface.x, 0.82)) * mix(0.35, 1.0, shadow);
    vec3 c = mix(at.dark, at.lit, s);
#endif
    // The angle around the head, -2..2 without arc tangent.
    float side = at.aux.x / (abs(at.aux.x) + abs(at.aux.z) + 1e-5);
    float around = at.aux.z > 0.0 ? side : sign(at.aux.x) * 2.0 - side;
    float height = at.aux.y;
    float seen = at.terms.z * mix(0.55, 1.0, s) * smoothstep(0.04, 0.14, height)
        * (1.0 - smoothstep(0.86, 0.96, height));
    float ring = seen * ribbon(height, around, vec4(at.terms.w, 0.042, 0.095, 0.014), 21.0);
    vec4 lower = vec4(at.terms.w - 0.20, 0.008, 0.075, 0.02);
    float second = seen * ribbon(height, around + 0.03, lower, 16.0);
    float edge = at.terms.y * shadow;
    // What is added takes the hue of the hair in pass/figure.frag: black hair shines too.
    vec3 white = key_color.rgb * face_light.w;
#ifdef GLOSS
    // The ribbons grow soft, and a wide lobe in the colour of the hair lies below them.
    float wide = pow(max(1.0 - at.aux.w * at.aux.w, 0.0), 5.0) * at.terms.z * s;
    c += at.lit * float(GLOSS) * (0.8 * ring + 0.5 * second + 1.3 * wide + 0.7 * edge);
    return Paint(c, white * (0.15 * ring + 0.05 * second + 0.02 * wide + 0.06 * edge));
#endif
    c += at.lit * (0.60 * ring + 0.30 * second + 0.40 * edge);
    return Paint(c, white * (0.15 * ring + 0.045 * second + 0.035 * edge));
}
