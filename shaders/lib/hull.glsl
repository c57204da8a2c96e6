// Where the outline hull of a vertex lies. Needs lib/material.glsl. `lens`: picture height
// (pixels), pixels per metre at 1 m, line scale.
#include "lib/noise.glsl"

// Least width of a line, pixels. Styles with heavy lines keep them heavy on small figures.
#ifdef OUTLINE
const float LEAST = 0.85 * max(1.0, 0.45 + 0.55 * float(OUTLINE));
#else
const float LEAST = 0.85;
#endif

// Ours: the width of the material in metres or shares of the height, held between limits in
// pixels, so that lines neither vanish nor grow fat.
vec3 hull(vec3 p, vec4 outline, mat4 to_clip, vec3 lens) {
    float depth = max((to_clip * vec4(p, 1.0)).w, 1e-3);
    float pixels_per_metre = lens.y / depth;
    float wanted = mix(surface.y * pixels_per_metre, surface.y * lens.x, flags.z);
    float pixels = clamp(wanted, LEAST * lens.z, 2.2 * lens.z) * outline.w;
    return p + outline.xyz * (pixels / pixels_per_metre);
}

// Factor on the width of a line drawn by a brush that swells and thins along its way by
// `vary` 0..1; texture coordinates keep it on the surface.
float pressed(vec2 uv, float vary) {
    float press = value_noise(uv * 19.0) * 0.65 + value_noise(uv * 67.0) * 0.35;
    return mix(1.0, 0.25 + 1.6 * press, vary);
}

// MToon 1.0 "Outline": exactly that width. Thinner lines would fall between the samples of a
// pixel and come out dotted: they are drawn this wide (pixels), by `weight` of their ink.
const float THINNEST = 0.8;

vec3 mtoon_hull(vec3 p, vec4 outline, mat4 to_clip, vec3 lens, out float weight) {
    float depth = max((to_clip * vec4(p, 1.0)).w, 1e-3);
    float unit = mix(1.0, depth * lens.x / lens.y, flags.z);
    float width = surface.y * unit * outline.w;
    float pixels = width * lens.y / depth;
    float wide = max(width, THINNEST * depth / lens.y * smoothstep(0.0, 0.05, pixels));
    weight = width / max(wide, 1e-9);
    return p + outline.xyz * wide;
}
