// Lamps, hemisphere light and fog.

// Light of the lamps at p; `wrap` 0..1 lets it reach around the body, `soft` widens the
// cel edge. The window (1 - (d/r)^2)^2 ends at the range of the lamp.
vec3 lamps(vec3 p, vec3 n, float wrap, float soft) {
    vec3 sum = vec3(0.0);
    int count = int(counts.x);
    for (int i = 0; i < POINTS; i++) {
        if (i >= count) break;
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

vec3 hemisphere(float up) {
    return mix(ambient_down.rgb, ambient_up.rgb, up * 0.5 + 0.5);
}

// Light on skin keeps two thirds of its tint: a face is never blue or orange paint.
vec3 flesh_light(vec3 light) {
    return mix(light, vec3(dot(light, vec3(0.2126, 0.7152, 0.0722))), 0.34);
}

vec3 add_fog(vec3 c, vec3 p) {
    float d = max(distance(p, eye.xyz) - 2.0, 0.0); // the first metres stay clear
    float low = exp(-max(p.y, 0.0) * 0.06);
    return mix(fog.rgb, c, exp(-fog.w * d * low));
}
