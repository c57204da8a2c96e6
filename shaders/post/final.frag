// The one fused last pass: resolve, lens, glow, light in the air, grade, table of colours,
// style, sRGB, dither. Every part is a permutation; row 0 is the top.
#include "lib/color.glsl"
#include "lib/noise.glsl"
#include "post/resolve.glsl"
#include "post/tone.glsl"
uniform vec4 finish;     // width, height, bloom, vignette
out vec4 pixel;

#ifdef BLOOM
uniform sampler2D glow_map;
#endif
#ifdef SHAFTS
uniform sampler2D shafts_map;
#endif
#ifdef LUT
uniform sampler3D lut_map;
uniform vec2 table;      // side of the table, strength
#endif
#ifdef OCCLUSION
#include "post/occlude.glsl"
#endif
#ifdef FOCUS
#include "post/depth.glsl"
#include "post/lens.glsl"
uniform sampler2D focus_map;
#endif
#ifdef LINES
uniform sampler2D lines_map;   // post/lines.frag
uniform float inner;           // strength 0..1

// Found in whole pixels, a line is a stair; its mean over the pixels around (3 4 3 both ways,
// from four looks between texels) is even, and lies the same where a driver keeps the depth
// of another sample.
float line_at(vec2 spot) {
    vec2 a = 0.6 / finish.xy;
    vec2 b = vec2(a.x, -a.y);
    float sum = textureLod(lines_map, spot + a, 0.0).r + textureLod(lines_map, spot - a, 0.0).r
        + textureLod(lines_map, spot + b, 0.0).r + textureLod(lines_map, spot - b, 0.0).r;
    return inner * smoothstep(0.0, 2.7, sum); // a line of one pixel keeps two thirds
}
#endif
#ifdef MIST
uniform sampler2D distance_map;
uniform vec2 mist;       // distances (m) where it begins and where all is lost
#endif
#ifdef INK
#include "post/ink.glsl"
#endif
#ifdef COMIC
#include "post/comic.glsl"
#endif
#ifdef GRAIN
uniform float film;      // strength of the grain
uniform float frame_seed;
#endif

#ifdef FOCUS
// Each sample is mixed by its own distance, so that edges before a blurred ground stay even.
vec3 through_lens(vec3 here, ivec2 at, vec2 spot) {
    vec4 soft = texture(focus_map, spot);
    vec3 sum = vec3(0.0);
#ifdef SAMPLES
    for (int i = 0; i < SAMPLES; i++) {
        float r = blur_radius(metres(depth_at(at, i)));
        sum += mix(texelFetch(picture, at, i).rgb, soft.rgb, max(smoothstep(0.5, 1.7, r), soft.a));
    }
    return sum / float(SAMPLES);
#else
    float r = blur_radius(metres(depth_at(at, 0)));
    return mix(here, soft.rgb, max(smoothstep(0.5, 1.7, r), soft.a));
#endif
}
#endif

void main() {
    ivec2 at = ivec2(int(gl_FragCoord.x), int(finish.y) - 1 - int(gl_FragCoord.y));
    vec2 spot = (vec2(at) + 0.5) / finish.xy;
    vec4 here = mean_of(at);
#ifdef FOCUS
    vec3 c = decode(through_lens(here.rgb, at, spot));
#else
    vec3 c = decode(here.rgb);
#endif
#ifdef OCCLUSION
    c = occluded(c, spot, here.a);
#endif
#ifdef SHAFTS
    vec3 air = texture(shafts_map, spot).rgb;
    c += air * air * RANGE;
#endif
#ifdef BLOOM
    vec3 g = texture(glow_map, spot).rgb;
    c += g * g * RANGE * finish.z;
#endif
    vec2 q = spot - 0.5;
    c *= 1.0 - finish.w * smoothstep(0.15, 0.62, dot(q, q));
    vec3 e = developed(c);
#ifdef LINES
    float line = line_at(spot);
#else
    const float line = 0.0;
#endif
#ifdef INK
    float away = 0.0;
#ifdef MIST
    away = smoothstep(mist.x, mist.y, texture(distance_map, spot).r) * 0.85;
#endif
    e = ink_paint(clamp(e, 0.0, 1.0), at, finish.xy, line, away * ink.w, shares(here.a));
#elif defined(COMIC)
    e = comic_paint(clamp(e, 0.0, 1.0), vec2(at), finish.xy, line, shares(here.a));
#elif defined(LINES)
    e *= 1.0 - 0.8 * line;
#endif
#ifdef LUT
    vec3 k = clamp(e, 0.0, 1.0) * ((table.x - 1.0) / table.x) + 0.5 / table.x;
    e = mix(e, texture(lut_map, k).rgb, table.y);
#endif
#ifdef GRAIN
    float n = hash2(ivec2(gl_FragCoord.xy) + ivec2(frame_seed)) + hash2(at.yx + ivec2(frame_seed * 3.0)) - 1.0;
    e += film * n * (0.35 + e * (1.0 - e) * 2.6);
#endif
    e += (grain(gl_FragCoord.xy) - 0.5) * (1.0 / 255.0);
    pixel = vec4(clamp(e, 0.0, 1.0), 1.0);
}
