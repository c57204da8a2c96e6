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

void main() {
    vec4 here = texture(half_map, spot);
    float mine = radius_of(here);
    vec4 behind = vec4(decode(here.rgb), 1.0) * 0.6;
    vec4 before = vec4(0.0);
    // Sixteen directions on two rings (6 and 10) fill a disc evenly.
    for (int i = 0; i < 16; i++) {
        bool inner = i < 6;
        float angle = inner ? float(i) * 1.0471976 : float(i - 6) * 0.6283185 + 0.2;
        float away = focus.z * (inner ? 0.45 : 0.92);
        vec2 at = spot + vec2(cos(angle), sin(angle)) * away * texel;
        vec4 s = textureLod(half_map, at, 0.0);
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
