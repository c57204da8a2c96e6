// Shadow maps of the key light: two bilinear taps across a rotated pair of texels.
uniform sampler2DShadow key_map;
uniform sampler2DShadow set_key_map;

float taps(sampler2DShadow map, vec3 q, float texel, float most) {
    vec2 t = vec2(0.75, 0.40) * texel;
    vec2 edge = step(vec2(0.0), q.xy) * step(q.xy, vec2(most));
    float s = textureLod(map, vec3(q.xy + t, q.z), 0.0) * 0.5
        + textureLod(map, vec3(q.xy - t, q.z), 0.0) * 0.5;
    return mix(1.0, s, edge.x * edge.y);
}

// Where point p with normal n lies in the map of the characters, 0..1.
vec3 key_place(vec3 p, vec3 n) {
    vec3 q = (key_matrix * vec4(p + n * key_direction.w * 3.5, 1.0)).xyz;
    return vec3(q.xy, min(q.z, 0.9999));
}

// 1 where the key light passes the characters.
float key_shadow(vec3 place) { return taps(key_map, place, 1.0 / float(SHADOW_SIZE), counts.w); }

// The same with an even edge, 0..1: four bilinear taps around, and
// the line is drawn through their middle.
float key_edge(vec3 place) {
#if defined(FAR) || defined(VERTEX_STAGE)
    return smoothstep(0.1, 0.9, key_shadow(place));
#else
    float texel = 1.0 / float(SHADOW_SIZE);
    vec3 a = vec3(vec2(0.55, 1.5) * texel, 0.0), b = vec3(a.y, -a.x, 0.0);
    vec2 edge = step(vec2(0.0), place.xy) * step(place.xy, vec2(counts.w));
    float s = 0.25 * (textureLod(key_map, place + a, 0.0) + textureLod(key_map, place - a, 0.0)
        + textureLod(key_map, place + b, 0.0) + textureLod(key_map, place - b, 0.0));
    s = mix(1.0, s, edge.x * edge.y);
    return smoothstep(0.3, 0.7, s);
#endif
}

// The same for the static set.
float set_key_shadow(vec3 p, vec3 n) {
    vec3 q = (set_key_matrix * vec4(p + n * 0.02, 1.0)).xyz;
    return taps(set_key_map, vec3(q.xy, min(q.z, 0.9999)), 1.0 / float(SET_SHADOW_SIZE), 1.0);
}
