// Hair: shading from a smooth head, strands from the locks, and the bright ring.

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

    // Ring: strands run down the head, so the highlight is a band across them
    // (Kajiya and Kay 1989). `strand` and `sn` are at right angles.
    vec3 down = -vec3(head_inverse[0].y, head_inverse[1].y, head_inverse[2].y);
    vec3 strand = normalize(down - sn * dot(down, sn) + vec3(1e-4));
    vec3 above = normalize(v + 0.55 * key_direction.xyz - 0.35 * down);
    Prep made;
    made.dark = shade_color.rgb * key * tip + rest;
    made.lit = mix(made.dark, base_color.rgb * key * tip + rest, mix(0.72, 1.0, lock));
    made.place = key_place(p, n);
    made.terms = vec4(facing + 0.05, contour(sn, v) * contour_side(facing),
        smoothstep(0.2, 0.6, dot(round_n, v)),
        height - 0.42 - 0.30 * dot(v, -down));
    made.aux = vec4(dot(strand, above), dot(sn, above), h.x, h.z);
    return made;
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
    // The ring is pushed up and down lock by lock, by the angle around the head (-2..2,
    // without arc tangent), and held near the crown: on hanging hair the formula alone
    // would light whole locks.
    float side = at.aux.z / (abs(at.aux.z) + abs(at.aux.w) + 1e-5);
    float around = at.aux.w > 0.0 ? side : sign(at.aux.z) * 2.0 - side;
    float jag = abs(fract(around * 11.0 + 0.4 * side) - 0.5) - 0.25
        + 0.5 * (abs(fract(around * 26.0) - 0.5) - 0.25);
    float k = 0.05 + 0.16 * jag;
    float cosine = at.aux.x + k * at.aux.y;
    float gleam = 1.0 - cosine * cosine / (1.0 + k * k); // squared sine
    float crown = 1.0 - smoothstep(0.10, 0.26, abs(at.terms.w + 0.34 * jag));
    float ring = smoothstep(0.865, 0.98, gleam) * crown * at.terms.z * mix(0.22, 0.42, s);
    float edge = at.terms.y * shadow;
#ifdef GLOSS
    // The ring grows soft, and a wide lobe in the colour of the hair lies below it
    // (two lobes: Marschner et al. 2003; shifted tangents: Scheuermann 2004).
    float c2 = at.aux.x + (0.20 + 0.10 * jag) * at.aux.y;
    float wide = pow(max(1.0 - c2 * c2, 0.0), 5.0) * at.terms.z * s;
    ring = smoothstep(0.78, 1.0, gleam) * crown * at.terms.z * mix(0.25, 0.50, s);
    c += at.lit * float(GLOSS) * (1.7 * ring + 1.3 * wide + 0.7 * edge);
    vec3 white = key_color.rgb * face_light.w;
    return Paint(c, white * (0.20 * ring + 0.02 * wide + 0.06 * edge));
#endif
    c += at.lit * (1.7 * ring + 0.40 * edge);
    return Paint(c, vec3(0.12 * ring + 0.035 * edge) * key_color.rgb * face_light.w);
}
