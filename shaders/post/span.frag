// Nearest and farthest surface (m) of each square of eight pixels; 0 where there is only sky.
#include "post/depth.glsl"
uniform ivec2 limit;   // last pixel of the picture
out vec4 pixel;
void main() {
    ivec2 corner = ivec2(gl_FragCoord.xy) * 8;
    float near = 2.0;
    float far = -1.0;
    for (int i = 0; i < 64; i++) {
        float z = depth_at(min(corner + ivec2(i & 7, i >> 3), limit), 0);
        if (z < 1.0) {
            near = min(near, z);
            far = max(far, z);
        }
    }
    pixel = far < 0.0 ? vec4(0.0) : vec4(metres(near), metres(far), 0.0, 1.0);
}
