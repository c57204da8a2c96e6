// The picture at half size, still encoded; alpha: signed blur radius of the lens, 0.5 sharp.
#include "lib/color.glsl"
#include "post/resolve.glsl"
#ifdef FOCUS
#include "post/lens.glsl"
uniform sampler2D distance_map;
#endif
#ifdef OCCLUSION
#include "post/occlude.glsl"
#endif
uniform ivec2 limit;
in vec2 spot;
out vec4 pixel;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) * 2;
    vec4 corner = mean_of(min(at, limit));
    vec3 e = (corner.rgb + mean_of(min(at + ivec2(1, 0), limit)).rgb
        + mean_of(min(at + ivec2(0, 1), limit)).rgb
        + mean_of(min(at + ivec2(1, 1), limit)).rgb) * 0.25;
#ifdef OCCLUSION
    e = encode(occluded(decode(e), spot, corner.a));
#endif
    pixel = vec4(e, 1.0);
#ifdef FOCUS
    float d = texelFetch(distance_map, ivec2(gl_FragCoord.xy), 0).r;
    pixel.a = 0.5 + 0.5 * blur_radius(d) / focus.z;
#endif
}
