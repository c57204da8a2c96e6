// Numbers vertices for the visibility pass: a triangle is known by its last one. (The number
// of the triangle itself would make a software driver copy the vertices of each.)
#include "lib/posed.glsl"
uniform mat4 to_map;
uniform int first_id;
in int in_number;
flat out int number;

void main() {
    number = first_id + in_number;
    gl_Position = to_map * vec4(posed().position, 1.0);
}
