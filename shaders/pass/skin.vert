// Skins one vertex into the buffer that every later pass draws from (transform feedback).
#define POSE 1
#include "lib/posed.glsl"
out vec3 out_position;
out vec3 out_normal;
out vec4 out_outline;

void main() {
    Posed at = posed();
    out_position = at.position;
    out_normal = at.normal;
    out_outline = at.outline;
    gl_Position = vec4(0.0);
}
