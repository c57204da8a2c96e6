#include "aov/cut.glsl"
uniform vec4 mark;   // bytes of the number of the thing, 0..1
out vec4 pixel;
void main() {
    cut();
    pixel = mark;
}
