// Printed page: flat steps of tone, dots where it is dark, black lines.
uniform sampler2D wash_map;
uniform vec4 dots;   // strength, distance of the dots (pixels), steps of tone, lines

// `e` sRGB of this pixel, `line` 0..1 from the edges.
vec3 comic_paint(vec3 e, vec2 at, vec2 size, float line, float a) {
    vec3 middle = clamp(developed(decode(texture(wash_map, (at + 0.5) / size).rgb)), 0.0, 1.0);
    float skin = skin_mark(a);
    vec3 plain = middle;
    middle = mix(middle, e, skin);
    float tone = grey(middle);
    float level = tone * dots.z;
    float step_ = (floor(level) + smoothstep(0.42, 0.58, fract(level))) / dots.z;
    vec3 hue = middle / max(tone, 0.02);
    vec3 flat_ = clamp(hue * mix(tone, step_ + 0.5 / dots.z, 0.7 * (1.0 - skin)), 0.0, 1.0);
    // A screen at 45 degrees; dots grow as the tone sinks.
    vec2 q = mat2(0.7071068, 0.7071068, -0.7071068, 0.7071068) * at / dots.y;
    vec2 cell = fract(q) - 0.5;
    float shade = 1.0 - smoothstep(0.16, 0.62, tone);
    float radius = 0.56 * sqrt(shade);
    float dot_ = smoothstep(0.75, -0.75, (length(cell) - radius) * dots.y) * step(0.02, shade);
    vec3 c = mix(flat_, flat_ * flat_ * 0.75, dots.x * dot_);
    float stroke = smoothstep(0.05, 0.16, grey(plain) - grey(e));
    stroke = max(stroke, line) * dots.w;
    return mix(c, vec3(0.035, 0.03, 0.045), clamp(stroke, 0.0, 1.0));
}
