// Depth of field at half size: one gather over a disc, near and far apart. A sample counts
// where its own blur reaches this pixel; what is in front spreads over what is sharp, what
// is behind never bleeds over it. Alpha: share of the near blur.
#include "lib/color.glsl"
#include "post/lens.glsl"
uniform sampler2D half_map;
uniform vec2 texel;   // of half_map
in vec2 spot;
out vec4 pixel;

float radius_of(vec4 s) { return (s.a - 0.5) * 2.0 * focus.z; }

// Directions on two rings (6 and 10 of them) that fill a disc evenly.
const vec2 DISC[16] = vec2[16](
    vec2(0.4500, 0.0000), vec2(0.2250, 0.3897), vec2(-0.2250, 0.3897), vec2(-0.4500, 0.0000),
    vec2(-0.2250, -0.3897), vec2(0.2250, -0.3897), vec2(0.9017, 0.1828), vec2(0.6220, 0.6779),
    vec2(0.1048, 0.9140), vec2(-0.4525, 0.8010), vec2(-0.8369, 0.3821), vec2(-0.9017, -0.1828),
    vec2(-0.6220, -0.6779), vec2(-0.1048, -0.9140), vec2(0.4525, -0.8010), vec2(0.8369, -0.3821)
);

void main() {
    vec4 here = texture(half_map, spot);
    float mine = radius_of(here);
    vec4 behind = vec4(decode(here.rgb), 1.0) * 0.6;
    vec4 before = vec4(0.0);
    vec2 reach = focus.z * texel;
    // What is sharp and has nothing blurred before it nearby is done.
    float nearest = min(min(textureLod(half_map, spot + vec2(0.6, 0.6) * reach, 0.0).a,
        textureLod(half_map, spot + vec2(-0.6, 0.6) * reach, 0.0).a),
        min(textureLod(half_map, spot + vec2(0.6, -0.6) * reach, 0.0).a,
        textureLod(half_map, spot - vec2(0.6, 0.6) * reach, 0.0).a));
    bool busy = mine > 0.25 || min(nearest, here.a) < 0.45;
    int count = busy ? 16 : 0;
    for (int i = 0; i < count; i++) {
        vec4 s = textureLod(half_map, spot + DISC[i] * reach, 0.0);
        float away = focus.z * (i < 6 ? 0.45 : 0.92);
        float r = radius_of(s);
        vec3 c = decode(s.rgb);
        // Bright points keep their disc.
        float weight = 1.0 + 3.0 * smoothstep(0.8, 1.4, max(max(c.r, c.g), c.b));
        // A sample behind this pixel blurs no wider than this pixel itself.
        float far_r = max(min(mine, r), 0.0);
        float w = clamp((far_r - away + 1.5) * 0.5, 0.0, 1.0) * weight;
        behind += vec4(c, 1.0) * w;
        w = clamp((-r - away + 1.5) * 0.5, 0.0, 1.0) * step(1.0, -r);
        before += vec4(c * weight, weight) * w;
    }
    float near_share = clamp(before.a * 2.2 / 16.0, 0.0, 1.0);
    near_share = max(near_share, smoothstep(-0.5, -1.5, mine));
    vec3 c = behind.rgb / behind.a;
    if (before.a > 0.0) c = mix(c, before.rgb / before.a, near_share);
    pixel = vec4(encode(c), near_share);
}
