// Light that falls on the set: how far the key light reaches it (0..1) where no character
// stands in its way, and all the rest.
float set_key(vec3 p, vec3 n) {
    float facing = dot(n, key_direction.xyz) + shade_color.w;
    float soft = smoothstep(-0.10, 0.75, facing);
    float hard = smoothstep(-0.04, 0.10, facing);
    return mix(soft, hard, surface.x) * set_key_shadow(p, n);
}

// Colour of the shade relative to the lit colour.
vec3 shade_tint() { return shade_color.rgb / max(base_color.rgb, vec3(1e-3)); }

#ifdef LAMPS
vec3 set_fill(vec3 p, vec3 n) {
    // Walls darken towards the floor: the nearest thing to bounce light without baking it.
    float foot = mix(1.0, smoothstep(-0.5, 0.7, p.y), 0.30 * (1.0 - abs(n.y)));
    return hemisphere(n.y) * foot + lamps(p, n, 0.25, 0.6);
}
#endif
