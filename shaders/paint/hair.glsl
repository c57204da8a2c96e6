// Hair: shading from a smooth head, strands from the locks, and two ribbons of light around
// the crown, drawn as in cel series: a band at a height of the head with round, wavy borders
// that every lock bends and that fine strands cut, and a thin tinted line below it. (A bright
// lobe and a shifted tinted one: Marschner et al. 2003; placed by height instead of by
// tangents, so that a small lock does not light up as a whole.)

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    // Below the head the hair hangs: a vertical cylinder instead of a sphere.
    vec3 h = (head_inverse * vec4(p, 1.0)).xyz - head_center.xyz;
    vec3 round_h = vec3(h.x, max(h.y, 0.0), h.z);
    vec3 round_n = normalize(transpose(mat3(head_inverse)) * round_h + n * 1e-3);
    float height = h.y / head_center.w;
    // What hangs is seen lock by lock: each has a side in the light and one in the shade.
    vec3 sn = normalize(mix(n, round_n, mix(0.38, 0.6, smoothstep(-0.9, 0.1, height))));
    float facing = dot(sn, key_direction.xyz);
    float lock = smoothstep(-0.5, 0.35, dot(n, key_direction.xyz));

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(sn.y), hemisphere(0.2), flags.w) * face_light.w;
    // Tips a little lighter and warmer than the roots.
    vec3 tip = mix(vec3(1.0), vec3(1.10, 1.05, 1.03), smoothstep(0.0, -2.2, height));
    vec3 rest = base_color.rgb * (fill * tip + lamp) + emissive.rgb;

    Prep made;
    made.dark = shade_color.rgb * key * tip + rest;
    made.lit = mix(made.dark, base_color.rgb * key * tip + rest, mix(0.72, 1.0, lock));
    made.place = key_place(p, n);
    // The ribbons are seen where the head looks at the eye, most of all under the light.
    // They rise with the eye.
    vec3 up = vec3(head_inverse[0].y, head_inverse[1].y, head_inverse[2].y);
    float seen = smoothstep(0.10, 0.50, dot(round_n, v))
        * mix(0.45, 1.0, smoothstep(-0.45, 0.45, dot(round_n, key_direction.xyz)));
    float middle = 0.58 + 0.34 * dot(v, up) + 0.05 * dot(key_direction.xyz, up);
    // Height: 0.5 at an elevation of 40 degrees, 0..1 about 52 of them.
    float w = 0.5 + (h.y / max(length(h), 1e-3) - 0.643) / 0.7;
    // Buns and tails stand off the head and have no part in its ribbon.
    seen *= 1.0 - smoothstep(1.35, 1.7, length(h) / head_center.w);
    made.terms = vec4(facing + 0.05, contour(sn, v) * contour_side(facing), seen, middle);
    // Where a lock turns away from the round of the head: 0 at its edge, 1 on its ridge. It
    // travels as the length of the direction around the head.
    float ridge = smoothstep(0.62, 0.99, dot(n, round_n));
    vec2 way = h.xz / max(length(h.xz), 1e-4) * (1.0 + ridge);
    made.aux = vec4(way.x, w, way.y, 0.0);
#ifdef GLOSS
    // Strands run down the head: light is spread across them (Kajiya and Kay 1989).
    vec3 strand = normalize(-up + sn * dot(up, sn) + vec3(1e-4));
    vec3 above = normalize(v + 0.55 * key_direction.xyz + 0.35 * up);
    made.aux.w = dot(strand, above) + 0.2 * dot(sn, above);
#endif
    return made;
}

// A wave of mean 0 around the head (radians); whole numbers of waves close the ring.
float wave(float around, float many) {
    return 0.5 * sin(many * around + 0.6) + 0.3 * sin((2.0 * many + 3.0) * around + 2.1)
        + 0.2 * sin((4.0 * many - 1.0) * around + 4.0);
}

// A band around the head at height `band.x`, `band.y` to each side of it at the ridge of a lock
// and `band.z` as much at its edge, with borders `band.w` wide.
float ribbon(float height, float around, float ridge, vec4 band) {
    float thick = band.y * mix(band.z, 1.0, ridge) * (1.0 + 0.45 * wave(around + 1.3, 6.0));
    float middle = band.x + 0.55 * band.y * wave(around, 5.0);
    // Fingers, longer downwards: the light runs along the strands.
    float finger = wave(around, 17.0);
    float top = middle + thick * (1.0 + 0.25 * finger);
    float bottom = middle - thick * (1.0 + 0.55 * wave(around + 0.7, 19.0));
#ifdef VERTEX_STAGE // no derivatives there
    float edge = band.w;
#else
    float edge = max(band.w, 0.75 * fwidth(height));
#endif
    return smoothstep(-edge, edge, top - height) * smoothstep(-edge, edge, height - bottom);
}

// Dark strands that cut a ribbon: lines as thin as hairs, some of them left out.
float strands(float around, float height) {
    float x = (around + 0.03 * height) * 14.0;
    float number = floor(x);
    float at = 0.25 + 0.5 * fract(number * 0.7548777 + 0.31);
    float wide = 0.035 + 0.05 * fract(number * 0.5698403 + 0.17);
    float kept = step(fract(number * 0.4142136 + 0.21), 0.55);
#ifdef VERTEX_STAGE
    float soft = 0.05;
#else
    float soft = max(0.03, fwidth(x));
#endif
    return 1.0 - kept * (1.0 - smoothstep(wide, wide + soft, abs(x - number - at)));
}

Paint paint(Prep at) {
    float shadow = key_edge(at.place);
#ifdef RAMP
    vec3 share = ramped(at.terms.x + shade_color.w, 1.0) * mix(0.35, 1.0, shadow);
    float s = level(share);
    vec3 c = mix(at.dark, at.lit, share);
#else
    float s = toon_step(at.terms.x, shade_color.w, min(surface.x, 0.82)) * mix(0.35, 1.0, shadow);
    vec3 c = mix(at.dark, at.lit, s);
#endif
    float around = atan(at.aux.x, at.aux.z);
    float ridge = clamp(length(at.aux.xz) - 1.0, 0.0, 1.0);
    float height = at.aux.y;
    float seen = at.terms.z * mix(0.55, 1.0, s) * smoothstep(0.04, 0.14, height)
        * (1.0 - smoothstep(0.86, 0.96, height)) * strands(around, height);
    float ring = seen * ribbon(height, around, ridge, vec4(at.terms.w, 0.062, 0.30, 0.012));
    vec4 lower = vec4(at.terms.w - 0.17, 0.014, 0.10, 0.012);
    float second = seen * ribbon(height, around + 0.4, ridge, lower);
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
