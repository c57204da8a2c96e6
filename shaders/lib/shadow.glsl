// Shadow maps of the key light. Four bilinear taps on a rotated square.
uniform sampler2DShadow key_map;
uniform sampler2DShadow set_key_map;

float taps(sampler2DShadow map, vec3 q, float texel) {
    float s = texture(map, vec3(q.xy + vec2(-0.375, -1.125) * texel, q.z));
    s += texture(map, vec3(q.xy + vec2(1.125, -0.375) * texel, q.z));
    s += texture(map, vec3(q.xy + vec2(0.375, 1.125) * texel, q.z));
    s += texture(map, vec3(q.xy + vec2(-1.125, 0.375) * texel, q.z));
    return s * 0.25;
}

// 1 where the key light reaches point p with normal n, as far as characters are in the way.
float key_shadow(vec3 p, vec3 n) {
    vec3 q = (key_matrix * vec4(p + n * key_direction.w * 2.0, 1.0)).xyz;
    vec2 edge = step(vec2(0.0), q.xy) * step(q.xy, vec2(1.0));
    float s = taps(key_map, vec3(q.xy, min(q.z, 0.9999)), 1.0 / float(SHADOW_SIZE));
    return mix(1.0, s, edge.x * edge.y);
}

// The same for the static set.
float set_key_shadow(vec3 p, vec3 n) {
    vec3 q = (set_key_matrix * vec4(p + n * 0.02, 1.0)).xyz;
    vec2 edge = step(vec2(0.0), q.xy) * step(q.xy, vec2(1.0));
    vec2 t = vec2(0.6, 0.35) / float(SET_SHADOW_SIZE);
    float z = min(q.z, 0.9999);
    float s = texture(set_key_map, vec3(q.xy + t, z)) * 0.5
        + texture(set_key_map, vec3(q.xy - t, z)) * 0.5;
    return mix(1.0, s, edge.x * edge.y);
}
