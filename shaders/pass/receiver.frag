// Shadows of the characters on the set, multiplied over the finished set.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/set_light.glsl"
in vec3 world;
in vec3 normal;
in vec2 uv;
out vec4 pixel;

void main() {
    vec3 n = normalize(normal);
    n = gl_FrontFacing ? n : -n;
    float shadow = key_shadow(world, n);
    float lit = set_key(world, n);
    vec3 rest = set_fill(world, n) + 0.01;
    vec3 open = rest + key_color.rgb * mix(shade_tint(), vec3(1.0), lit);
    vec3 shut = rest + key_color.rgb * mix(shade_tint(), vec3(1.0), lit * shadow);
    vec3 ratio = shut / open;
    // Contact: feet and seats take the light of the sky from the floor around them.
    float contact = 1.0;
    int count = int(counts.y);
    for (int i = 0; i < BLOBS; i++) {
        if (i >= count) break;
        vec3 d = (world - blobs[i].xyz) * vec3(1.0, 2.5, 1.0);
        float q = dot(d, d) / (blobs[i].w * blobs[i].w);
        contact *= 1.0 - 0.5 * exp(-q * 2.2);
    }
    ratio *= mix(1.0, contact, smoothstep(0.3, 0.8, n.y));
    ratio = mix(ratio, vec3(1.0), surface.w);
    float haze = exp(-fog.w * max(distance(world, eye.xyz) - 2.0, 0.0));
    pixel = vec4(sqrt(mix(vec3(1.0), ratio, haze)), 1.0); // targets hold square roots
}
