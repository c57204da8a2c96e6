// Shadow of the hair on the face: a small map for each head, seen from a light that always
// hangs in front of and above the face, so that the shadow falls as an artist would draw it.
uniform sampler2DShadow fringe_map;

vec3 fringe_place(vec3 p) { return (fringe_matrix * vec4(p, 1.0)).xyz; }

float fringe_shadow(vec3 q) {
#ifdef FAR
    return 1.0;
#else
    vec2 t = vec2(0.7, 0.35) / float(FRINGE_SIZE);
    float s = texture(fringe_map, vec3(q.xy + t, q.z)) * 0.5
        + texture(fringe_map, vec3(q.xy - t, q.z)) * 0.5;
    return mix(1.0, smoothstep(0.15, 0.85, s), head_forward.w);
#endif
}
