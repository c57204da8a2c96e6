// Light that falls on the set, in two parts: what the key light gives where no character
// stands in its way, and all the rest.
vec3 set_key(vec3 p, vec3 n) {
    float facing = dot(n, key_direction.xyz);
    float lit = smoothstep(-0.05, 0.55, facing) * 0.8 + smoothstep(-0.02, 0.12, facing) * 0.2;
    return key_color.rgb * (lit * set_key_shadow(p, n));
}

vec3 set_fill(vec3 p, vec3 n) {
    // Walls darken towards the floor: the nearest thing to bounce light without baking it.
    float foot = mix(1.0, smoothstep(-0.5, 0.7, p.y), 0.30 * (1.0 - abs(n.y)));
    return hemisphere(n.y) * foot + lamps(p, n, 0.25, 0.6);
}
