// Lamps, hemisphere light and fog.

#ifdef LAMPS
// Light of the lamps at p; `wrap` 0..1 lets it reach around the body, `soft` widens the
// cel edge. The window (1 - (d/r)^2)^2 ends at the range of the lamp.
vec3 lamps(vec3 p, vec3 n, float wrap, float soft) {
    vec3 sum = vec3(0.0);
    // LAMPS is a constant of the program: unrolled, the values need no indexed loads.
    for (int i = 0; i < LAMPS; i++) {
        vec3 to = point_position[i].xyz - p;
        float d2 = dot(to, to);
        float r = point_position[i].w;
        float w = max(1.0 - d2 / (r * r), 0.0);
        float facing = dot(n, to) * inversesqrt(d2 + 1e-4) * (1.0 - wrap) + wrap * 0.5;
        float lit = clamp(facing * (0.5 / soft) + 0.5, 0.0, 1.0);
#ifdef LIVE
        lit *= point_color[i].w; // flame on figures only: the set may be a cached plate
#endif
        sum += point_color[i].rgb * (w * w * lit / (1.0 + d2 * 0.6));
    }
    return sum;
}
#endif

vec3 hemisphere(float up) {
    return mix(ambient_down.rgb, ambient_up.rgb, up * 0.5 + 0.5);
}

// Light on skin keeps two thirds of its tint: a face is never blue or orange paint.
vec3 flesh_light(vec3 light) {
    return mix(light, vec3(dot(light, vec3(0.2126, 0.7152, 0.0722))), 0.34);
}

// Share of the light of a surface at p that comes through the fog, 0..1.
float clear_share(vec3 p) {
    float d = max(distance(p, eye.xyz) - 2.0, 0.0); // the first metres stay clear
    float low = 1.0 / (1.0 + max(p.y, 0.0) * 0.08);
    return exp(-fog.w * d * low);
}

vec3 add_fog(vec3 c, vec3 p) { return mix(fog.rgb, c, clear_share(p)); }
