// Printed page: flat steps of tone, dots where it is dark, black lines.
uniform sampler2D wash_map;
uniform vec4 dots;   // strength, distance of the dots (pixels), steps of tone, lines

const vec3 BLACK = vec3(0.035, 0.030, 0.045);

// Three flat tones; above them the drawing stays as it is.
float stepped(float tone) {
    float low = mix(0.15, 0.27, smoothstep(0.175, 0.205, tone));
    float high = mix(0.50, tone, smoothstep(0.52, 0.66, tone));
    return mix(low, high, smoothstep(0.34, 0.38, tone));
}

// `e` sRGB of this pixel, `line` 0..1 from the edges, `share` of figure and skin.
vec3 comic_paint(vec3 e, vec2 at, vec2 size, float line, vec2 share) {
    vec4 wash = texture(wash_map, (at + 0.5) / size);
    float skin = share.y;
    // Borders keep the even edge of the picture itself.
    float crisp = smoothstep(0.10, 0.30, abs(grey(wash.rgb) - grey(e)));
    vec3 middle = mix(wash.rgb, e, max(skin, crisp));
    float tone = grey(middle);
    float wanted = mix(tone, stepped(tone), 0.8 * (1.0 - skin));
    vec3 c = clamp(middle * (wanted / max(tone, 0.02)), 0.0, 1.0);
    // A screen at 45 degrees; dots grow as the tone sinks and close to solid ink.
    vec2 q = mat2(0.7071068, 0.7071068, -0.7071068, 0.7071068) * at / dots.y;
    float shade = (1.0 - smoothstep(0.12, 0.58, tone)) * (0.35 + 0.65 * smoothstep(0.07, 0.16, tone)) * (1.0 - 0.6 * skin);
    float radius = 0.74 * sqrt(shade);
    float dot_ = smoothstep(0.75, -0.75, (length(fract(q) - 0.5) - radius) * dots.y)
        * smoothstep(0.03, 0.12, shade);
    c = mix(c, c * c * 0.7, dots.x * dot_);
    float stroke = smoothstep(0.05, 0.36, wash.a - grey(e)) * (1.0 - smoothstep(0.3, 0.5, grey(e)));
    stroke *= abs(2.0 * share.x - 1.0); // pixels on the contour stay even
    return mix(c, BLACK, clamp(max(stroke, line) * dots.w, 0.0, 1.0));
}
