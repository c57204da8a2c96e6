// Ink and light colour on paper. The flattened picture (post/wash.frag) gives the washes;
// what is darker than its surroundings becomes brushwork; far things dissolve in the paper.
// Pigment density: Bousseau, Kaplan, Thollot, Sillion, "Interactive Watercolor Rendering
// with Temporal Coherence and Abstraction", NPAR 2006.
uniform sampler2D paper_map;   // post/paper.frag
uniform sampler2D wash_map;
uniform vec4 ink;   // strength of lines, bleeding (pixels), edge darkening, mist 0..1

const vec3 PAPER = vec3(0.955, 0.938, 0.895);
const vec3 SOOT = vec3(0.070, 0.074, 0.088);

vec3 pigment(vec3 c, float d) { return clamp(c - (c - c * c) * (d - 1.0), 0.0, 1.0); }

// `e` sRGB of this pixel, `line` 0..1 from the edges, `away` 0 near .. 1 lost in mist,
// `share` of figure and skin.
vec3 ink_paint(vec3 e, ivec2 at, vec2 size, float line, float away, vec2 share) {
    vec3 sheet = texelFetch(paper_map, at, 0).rgb - 0.5;
    float figure = share.x;
    float skin = share.y;
    vec4 wash = texture(wash_map, (vec2(at) + 0.5 + sheet.gb * ink.y) / size);
    // Borders of figures keep the even edge of the picture itself.
    float crisp = 0.8 * figure * smoothstep(0.12, 0.35, abs(grey(wash.rgb) - grey(e)));
    vec3 middle = mix(wash.rgb, e, max(0.6 * skin, crisp));
    float tone = grey(middle);
    // Three washes with soft borders, then paper.
    float level = tone * 4.0;
    level = (floor(level) + smoothstep(0.25, 0.75, fract(level))) * 0.25;
    float washed = smoothstep(0.0, 0.88, mix(tone, level, 0.45));
    vec3 tint = middle / max(tone, 0.06);
    float red = smoothstep(0.45, 0.95, (middle.r - max(middle.g, middle.b)) * 2.0)
        * smoothstep(1.7, 2.6, middle.r / max(middle.g, 0.05));
    tint = mix(vec3(1.0), tint, mix(0.24, 0.38, figure) + red * mix(0.52, 0.40, figure));
    vec3 c = mix(SOOT, PAPER, pow(washed, 0.8)) * tint;
    // Pigment gathers at the borders of a wash and in the hollows of the paper, and pools.
    float whole = abs(2.0 * figure - 1.0); // pixels on the contour stay even
    float border = clamp(abs(wash.a - tone) * 7.0, 0.0, 1.0) * (1.0 - 0.7 * skin) * whole;
    float pool = sheet.g;
    float density = 1.0 + ink.z * border - 0.9 * sheet.r + 0.9 * pool * (1.0 - 0.6 * skin);
    c = pigment(c, density);
    c = mix(c, PAPER, away * (1.0 - figure) * (1.0 - 0.45 * red)); // vermilion carries far
    // Brushwork: darker than around, or an edge; dry where the paper is high, thin far off.
    float far_ink = 1.0 - 0.75 * away * (1.0 - figure);
    float stroke = smoothstep(0.03, 0.30, wash.a - grey(e));
    stroke = max(stroke * whole, line) * far_ink * ink.x * smoothstep(0.22, 0.02, sheet.r);
    vec3 brush = mix(SOOT, e * e * vec3(0.9, 0.55, 0.5), skin * smoothstep(0.06, 0.16, e.r - e.g));
    c = mix(c, brush, clamp(stroke, 0.0, 0.94));
    return c * (1.0 + 0.08 * sheet.r);
}
