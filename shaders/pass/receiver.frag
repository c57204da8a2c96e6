// Shadows of the characters on the set, multiplied over the finished set. Drawn again every
// frame over a cached plate, so it is kept cheap: how bright the rest of the light is comes
// from one place near the figures.
#include "lib/frame.glsl"
#include "lib/part.glsl"
#include "lib/shadow.glsl"
in vec4 key_at;
in vec3 set_at;
flat in vec3 lost;
out vec4 pixel;

void main() {
    float amount = outside_part() ? 0.0 : key_at.w * (1.0 - key_shadow(key_at.xyz));
    if (amount > 0.0) { // most of what lies around a shadow is not in it
        amount *= textureLod(set_key_map, vec3(set_at.xy, min(set_at.z, 0.9999)), 0.0);
    }
    pixel = vec4(sqrt(1.0 - lost * amount), 1.0); // targets hold square roots
}
