// Skin of the body: soft warm terminator, shadow of the key light.
#define SKIN 1

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(hemisphere(n.y), hemisphere(0.2), flags.w)) * face_light.w;
    vec3 rest = base_color.rgb * (fill + 0.75 * lamp) + emissive.rgb;
    float facing = dot(n, key_direction.xyz);
    Prep made;
    made.lit = (base_color.rgb * key + rest) * form(dot(n, normalize(key_direction.xyz + 0.8 * v)));
    made.dark = (shade_color.rgb * key + rest) * vec3(0.995, 0.965, 0.995);
    made.place = key_place(p, n);
    made.terms = vec4(facing + 0.08, contour(n, v) * contour_side(facing), 0.0, 0.0);
    made.aux = vec4(rim_light(n, v) * key, 0.0);
#ifdef GLOSS
    made.aux.rgb += key * (0.05 * gloss(n, v, key_direction.xyz, 0.45));
#endif
    return made;
}

Paint paint(Prep at) {
    float shadow = key_edge(at.place);
#ifdef RAMP
    vec3 share = ramped(at.terms.x, shadow);
    float s = level(share);
    vec3 c = mix(at.dark, at.lit, share);
#else
    float s = smoothstep(-ramp(0.12), ramp(0.12), at.terms.x) * shadow;
    vec3 c = mix(at.dark, at.lit, s);
    float band = s * (1.0 - s) * 3.2;
    c *= 1.0 + band * vec3(0.06, -0.08, -0.13);
#endif
    c += at.lit * (at.terms.y * 0.16 * s);
#ifdef GLOSS
    return Paint(c, rim_of(at) * s);
#else
    return Paint(c, rim_of(at));
#endif
}
