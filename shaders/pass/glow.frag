#include "lib/part.glsl"
in vec2 spot;
flat in vec3 tint;
out vec4 pixel;
void main() {
    float r2 = min(dot(spot, spot), 1.0);
    float f = (1.0 - r2) * (1.0 - r2);
    f = outside_part() ? 0.0 : f * f * 0.8 + f * 0.2;
    pixel = vec4(tint * f, 1.0);
}
