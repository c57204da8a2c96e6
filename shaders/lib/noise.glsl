// Hashes without sine: equal on every driver. Method: Jarzynski and Olano, "Hash Functions
// for GPU Rendering", JCGT 9(3) 2020 (pcg-like integer mixing).
uint mix_bits(uint v) {
    uint s = v * 747796405u + 2891336453u;
    uint w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
    return (w >> 22u) ^ w;
}

float hash1(uint v) { return float(mix_bits(v) >> 8u) * (1.0 / 16777216.0); }

float hash2(ivec2 p) { return hash1(uint(p.x) * 1973u + uint(p.y) * 9277u + 26699u); }

float value_noise(vec2 p) {
    vec2 cell = floor(p);
    vec2 f = p - cell;
    f = f * f * (3.0 - 2.0 * f);
    ivec2 i = ivec2(cell);
    float a = mix(hash2(i), hash2(i + ivec2(1, 0)), f.x);
    float b = mix(hash2(i + ivec2(0, 1)), hash2(i + ivec2(1, 1)), f.x);
    return mix(a, b, f.y);
}

// Interleaved gradient noise (Jimenez, SIGGRAPH 2014 course): even grain for dithering.
float grain(vec2 pixel) {
    return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
}
