// Still water: the sky, ripples, the key light and the lamps on it, rings where rain falls.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/noise.glsl"
#include "lib/surface.glsl"

// Slope of the rings of rain drops at q (two drops to the metre), xz.
vec2 rings(vec2 q, float t) {
    vec2 sum = vec2(0.0);
    for (int i = 0; i < 2; i++) {
        vec2 at = q * 2.0 + float(i) * 0.5;
        ivec2 cell = ivec2(floor(at));
        float seed = hash2(cell + i * 57);
        float age = fract(t * (0.8 + 0.4 * seed) + seed * 7.0);
        vec2 from = fract(at) - 0.5 - (vec2(fract(seed * 61.0), fract(seed * 97.0)) - 0.5) * 0.3;
        float d = length(from);
        float band = (d - age * 0.42) * 22.0;
        sum += from / max(d, 1e-3) * sin(band) * exp(-band * band * 0.25) * (1.0 - age);
    }
    return sum;
}

// Lamps mirrored in the ripples, drawn out towards the eye as they are on real water.
vec3 glints(vec3 p, vec3 r) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < LAMPS; i++) {
        vec3 to = point_position[i].xyz - p;
        float d = length(to);
        float w = max(1.0 - d / (point_position[i].w * 2.5), 0.0);
        float c = max(dot(r, to) / max(d, 1e-3), 0.0);
        sum += point_color[i].rgb * w * (pow(c, 300.0) * 1.6 + pow(c, 40.0) * 0.22);
    }
    return sum;
}

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    vec3 v = normalize(eye.xyz - world);
    vec2 q = world.xz * 1.7;
    float t = moment.x * 0.35;
    float a = value_noise(q + vec2(t, t * 0.6)) - 0.5;
    float b = value_noise(q * 2.3 - vec2(t * 0.7, t)) - 0.5;
    float c_ = value_noise(q * vec2(5.1, 6.7) + vec2(-t, t * 1.7)) - 0.5;
    // Far ripples are smaller than a pixel: the water calms towards the horizon.
    float calm = 1.0 / (1.0 + distance(world, eye.xyz) * 0.06);
    vec2 tilt = vec2(a * 0.18 + b * 0.10 + c_ * 0.05, b * 0.18 - a * 0.10 - c_ * 0.05);
    if (moment.z > 0.5 && moment.z < 1.5) tilt += rings(world.xz, moment.x) * 0.22;
    vec3 n = normalize(vec3(tilt.x * calm, 1.0, tilt.y * calm));
    vec3 r = reflect(-v, n);
    r.y = abs(r.y);
    vec3 sky = mix(sky_horizon.rgb, sky_zenith.rgb, smoothstep(0.0, 0.7, r.y));
    float fresnel = 0.05 + 0.95 * pow(1.0 - max(dot(n, v), 0.0), 5.0); // Schlick 1994
    // Steep views see the ground through the water, flat ones its colour.
    vec3 body = base.rgb * (hemisphere(1.0) + key_color.rgb * 0.4) * (0.85 + 0.5 * a);
    vec3 c = mix(body, sky, fresnel);
    float facing = dot(r, key_direction.xyz);
    float glitter = smoothstep(0.985, 0.995, facing) * 0.8 + pow(max(facing, 0.0), 48.0) * 0.18;
    c += key_color.rgb * glitter + base.rgb * lamps(world, n, 0.3, 0.5) + glints(world, r);
    pixel = vec4(encode(add_fog(c, world)), coverage(base.a));
}
