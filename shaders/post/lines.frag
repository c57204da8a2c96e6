// How much of a line each pixel holds; post/final.frag evens it out.
#include "post/resolve.glsl"
#include "post/depth.glsl"
#include "post/edges.glsl"
out vec4 pixel;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    pixel = vec4(vec3(edge_line(at, mean_of(at).a)), 1.0);
}
