// Shadow of the hair on the face: a small map for each head, seen from a light that always
// hangs in front of and above the face, so that the shadow falls as an artist would draw it.
uniform sampler2DShadow fringe_map;

float fringe_shadow(vec3 p) {
    vec3 q = (fringe_matrix * vec4(p, 1.0)).xyz;
    float t = 1.0 / float(FRINGE_SIZE);
    float s = texture(fringe_map, vec3(q.xy + vec2(-0.75, -0.75) * t, q.z));
    s += texture(fringe_map, vec3(q.xy + vec2(0.75, -0.75) * t, q.z));
    s += texture(fringe_map, vec3(q.xy + vec2(-0.75, 0.75) * t, q.z));
    s += texture(fringe_map, vec3(q.xy + vec2(0.75, 0.75) * t, q.z));
    return mix(1.0, smoothstep(0.2, 0.8, s * 0.25), head_forward.w);
}
