// The one fused last pass: resolve, glow, grade, vignette, sRGB, dither. Row 0 is the top.
#include "lib/color.glsl"
#include "lib/noise.glsl"
#include "post/resolve.glsl"
uniform sampler2D glow_map;
uniform vec4 grade;      // exposure (factor), contrast, saturation, warmth
uniform vec4 finish;     // width, height, bloom, vignette
out vec4 pixel;

// IEC 61966-2-1 by three square roots (fit published by I. Taylor, "Chilliant", 2012); off
// by less than 0.0005 above 0.01 (0.01 in the deepest darks) and cheaper than powers.
vec3 to_srgb(vec3 c) {
    vec3 s1 = sqrt(c);
    vec3 s2 = sqrt(s1);
    vec3 s3 = sqrt(s2);
    vec3 e = 0.662002687 * s1 + 0.684122060 * s2 - 0.323583601 * s3 - 0.0225411470 * c;
    return max(e, 0.0);
}

void main() {
    ivec2 at = ivec2(int(gl_FragCoord.x), int(finish.y) - 1 - int(gl_FragCoord.y));
    vec3 c = decode(resolve(at));
    vec2 spot = (vec2(at) + 0.5) / finish.xy;
#ifdef BLOOM
    vec3 g = texture(glow_map, spot).rgb;
    c += g * g * RANGE * finish.z;
#endif
    vec2 q = spot - 0.5;
    c *= grade.x * (1.0 - finish.w * smoothstep(0.15, 0.62, dot(q, q)));
    c *= vec3(1.0 + 0.10 * grade.w, 1.0, 1.0 - 0.10 * grade.w);
    // Shoulder: straight up to 0.75, then rolled so that lamps keep their colour.
    vec3 over = max(c - 0.75, 0.0);
    c = min(c, vec3(0.75)) + over / (1.0 + over * 2.6);
    vec3 e = to_srgb(clamp(c, 0.0, 1.0));
    float y = dot(e, vec3(0.2126, 0.7152, 0.0722));
    e = mix(vec3(y), e, grade.z);
    e = (e - 0.45) * grade.y + 0.45;
    e += (grain(gl_FragCoord.xy) - 0.5) * (1.0 / 255.0);
    pixel = vec4(clamp(e, 0.0, 1.0), 1.0);
}
