#include "lib/frame.glsl"
#include "lib/color.glsl"
in vec2 spot;
in float fade;
out vec4 pixel;
void main() {
    float a = (1.0 - spot.x * spot.x) * (1.0 - spot.y * spot.y);
    vec3 c = mix(ambient_up.rgb * 1.3 + key_color.rgb * 0.5, vec3(0.85), 0.25);
    float strength = moment.z > 1.5 ? 0.9 : 0.46;
    pixel = vec4(encode(c), a * fade * strength);
}
