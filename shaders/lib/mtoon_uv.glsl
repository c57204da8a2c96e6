// Coordinates of a surface: animated first, then moved by the transform of each texture.
#ifdef UV
uniform sampler2D uv_mask_map;
uniform vec4 uv_rows[18];   // two rows of a 2x3 matrix for each texture (core TEXTURE_SLOTS)
#define PLACED(slot, uv) \
    vec2(dot(uv_rows[2 * slot].xyz, vec3(uv, 1.0)), dot(uv_rows[2 * slot + 1].xyz, vec3(uv, 1.0)))
#else
#define PLACED(slot, uv) uv
#endif

#define BASE 0
#define SHADE 1
#define SHIFT 2
#define RIM_MASK 3
#define GLOW 4
#define NORMAL 5
#define WIDTH 6
#define MOTION 7
#define MATCAP 8

vec2 animated(vec2 uv) {
#ifdef UV
    // The mask says how fast a place moves: level 0 in every stage, so that all agree.
    float mask = textureLod(uv_mask_map, PLACED(MOTION, uv), 0.0).b;
    return mtoon_moved(uv, uv_motion.xyz, moment.x * mask);
#else
    return uv;
#endif
}
