// Distance (m) of each pixel at half size, the nearest of four so that thin things stay.
#include "post/depth.glsl"
uniform ivec2 limit;   // last pixel of the picture
out vec4 pixel;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) * 2;
    float a = depth_at(min(at, limit), 0);
    float b = depth_at(min(at + ivec2(1, 1), limit), 0);
    pixel = vec4(metres(min(a, b)), 0.0, 0.0, 1.0);
}
