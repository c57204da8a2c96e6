// One particle: its outline and how it fades towards it.
in vec2 spot;
in vec4 tint;
#ifdef OVER
// Over a picture drawn as ink or print, which has no depth of its own.
#include "lib/color.glsl"
#include "post/tone.glsl"
uniform sampler2D distance_map;   // half size
uniform float height;             // of the picture (pixels)
in float away;
#endif
#ifdef LEAF
uniform vec4 sway;   // w: 0 petal, 1 maple leaf, 2 narrow leaf
#endif
out vec4 pixel;

#ifdef LEAF
// Radius of a maple leaf over that of its circle, by direction: five lobes.
float maple(vec2 q) {
    float a = atan(q.x, q.y);
    float lobes = abs(fract(a * 0.7957747 + 0.5) - 0.5) * 2.0; // five in a turn
    float long_ = 0.78 + 0.22 * cos(a);
    return long_ * mix(1.0, 0.48, sqrt(lobes)); // pointed
}

float leaf(vec2 q) {
    if (sway.w > 1.5) return 1.0 - (abs(q.x) + 0.02) / max(0.98 - q.y * q.y, 0.02);
    if (sway.w > 0.5) return maple(q) - length(q);
    // A petal: an egg, notched at the tip.
    float wide = 0.62 + 0.30 * q.y;
    float notch = 0.30 * smoothstep(0.34, 0.0, abs(q.x)) * smoothstep(0.4, 1.0, q.y);
    return 1.0 - length(vec2(q.x / wide, q.y)) - notch;
}
#endif

void main() {
    vec3 c = tint.rgb;
#ifdef STREAK
    float a = (1.0 - spot.x * spot.x) * (1.0 - spot.y * spot.y);
#endif
#ifdef FLAKE
    float a = 1.0 - smoothstep(0.25, 1.0, length(spot));
#endif
#ifdef LEAF
    float r = leaf(spot);
    float a = clamp(r / max(fwidth(r), 1e-3) + 0.5, 0.0, 1.0);
    // Deeper at the stem, a vein along the middle.
    c *= 0.90 + 0.10 * smoothstep(-0.9, 0.5, spot.y);
    c *= 1.0 - 0.10 * step(0.5, sway.w) * smoothstep(0.10, 0.0, abs(spot.x));
#endif
#ifdef SPARK
    float d = length(spot);
    float core = 1.0 - smoothstep(0.16, 0.34, d);
    float halo = max(1.0 - d, 0.0);
    float a = clamp(core + 0.38 * halo * halo, 0.0, 1.0);
    c = mix(c, max(c, vec3(0.93)), core * 0.5);
#endif
#ifdef OVER
    ivec2 at = ivec2(gl_FragCoord.x, height - gl_FragCoord.y) / 2;
    if (texelFetch(distance_map, at, 0).r < away) discard;
    c = developed(decode(c));
#endif
    pixel = vec4(c, a * tint.a);
}
