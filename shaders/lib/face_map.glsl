// Light on a face by a threshold map (render/face_map.py). Needs lib/figure.glsl.
uniform sampler2D face_map;

// Azimuth of the key light about the head, 0 in front .. 1 behind; and where the map is read:
// it is painted for a light on the character's left.
vec3 face_azimuth(vec2 uv, vec3 key) {
    vec3 light = mat3(head_inverse) * key;
    float turn = atan(abs(light.x) + 1e-6, light.z) * 0.31830989;
    return vec3(turn, light.x < 0.0 ? 1.0 - uv.x : uv.x, uv.y);
}

// How far the light is from being lost, radians: above 0 lit.
float face_facing(vec3 at) {
#ifdef VERTEX_STAGE // no derivatives there
    vec2 held = textureLod(face_map, at.yz, 0.0).rg;
#else
    vec2 held = texture(face_map, at.yz).rg;
#endif
    return ((held.r * 256.0 + held.g) / 257.0 - at.x) * 3.1415927;
}
