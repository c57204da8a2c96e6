// Shadow maps of the key light: two bilinear taps across a rotated pair of texels.
uniform sampler2DShadow key_map;
uniform sampler2DShadow set_key_map;

float taps(sampler2DShadow map, vec3 q, float texel) {
    vec2 t = vec2(0.75, 0.40) * texel;
    return texture(map, vec3(q.xy + t, q.z)) * 0.5 + texture(map, vec3(q.xy - t, q.z)) * 0.5;
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
    float s = taps(set_key_map, vec3(q.xy, min(q.z, 0.9999)), 1.0 / float(SET_SHADOW_SIZE));
    return mix(1.0, s, edge.x * edge.y);
}
