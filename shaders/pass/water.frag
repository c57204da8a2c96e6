// Still water: the sky, ripples and the key light on it.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/noise.glsl"
#include "lib/surface.glsl"

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    vec3 v = normalize(eye.xyz - world);
    vec2 q = world.xz * 1.7;
    float t = moment.x * 0.35;
    float a = value_noise(q + vec2(t, t * 0.6)) - 0.5;
    float b = value_noise(q * 2.3 - vec2(t * 0.7, t)) - 0.5;
    vec3 n = normalize(vec3(a * 0.18 + b * 0.1, 1.0, b * 0.18 - a * 0.1));
    vec3 r = reflect(-v, n);
    vec3 sky = mix(sky_horizon.rgb, sky_zenith.rgb, smoothstep(0.0, 0.7, r.y));
    float fresnel = 0.08 + 0.92 * pow(1.0 - max(dot(n, v), 0.0), 4.0);
    vec3 c = mix(base.rgb * (hemisphere(1.0) + key_color.rgb * 0.4), sky, fresnel);
    float glitter = smoothstep(0.985, 0.995, dot(r, key_direction.xyz));
    c += key_color.rgb * glitter * 0.8 + base.rgb * lamps(world, n, 0.3, 0.5);
    pixel = vec4(encode(add_fog(c, world)), coverage(base.a));
}
