// One surface (std140, binding 1); MToon names, colours linear RGB.
layout(std140) uniform Material {
    vec4 base_color;
    vec4 shade_color;     // w: shading shift
    vec4 rim_color;       // w: fresnel power
    vec4 emissive;        // w: rim lift
    vec4 outline_color;   // w: lighting mix
    vec4 surface;         // toony, outline width (m), alpha cutoff, unlit
    vec4 flags;           // base texture, shade texture, screen-space outline, equalisation
    vec4 matcap_color;    // w: rim lighting mix
    vec4 uv_motion;       // scroll per second (u, v), turn (rad/s), scale of the shift map
    vec4 detail;          // x: scale of the normal map
};
uniform sampler2D base_map;
uniform sampler2D shade_map;
