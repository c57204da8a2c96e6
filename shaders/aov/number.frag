#include "aov/cut.glsl"
uniform int number;
out vec4 pixel;
void main() {
    cut();
    pixel = vec4(float(number & 255), float((number >> 8) & 255), float((number >> 16) & 255), 255.0) / 255.0;
}
