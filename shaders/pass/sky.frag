// Sky: gradient, glow of the sun or moon, stars, clouds. It stands still within a shot, so
// that it can be part of a cached plate.
#include "lib/frame.glsl"
#include "lib/color.glsl"
#include "lib/noise.glsl"
in vec2 spot;
uniform sampler2D noise_map;   // four octaves of tileable noise, 0..1
out vec4 pixel;

void main() {
    vec4 far = inverse_view_projection * vec4(spot * 2.0 - 1.0, 1.0, 1.0);
    vec3 d = normalize(far.xyz / far.w - eye.xyz);
    float up = max(d.y, 0.0);
    vec3 c = mix(sky_horizon.rgb, sky_zenith.rgb, 1.0 - pow(1.0 - up, 2.2));
    c = mix(c, fog.rgb, (1.0 - smoothstep(-0.02, 0.10, d.y)) * min(fog.w * 20.0, 0.7));
    float night = moment.w;
    float near = dot(d, key_direction.xyz);
    vec3 glow = key_color.rgb / (luminance(key_color.rgb) + 0.05);
    c += glow * (pow(max(near, 0.0), 24.0) * 0.16 + pow(max(near, 0.0), 220.0) * 0.25)
        * mix(1.0, 0.55, night);
    float disc = smoothstep(0.99945, 0.99965, near) * (1.0 - step(0.5, moment.z));
    c = mix(c, mix(vec3(1.45, 1.4, 1.3), vec3(0.95, 0.97, 1.0), night), disc);
    // Stars: one per cell of a grid over the direction.
    vec2 grid = d.xz / (0.35 + up) * 46.0;
    float seed = hash2(ivec2(floor(grid)));
    vec2 f = fract(grid) - 0.5 - (vec2(fract(seed * 61.0), fract(seed * 97.0)) - 0.5) * 0.7;
    float star = smoothstep(0.09, 0.0, length(f)) * step(0.82, seed) * smoothstep(0.05, 0.3, up);
    c += vec3(0.8, 0.88, 1.0) * star * sky_horizon.w;
    // Clouds: two layers of noise with a drawn edge.
    vec2 q = d.xz / (up + 0.16) * 0.9 + moment.y * 31.0;
    q = q * 0.16;
    q += (textureLod(noise_map, q * 1.7 + 0.37, 1.0).rg - 0.5) * 0.10;
    float m = textureLod(noise_map, q, 0.0).r;
    float cloud = smoothstep(0.50, 0.58, m) * 0.55 + smoothstep(0.58, 0.72, m) * 0.45;
    cloud *= smoothstep(0.0, 0.14, d.y) * sky_zenith.w;
    vec3 lit = mix(sky_horizon.rgb * 1.12 + glow * 0.05, vec3(1.05), mix(0.45, 0.0, night));
    c = mix(c, lit, cloud * mix(0.75, 0.35, night));
    pixel = vec4(encode(c) + (grain(gl_FragCoord.xy) - 0.5) * (1.5 / 255.0), 1.0);
}
