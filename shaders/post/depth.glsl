// Distances from the depth buffer, in metres along the view axis.
uniform vec2 lens;   // near and far plane (m)

float metres(float z) {
    return lens.x * lens.y / max(lens.y - z * (lens.y - lens.x), 1e-6);
}

#ifdef SAMPLES
uniform sampler2DMS depth_map;
float depth_at(ivec2 at, int sample_number) { return texelFetch(depth_map, at, sample_number).r; }
#else
uniform sampler2D depth_map;
float depth_at(ivec2 at, int sample_number) { return texelFetch(depth_map, at, 0).r; }
#endif
