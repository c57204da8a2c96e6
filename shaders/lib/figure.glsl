// One character (std140, binding 2).
layout(std140) uniform Figure {
    mat4 head_inverse;    // world -> head space (metres, +Z out of the face)
    mat4 fringe_matrix;   // world -> tile of the fringe map, 0..1
    vec4 head_center;     // xyz head space, w: radius (m)
    vec4 head_radii;      // xyz half sizes of the head (m)
    vec4 face_light;      // xyz head space, unit; w: light floor factor
    vec4 head_world;      // xyz centre of the head in the world
    vec4 head_forward;    // xyz world, unit; w: 1 when there is a fringe map
};
