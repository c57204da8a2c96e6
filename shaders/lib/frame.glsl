// Values that are equal for everything in one frame (std140, binding 0).
// World space: metres, +Y up. Colours: linear RGB, already scaled to "1 = full light".
layout(std140) uniform Frame {
    mat4 view_projection;
    mat4 inverse_view_projection;
    mat4 key_matrix;        // world -> shadow map of the characters, 0..1
    mat4 set_key_matrix;    // world -> shadow map of the set, 0..1
    vec4 eye;               // xyz
    vec4 view_up;           // xyz
    vec4 view_forward;      // xyz, from the eye into the picture
    vec4 key_direction;     // xyz towards the light, w: size of a shadow texel (m)
    vec4 key_color;
    vec4 ambient_up;
    vec4 ambient_down;
    vec4 sky_zenith;        // w: cloudiness
    vec4 sky_horizon;       // w: stars
    vec4 fog;               // rgb, density per metre
    vec4 screen;            // width, height (pixels), pixels per metre at 1 m, line scale
    vec4 moment;            // time (s), seed 0..1, weather (0 none 1 rain 2 snow), night 0..1
    vec4 counts;            // point lights, blobs, shelters, share of the side of key_map in use
    vec4 point_position[POINTS];  // xyz, range (m)
    vec4 point_color[POINTS];     // rgb, flicker now (about 1)
    vec4 blobs[BLOBS];            // xyz of a foot or seat on the floor, radius (m)
};
