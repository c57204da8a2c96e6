// What is bright enough to glow, at a quarter of the size.
#include "lib/color.glsl"
#include "post/resolve.glsl"
uniform ivec2 limit;   // last pixel of the picture
out vec4 pixel;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) * 4;
    vec3 sum = vec3(0.0);
    for (int y = 0; y < 4; y += 2) {
        for (int x = 0; x < 4; x += 2) {
            vec3 c = decode(peek(min(at + ivec2(x, y), limit)));
            float level = max(max(c.r, c.g), c.b);
            sum += c * smoothstep(0.95, 1.40, level);
        }
    }
    pixel = vec4(sqrt(sum * 0.25 / RANGE), 1.0);
}
