// Flattens texture into areas of one tone but keeps their borders: the mean of the calmest
// of four overlapping squares (Kuwahara, Hachimura, Eiho and Kinoshita 1976), half size, as
// it will be shown (sRGB). Alpha: grey of all four, the tone around this place.
#include "lib/color.glsl"
#include "post/tone.glsl"
uniform sampler2D half_map;
uniform ivec2 limit;   // last pixel
out vec4 pixel;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float best = 1e9;
    vec3 calm = vec3(0.0);
    vec3 around = vec3(0.0);
    for (int corner = 0; corner < 4; corner++) {
        ivec2 side = ivec2((corner & 1) * 2 - 1, (corner & 2) - 1);
        vec3 sum = vec3(0.0);
        vec3 square = vec3(0.0);
        for (int k = 0; k < 9; k++) {
            ivec2 q = at + side * ivec2(k % 3, k / 3) * 2;
            vec3 e = texelFetch(half_map, clamp(q, ivec2(0), limit), 0).rgb;
            sum += e;
            square += e * e;
        }
        vec3 mean = sum * (1.0 / 9.0);
        vec3 spread = square * (1.0 / 9.0) - mean * mean;
        float rough = spread.r + spread.g + spread.b;
        around += mean;
        if (rough < best) {
            best = rough;
            calm = mean;
        }
    }
    vec3 shown = clamp(developed(decode(calm)), 0.0, 1.0);
    vec3 wide = clamp(developed(decode(around * 0.25)), 0.0, 1.0);
    pixel = vec4(shown, grey(wide));
}
