// Shadow of the hair on the face: a small map for each head, seen from a light that always
// hangs in front of and above the face, so that the shadow falls as an artist would draw it.
uniform sampler2DShadow fringe_map;

float fringe_shadow(vec3 p) {
    vec3 q = (fringe_matrix * vec4(p, 1.0)).xyz;
    float t = 1.0 / float(FRINGE_SIZE);
    float s = texture(fringe_map, vec3(q.xy + vec2(0.7, 0.35) * t, q.z)) * 0.5
        + texture(fringe_map, vec3(q.xy - vec2(0.7, 0.35) * t, q.z)) * 0.5;
    return mix(1.0, smoothstep(0.15, 0.85, s), head_forward.w);
}
