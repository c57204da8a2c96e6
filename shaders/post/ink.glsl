// Ink and light colour on paper. The flattened picture (post/wash.frag) gives the washes;
// what is darker than its surroundings becomes brushwork; far things dissolve in the paper.
// Pigment density: Bousseau, Kaplan, Thollot, Sillion, "Interactive Watercolor Rendering
// with Temporal Coherence and Abstraction", NPAR 2006.
#include "post/paper.glsl"
uniform sampler2D wash_map;
uniform vec4 ink;   // strength of lines, bleeding (pixels), edge darkening, mist 0..1

const vec3 PAPER = vec3(0.955, 0.935, 0.885);
const vec3 SOOT = vec3(0.075, 0.078, 0.090);

vec3 pigment(vec3 c, float d) { return clamp(c - (c - c * c) * (d - 1.0), 0.0, 1.0); }

// `e` sRGB of this pixel, `line` 0..1 from the edges, `away` 0 near .. 1 lost in mist.
vec3 ink_paint(vec3 e, vec2 at, vec2 size, float line, float away, float a) {
    float scale = 720.0 / min(size.x, size.y);
    float height = paper_height(at * scale);
    float skin = skin_mark(a);
    // Wet borders wander with the paper.
    vec2 wander = vec2(textureLod(noise_map, at * scale * 0.006, 0.0).r,
        textureLod(noise_map, at * scale * 0.006 + 0.37, 0.0).g) - 0.5;
    vec2 spot = (at + 0.5) / size + wander * ink.y / size;
    vec2 t = 2.0 / size;
    vec3 middle = clamp(developed(decode(texture(wash_map, spot).rgb)), 0.0, 1.0);
    vec3 wide = (texture(wash_map, spot + vec2(t.x, t.y) * 1.6).rgb
        + texture(wash_map, spot + vec2(-t.x, t.y) * 1.6).rgb
        + texture(wash_map, spot + vec2(t.x, -t.y) * 1.6).rgb
        + texture(wash_map, spot - vec2(t.x, t.y) * 1.6).rgb) * 0.25;
    wide = clamp(developed(decode(wide)), 0.0, 1.0);
    middle = mix(middle, e, 0.6 * skin);
    float tone = grey(middle);
    // Tones of ink: three washes with soft borders, then paper.
    float level = tone * 4.0;
    float f = fract(level);
    level = (floor(level) + smoothstep(0.25, 0.75, f)) * 0.25;
    tone = mix(tone, level, 0.45);
    tone = smoothstep(0.02, 0.92, tone);
    vec3 tint = middle / max(grey(middle), 0.06);
    float red = smoothstep(0.25, 0.7, (middle.r - max(middle.g, middle.b)) * 2.2);
    tint = mix(vec3(1.0), tint, 0.42 + 0.45 * red);
    vec3 c = mix(SOOT, PAPER, pow(tone, 0.85)) * mix(vec3(1.0), tint, 0.75);
    // Pigment gathers at the borders of a wash and in the hollows of the paper.
    float border = clamp(abs(grey(wide) - grey(middle)) * 9.0, 0.0, 1.0);
    float density = 1.0 + ink.z * border * (1.0 - 0.7 * skin) + 0.9 * (-height) + 0.6 * (wander.x);
    c = pigment(c, density);
    c = mix(c, PAPER, away);
    // Brushwork: darker than around, or an edge; dry where the paper is high.
    float stroke = smoothstep(0.03, 0.15, grey(wide) - grey(e)) * (1.0 - 0.7 * away);
    stroke = max(stroke, line * (1.0 - 0.85 * away));
    stroke *= ink.x * smoothstep(0.30, 0.05, height);
    c = mix(c, SOOT, clamp(stroke, 0.0, 0.94));
    return c * (1.0 + 0.07 * height);
}
