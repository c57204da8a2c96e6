// Cloth, metal and everything else on a character: MToon's two steps and a soft third tone.

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    float facing = dot(n, key_direction.xyz);
    // Third tone: folds that turn far away from the light, and the undersides.
    float deep = smoothstep(0.1, -0.75, facing + shade_color.w) * 0.5
        + smoothstep(0.2, -0.9, n.y) * 0.3;
    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(n.y), hemisphere(0.15), flags.w) * face_light.w;
    // A breath of gradient over the lit side keeps large areas from looking flat.
    float breath = 0.94 + 0.08 * smoothstep(-0.2, 1.0, facing);
    vec3 rest = base_color.rgb * (fill * (1.0 - 0.25 * deep) * breath + 0.75 * lamp);
    Prep made;
    made.lit = mix(base_color.rgb * key * breath + rest, base_color.rgb, surface.w) + emissive.rgb;
    made.dark = mix(shade_color.rgb * (1.0 - 0.35 * deep) * key * breath + rest, base_color.rgb, surface.w) + emissive.rgb;
    made.place = key_place(p, n);
    made.terms = vec4(facing, contour(n, v) * contour_side(facing) * (1.0 - surface.w), 0.0, 0.0);
    made.aux = vec4(rim_light(n, v) * key, 0.0);
    made.lit *= form(dot(n, normalize(key_direction.xyz + 0.8 * v)));
    made.dark *= form(n.y);
#if defined(GLOSS) && !defined(METAL)
    // Woven silk: a broad highlight in the colour of the cloth and a sheen at its rim.
    float sheen = pow(clamp(1.0 - dot(n, v), 0.0, 1.0), 3.0);
    float shine = 0.12 * gloss(n, v, key_direction.xyz, 0.46) + 0.06 * sheen;
    made.aux.rgb += key * (base_color.rgb * 1.6 + 0.012) * shine * (1.0 - surface.w);
#endif
#ifdef METAL
    made.terms.zw = vec2(dot(n, normalize(key_direction.xyz + v)), reflect(-v, n).y);
#endif
    return made;
}

Paint paint(Prep at) {
    float shadow = key_edge(at.place);
    SHARE s = lit_share(at.terms.x, shade_color.w, surface.x, shadow);
    vec3 c = mix(at.dark, at.lit, s);
    float edge = at.terms.y * shadow;
#ifdef GLOSS
    c += at.lit * (0.28 * edge);
#else
    c += at.lit * (0.19 * edge);
#endif
#ifdef GLOSS
    vec3 add = rim_of(at) * mix(0.35, 1.0, level(s)) + 0.02 * edge;
#else
    vec3 add = rim_of(at) + 0.02 * edge;
#endif
#ifdef METAL
    c *= 0.72 + 0.56 * smoothstep(-0.1, 0.1, at.terms.w);
#ifdef GLOSS
    c += at.lit * (1.1 * pow(max(at.terms.z * 0.55, 0.0), 6.0));
#else
    c += at.lit * (0.7 * smoothstep(0.90, 0.97, at.terms.z));
#endif
#endif
    return Paint(c, add);
}
