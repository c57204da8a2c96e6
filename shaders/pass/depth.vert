// Depth only, for shadow maps.
in vec3 in_position;
uniform mat4 to_map;
void main() { gl_Position = to_map * vec4(in_position, 1.0); }
